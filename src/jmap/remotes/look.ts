/** Looking at the providers: what lies there, what a rule would delete, whether servers work. Troubles are answers, with words. */
import type { MessageThere } from '../../collect/index.ts';
import { TroubleError, troubleOf } from '../../collect/index.ts';
import { id, listOf, nullable, object, optional, text, unsigned } from '../arguments.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { method } from '../method.ts';
import type { Method, Properties } from '../method.ts';
import { utcDate } from '../submission/dates.ts';
import { leave, lineOfText, REMOTES, server, troubleJson } from './kinds.ts';
import type { RemotesParts } from './parts.ts';
import { seenJson } from './seen.ts';
import { isElsewhere, PASSWORD_AGAIN, secretsIn, settingsOf, triedJson } from './set.ts';

/** Messages of a page: each costs the server a TOP. */
const MOST_SHOWN = 50;
const MOST_DELETED = 10_000;
const MOST_FETCHED = 500;

export function lookMethods(parts: RemotesParts): readonly Method[] {
  const { remotes } = parts;
  return [
    method({
      name: 'Remote/there',
      capability: REMOTES,
      takes: { id, position: optional(unsigned, 0), limit: optional(unsigned, MOST_SHOWN) },
      run: ({ id: one, position, limit }, { account }) =>
        looking(parts, { account: account.id, id: one }, async () => {
          const page = { position, limit: Math.min(limit, MOST_SHOWN) };
          const { total, octets, list } = await remotes.there(one, page);
          return { total, octets, position, list: list.map(thereJson) };
        }),
    }),
    method({
      name: 'Remote/deleteThere',
      capability: REMOTES,
      takes: { id, uidls: listOf(text) },
      run: ({ id: one, uidls }, { account }) => {
        if (uidls.length > MOST_DELETED) throw invalidArguments(`One call deletes ${MOST_DELETED} messages at most.`);
        return looking(parts, { account: account.id, id: one }, async () => ({
          deleted: await remotes.deleteThere(one, new Set(uidls)),
        }));
      },
    }),
    method({
      name: 'Remote/fetch',
      capability: REMOTES,
      takes: { id, uidls: listOf(text) },
      async run({ id: one, uidls }, { account }) {
        if (uidls.length > MOST_FETCHED) throw invalidArguments(`One call fetches ${MOST_FETCHED} messages at most.`);
        await ownRemote(parts, account.id, one);
        await remotes.want(one, uidls);
        return { accountId: account.id, id: one };
      },
    }),
    method({
      name: 'Remote/wouldDelete',
      capability: REMOTES,
      takes: { id, leave },
      run: ({ id: one, leave: rule }, { account }) =>
        looking(parts, { account: account.id, id: one }, async () => {
          const { count, octets, sample } = await remotes.wouldDelete(one, rule);
          return { count, octets, sample: sample.map(seenJson) };
        }),
    }),
    method({
      name: 'Remote/test',
      capability: REMOTES,
      takes: {
        id: nullable(id),
        pop3: server,
        smtp: server,
        pop3Login: lineOfText,
        smtpLogin: lineOfText,
        password: nullable(lineOfText),
        token: nullable(lineOfText),
      },
      run: ({ id: one, ...given }, { account }) => test(parts, { account: account.id, id: one }, given),
    }),
  ];
}

/** Of this account, or it is not there. */
export async function ownRemote(
  { remotes }: RemotesParts,
  account: string,
  one: string,
): Promise<NonNullable<Awaited<ReturnType<RemotesParts['remotes']['get']>>>> {
  const remote = await remotes.get(one);
  if (remote?.account !== account) throw new MethodError('invalidArguments', 'There is no such account at a provider.');
  return remote;
}

async function looking(
  parts: RemotesParts,
  { account, id: one }: { readonly account: string; readonly id: string },
  look: () => Promise<Properties>,
): Promise<Properties> {
  const remote = await ownRemote(parts, account, one);
  try {
    return { accountId: account, id: one, trouble: null, ...(await look()) };
  } catch (error) {
    return { accountId: account, id: one, trouble: troubleJson(troubleOf(error, remote.settings.pop3)) };
  }
}

/** Both servers are tried as they are given; with an id and no password, with the one that is kept. */
async function test(
  parts: RemotesParts,
  { account, id: one }: { readonly account: string; readonly id: string | null },
  given: { readonly password: string | null; readonly token: string | null },
): Promise<Properties> {
  const before = one === null ? undefined : await ownRemote(parts, account, one);
  const properties = object.read(JSON.parse(JSON.stringify({ ...given, leave: null, cap: null, every: 0 })));
  if (properties === undefined) throw invalidArguments('The servers can not be read.');
  const [settings, secrets] = [settingsOf(properties, before), secretsIn(properties)];
  if (secrets === undefined && before !== undefined && isElsewhere(before.settings, settings))
    throw invalidArguments(PASSWORD_AGAIN);
  try {
    const kept = before === undefined ? undefined : await parts.remotes.secretsOf(before.id);
    const tried = await parts.remotes.tryOut(settings, secrets ?? kept ?? {});
    return { accountId: account, ...triedJson(tried) };
  } catch (error) {
    if (!(error instanceof TroubleError)) throw error;
    // The keyring is locked: neither server could be tried.
    return { accountId: account, ...triedJson({ pop3: troubleOf(error, settings.pop3) }) };
  }
}

function thereJson({ state, isWanted, goesAt, ...message }: MessageThere): Properties {
  return { ...seenJson(message), state, isWanted, goesAt: goesAt === undefined ? null : utcDate(goesAt) };
}
