/**
 * PushSubscription/get and /set (RFC 8620 §7.2). They are a login's, not an account's: no accountId, no states. Nothing
 * is posted but a code until the client has brought that back, so that nobody can have us write to a stranger.
 */
import { newTicket } from '../../base/index.ts';
import type { Clock } from '../../base/index.ts';
import type { PushSubscription, Store } from '../../store/index.ts';
import { idOrCreation, id, listOf, mapOf, nullable, object, readArguments, text } from '../arguments.ts';
import type { Kind } from '../arguments.ts';
import { CORE } from '../capabilities.ts';
import { formatUtcDate, parseUtcDate } from '../dates.ts';
import { invalidArguments, invalidProperties, MethodError, SetError } from '../errors.ts';
import { applyPatch, readPatch } from '../frames/patch.ts';
import { checkCreation, checkUpdate } from '../frames/properties.ts';
import type { Rules } from '../frames/properties.ts';
import { equals, own } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { objectOrNull } from '../method.ts';
import type { Call, JmapAccount, Method, Properties } from '../method.ts';
import type { DataType } from '../registry.ts';
import { plain } from './course.ts';
import { pushKeys } from './encrypt.ts';
import type { PushParts } from './post.ts';
import { statesOf, watchedBy } from './states.ts';

export interface SubscriptionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly types: readonly DataType[];
  /** Absent: none is made. */
  readonly push?: Pick<PushParts, 'isPostable'>;
  /** Something was changed. */
  readonly onChange: () => void;
}

/** Of an account: as many programs as anybody has. */
const MOST_SUBSCRIPTIONS = 20;
/** Made by an account in an hour: each has one message posted to where somebody says. */
const MOST_MADE = 40;
const HOUR = 60 * 60_000;
/** A program that is still there says so before; RFC 8620 §7.2 lets the server shorten what it wishes. */
const LONGEST = 7 * 24 * HOUR;

const PROPERTIES = ['id', 'deviceClientId', 'verificationCode', 'expires', 'types'];
/** RFC 8620 §7.2: nobody gets them back. */
const SECRET = ['url', 'keys'];

/** What clients write is kept, and lies in memory as long as the subscription stands. */
const LONGEST_TEXT = 255;
const MOST_TYPES = 100;

const shortText: Kind<string> = {
  is: `a string of at most ${LONGEST_TEXT} characters`,
  read: (value) => (typeof value === 'string' && value.length <= LONGEST_TEXT ? value : undefined),
};

/** Of names that no type has, too: a client may know more than this server. */
const typeNames: Kind<readonly string[]> = {
  is: `a list of at most ${MOST_TYPES} names of types`,
  read(value) {
    const names = listOf(shortText).read(value);
    return names === undefined || names.length > MOST_TYPES ? undefined : names;
  },
};

const RULES: Rules = {
  properties: {
    id: { by: 'server', kind: id },
    deviceClientId: { by: 'creator', kind: shortText },
    url: { by: 'creator', kind: { is: 'an address that begins with "https://"', read: readUrl } },
    keys: { by: 'creator', kind: nullable(pushKeys), default: null },
    verificationCode: { by: 'client', kind: nullable(text), default: null },
    expires: {
      by: 'client',
      kind: nullable({ is: 'a time in UTC such as "2026-01-31T12:00:00Z"', read: parseUtcDate }),
      default: null,
    },
    types: { by: 'client', kind: nullable(typeNames), default: null },
  },
};

const LONGEST_URL = 2_000;

function readUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_URL || !/^https:\/\//i.test(value)) return undefined;
  return URL.canParse(value) ? value : undefined;
}

export function pushSubscriptionMethods(parts: SubscriptionParts): readonly Method[] {
  const made = new Made(parts.clock);
  return [
    { name: 'PushSubscription/get', capability: CORE, run: (args, { account }) => get(parts, args, account) },
    { name: 'PushSubscription/set', capability: CORE, run: (args, call) => set(parts, args, { call, made }) },
  ];
}

// --- get ---

const GET = { ids: nullable(listOf(idOrCreation)), properties: nullable(listOf(text)) };

async function get({ store, clock }: SubscriptionParts, args: JsonObject, account: JmapAccount): Promise<Properties> {
  const { ids, properties } = readArguments(GET, args);
  if ((ids?.length ?? 0) > LIMITS.maxObjectsInGet)
    throw new MethodError('requestTooLarge', `One call may ask for ${LIMITS.maxObjectsInGet} objects.`);
  if (properties?.some((name) => SECRET.includes(name)) === true)
    throw new MethodError('forbidden', 'The address and the keys of a subscription are given to nobody.');
  const unknown = properties?.find((name) => !PROPERTIES.includes(name));
  if (unknown !== undefined) throw invalidArguments(`PushSubscription has no property ${JSON.stringify(unknown)}.`);
  const all = (await standing(store, clock, account)).map(objectOf);
  const wanted = new Set(['id', ...(properties ?? PROPERTIES)]);
  const list =
    ids === null ? all : [...new Set(ids)].flatMap((one) => all.find(({ id: known }) => known === one) ?? []);
  const found = new Set(list.map(({ id: known }) => known));
  return {
    list: list.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => wanted.has(name)))),
    notFound: [...new Set(ids)].filter((one) => !found.has(one)),
  };
}

