/**
 * `posthorn client`: the mail program on a person's own computer. Opens the browser, and runs until it is told to stop.
 * A second start opens the page of the one that runs.
 */
import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { CLIENT_PORT, CLIENT_ROLES, clientConfig, openHost } from '../app/index.ts';
import { openLog, systemClock } from '../base/index.ts';
import type { KeyringWish } from '../app/index.ts';
import type { Loaded } from '../config/index.ts';
import { configOf, withKeeper } from './context.ts';
import { webAddress } from './doors.ts';
import { CommandError, print, say } from './output.ts';
import { levelOf, watchSignals } from './running.ts';

interface ClientOptions {
  /** False with --no-open; true where nothing is said. */
  readonly open: boolean;
  readonly readyFile?: string;
  readonly port: string;
  readonly log: string;
  readonly keyring?: string;
}

export function clientCommand(): Command {
  return new Command('client')
    .description('your mail on this computer: collected from your providers, read and written in the browser')
    .option('--open', 'open the page of the mail program, starting it when it does not run (the default)', true)
    .option('--no-open', 'show the address instead of opening the browser')
    .option(
      '--port <port>',
      'where the browser finds it, on loopback; another free one when it is taken',
      String(CLIENT_PORT),
    )
    .option('--ready-file <file>', 'write the open port to this file, as JSON, when it is open')
    .option(
      '--keyring <wish>',
      'where the key to your passwords lies: on (the keyring of the desktop), off (a file), auto',
    )
    .option('--log <level>', 'debug, info, warn or error', 'warn')
    .action((options: ClientOptions, command: Command) => client(options, command));
}

async function client(options: ClientOptions, command: Command): Promise<void> {
  const loaded = configOf(command, { client: true });
  const log = openLog(levelOf(options.log));
  const port = portOf(options.port);
  const keyring = options.keyring === undefined ? undefined : wishOf(options.keyring);
  const running = await wayIntoRunning(command, loaded, keyring);
  if (running !== undefined) {
    show(running, options, 'The mail program is running.');
    return;
  }
  const { requested } = watchSignals();
  const host = await openHost({
    config: clientConfig(loaded.config, loaded.written, { port, keyring }),
    stateDirectory: loaded.state,
    durability: loaded.durability,
    roles: CLIENT_ROLES,
    client: true,
    ...(options.readyFile === undefined ? {} : { readyFile: options.readyFile }),
    clock: systemClock,
    log,
    random: Math.random,
  });
  const [door] = host.doors;
  if (door !== undefined && port !== 0 && door.port !== port)
    say(`Port ${port} is taken; this is at ${webAddress(door)}.`);
  for (const sentence of host.keyTold) say(sentence);
  show(host.wayIn() ?? '', options, `Your mail lies in ${loaded.state}`);
  print('Ctrl-C stops it. While it runs, your mail is collected and what you wrote is sent.');
  await requested;
  print('Stopping: what is under way may end first.');
  await host.stop();
  print('Stopped.');
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new CommandError(`--port takes a number from 0 to 65535; "${text}" is none.`, 2);
}

const WISHES = ['auto', 'on', 'off'] as const;

function wishOf(text: string): KeyringWish {
  const wish = WISHES.find((one) => one === text);
  if (wish !== undefined) return wish;
  throw new CommandError(`--keyring takes one of ${WISHES.join(', ')}; "${text}" is none of them.`, 2);
}

/** A key that is moved is the same key: a client that runs goes on with it. */
async function wayIntoRunning(
  command: Command,
  loaded: Loaded,
  keyring: KeyringWish | undefined,
): Promise<string | undefined> {
  let way: string | undefined;
  await withKeeper(
    command,
    async (keeper) => {
      way = await keeper.wayIn();
      if (way !== undefined && keyring !== undefined)
        for (const sentence of await keeper.settleKey(keyring)) say(sentence);
    },
    { make: true, loaded },
  );
  return way;
}

/** The address works once: what stands in a terminal's history opens nothing. */
function show(address: string, { open }: ClientOptions, first: string): void {
  print(first);
  if (open && openBrowser(address))
    print('The browser opens its page. If it does not, this address does, once, within ten minutes:');
  else print('Open this address in a browser; it works once, within ten minutes:');
  print(`  ${address}`);
}

/** False: there is no screen here, or nothing that opens a page. */
function openBrowser(address: string): boolean {
  const isMac = process.platform === 'darwin';
  // Empty is none.
  if (!isMac && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return false;
  const child = spawn(isMac ? 'open' : 'xdg-open', [address], { stdio: 'ignore', detached: true });
  child.on('error', () => {
    say('The browser could not be opened.');
  });
  child.unref();
  return true;
}
