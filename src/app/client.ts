/**
 * The same house on a person's own computer: no mail server's doors, the browser's on loopback alone, mail collected
 * from providers and sent through them. What a configuration says of a server's doors and names does not hold there.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectoryError } from '../accounts/index.ts';
import type { Config } from '../config/index.ts';
import { Entrance } from '../web/index.ts';
import type { Core } from './core.ts';
import { openDoors } from './doors.ts';
import type { Door } from './listeners.ts';
import { ownerOf } from './remotes/remotes.ts';
import type { Role } from './roles.ts';
import { secretIn } from './secrets/secret-file.ts';

/** Where the browser finds it, when the port is free. */
export const CLIENT_PORT = 2081;

export const CLIENT_ROLES: readonly Role[] = ['web', 'queue', 'collect'];

const MINUTE = 60_000;
/** One's own provider may be asked often: what waits goes soon after the line is back. */
const RETRY = [MINUTE / 2, MINUTE, 2 * MINUTE, 5 * MINUTE];

/** @param written the settings that a file has, "queue.retry" */
export function clientConfig(
  config: Config,
  written: ReadonlySet<string>,
  {
    port,
    keyring = config.client.keyring,
  }: {
    /** 0 takes a free one. */
    readonly port: number;
    readonly keyring?: Config['client']['keyring'] | undefined;
  },
): Config {
  return {
    ...config,
    client: { ...config.client, keyring },
    // A person's computer has no name that others know, and its own is nobody's business.
    hostname: 'localhost',
    domains: [],
    routes: [],
    relay: { networks: [], domains: [], open: false },
    web: { ...config.web, listen: [{ host: '127.0.0.1', port }], listenTls: [], names: [], proxy: [] },
    queue: { ...config.queue, ...(written.has('queue.retry') ? {} : { retry: RETRY }) },
  };
}

/** For the one whose computer it is. */
export async function openEntrance(core: Core, stateDirectory: string): Promise<Entrance> {
  const token = await secretIn(tokenFile(stateDirectory));
  return new Entrance({ token, account: await ownerOf(core, undefined), clock: core.clock });
}

function tokenFile(stateDirectory: string): string {
  return join(stateDirectory, 'client.token');
}

/** The address that opens the page of a client that runs on this state directory; undefined: none does. */
export async function wayInto(core: Pick<Core, 'store'>, stateDirectory: string): Promise<string | undefined> {
  const door = (await openDoors(core)).find(({ service }) => service === 'web');
  if (door === undefined) return undefined;
  const token = await readFile(tokenFile(stateDirectory), 'utf8').catch(() => undefined);
  if (token === undefined) throw new DirectoryError(HOST_RUNS);
  const response = await fetch(`${addressOf(door)}/open`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token.trim()}` },
  });
  if (!response.ok)
    throw new Error(`The mail program at ${addressOf(door)} did not give a way in (${response.status}).`);
  return openingAddress(door, ((await response.json()) as { readonly code: string }).code);
}

const HOST_RUNS =
  'A mail host ("posthorn serve") runs on this state directory. Name another one with --state for the mail program.';

export function openingAddress(door: Door, code: string): string {
  return `${addressOf(door)}/open?code=${code}`;
}

function addressOf({ host, port }: Door): string {
  return `http://${host}:${port}`;
}
