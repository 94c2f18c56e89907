/** Accounts at other providers, wired: whose they are here, what they may send as, and the visits to their maildrops. */
import { DirectoryError } from '../../accounts/index.ts';
import { newId, sleep } from '../../base/index.ts';
import { Collector, formatServer, Remotes, TroubleError } from '../../collect/index.ts';
import type { Remote, RemoteSecrets, RemoteSettings, Standing, Tried } from '../../collect/index.ts';
import { parseAddress } from '../../mail/index.ts';
import { freeTheGone } from '../core.ts';
import type { Core } from '../core.ts';
import { openLease } from '../lease.ts';
import { dialBy } from '../name-lookup.ts';
import type { SecretKey } from '../secrets/secret-key.ts';

/** The person at a PC: mail of all their providers lies with this account. The domain is one that can't exist (RFC 2606 §2). */
const PERSON = { local: 'me', domain: 'pc.invalid' } as const;

export interface RemoteView {
  readonly address: string;
  readonly pop3: string;
  readonly smtp: string;
  readonly standing: Standing;
  readonly visitedAt?: number;
  readonly dueAt?: number;
}

export interface RemoteKeeping {
  /** Tries both servers first; with trouble at one nothing is kept, unless `untried`. */
  add(p: {
    readonly address: string;
    readonly settings: RemoteSettings;
    readonly secrets: RemoteSecrets;
    /** Whose it is; needed only where there are several accounts. */
    readonly account?: string;
    readonly untried?: boolean;
  }): Promise<{ readonly view: RemoteView; readonly tried?: Tried } | { readonly trouble: Tried }>;
  list(): Promise<readonly RemoteView[]>;
  /** Visits its maildrop now and waits for what comes of it. */
  check(address: string): Promise<RemoteView>;
  /** Another password or token. Tries both servers with it first; with trouble at one the old one stays, unless `untried`. */
  renew(p: {
    readonly address: string;
    readonly secrets: RemoteSecrets;
    readonly untried?: boolean;
  }): Promise<{ readonly view: RemoteView } | { readonly trouble: Tried }>;
  remove(address: string): Promise<void>;
}

export function openRemotes(core: Core, key: SecretKey): Remotes {
  const { store, clock } = core;
  const hostname = (): string => ehloName(core.config().hostname);
  return new Remotes({ store, clock, seal: () => key.seal(), hostname, dialTo: dialBy(core) });
}

/**
 * What a submission server is told: RFC 5321 §4.1.4 wants a name that others know, and where there is none an address
 * literal; this one tells nothing of the network at home.
 */
export function ehloName(hostname: string): string {
  return hostname === 'localhost' ? '[127.0.0.1]' : hostname;
}

function openCollector(core: Core, remotes: Remotes): Collector {
  const { store, clock, log } = core;
  const longest = (): number => core.config().limits.messageSize;
  return new Collector({ store, clock, log, remotes, longest, dialTo: dialBy(core) });
}

export function keepRemotes(core: Core, key: SecretKey): RemoteKeeping {
  const remotes = openRemotes(core, key);
  return {
    async add({ untried = false, account, ...wanted }) {
      const tried = untried ? undefined : await remotes.tryOut(wanted.settings, wanted.secrets);
      if (tried !== undefined && (tried.pop3 !== 'works' || tried.smtp !== 'works')) return { trouble: tried };
      const owner = await ownerOf(core, account);
      const added = await inWords(addRemote(core, remotes, { ...wanted, account: owner, tried }));
      if (typeof added === 'string') throw new DirectoryError(added);
      return { view: viewOf(added), ...(tried === undefined ? {} : { tried }) };
    },
    list: async () => (await remotes.list()).map(viewOf),
    async check(address) {
      const { id } = await remoteAt(remotes, address);
      await checkNow(core, remotes, id);
      return viewOf((await remotes.get(id)) ?? (await remoteAt(remotes, address)));
    },
    async renew({ address, secrets, untried = false }) {
      const { id, settings } = await remoteAt(remotes, address);
      const tried = untried ? undefined : await remotes.tryOut(settings, secrets);
      if (tried !== undefined && (tried.pop3 !== 'works' || tried.smtp !== 'works')) return { trouble: tried };
      await inWords(remotes.change(id, { secrets }));
      return { view: viewOf(await remoteAt(remotes, address)) };
    },
    async remove(address) {
      const remote = await remoteAt(remotes, address);
      await remotes.remove(remote.id);
    },
  };
}