/** Those of this login. What is over is gone, though it may not have been removed yet. */
async function standing(store: Store, clock: Clock, account: JmapAccount): Promise<readonly PushSubscription[]> {
  if (account.isSession === true) return [];
  const [now, all] = [clock.now(), await store.read('pushSubscriptions', { account: account.id })];
  return all.filter(({ expiresAt }) => expiresAt > now);
}

function objectOf({ id: name, device, code, stage, expiresAt, types }: PushSubscription): JsonObject & { id: string } {
  return {
    id: name,
    deviceClientId: device,
    verificationCode: stage === 'verified' ? code : null,
    expires: formatUtcDate(expiresAt),
    types: types ?? null,
  };
}

// --- set ---

const SET = {
  create: nullable(mapOf(id, object)),
  update: nullable(mapOf(idOrCreation, object)),
  destroy: nullable(listOf(idOrCreation)),
};

interface Context {
  readonly call: Call;
  readonly made: Made;
}

async function set(parts: SubscriptionParts, args: JsonObject, { call, made }: Context): Promise<Properties> {
  const { create, update, destroy } = readArguments(SET, args);
  if ((create?.size ?? 0) + (update?.size ?? 0) + (destroy?.length ?? 0) > LIMITS.maxObjectsInSet)
    throw new MethodError('requestTooLarge', `One call may change ${LIMITS.maxObjectsInSet} objects.`);
  const created = await each(create ?? [], (creationId, given) => createOne(parts, { creationId, given, call, made }));
  const gone = new Set((destroy ?? []).map((key) => idIn(call, key)));
  const updated = await each(update ?? [], (key, patch) =>
    gone.has(idIn(call, key))
      ? Promise.resolve(new SetError('willDestroy'))
      : updateOne(parts, { id: idIn(call, key), patch, account: call.account }),
  );
  const destroyed = await each(
    [...new Set(destroy)].map((key) => [key, null] as const),
    (key) => destroyOne(parts, call.account, idIn(call, key)),
  );
  parts.onChange();
  return {
    created: objectOrNull(created.done),
    updated: objectOrNull(updated.done),
    destroyed: destroyed.done.size === 0 ? null : [...destroyed.done.keys()],
    notCreated: objectOrNull(created.refused),
    notUpdated: objectOrNull(updated.refused),
    notDestroyed: objectOrNull(destroyed.refused),
  };
}

function idIn({ createdIds }: Call, key: string): string {
  return key.startsWith('#') ? (createdIds.get(key.slice(1)) ?? key) : key;
}

async function each<V, R>(
  all: Iterable<readonly [key: string, value: V]>,
  act: (key: string, value: V) => Promise<R | SetError>,
): Promise<{ readonly done: ReadonlyMap<string, R>; readonly refused: ReadonlyMap<string, SetError> }> {
  const [done, refused] = [new Map<string, R>(), new Map<string, SetError>()];
  for (const [key, value] of all) {
    const outcome = await act(key, value);
    if (outcome instanceof SetError) refused.set(key, outcome);
    else done.set(key, outcome);
  }
  return { done, refused };
}

interface Creation extends Context {
  readonly creationId: string;
  readonly given: JsonObject;
}

async function createOne(
  { store, clock, push }: SubscriptionParts,
  { creationId, given, call, made }: Creation,
): Promise<Properties | SetError> {
  const properties = checkCreation(RULES, given);
  if (properties instanceof SetError) return properties;
  if (properties['verificationCode'] !== null)
    return invalidProperties(['verificationCode'], 'The code is not known yet: it is posted to the address first.');
  const expiresAt = expiryOf(properties['expires'], clock.now());
  if (expiresAt instanceof SetError) return expiresAt;
  const url = properties['url'] as string;
  if (push === undefined) return new SetError('forbidden', 'This server posts to no addresses: use the event source.');
  if (call.account.isSession === true) return new SetError('forbidden', OF_A_SESSION);
  if (!push.isPostable(url)) return invalidProperties(['url'], 'It leads to no place on the public Internet.');
  const account = call.account.id;
  if (!made.mayMake(account)) return new SetError('rateLimit', `An account may make ${MOST_MADE} in an hour.`);
  const one = { id: newTicket(), account, device: properties['deviceClientId'] as string, url, code: newTicket() };
  const { keys, types } = properties;
  const done = await store.write('addPushSubscription', {
    ...one,
    ...(keys === null ? {} : { keys: JSON.stringify(keys) }),
    ...(types === null ? {} : { types: types as unknown as readonly string[] }),
    expiresAt,
    most: MOST_SUBSCRIPTIONS,
  });
  if (done === 'too-many') return new SetError('overQuota', `An account may have ${MOST_SUBSCRIPTIONS} of them.`);
  call.createdIds.set(creationId, one.id);
  const whole = { keys, types, verificationCode: null, expires: formatUtcDate(expiresAt) };
  return { id: one.id, ...news(whole, given) };
}

