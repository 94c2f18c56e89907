/** Email/set (RFC 8621 §4.6): drafts are made, keywords and mailboxes changed, emails destroyed. */
import { describeError } from '../../base/index.ts';
import type { EmailChange, EmailRow, EmailTrouble, MailWrites } from '../../store/index.ts';
import { MAIL } from '../capabilities.ts';
import { MethodError, SetError } from '../errors.ts';
import type { PatchEntry } from '../frames/patch.ts';
import { setMethod } from '../frames/set.ts';
import type { SetCall, Update } from '../frames/set.ts';
import { isObject, own } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { MAX_CHANGES } from '../limits.ts';
import { mailboxNumber } from '../mailbox/mailbox.ts';
import type { Method } from '../method.ts';
import { mailState, parseState } from '../state.ts';
import { ValueRoom } from './body-values.ts';
import { describeMessage } from './describe.ts';
import { createDraft } from './draft/create.ts';
import { messageOf, ROW } from './get.ts';
import { parseKeyword } from './keywords.ts';
import type { EmailParts } from './parts.ts';
import { isEmailProperty, sourceOf, wantedOfParts } from './properties.ts';
import { EMAIL_RULES, stateOf } from './rules.ts';
import { refusalOf } from './trouble.ts';

type Call = SetCall<Record<never, never>>;
type ChangeEmails = Parameters<MailWrites['changeEmails']>[0];

/** Emails in one commit: whoever else writes waits for it, some tens of milliseconds. */
const SLICE = 200;

export function emailSet(parts: EmailParts): Method {
  const { store } = parts;
  /** Calls that have changed something: the state they were to begin in is behind them. */
  const begun = new WeakSet<Call>();

  /** In slices, each a commit of its own; `wanted` says of one what is to be done. */
  async function change<One>(
    set: Call,
    all: readonly One[],
    wanted: (slice: readonly One[]) => Pick<ChangeEmails, 'changes' | 'destroy'>,
  ): Promise<ReadonlyMap<string, EmailTrouble>> {
    const troubles = new Map<string, EmailTrouble>();
    for (let at = 0; at < all.length; at += SLICE) {
      const ifModseq = begun.has(set) || set.ifInState === null ? undefined : parseState(set.ifInState)?.modseq;
      begun.add(set);
      const done = await store
        .write('changeEmails', {
          account: set.account,
          ...wanted(all.slice(at, at + SLICE)),
          at: parts.clock.now(),
          ...(ifModseq === undefined ? {} : { ifModseq }),
        })
        .catch((error: unknown) => {
          throw at > 0 ? halfDone(set, error) : error;
        });
      if (done === 'state-mismatch') throw new MethodError('stateMismatch');
      for (const { email, trouble } of done.troubles) troubles.set(email, trouble);
    }
    return troubles;
  }

  return setMethod({
    type: 'Email',
    capability: MAIL,
    takes: {},
    rules: EMAIL_RULES,
    state: (account) => mailState(store, account, 'email'),
    // Between two slices mail may have come, or another client's change.
    async othersChanged(since, own, { account }) {
      const from = parseState(since)?.modseq ?? 0;
      const changes = await store.read('emailChanges', { account, since: from, limit: MAX_CHANGES });
      if (changes === undefined || changes.more) return true;
      return [...changes.created, ...changes.updated, ...changes.destroyed].some((id) => !own.has(id));
    },
    async read(ids, { account }, touched) {
      const rows = await store.read('emailRows', { account, ids });
      const others = [...touched].filter((name) => isEmailProperty(name) && sourceOf(name) !== 'row');
      const current: [string, JsonObject][] = [];
      for (const row of rows)
        current.push([row.id, { ...rowOf(row), ...(await messageProperties(parts, row, others)) }]);
      return new Map(current);
    },
    async create({ properties }, set) {
      begun.add(set);
      const made = await createDraft(parts, set.account, properties);
      if (made instanceof SetError) return made;
      // It is made, whatever becomes of telling more.
      const blobs = await renamed(parts, set.account, made.id, properties).catch((error: unknown) => {
        set.call.log.warn('The parts of a new draft could not be told', { cause: describeError(error) });
        return {};
      });
      return { ...made, ...blobs };
    },
    async update(updates, set) {
      const troubles = await change(set, updates.map(changeOf), (changes) => ({ changes, destroy: [] }));
      return updates.map(({ id }) => refusalIn(troubles, id) ?? null);
    },
    async destroy(ids, set) {
      const troubles = await change(set, ids, (destroy) => ({ changes: [], destroy }));
      return ids.map((id) => refusalIn(troubles, id));
    },
  });
}

