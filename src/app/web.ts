/** Opens the doors for browsers, and for programs that speak JMAP. */
import type { Logins } from '../accounts/index.ts';
import { httpsGet, probe, webFetch } from '../collect/index.ts';
import type { ListenAddress } from '../config/index.ts';
import { systemResolver } from '../dns/index.ts';
import type { Resolver } from '../dns/index.ts';
import { openJmap } from '../jmap/index.ts';
import type { JmapParts } from '../jmap/index.ts';
import { listenWeb, openFiles, Pictures, PushPosts, webApp } from '../web/index.ts';
import type { Entrance, WebListener } from '../web/index.ts';
import type { Certificates } from './certificates.ts';
import type { Core } from './core.ts';
import { jmapSending } from './hand-in.ts';
import type { HandIn } from './hand-in.ts';
import { openLease } from './lease.ts';
import { MOST_CONNECTIONS, MOST_PER_ADDRESS } from './listeners.ts';
import type { Door, Listeners } from './listeners.ts';
import type { RemoteHouse } from './remotes/remote-house.ts';
import { configuredLookup, dialBy } from './name-lookup.ts';
import type { Role } from './roles.ts';

interface WebDoorParts {
  readonly logins: Logins;
  readonly handIn: HandIn;
  readonly certificates: Certificates;
  readonly house: RemoteHouse;
  /** On a person's own computer: the way in, and any free port where the wanted one is taken. */
  readonly entrance?: Entrance;
}

/** Opens all or none: when one can't be opened, the others are closed and the error says which. */
export async function openWeb(core: Core, roles: readonly Role[], parts: WebDoorParts): Promise<Listeners> {
  const { listen, listenTls } = core.config().web;
  const plans = roles.includes('web')
    ? [
        ...listen.map((address) => ({ address, tls: 'none' as const })),
        ...listenTls.map((address) => ({ address, tls: 'implicit' as const })),
      ]
    : [];
  const opened: { readonly door: Door; readonly listener: WebListener }[] = [];
  const stopping = new AbortController();
  const closing: (() => Promise<void>)[] = [];
  const close = async (drainMs: number): Promise<void> => {
    stopping.abort();
    await Promise.all(opened.map(({ listener }) => listener.close(drainMs)));
    for (const end of closing.splice(0)) await end();
  };
  if (plans.length === 0) return { doors: [], close };
  const open = await opener(core, { ...parts, stopping: stopping.signal, closing });
  try {
    for (const { address, tls } of plans) {
      const listener = await open(address, tls);
      opened.push({ door: { service: 'web', host: listener.host, port: listener.port, tls }, listener });
    }
  } catch (error) {
    await close(0);
    throw error;
  }
  return { doors: opened.map(({ door }) => door), close };
}

type Open = (address: ListenAddress, tls: 'none' | 'implicit') => Promise<WebListener>;

async function opener(
  core: Core,
  parts: WebDoorParts & { readonly stopping: AbortSignal; readonly closing: (() => Promise<void>)[] },
): Promise<Open> {
  const { store, clock, log, config } = core;
  const { logins, handIn, certificates, house, entrance, stopping, closing } = parts;
  const resolver = systemResolver({ servers: config().dns.servers, clock });
  const push = pushes(core, resolver);
  const jmap = openJmap({
    store,
    clock,
    log,
    maxMessage: config().limits.messageSize,
    hostname: () => config().hostname,
    push: push.parts,
    sending: jmapSending(core, handIn, { house, isClient: entrance !== undefined }),
    ...(entrance === undefined ? {} : { remotes: jmapRemotes(core, house) }),
  });
  // Mail that comes in is read in the background until then.
  closing.push(async () => {
    await jmap.close();
    await push.close();
  });
  const idle = (): number => config().web.idle;
  const answer = webApp({
    store,
    logins,
    clock,
    log,
    jmap,
    idle,
    stopping,
    files: await openFiles(),
    pictures: new Pictures({ resolver, clock }),
    fetchPictures: () => config().web.pictures,
    ...(entrance === undefined ? {} : { entrance }),
  });
  const openAt = ({ host, port }: ListenAddress, tls: 'none' | 'implicit'): Promise<WebListener> =>
    listenWeb({
      host,
      port,
      ...(tls === 'implicit' ? { tls: () => certificates.current().pem } : {}),
      settings: () => ({ names: [config().hostname, ...config().web.names], proxies: config().web.proxy }),
      answer,
      maxConnections: MOST_CONNECTIONS,
      ...(config().limits.perAddress ? { maxPerAddress: MOST_PER_ADDRESS } : {}),
      clock,
      log,
    });
  return async (address, tls) => {
    try {
      return await openAt(address, tls);
    } catch (error) {
      if (entrance !== undefined && isTaken(error)) return await openAt({ ...address, port: 0 }, tls);
      throw new Error(`The web listener could not be opened. ${(error as Error).message}`, { cause: error });
    }
  };
}

function isTaken(error: unknown): boolean {
  return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';
}

/** Changes are posted by one process of a state directory. */
function pushes(
  core: Core,
  resolver: Resolver,
): { readonly parts: NonNullable<JmapParts['push']>; close(): Promise<void> } {
  const { clock, config } = core;
  const posts = new PushPosts({ resolver, clock, mayBeLocal: () => config().web.pushLocal });
  const lease = openLease(core, 'push');
  return {
    parts: {
      post: (message) => posts.post(message),
      isPostable: (url) => posts.isPostable(url),
      mayPost: () => lease.take(),
    },
    close: () => lease.drop(),
  };
}

/**
 * Only where the computer is the person's own: whoever sets up an account has this machine connect to servers that they
 * name, which is not for everybody with a mailbox on a host.
 */
function jmapRemotes(core: Core, house: RemoteHouse): NonNullable<JmapParts['remotes']> {
  const { clock, config } = core;
  const resolver = systemResolver({ servers: config().dns.servers, clock });
  const ladder = {
    resolver,
    fetch: webFetch({ clock, get: httpsGet(configuredLookup(core)) }),
    probe: probe(clock, dialBy(core)),
    database: config().client.ispdb,
  };
  return { remotes: house.remotes, collector: house.collector, refresh: () => house.refresh(), ladder };
}
