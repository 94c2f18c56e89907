/**
 * Remote/set: an account is made and its servers are changed after both were tried; a rule that would delete at the
 * provider is set only by who says how many it would delete.
 */
import type { LeaveRule, Remote, RemoteSecrets, RemoteSettings, Tried } from '../../collect/index.ts';
import { DEFAULTS, TroubleError, troubleOf } from '../../collect/index.ts';
import { flag, id, mapOf, nullable, optional, text, unsigned } from '../arguments.ts';
import { invalidProperties, SetError } from '../errors.ts';
import type { SetCall, SetType, Update } from '../frames/set.ts';
import type { Rules } from '../frames/properties.ts';
import { equals } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Properties } from '../method.ts';
import { line } from '../identity/own.ts';
import { leave, lineOfText, remoteJson, REMOTES, server, serverOf, settingsJson, troubleJson } from './kinds.ts';
import type { ServerJson } from './kinds.ts';
import type { RemotesParts } from './parts.ts';
import { seenJson } from './seen.ts';
import { remotesState } from './state.ts';

const TAKES = {
  /** Kept without being tried. */
  untried: optional(flag, false),
  /** By id: how many messages the change deletes at the provider, as Remote/wouldDelete says. */
  confirm: nullable(mapOf(id, unsigned)),
};
type Shape = typeof TAKES;
type Call = SetCall<Shape>;

/** What only the server sets. */
const TOLD = { by: 'server', kind: text } as const;

const RULES: Rules = {
  properties: {
    id: TOLD,
    identityId: TOLD,
    address: { by: 'creator', kind: lineOfText },
    name: { by: 'creator', kind: line, default: '' },
    pop3: { by: 'client', kind: server },
    smtp: { by: 'client', kind: server },
    pop3Login: { by: 'client', kind: lineOfText },
    smtpLogin: { by: 'client', kind: lineOfText },
    password: { by: 'client', kind: nullable(lineOfText), default: null },
    token: { by: 'client', kind: nullable(lineOfText), default: null },
    leave: { by: 'client', kind: leave, default: { ...DEFAULTS.leave } },
    cap: { by: 'client', kind: nullable(unsigned), default: null },
    every: { by: 'client', kind: unsigned, default: DEFAULTS.every },
    largest: TOLD,
    standing: TOLD,
    visitedAt: TOLD,
    dueAt: TOLD,
    visiting: TOLD,
  },
};

export function remoteSet(parts: RemotesParts): SetType<Shape> {
  const { remotes } = parts;
  return {
    type: 'Remote',
    capability: REMOTES,
    takes: TAKES,
    rules: RULES,
    state: (account) => remotesState(parts, account),
    async read(ids, { account }) {
      const found = (await remotes.list(account)).filter((one) => ids.includes(one.id));
      return new Map(found.map((one) => [one.id, { ...settingsJson(one), id: one.id, name: '', password: null, token: null }])); // prettier-ignore
    },
    create: ({ properties }, set) => withKey(() => create(parts, properties, set)),
    async update(updates, set) {
      const outcomes: (Properties | null | SetError)[] = [];
      for (const one of updates) outcomes.push(await withKey(() => update(parts, one, set)));
      return outcomes;
    },
    async destroy(ids) {
      const outcomes: (SetError | undefined)[] = [];
      for (const one of ids)
        outcomes.push((await remotes.remove(one)) === 'done' ? undefined : new SetError('notFound'));
      await parts.refresh();
      return outcomes;
    },
  };
}

/** The key to the passwords may be in a keyring that is locked: nothing is kept then, and the answer says why. */
async function withKey<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | SetError> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TroubleError)) throw error;
    const { trouble } = error;
    return new SetError('serversFailed', `${trouble.what} ${trouble.you}`, { pop3: troubleJson(trouble), smtp: null });
  }
}

async function create(
  parts: RemotesParts,
  properties: JsonObject,
  { account, more }: Call,
): Promise<(Properties & { readonly id: string }) | SetError> {
  const settings = settingsOf(properties);
  const secrets = secretsIn(properties);
  if (secrets === undefined) return invalidProperties(['password'], 'Enter the password.');
  const tried = more.untried ? {} : await parts.remotes.tryOut(settings, secrets);
  if (isFailure(tried)) return serversFailed(tried);
  const [address, name] = [properties['address'] as string, properties['name'] as string];
  const wanted = { ...settings, ...largestOf(tried) };
  const added = await parts.remotes.add({ account, address, name, settings: wanted, secrets });
  if (typeof added === 'string') return invalidProperties(['address'], added);
  await parts.refresh();
  return { ...remoteJson(added, undefined), name, password: null, token: null };
}

