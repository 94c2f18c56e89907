/**
 * Posthorn beside Postfix in one run: the same machine, the same load, messages accepted durably and
 * stored in a mailbox. `npm run bench [-- SECONDS]`; all traffic stays on loopback, and what was
 * started is stopped. Without Postfix (or root) only our own numbers are printed.
 */
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../test/program.ts';
import { measure } from './load.ts';
import type { Measured } from './load.ts';
import { startPostfix } from './postfix.ts';
import { startPosthorn } from './posthorn.ts';
import type { BenchServer } from './server.ts';
import { synced } from './synced.ts';

const SECONDS = Number(process.argv[2] ?? 4);
const WARM_UP = 1;
const ROWS = [
  { size: 2_048, concurrency: 1 },
  { size: 2_048, concurrency: 20 },
  { size: 2_048, concurrency: 100 },
  { size: 20_480, concurrency: 20 },
] as const;
const TMPFS = 0x0102_1994;

interface Result extends Measured {
  /** Messages a second until the last one lay in the mailbox. */
  readonly storedRate: number;
}

async function row(server: BenchServer, { size, concurrency }: (typeof ROWS)[number]): Promise<Result> {
  const load = { port: server.port, recipient: server.recipient, size, concurrency };
  const before = await server.stored();
  const warm = await measure({ ...load, seconds: WARM_UP });
  await untilStored(server, before + warm.messages);
  const start = performance.now();
  const measured = await measure({ ...load, seconds: SECONDS });
  await untilStored(server, before + warm.messages + measured.messages);
  return { ...measured, storedRate: measured.messages / ((performance.now() - start) / 1_000) };
}

function untilStored(server: BenchServer, count: number): Promise<true> {
  return eventually(`${server.name} has stored ${count}`, async () => (await server.stored()) >= count, 60_000);
}

function line(cells: readonly string[]): void {
  const widths = [8, 11, 11, 14, 10, 10, 14];
  console.log(
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(''),
  );
}

function show(server: string, { size, concurrency }: (typeof ROWS)[number], result: Result): void {
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

async function main(directory: string, servers: BenchServer[]): Promise<void> {
  const [cpu] = cpus();
  console.log(
    `${new Date().toISOString()}  ${cpu?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
  );
  if ((await statfs(directory)).type === TMPFS)
    console.log(`${directory} lies in memory: syncs cost nothing here, and the numbers mean little.`);
  // Postfix gives up root, and must still reach what is its own; Posthorn's state directory is closed by itself.
  await chmod(directory, 0o755);
  servers.push(await startPosthorn(await mkdtemp(join(directory, 'posthorn-'))));
  const other = await startPostfix(await mkdtemp(join(directory, 'postfix-')));
  if ('why' in other) console.log(`The peer is missing: ${other.why}.`);
  else servers.push(other);

  console.log('');
  line(['', 'size', 'at a time', 'accepted/s', 'p50 ms', 'p99 ms', 'stored/s']);
  for (const one of ROWS) {
    const results = new Map<string, Result>();
    for (const server of servers) {
      const result = await row(server, one);
      results.set(server.name, result);
      show(server.name, one, result);
    }
    const [ours, theirs] = [results.get('Posthorn'), results.get('Postfix')];
    if (ours === undefined || theirs === undefined) continue;
    line([
      'ratio',
      '',
      '',
      (ours.rate / theirs.rate).toFixed(1),
      '',
      '',
      (ours.storedRate / theirs.storedRate).toFixed(1),
    ]);
  }
  console.log('');
  for (const server of servers) console.log(`${server.name}: ${await synced(server, directory)}`);
}

const directory = await mkdtemp(join(tmpdir(), 'posthorn-bench-'));
const servers: BenchServer[] = [];
try {
  await main(directory, servers);
} finally {
  for (const server of servers) await server.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
