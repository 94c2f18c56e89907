/**
 * Accounts at other providers in a running house: their visits, and the ways their mail leaves by. What the commands
 * change beside it in the store is noticed here.
 */
import { canonicalSender, Collector, TroubleError } from '../../collect/index.ts';
import type { MailServer, Remote, Remotes, RemoteSecrets } from '../../collect/index.ts';
import type { Route } from '../../outbound/index.ts';
import type { Core } from '../core.ts';
import { openLease } from '../lease.ts';
import { lineIsBack } from './line-watch.ts';
import { dialBy } from '../name-lookup.ts';
import { openRemotes } from './remotes.ts';
import type { SecretKey } from '../secrets/secret-key.ts';

export interface RemoteHouse {
  readonly remotes: Remotes;
  /** Undefined where another process collects. */
  readonly collector: Collector | undefined;
  /** One for each account, for what is written as its address. */
  routes(): readonly Route[];
  /** Resolves when the ways are those of what is set now. */
  refresh(): Promise<void>;
  /** The key can be had again: what waited for it goes on. Never rejects. */
  keyIsBack(): Promise<void>;
  /** Visits under way may end within so many ms. */
  close(drainMs: number): Promise<void>;
}

export async function openRemoteHouse(
  core: Core,
  { key, collects }: { readonly key: SecretKey; readonly collects: boolean },
): Promise<RemoteHouse> {
  const { store, clock, log, config } = core;
  const remotes = openRemotes(core, key);
  const ways = new Ways(core, remotes);
  await ways.refresh();
  const lease = openLease(core, 'collect');
  const collector = collects
    ? new Collector({
        store,
        clock,
        log,
        remotes,
        dialTo: dialBy(core),
        longest: () => config().limits.messageSize,
        mayCollect: () => lease.take(),
        onBack: () => {
          void lineIsBack(core, { remotes });
        },
      })
    : undefined;
  collector?.start();
  return {
    remotes,
    collector,
    routes: () => ways.routes,
    refresh: () => ways.refresh(),
    async keyIsBack() {
      ways.forget();
      try {
        await ways.refresh();
      } catch (error) {
        log.error(NOT_READ, { cause: error });
      }
      await lineIsBack(core, { remotes });
    },
    async close(drainMs) {
      ways.close();
      await collector?.close(drainMs);
      await lease.drop();
    },
  };
}

const NOT_READ = 'The accounts at other providers could not be read';

/** Read anew when the store changes, one reading at a time; unsealed only where something is another. */
class Ways {
  routes: readonly Route[] = [];
  readonly #core: Core;
  readonly #remotes: Remotes;
  readonly #stopListening: () => void;
  #known = '';
  #reading: Promise<void> | undefined;
  #again = false;
  /** How often the key came back: what a reading could not unseal before, it can then. */
  #forgotten = 0;

  constructor(core: Core, remotes: Remotes) {
    this.#core = core;
    this.#remotes = remotes;
    this.#stopListening = core.store.onChange(() => {
      this.refresh().catch((error: unknown) => {
        core.log.error(NOT_READ, { cause: error });
      });
    });
  }

  /** Resolves after a reading that began after the call. */
  async refresh(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#again = true;
      await this.#reading;
      return;
    }
    this.#reading = this.#readAll();
    try {
      await this.#reading;
    } finally {
      this.#reading = undefined;
    }
  }

  /** The next reading unseals everything, though nothing is another. */
  forget(): void {
    this.#known = '';
    this.#forgotten++;
  }

  close(): void {
    this.#stopListening();
  }

  async #readAll(): Promise<void> {
    do {
      this.#again = false;
      const forgotten = this.#forgotten;
      const rows = await this.#core.store.read('remotes', {});
      const now = JSON.stringify(rows.map(({ id, account, address, settings, secrets }) => [id, account, address, settings, secrets])); // prettier-ignore
      if (now === this.#known) continue;
      const all = await this.#remotes.list();
      const routes: Route[] = [];
      for (const remote of all) {
        const route = routeOf(remote, await this.#secretsOf(remote));
        if (route !== undefined) routes.push(route);
      }
      this.routes = routes;
      if (forgotten === this.#forgotten) this.#known = now;
    } while (this.#again);
  }

  async #secretsOf({ id }: Remote): Promise<RemoteSecrets | 'locked' | undefined> {
    try {
      return await this.#remotes.secretsOf(id);
    } catch (error) {
      if (error instanceof TroubleError) return 'locked';
      throw error;
    }
  }
}

const TLS: Readonly<Record<MailServer['protection'], Route['tls']>> = {
  implicit: 'implicit',
  starttls: 'required',
  clear: 'never',
};

/** undefined: its password can't be read any more, so nothing can be sent. */
function routeOf(
  { account, address, settings }: Remote,
  secrets: RemoteSecrets | 'locked' | undefined,
): Route | undefined {
  const sender = canonicalSender(address);
  if (sender === undefined || secrets === undefined) return undefined;
  const { host, port, protection, pinned, authorities } = settings.smtp;
  const user = settings.smtpLogin;
  const { password = '', token } = secrets === 'locked' ? {} : secrets;
  return {
    domain: '*',
    sender,
    account,
    host,
    port,
    protocol: 'smtp',
    tls: TLS[protection],
    login: token === undefined ? { user, password } : { user, token },
    ...(secrets === 'locked' ? { locked: true } : {}),
    ...(pinned === undefined ? {} : { pinned }),
    ...(authorities === undefined ? {} : { authorities }),
  };
}