async function update(
  parts: RemotesParts,
  { id: one, current, patched }: Update,
  { more }: Call,
): Promise<Properties | null | SetError> {
  const { remotes } = parts;
  const before = await remotes.get(one);
  if (before === undefined) return new SetError('notFound');
  const settings = settingsOf(patched, before);
  const secrets = secretsIn(patched);
  if (secrets === undefined && isElsewhere(before.settings, settings))
    return invalidProperties(['password'], PASSWORD_AGAIN);
  const deletes = equals(current['leave'] ?? null, patched['leave'] ?? null)
    ? undefined
    : await wouldDelete(parts, before, settings.leave, more.confirm?.get(one));
  if (deletes !== undefined) return deletes;
  const isOther =
    secrets !== undefined || SERVERS.some((name) => !equals(current[name] ?? null, patched[name] ?? null));
  const tried = isOther && !more.untried ? await tryAnew(parts, before, settings, secrets) : {};
  if (isFailure(tried)) return serversFailed(tried);
  const changed = await remotes.change(one, {
    settings: { ...settings, ...largestOf(tried) },
    ...(secrets === undefined ? {} : { secrets }),
  });
  if (changed === undefined) return new SetError('notFound');
  if (typeof changed === 'string') return invalidProperties(['leave', 'cap', 'every'], changed);
  await parts.refresh();
  return secrets === undefined ? null : { password: null, token: null };
}

/** What is kept is for the hosts that it was entered for: who could name another one could read it there. */
export function isElsewhere(before: RemoteSettings, now: RemoteSettings): boolean {
  const hosts = [before.pop3.host, before.smtp.host].map((host) => host.toLowerCase());
  return [now.pop3.host, now.smtp.host].some((host) => !hosts.includes(host.toLowerCase()));
}

export const PASSWORD_AGAIN =
  'That is another server than the password was entered for. Enter the password again, so that no server gets it unless you say so.';

const SERVERS = ['pop3', 'smtp', 'pop3Login', 'smtpLogin'] as const;

async function tryAnew(
  { remotes }: RemotesParts,
  { id: one }: Remote,
  settings: RemoteSettings,
  secrets: RemoteSecrets | undefined,
): Promise<Partial<Tried>> {
  return await remotes.tryOut(settings, secrets ?? (await remotes.secretsOf(one)) ?? {});
}

/** UX: a change that would delete says exactly how many first. undefined: it deletes nothing, or it was confirmed. */
async function wouldDelete(
  { remotes }: RemotesParts,
  remote: Remote,
  rule: LeaveRule,
  confirmed: number | undefined,
): Promise<SetError | undefined> {
  if (rule.kind === 'for-ever') return undefined;
  try {
    const { count, octets, sample } = await remotes.wouldDelete(remote.id, rule);
    if (count === 0 || count === confirmed) return undefined;
    const description = `The next visit would delete ${count} messages at ${remote.settings.pop3.host}.`;
    return new SetError('needsConfirmation', description, { count, octets, sample: sample.map(seenJson) });
  } catch (error) {
    const trouble = troubleJson(troubleOf(error, remote.settings.pop3));
    return new SetError('serversFailed', 'How many it would delete can’t be asked now, so nothing was changed.', { pop3: trouble, smtp: null }); // prettier-ignore
  }
}

function isFailure({ pop3 = 'works', smtp = 'works' }: Partial<Tried>): boolean {
  return pop3 !== 'works' || smtp !== 'works';
}

/** null beside a server that works. */
export function triedJson({ pop3 = 'works', smtp = 'works', largest }: Partial<Tried>): Properties {
  return {
    pop3: pop3 === 'works' ? null : troubleJson(pop3),
    smtp: smtp === 'works' ? null : troubleJson(smtp),
    largest: largest ?? null,
  };
}

function serversFailed(tried: Partial<Tried>): SetError {
  return new SetError(
    'serversFailed',
    'Nothing was saved: the servers were tried, and not both work.',
    triedJson(tried),
  );
}

function largestOf({ largest }: Partial<Tried>): { readonly largest?: number } {
  return largest === undefined ? {} : { largest };
}

export function settingsOf(properties: JsonObject, before?: Remote): RemoteSettings {
  const of = (name: string): unknown => properties[name];
  const [cap, largest] = [of('cap') as number | null, before?.settings.largest];
  return {
    pop3: serverOf(server.read(properties['pop3'] ?? null) as ServerJson, 'pop3', before?.settings.pop3),
    smtp: serverOf(server.read(properties['smtp'] ?? null) as ServerJson, 'smtp', before?.settings.smtp),
    pop3Login: of('pop3Login') as string,
    smtpLogin: of('smtpLogin') as string,
    leave: of('leave') as LeaveRule,
    every: of('every') as number,
    ...(cap === null ? {} : { cap }),
    ...(largest === undefined ? {} : { largest }),
  };
}

/** undefined: none was given. */
export function secretsIn({ password, token }: JsonObject): RemoteSecrets | undefined {
  if (typeof token === 'string') return { token };
  return typeof password === 'string' ? { password } : undefined;
}