/** How often it is looked whether the process that collects has done it, in ms. */
const LOOK_EVERY = 200;
/** How often it is asked whether it has ended meanwhile, in ms. */
const ASK_EVERY = 2_000;

/**
 * The process that collects is asked, where one runs: to it the maildrop is open, perhaps in this moment, and a second
 * visitor would be told that it is in use. Resolves behind a visit that began after the call.
 */
async function checkNow(core: Core, remotes: Remotes, id: string): Promise<void> {
  await freeTheGone(core);
  const lease = openLease(core, 'collect', ASK_EVERY);
  const asked = core.clock.now();
  let wished = false;
  while (!(await lease.take())) {
    if (!wished) await remotes.visitSoon(id);
    wished = true;
    await sleep(core.clock, LOOK_EVERY);
    const remote = await remotes.get(id);
    if (remote === undefined || isVisitedSince(remote, asked, core.clock.now())) return;
  }
  try {
    const collector = openCollector(core, remotes);
    await collector.check(id);
    await collector.settled(id);
  } finally {
    await lease.drop();
  }
}

/** One that was under way when it was wished leaves the account due: the wished one comes behind it. */
function isVisitedSince({ visitedAt, dueAt }: Remote, asked: number, now: number): boolean {
  return visitedAt !== undefined && visitedAt >= asked && (dueAt === undefined || dueAt > now);
}

/** A keyring that is locked is no fault of the program: it is told as a sentence. */
async function inWords<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TroubleError)) throw error;
    const { what, why, you } = error.trouble;
    throw new DirectoryError(`${what} ${why} ${you}`);
  }
}

/** The new remote, or a sentence why there is none: an address of this host's own is written as from here, and needs no provider. */
async function addRemote(
  core: Core,
  remotes: Remotes,
  { settings, tried, ...wanted }: Parameters<Remotes['add']>[0] & { readonly tried: Tried | undefined },
): Promise<Remote | string> {
  const address = parseAddress(wanted.address, { utf8: true });
  if (address !== undefined && (await core.domains.isOurs(address.domain)))
    return `${address.domain} is a domain of this host: there is no other provider to collect from.`;
  const largest = tried?.largest === undefined ? {} : { largest: tried.largest };
  return await remotes.add({ ...wanted, settings: { ...settings, ...largest } });
}

/** The account that is named, the only one there is, or the person at this PC, who comes into being here. */
export async function ownerOf(core: Core, named: string | undefined): Promise<string> {
  if (named !== undefined) return (await core.directory.account(named)).id;
  const accounts = await core.store.read('listAccounts', { closed: false });
  const [only, ...others] = accounts;
  if (others.length > 0) throw new DirectoryError('There are several accounts here. Say whose it is with --account.');
  return only?.id ?? (await ensurePerson(core));
}

async function ensurePerson({ store, clock }: Core): Promise<string> {
  const id = newId(clock.now());
  await store.write('addAccount', { id, ...PERSON, credentials: [], at: clock.now() });
  const found = await store.read('accountAt', PERSON);
  if (found === undefined) throw new Error('the account of the person at this PC could not be made');
  return found.account.id;
}

async function remoteAt(remotes: Remotes, address: string): Promise<Remote> {
  const found = (await remotes.list()).find((one) => one.address.toLowerCase() === address.toLowerCase());
  if (found === undefined)
    throw new DirectoryError(`There is no account ${address} here. "posthorn remote list" shows those there are.`);
  return found;
}

function viewOf({ address, settings, standing, visitedAt, dueAt }: Remote): RemoteView {
  return {
    address,
    pop3: formatServer(settings.pop3),
    smtp: formatServer(settings.smtp),
    standing,
    ...(visitedAt === undefined ? {} : { visitedAt }),
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}
