/** Email/set (RFC 8621 §4.6): drafts are made, keywords and mailboxes changed, emails destroyed. */
import type { EmailChange, EmailRow, EmailTrouble } from '../../store/index.ts';
import { MAIL } from '../capabilities.ts';
import { MethodError } from '../errors.ts';
import type { SetError } from '../errors.ts';
import type { PatchEntry } from '../frames/patch.ts';
import { setMethod } from '../frames/set.ts';
import type { SetCall, Update } from '../frames/set.ts';
import type { JsonObject } from '../json.ts';
import { mailboxNumber } from '../mailbox/mailbox.ts';
import type { Method } from '../method.ts';
import { formatState, parseState, readMailState } from '../state.ts';
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

export function emailSet(parts: EmailParts): Method {
  const { store } = parts;
  /** Calls that have changed something: the state they were to begin in is behind them. */
  const begun = new WeakSet<Call>();

  async function change(
    set: Call,
    changes: readonly EmailChange[],
    destroy: readonly string[],
  ): Promise<ReadonlyMap<string, EmailTrouble>> {
    const ifModseq = begun.has(set) || set.ifInState === null ? undefined : parseState(set.ifInState)?.modseq;
    begun.add(set);
    const done = await store.write('changeEmails', {
      account: set.account,
      changes,
      destroy,
      at: parts.clock.now(),
      ...(ifModseq === undefined ? {} : { ifModseq }),
    });
    if (done === 'state-mismatch') throw new MethodError('stateMismatch');
    return new Map(done.troubles.map(({ email, trouble }) => [email, trouble]));
  }

  return setMethod({
    type: 'Email',
    capability: MAIL,
    takes: {},
    rules: EMAIL_RULES,
    state: async (account) => formatState(await readMailState(store, account)),
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
      return await createDraft(parts, set.account, properties);
    },
    async update(updates, set) {
      const troubles = await change(set, updates.map(changeOf), []);
      return updates.map(({ id }) => refusalIn(troubles, id) ?? null);
    },
    async destroy(ids, set) {
      const troubles = await change(set, [], ids);
      return ids.map((id) => refusalIn(troubles, id));
    },
  });
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
