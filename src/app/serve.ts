/**
 * A mail host in this process: opened in order (store, certificate, listeners, queue), closed in the
 * reverse order, reloaded in place.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { openLogins } from '../accounts/index.ts';
import type { Logins } from '../accounts/index.ts';
import { describeError } from '../base/index.ts';
import type { Clock, Logger } from '../base/index.ts';
import { compareForReload } from '../config/index.ts';
import type { Config, Durability } from '../config/index.ts';
import { systemResolver } from '../dns/index.ts';
import { openHeldMail } from '../intake/index.ts';
import { customerNetwork } from '../net/index.ts';
import { openOutbound } from '../outbound/index.ts';
import type { Outbound, Route } from '../outbound/index.ts';
import { startRunner } from '../queue/index.ts';
import type { Runner } from '../queue/index.ts';
import { openCertificates } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import { openEntrance, openingAddress } from './client.ts';
import { freeTheGone, openCore } from './core.ts';
import type { Core } from './core.ts';
import { keepWord } from './doors.ts';
import type { Word } from './doors.ts';
import { makeFirstAccount } from './first-run.ts';
import type { FirstAccount } from './first-run.ts';
import { openHandIn } from './hand-in.ts';
import { openListeners } from './listeners.ts';
import type { Door, Listeners } from './listeners.ts';
import { lineIsBack, watchLine } from './remotes/line-watch.ts';
import { openRemoteHouse } from './remotes/remote-house.ts';
import { ehloName } from './remotes/remotes.ts';
import type { Role } from './roles.ts';
import { openKey } from './secrets/key-watch.ts';
import { recordReload } from './reload.ts';
import { outboundSettings, queueSettings, routesOf } from './settings.ts';
import { startSweeps } from './sweeps.ts';
import { warningsFor } from './warnings.ts';
import { openWeb } from './web.ts';

export interface HostParts {
  readonly config: Config;
  readonly stateDirectory: string;
  readonly durability: Durability;
  readonly roles: readonly Role[];
  /** Written, as JSON, when every listener is open; removed at the end. */
  readonly readyFile?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 to 1; spreads retries and the order of equal MX hosts. */
  readonly random: () => number;
  /** On a person's own computer (client.ts). */
  readonly client?: true;
}

export interface Host {
  readonly doors: readonly Door[];
  readonly firstAccount: FirstAccount | undefined;
  /** On a person's own computer: an address that opens the page once. */
  wayIn(): string | undefined;
  /** The self-signed certificate that clients may trust, where there is one. */
  readonly selfSigned: string | undefined;
  /** What the keeper should know: an open relay, no account yet, names whose work comes later. */
  readonly warnings: readonly string[];
  /** On a person's own computer: what was done with the key to their passwords, or could not be. */
  readonly keyTold: readonly string[];
  /**
   * Takes a new configuration: says what changed and is in force, and what waits for a restart.
   * `load` throws what is wrong with the file; then the old one stays, and the reason is left for
   * the command that asked (reload.ts).
   */
  reload(load: () => Config): Promise<ReloadResult>;
  stop(): Promise<void>;
}

export interface ReloadResult {
  readonly applied: readonly string[];
  readonly needsRestart: readonly string[];
}

/** How long sessions and attempts may take to end when the server stops. */
const DRAIN = 10_000;

