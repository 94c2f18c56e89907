/** EmailSubmission/set (RFC 8621 §7.5): sending, taking back, and what follows for the emails. */
import type { SubmissionRow } from '../../store/index.ts';
import { idOrCreation, listOf, mapOf, nullable, object, oneOf, text } from '../arguments.ts';
import { invalidProperties, SetError } from '../errors.ts';
import type { SetCall, SetDone, SetType, Update } from '../frames/set.ts';
import type { Rules } from '../frames/properties.ts';
import { identitiesOf } from '../identity/own.ts';
import type { JsonObject } from '../json.ts';
import type { MethodResponse, Properties } from '../method.ts';
import { mailState, readEpoch } from '../state.ts';
import { aftermathOf, emailSetResponse } from './aftermath.ts';
import type { CarriedOut } from './aftermath.ts';
import { SUBMISSION } from './capability.ts';
import { utcDate } from './dates.ts';
import { envelopeKind } from './envelope.ts';
import { standsOf, statusOf } from './recipients.ts';
import { submitEmail } from './submit.ts';
import type { SendingParts, Submitted } from './submit.ts';

const TAKES = {
  onSuccessUpdateEmail: nullable(mapOf(idOrCreation, object)),
  onSuccessDestroyEmail: nullable(listOf(idOrCreation)),
};
type Shape = typeof TAKES;
type Call = SetCall<Shape>;

const RULES: Rules = {
  properties: {
    id: { by: 'server', kind: text },
    identityId: { by: 'creator', kind: idOrCreation, refers: 'id' },
    emailId: { by: 'creator', kind: idOrCreation, refers: 'id' },
    threadId: { by: 'server', kind: text },
    envelope: { by: 'creator', kind: nullable(envelopeKind), default: null },
    sendAt: { by: 'server', kind: text },
    undoStatus: { by: 'client', kind: oneOf('pending', 'final', 'canceled'), default: 'pending' },
    deliveryStatus: { by: 'server', kind: text },
    dsnBlobIds: { by: 'server', kind: text },
    mdnBlobIds: { by: 'server', kind: text },
  },
};

/** What one call did to emails in the commits of its submissions; which keys of its arguments that settled. */
interface Followed {
  readonly done: CarriedOut[];
  readonly keys: Set<string>;
  /** Of submissions that were destroyed: the emails they were made from. */
  readonly gone: Map<string, string>;
}

export function submissionSet(parts: SendingParts): SetType<Shape> {
  const { store, clock } = parts;
  const followed = new WeakMap<Call, Followed>();
  const of = (set: Call): Followed => {
    const known = followed.get(set) ?? { done: [], keys: new Set<string>(), gone: new Map<string, string>() };
    followed.set(set, known);
    return known;
  };
  return {
    type: 'EmailSubmission',
    capability: SUBMISSION,
    takes: TAKES,
    rules: RULES,
    state: (account) => mailState(store, account, 'submission'),
    async read(ids, { account }) {
      const rows = await store.read('submissions', { account, ids });
      return new Map(rows.map((row) => [row.id, objectOf(row)]));
    },
    create: ({ creationId, properties }, set) => create(parts, { key: `#${creationId}`, properties }, set, of(set)),
    async update(updates, set) {
      const outcomes: (SetError | null)[] = [];
      for (const one of updates) outcomes.push(await update(parts, one, set, of(set)));
      return outcomes;
    },
    async destroy(ids, set) {
      const outcomes: (SetError | undefined)[] = [];
      const rows = await store.read('submissions', { account: set.account, ids });
      for (const { id, email } of rows) of(set).gone.set(id, email);
      for (const id of ids) {
        const done = await store.write('forgetSubmission', { account: set.account, id, at: clock.now() });
        outcomes.push(done === 'done' ? undefined : new SetError('notFound'));
      }
      return outcomes;
    },
    after: (done, set) => after(parts, done, set, of(set)),
  };
}

function objectOf({ id, identity, email, thread, envelope, sendAt, undoStatus }: SubmissionRow): JsonObject {
  return {
    id,
    identityId: identity,
    emailId: email,
    threadId: thread,
    envelope: JSON.parse(envelope) as JsonObject,
    sendAt: utcDate(sendAt),
    undoStatus,
  };
}

type Created = Properties & { readonly id: string };

async function create(
  parts: SendingParts,
  { key, properties }: { readonly key: string; readonly properties: JsonObject },
  set: Call,
  followed: Followed,
): Promise<Created | SetError> {
  if (properties['undoStatus'] !== 'pending')
    return invalidProperties(['undoStatus'], 'A submission begins as "pending".');
  const { account } = set.call;
  const identity = (await identitiesOf(parts.store, account)).find(({ id }) => id === properties['identityId']);
  if (identity === undefined) return invalidProperties(['identityId'], 'There is no such identity.');
  const emailId = properties['emailId'] as string;
  const submitted = await submitEmail(parts, {
    account,
    identity,
    emailId,
    // With all that it has: parameters that were left out are null.
    envelope: envelopeKind.read(properties['envelope'] ?? null) ?? null,
    after: wishFor(key, emailId, set),
  });
  if (submitted instanceof SetError) return submitted;
  follow(followed, { key, emailId, set, result: submitted.aftermath });
  return describe(parts, submitted, set);
}