/** The client must look at what was done (RFC 8620 §3.6.2). */
function halfDone({ call }: Call, error: unknown): MethodError {
  call.log.error('A JMAP set failed half-way', { type: 'Email', cause: describeError(error) });
  return new MethodError('serverPartialFail', 'Some of the changes were made, others not. Synchronise anew.');
}

function rowOf(row: EmailRow): JsonObject {
  return Object.fromEntries(Object.entries(ROW).map(([name, tell]) => [name, tell(row)])) as JsonObject;
}

/** What never changes, for who sends it along (RFC 8620 §5.3). */
async function messageProperties(parts: EmailParts, row: EmailRow, properties: readonly string[]): Promise<JsonObject> {
  const message = properties.length === 0 ? undefined : await messageOf(parts, row);
  if (message === undefined) return {};
  const wishes = { ...NO_VALUES, properties, parts: wantedOfParts(null) };
  return Object.fromEntries(await describeMessage(message, wishes, new ValueRoom())) as JsonObject;
}

/** RFC 8620 §6: blobs that were put into it are its parts now, with ids of their own, which the client is told. */
async function renamed(parts: EmailParts, account: string, id: string, given: JsonObject): Promise<JsonObject> {
  const names = BODIES.filter((name) => namesBlob(own(given, name)));
  const [row] = names.length === 0 ? [] : await parts.store.read('emailRows', { account, ids: [id] });
  return row === undefined ? {} : await messageProperties(parts, row, names);
}

const BODIES = ['bodyStructure', 'textBody', 'htmlBody', 'attachments'];

/** A part, a list of such, or parts in parts. */
function namesBlob(value: Json | undefined): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(namesBlob);
  if (!isObject(value)) return false;
  return typeof own(value, 'blobId') === 'string' || namesBlob(own(value, 'subParts'));
}

const NO_VALUES = {
  fetchTextBodyValues: false,
  fetchHTMLBodyValues: false,
  fetchAllBodyValues: false,
  maxBodyValueBytes: 0,
};

/** Sets are replaced where they were given whole; else only what was named is touched, whatever else has happened. */
function changeOf({ id, patched, patch }: Update): EmailChange {
  const state = stateOf(patched);
  const keywords = patchOf(patch, 'keywords', parseKeyword);
  const mailboxes = patchOf(patch, 'mailboxIds', mailboxNumber);
  return {
    email: id,
    ...(keywords === undefined ? {} : { keywords: keywords === 'whole' ? { is: state.keywords } : keywords }),
    ...(mailboxes === undefined ? {} : { mailboxes: mailboxes === 'whole' ? { is: state.mailboxes } : mailboxes }),
  };
}

/** Undefined: the patch says nothing of it. */
function patchOf<T>(
  patch: readonly PatchEntry[],
  property: string,
  member: (text: string) => T | undefined,
): 'whole' | { readonly add: readonly T[]; readonly remove: readonly T[] } | undefined {
  const entries = patch.filter(({ path }) => path[0] === property);
  if (entries.length === 0) return undefined;
  if (entries.some(({ path }) => path.length === 1)) return 'whole';
  // What can't be a member is none already, so that it may be taken out.
  const named = (isAdded: boolean): readonly T[] =>
    entries
      .filter(({ value }) => (value !== null) === isAdded)
      .map(({ path: [, name = ''] }) => member(name))
      .filter((one) => one !== undefined);
  return { add: named(true), remove: named(false) };
}

function refusalIn(troubles: ReadonlyMap<string, EmailTrouble>, id: string): SetError | undefined {
  const trouble = troubles.get(id);
  return trouble && refusalOf(trouble);
}
