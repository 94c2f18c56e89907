/**
 * onSuccessUpdateEmail and onSuccessDestroyEmail (RFC 8621 §7.5). What they ask for is done in the commit of the
 * submission, so that no kill can strand a letter between Drafts and the outbox; and told as the implicit Email/set that
 * the RFC wants. What can't be put into that commit (a patch that is none of mailboxes and keywords) is left to Email/set.
 */
import type { Aftermath, AftermathResult, EmailChange } from '../../store/index.ts';
import { parseKeyword } from '../email/keywords.ts';
import { refusalOf as emailRefusal } from '../email/trouble.ts';
import { SetError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { readPatch } from '../frames/patch.ts';
import type { PatchEntry } from '../frames/patch.ts';
import { mailboxNumber } from '../mailbox/mailbox.ts';
import type { CreatedIds, MethodResponse, Properties } from '../method.ts';
import { formatState } from '../state.ts';

/** What was carried out with a submission, and of which email. */
export interface CarriedOut {
  readonly email: string;
  readonly after: Aftermath;
  readonly result: AftermathResult;
}

/** Undefined: the store can't do it with the submission, Email/set must. */
export function aftermathOf(
  email: string,
  patch: JsonObject | undefined,
  destroy: boolean,
  createdIds: CreatedIds,
): Aftermath | undefined {
  if (destroy) return { changes: [], destroy: [email] };
  const entries = patch === undefined ? undefined : readPatch(patch);
  if (entries === undefined || entries instanceof SetError || entries.length === 0) return undefined;
  const change = changeOf(email, entries, createdIds);
  return change === undefined ? undefined : { changes: [change], destroy: [] };
}

function changeOf(email: string, entries: readonly PatchEntry[], createdIds: CreatedIds): EmailChange | undefined {
  const keywords = setOf(entries, 'keywords', parseKeyword);
  const mailboxes = setOf(entries, 'mailboxIds', (id) => mailboxOf(id, createdIds));
  const all = entries.every(({ path: [name] }) => name === 'keywords' || name === 'mailboxIds');
  if (!all || keywords === undefined || mailboxes === undefined) return undefined;
  return {
    email,
    ...(keywords === 'none' ? {} : { keywords }),
    ...(mailboxes === 'none' ? {} : { mailboxes }),
  };
}

type SetChange<V> = { readonly is: readonly V[] } | { readonly add: readonly V[]; readonly remove: readonly V[] };

/** What a patch makes of one set; undefined: it can't be read. */
function setOf<V>(
  entries: readonly PatchEntry[],
  property: string,
  read: (name: string) => V | undefined,
): SetChange<V> | 'none' | undefined {
  const own = entries.filter(({ path: [name] }) => name === property);
  if (own.length === 0) return 'none';
  const [whole] = own;
  if (whole?.path.length === 1) {
    const names = isObject(whole.value) && Object.values(whole.value).every((one) => one === true);
    const is = names ? Object.keys(whole.value as JsonObject).map(read) : [undefined];
    return is.includes(undefined) ? undefined : { is: is as readonly V[] };
  }
  const add: V[] = [];
  const remove: V[] = [];
  for (const { path, value } of own) {
    const name = path.length === 2 ? read(path[1] ?? '') : undefined;
    if (name === undefined || !isMember(value)) return undefined;
    (value === true ? add : remove).push(name);
  }
  return { add, remove };
}

function isMember(value: Json): value is true | null {
  return value === true || value === null;
}

function mailboxOf(id: string, createdIds: CreatedIds): number | undefined {
  return mailboxNumber(id.startsWith('#') ? (createdIds.get(id.slice(1)) ?? '') : id);
}

/** The response of the implicit Email/set for all that was carried out in commits of this call, in order. */
export function emailSetResponse(
  accountId: string,
  epoch: number,
  done: readonly CarriedOut[],
  rest: readonly MethodResponse[],
): readonly MethodResponse[] {
  const [first] = done;
  if (first === undefined) return rest;
  const refused = new Map(
    done.flatMap(({ result }) => result.troubles.map(({ email, trouble }) => [email, emailRefusal(trouble)] as const)),
  );
  const updated = done.flatMap(({ email, after }) => (after.changes.length > 0 ? [email] : []));
  const destroyed = done.flatMap(({ after }) => after.destroy);
  const answer: Properties = {
    accountId,
    oldState: formatState({ epoch, modseq: first.result.before }),
    newState: formatState({ epoch, modseq: done.at(-1)?.result.after ?? first.result.after }),
    created: null,
    updated: mapOrNull(updated.filter((id) => !refused.has(id)).map((id) => [id, null])),
    destroyed: listOrNull(destroyed.filter((id) => !refused.has(id))),
    notCreated: null,
    notUpdated: mapOrNull(updated.flatMap((id) => refusalOf(refused, id))),
    notDestroyed: mapOrNull(destroyed.flatMap((id) => refusalOf(refused, id))),
  };
  return [{ name: 'Email/set', arguments: joined(answer, rest) }, ...rest.filter(({ name }) => name !== 'Email/set')];
}

/** One implicit call has one response: what Email/set itself did goes into it. */
function joined(answer: Properties, rest: readonly MethodResponse[]): Properties {
  const other = rest.find(({ name }) => name === 'Email/set')?.arguments;
  if (other === undefined) return answer;
  const both = (name: string): unknown => {
    const [a, b] = [answer[name], other[name]];
    if (Array.isArray(a) && Array.isArray(b)) return [...(a as unknown[]), ...(b as unknown[])];
    return isObject(a) && isObject(b) ? { ...a, ...b } : (a ?? b ?? null);
  };
  const names = ['updated', 'destroyed', 'notUpdated', 'notDestroyed'];
  return { ...answer, newState: other['newState'], ...Object.fromEntries(names.map((name) => [name, both(name)])) };
}

function refusalOf(refused: ReadonlyMap<string, SetError>, id: string): readonly (readonly [string, SetError])[] {
  const error = refused.get(id);
  return error === undefined ? [] : [[id, error]];
}

function mapOrNull<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> | null {
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function listOrNull(ids: readonly string[]): readonly string[] | null {
  return ids.length === 0 ? null : ids;
}