/** RFC 8620 §5.3: what the client did not say. */
function news(whole: Properties, given: JsonObject): Properties {
  return Object.fromEntries(Object.entries(whole).filter(([name, value]) => !equals(value, own(given, name))));
}

/** RFC 8620 §7.2: a subscription ends with the login that made it, and nobody keeps those of browsers that long. */
const OF_A_SESSION = 'A login in a browser has none: use the event source, or send the password with each request.';

/** null: as long as can be. */
function expiryOf(wish: unknown, now: number): number | SetError {
  const asked = wish === null ? now + LONGEST : (parseUtcDate(wish) ?? 0);
  if (asked <= now) return invalidProperties(['expires'], 'That time is over.');
  return Math.min(asked, now + LONGEST);
}

interface Change {
  readonly id: string;
  readonly patch: JsonObject;
  readonly account: JmapAccount;
}

async function updateOne(
  parts: SubscriptionParts,
  { id: subscription, patch, account }: Change,
): Promise<Properties | null | SetError> {
  const { store, clock } = parts;
  const row = (await standing(store, clock, account)).find(({ id: one }) => one === subscription);
  if (row === undefined) return new SetError('notFound');
  const wish = wishOf(row, patch, clock.now());
  if (wish instanceof SetError) return wish;
  const { expiresAt, types, bringsCode } = wish;
  const begins = bringsCode && row.stage !== 'verified';
  const done = await store.write('changePushSubscription', {
    account: account.id,
    id: subscription,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(types === undefined ? {} : { types }),
    ...(begins ? { verified: { told: await statesFor(parts, account.id, types ?? row.types ?? null) } } : {}),
  });
  if (done === 'missing') return new SetError('notFound');
  const expires = expiresAt === undefined ? undefined : formatUtcDate(expiresAt);
  return expires === undefined || expires === own(patch, 'expires') ? null : { expires };
}

interface Wish {
  readonly expiresAt: number | undefined;
  readonly types: readonly string[] | null | undefined;
  readonly bringsCode: boolean;
}

function wishOf(row: PushSubscription, patch: JsonObject, now: number): Wish | SetError {
  const entries = readPatch(patch);
  if (entries instanceof SetError) return entries;
  const keys = row.keys === undefined ? null : (JSON.parse(row.keys) as Json);
  const current = { ...objectOf(row), url: row.url, keys };
  const patched = applyPatch(current, entries, (name) => RULES.properties[name]?.default);
  if (patched instanceof SetError) return patched;
  const wrong = checkUpdate(RULES, current, patched, entries);
  if (wrong !== undefined) return wrong;
  const isTouched = (wanted: string): boolean => entries.some(({ path: [name] }) => name === wanted);
  if (isTouched('verificationCode') && patched['verificationCode'] !== row.code)
    return invalidProperties(['verificationCode'], 'That is not the code that was posted.');
  const expiresAt = isTouched('expires') ? expiryOf(patched['expires'], now) : undefined;
  if (expiresAt instanceof SetError) return expiresAt;
  const types = isTouched('types') ? (patched['types'] as unknown as readonly string[] | null) : undefined;
  return { expiresAt, types, bringsCode: isTouched('verificationCode') };
}

/** What is known from now on: what changes is told. */
async function statesFor(
  { types }: SubscriptionParts,
  account: string,
  wanted: readonly string[] | null,
): Promise<PushSubscription['told']> {
  return plain(await statesOf(watchedBy(types, wanted ?? '*'), account));
}

async function destroyOne(
  { store, clock }: SubscriptionParts,
  account: JmapAccount,
  subscription: string,
): Promise<true | SetError> {
  if (!(await standing(store, clock, account)).some(({ id: one }) => one === subscription))
    return new SetError('notFound');
  const done = await store.write('removePushSubscription', { account: account.id, id: subscription });
  return done === 'done' ? true : new SetError('notFound');
}

/** How many an account has made lately, in this process. */
class Made {
  readonly #clock: Clock;
  readonly #counts = new Map<string, { since: number; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  mayMake(account: string): boolean {
    const now = this.#clock.ticks();
    for (const [other, { since }] of this.#counts) if (now - since >= HOUR) this.#counts.delete(other);
    const entry = this.#counts.get(account) ?? { since: now, count: 0 };
    this.#counts.set(account, entry);
    return ++entry.count <= MOST_MADE;
  }
}
