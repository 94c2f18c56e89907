/**
 * Posthorn beside Postfix in one run: the same machine, the same load, messages accepted durably and
 * stored in a mailbox, or handed on to a next server. `npm run bench [-- SECONDS]`; all traffic stays on loopback, and what was
 * started is stopped. Without Postfix (or root) only our own numbers are printed.
 */
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../test/program.ts';
import { load, measured } from './load.ts';
import type { Measured, Stretch } from './load.ts';
import { startPostfix } from './postfix.ts';
import { startPosthorn } from './posthorn.ts';
import { startSink } from './sink.ts';
import type { Sink } from './sink.ts';
import type { BenchServer } from './server.ts';
import { SMTP_SOURCE_LOAD, smtpSource } from './smtp-source.ts';
import { synced } from './synced.ts';

const SECONDS = Number(process.argv[2] ?? 4);
/** Each server has its turn in each of so many rounds, so that what else the machine does falls on both. */
const ROUNDS = 4;
const WARM_UP = 1;
/** Before the first row each server runs so long: caches fill, code is compiled, and who comes first has no disadvantage. */
const FIRST_WARM_UP: readonly [Row, seconds: number] = [{ size: 2_048, concurrency: 20 }, 4];
const ROWS: readonly Row[] = [
  { size: 2_048, concurrency: 1 },
  { size: 2_048, concurrency: 20 },
  { size: 2_048, concurrency: 100 },
  { size: 20_480, concurrency: 20 },
];
const RELAY_ROWS: readonly Row[] = [
  { size: 2_048, concurrency: 20 },
  { size: 2_048, concurrency: 100 },
  { size: 20_480, concurrency: 20 },
];
const TMPFS = 0x0102_1994;

interface Row {
  readonly size: number;
  readonly concurrency: number;
}

interface Result extends Measured {
  /** Messages a second until the last one lay in the mailbox, or with the next server. */
  readonly storedRate: number;
}

/** One row of the table for all servers, by turns. */
async function measureRow(servers: readonly BenchServer[], row: Row): Promise<readonly Result[]> {
  const turns: Turn[][] = servers.map(() => []);
  for (const server of servers) await turn(server, row, WARM_UP);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, server] of servers.entries()) turns[at]?.push(await turn(server, row, SECONDS / ROUNDS));
  }
  return turns.map((own) => {
    const stored = own.reduce((sum, one) => sum + one.storedAfter, 0) / 1_000;
    return { ...measured(own), storedRate: own.reduce((sum, one) => sum + one.times.length, 0) / stored };
  });
}

interface Turn extends Stretch {
  /** From the first octet until everything lay in the mailbox, in ms. */
  readonly storedAfter: number;
}

async function turn(server: BenchServer, { size, concurrency }: Row, seconds: number): Promise<Turn> {
  const { port, recipient } = server;
  const before = await server.stored();
  const start = performance.now();
  const stretch = await load({ port, recipient, size, concurrency, seconds });
  const what = `everything is stored by ${server.name}`;
  await eventually(what, async () => (await server.stored()) >= before + stretch.times.length, 60_000);
  return { ...stretch, storedAfter: performance.now() - start };
}

/** Servers of many processes get a larger part of a busy machine than servers of few: only a quiet one compares them. */
function tellLoad(): void {
  const [load = 0] = loadavg();
  const busy = load > availableParallelism() ? ': other programs are at work here, and the ratios mean little' : '';
  console.log(`load average ${load.toFixed(1)} before the start${busy}`);
}

function line(cells: readonly string[]): void {
  const widths = [8, 11, 11, 14, 10, 10, 14];
  console.log(
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(''),
  );
}

function show(server: string, { size, concurrency }: Row, result: Result): void {
  const { rate, p50, p99, storedRate } = result;
  line([
    server,
    `${size} B`,
    String(concurrency),
    rate.toFixed(0),
    p50.toFixed(1),
    p99.toFixed(1),
    storedRate.toFixed(0),
  ]);
}

async function showSmtpSource(servers: readonly BenchServer[]): Promise<void> {
  const rates: string[] = [];
  for (const server of servers) {
    const rate = await smtpSource(server);
    if (rate !== undefined) rates.push(`${server.name} ${rate.toFixed(0)}/s`);
  }
  if (rates.length > 0) console.log(`\n${SMTP_SOURCE_LOAD}: ${rates.join(', ')}`);
}

async function main(directory: string, stopping: (() => Promise<void>)[]): Promise<void> {
  const servers: BenchServer[] = [];
  const [cpu] = cpus();
  console.log(
    `${new Date().toISOString()}  ${cpu?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
  );
  tellLoad();
  if ((await statfs(directory)).type === TMPFS)
    console.log(`${directory} lies in memory: syncs cost nothing here, and the numbers mean little.`);
  // Postfix gives up root, and must still reach what is its own; Posthorn's state directory is closed by itself.
  await chmod(directory, 0o755);
  const sinks = [await startSink(), await startSink()] as const;
  for (const sink of sinks) if (sink !== undefined) stopping.push(() => sink.stop());
  const start = async (server: BenchServer): Promise<void> => {
    stopping.push(() => server.stop());
    servers.push(server);
    await turn(server, ...FIRST_WARM_UP);
  };
  await start(await startPosthorn(await mkdtemp(join(directory, 'posthorn-')), sinks[0]?.port));
  const other = await startPostfix(await mkdtemp(join(directory, 'postfix-')), sinks[1]?.port);
  if ('why' in other) console.log(`The peer is missing: ${other.why}.`);
  else await start(other);

  await showRows(servers, ROWS, 'stored/s');
  const relaying = servers.flatMap((server, at) => (sinks[at] === undefined ? [] : [handingOn(server, sinks[at])]));
  if (relaying.length === 0) console.log('\nsmtp-sink is not installed: nothing is handed on.');
  else await showRows(relaying, RELAY_ROWS, 'relayed/s');
  await showSmtpSource(servers);
  console.log('');
  for (const server of servers) console.log(`${server.name}: ${await synced(server, directory)}`);
}

/** The same server, with mail that goes on to the sink. */
function handingOn(server: BenchServer, sink: Sink): BenchServer {
  return { ...server, recipient: 'somebody@next.test', stored: () => Promise.resolve(sink.taken()) };
}

async function showRows(servers: readonly BenchServer[], rows: readonly Row[], end: string): Promise<void> {
  console.log('');
  line(['', 'size', 'at a time', 'accepted/s', 'p50 ms', 'p99 ms', end]);
  for (const row of rows) {
    const results = await measureRow(servers, row);
    for (const [at, result] of results.entries()) show(servers[at]?.name ?? '', row, result);
    const [ours, theirs] = results;
    if (ours === undefined || theirs === undefined) continue;
    const ratios = [ours.rate / theirs.rate, ours.storedRate / theirs.storedRate].map((ratio) => ratio.toFixed(1));
    line(['ratio', '', '', ratios[0] ?? '', '', '', ratios[1] ?? '']);
  }
}

const directory = await mkdtemp(join(tmpdir(), 'posthorn-bench-'));
const stopping: (() => Promise<void>)[] = [];
try {
  await main(directory, stopping);
} finally {
  for (const stop of stopping.toReversed()) await stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