/** What the client asked to be done with the email behind the submission that it calls `key`. */
function wishFor(key: string, emailId: string, { more, call }: Call): ReturnType<typeof aftermathOf> {
  const destroy = more.onSuccessDestroyEmail?.includes(key) === true;
  return aftermathOf(emailId, more.onSuccessUpdateEmail?.get(key), destroy, call.createdIds);
}

function follow(
  followed: Followed,
  {
    key,
    emailId,
    set,
    result,
  }: { readonly key: string; readonly emailId: string; readonly set: Call; readonly result: Submitted['aftermath'] },
): void {
  const wish = wishFor(key, emailId, set);
  if (result === undefined || wish === undefined) return;
  followed.keys.add(key);
  followed.done.push({ email: emailId, after: wish, result });
}

async function describe({ store }: SendingParts, submitted: Submitted, { account }: Call): Promise<Created> {
  const { id, thread, envelope, sendAt } = submitted;
  const [row] = await store.read('submissions', { account, ids: [id] });
  const deliveries = await store.read('deliveries', { message: id });
  const stands = row === undefined ? [] : standsOf(row, deliveries);
  return {
    id,
    threadId: thread,
    envelope,
    sendAt: utcDate(sendAt),
    undoStatus: row?.undoStatus ?? 'final',
    deliveryStatus: Object.fromEntries(stands.map((stand) => [stand.email, statusOf(stand)])),
    dsnBlobIds: [],
    mdnBlobIds: [],
  };
}

/** Only undoStatus can change, and only from pending to canceled. */
async function update(
  { store, clock }: SendingParts,
  { id, current, patched }: Update,
  set: Call,
  followed: Followed,
): Promise<SetError | null> {
  const [now, wish] = [current['undoStatus'], patched['undoStatus']];
  if (wish === now) return null;
  if (wish !== 'canceled')
    return invalidProperties(['undoStatus'], 'Only "canceled" can be asked for: the rest is what happens.');
  const emailId = current['emailId'] as string;
  const after = wishFor(id, emailId, set);
  const done = await store.write('cancelSubmission', {
    account: set.account,
    id,
    at: clock.now(),
    by: { by: 'sender', name: set.call.account.name },
    ...(after === undefined ? {} : { after }),
  });
  if (done === 'missing') return new SetError('notFound');
  if (done === 'cannot-unsend')
    return new SetError('cannotUnsend', 'It is too late: the message is with the next server, or on its way there.');
  follow(followed, { key: id, emailId, set, result: done.aftermath });
  return null;
}

/** What no commit has done, as one implicit call; with what they have done as one response. */
async function after(
  { store }: SendingParts,
  done: SetDone,
  set: Call,
  followed: Followed,
): Promise<readonly MethodResponse[]> {
  const rest = await leftFor(done, set, followed, store);
  const responses = rest === undefined ? [] : await set.call.call('Email/set', { accountId: set.account, ...rest });
  const epoch = await readEpoch(store, set.account);
  return emailSetResponse(set.account, epoch, followed.done, responses);
}

async function leftFor(
  done: SetDone,
  { account, more }: Call,
  { keys, gone }: Followed,
  store: SendingParts['store'],
): Promise<JsonObject | undefined> {
  const wished = new Set([...(more.onSuccessUpdateEmail?.keys() ?? []), ...(more.onSuccessDestroyEmail ?? [])]);
  const ids = [...wished].filter((key) => !keys.has(key)).flatMap((key) => succeeded(key, done));
  if (ids.length === 0) return undefined;
  const rows = await store.read('submissions', { account, ids: ids.map(({ id }) => id) });
  const email = new Map([...gone, ...rows.map((row) => [row.id, row.email] as const)]);
  const update: Record<string, JsonObject> = {};
  const destroy: string[] = [];
  for (const { key, id } of ids) {
    const of = email.get(id);
    const patch = more.onSuccessUpdateEmail?.get(key);
    if (of === undefined) continue;
    if (more.onSuccessDestroyEmail?.includes(key) === true) destroy.push(of);
    else if (patch !== undefined) update[of] = patch;
  }
  return { update, destroy };
}

function succeeded(key: string, done: SetDone): readonly { readonly key: string; readonly id: string }[] {
  const id = key.startsWith('#') ? done.created.get(key.slice(1))?.id : key;
  const is = id !== undefined && (key.startsWith('#') || done.updated.has(id) || done.destroyed.includes(id));
  return is ? [{ key, id }] : [];
}
