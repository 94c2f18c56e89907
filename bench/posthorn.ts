/** Posthorn as anyone would run it: the program, a state directory, a log in a file. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Conversation } from '../test/conversation.ts';
import { configuration, eventually, PASSWORD, POSTHORN, run } from '../test/program.ts';
import type { BenchServer } from './server.ts';

const RECIPIENT = 'box@bench.test';

/** A state directory `state` and a `config.toml`, with the account that gets the mail. */
export async function preparePosthorn(directory: string, tables = ''): Promise<void> {
  await mkdir(join(directory, 'state'));
  await writeFile(join(directory, 'config.toml'), configuration({ domains: ['bench.test'], tables }));
  const adding = ['account', 'add', RECIPIENT, '--password-stdin', ...placesIn(directory)];
  const added = await run(POSTHORN, adding, { input: PASSWORD });
  if (added.code !== 0) throw new Error(added.stderr);
}

function placesIn(directory: string): readonly string[] {
  return ['--config', join(directory, 'config.toml'), '--state', join(directory, 'state')];
}

/** Starts what was prepared. */
export async function servePosthorn(directory: string, nodeOptions = ''): Promise<BenchServer> {
  const ready = join(directory, 'ready.json');
  const log = await open(join(directory, 'log'), 'a');
  const child = spawn(POSTHORN, ['serve', ...placesIn(directory), '--ready-file', ready], {
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, NODE_OPTIONS: nodeOptions },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  await log.close();
  const { pid, listeners } = JSON.parse(
    await eventually('Posthorn is open', () => readFile(ready, 'utf8').catch(() => undefined)),
  ) as { pid: number; listeners: { service: string; port: number; tls: string }[] };
  const port = (service: string): number =>
    listeners.find((one) => one.service === service && one.tls === 'starttls')?.port ?? 0;
  return {
    name: 'Posthorn',
    port: port('smtp'),
    recipient: RECIPIENT,
    stored: () => countOf(port('pop3')),
    processes: () => Promise.resolve([pid]),
    place: /posthorn\.db-wal/,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Mail for other domains goes to that port. */
const RELAYING = (port: number): string => `
[relay]
networks = ["127.0.0.0/8"]
[[route]]
domain = "*"
host = "127.0.0.1"
port = ${port}
`;

/** @param relayTo where mail for other domains goes, a port */
export async function startPosthorn(directory: string, relayTo: number | undefined): Promise<BenchServer> {
  await preparePosthorn(directory, relayTo === undefined ? '' : RELAYING(relayTo));
  return await servePosthorn(directory);
}

async function countOf(port: number): Promise<number> {
  const pop = await Conversation.open(port);
  try {
    await pop.line();
    await pop.pop(`USER ${RECIPIENT}`);
    const login = await pop.pop(`PASS ${PASSWORD}`);
    if (!login.startsWith('+OK')) throw new Error(`Posthorn said "${login}" to a login`);
    const count = Number(/^\+OK (\d+)/.exec(await pop.pop('STAT'))?.[1]);
    await pop.pop('QUIT');
    return count;
  } finally {
    pop.close();
  }
}