export async function openHost(parts: HostParts): Promise<Host> {
  let config = parts.config;
  const { clock, log, stateDirectory, roles } = parts;
  const core = await openCore({ config: () => config, stateDirectory, durability: parts.durability, clock, log });
  const closing: (() => Promise<void>)[] = [() => core.close()];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close();
  };
  try {
    await freeTheGone(core);
    await core.store.write('registerProcess', { process: core.process, roles, at: clock.now() });
    closing.push(() => core.store.write('unregisterProcess', { process: core.process }));

    const entrance = parts.client === true ? await openEntrance(core, stateDirectory) : undefined;
    const firstAccount = entrance === undefined ? await makeFirstAccount(core) : undefined;
    await refuseWithoutPostmaster(core, roles);
    const certificates = await openCertificates({ config: () => config, stateDirectory, clock });
    const logins = loginsOf(core);
    const handIn = openHandIn(core);
    const listeners = await openListeners(core, roles, {
      logins,
      handIn,
      certificate: () => certificates.current(),
    });
    const working: (() => Promise<void>)[] = [() => listeners.close(DRAIN)];
    // Together: sessions and attempts share the time they have to end.
    closing.push(() => Promise.all(working.map((end) => end())).then(() => undefined));
    const key = await openKey(core, { stateDirectory, isClient: parts.client === true });
    const house = await openRemoteHouse(core, { key: key.key, collects: roles.includes('collect') });
    working.push(() => house.close(DRAIN));
    const endKeyWatch = key.watch(() => void house.keyIsBack());
    closing.push(async () => {
      endKeyWatch();
    });
    const web = await openWeb(core, roles, { logins, handIn, certificates, house, ...(entrance && { entrance }) });
    working.push(() => web.close(DRAIN));
    const doors = [...web.doors, ...listeners.doors];
    closing.push(startSweeps(core));
    const word = await keepWord(core, doors);
    closing.push(() => word.takeBack());

    let routes = routesOf(config);
    if (roles.includes('queue')) {
      const { outbound, runner } = openQueue(core, listeners, {
        routes: () => [...routes, ...house.routes()],
        random: parts.random,
        isClient: parts.client === true,
      });
      working.push(() => runner.stop(DRAIN).then(() => outbound.close()));
    }
    if (entrance !== undefined) {
      const end = watchLine(clock, () => void lineIsBack(core, house));
      closing.push(async () => {
        end();
      });
    }
    if (parts.readyFile !== undefined) {
      await writeReadyFile(parts.readyFile, core.process.pid, doors);
      closing.push(() => rm(parts.readyFile as string, { force: true }));
    }
    return {
      doors,
      firstAccount,
      wayIn: () => (entrance === undefined ? undefined : openingAddress(web.doors[0] as Door, entrance.code())),
      selfSigned: certificates.selfSigned,
      warnings: await warningsFor(core),
      keyTold: key.told,
      reload: (load) =>
        reload(load, {
          core,
          certificates,
          word,
          current: () => ({ config, routes }),
          use: (next) => {
            ({ config, routes } = next);
          },
        }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One for all doors: who guesses at one of them has guessed at the others. */
function loginsOf({ store, domains, passwords, clock, log, config }: Core): Logins {
  return openLogins({
    store,
    domains,
    passwords,
    clock,
    log,
    countGuesses: () => config().limits.perAddress,
    networkOf: customerNetwork,
  });
}

function openQueue(
  core: Core,
  listeners: Listeners,
  parts: { readonly routes: () => readonly Route[]; readonly random: () => number; readonly isClient: boolean },
): { readonly outbound: Outbound; readonly runner: Runner } {
  const { store, router, composer, clock, log, process, config } = core;
  const own = listeners.doors
    .filter((door) => door.service === 'smtp' || door.service === 'lmtp')
    .map((door) => ({ address: door.host, port: door.port }));
  const resolver = systemResolver({ servers: config().dns.servers, clock });
  const outbound = openOutbound({
    settings: () => ({
      ...outboundSettings(config(), parts.routes(), own),
      ...(parts.isClient ? { routesOnly: true, hostname: ehloName(config().hostname) } : {}),
    }),
    resolver,
    clock,
    log,
    random: parts.random,
  });
  const runner = startRunner({
    store,
    outbound,
    composer,
    held: openHeldMail({ router }),
    clock,
    log,
    process,
    hostname: () => config().hostname,
    settings: () => queueSettings(config()),
    random: parts.random,
  });
  return { outbound, runner };
}

/** A configuration with what was read from the files it names. */
interface InForce {
  readonly config: Config;
  readonly routes: readonly Route[];
}

interface Reloading {
  readonly core: Core;
  readonly certificates: Certificates;
  readonly word: Word;
  readonly current: () => InForce;
  readonly use: (next: InForce) => void;
}

/** A file that can't be used leaves what was in force in force. */
async function reload(
  load: () => Config,
  { core, certificates, word, current, use }: Reloading,
): Promise<ReloadResult> {
  const before = current();
  try {
    const fresh = load();
    use({ config: fresh, routes: routesOf(fresh) });
    await certificates.reload();
    for (const warning of await word.renew()) core.log.warn(warning);
    const { apply, restart } = compareForReload(before.config, fresh);
    const result = { applied: apply, needsRestart: restart };
    await recordReload(core, { kind: 'done', ...result });
    return result;
  } catch (error) {
    use(before);
    await recordReload(core, { kind: 'refused', why: describeError(error) });
    throw error;
  }
}

/** RFC 5321 §4.5.1: somebody must read what is sent to postmaster. */
async function refuseWithoutPostmaster(core: Core, roles: readonly Role[]): Promise<void> {
  const { postmaster, smtp, lmtp, submission } = core.config();
  const takesMail =
    ((smtp.enabled || lmtp.listen.length > 0) && roles.includes('smtp')) ||
    (submission.enabled && roles.includes('submission'));
  if (!takesMail || postmaster !== undefined) return;
  const hasDomains = (await core.domains.list()).length > 0;
  if (hasDomains || (await core.store.read('firstAccount', {})) !== undefined) return;
  throw new Error(
    'This host has no domains and no mailboxes, so nobody would read what is sent to its postmaster. Set postmaster = "you@your.domain" in the configuration.',
  );
}

/** Written under another name and renamed: a reader never sees half of it. */
async function writeReadyFile(path: string, pid: number, doors: readonly Door[]): Promise<void> {
  const temporary = `${path}.${pid}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify({ pid, listeners: doors })}\n`, { mode: 0o644 });
    await rename(temporary, path);
  } catch (error) {
    throw new Error(`The ready file ${path} can't be written: ${describeError(error)}`, { cause: error });
  }
}
