/**
 * What a long queue costs: a hundred thousand deferred messages to a thousand domains beside a
 * thousand messages to as many. The start of the server, `queue list`, its memory, and one wake-up: a
 * single message becomes due among them. `npm run bench:queue [-- MESSAGES]`
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, silentLog, systemClock, thisProcess } from '../src/base/index.ts';
import { openStore } from '../src/store/index.ts';
import type { AcceptParams, Claim, Learned, Store } from '../src/store/index.ts';
import { POSTHORN } from '../test/program.ts';
import { preparePosthorn, servePosthorn } from './posthorn.ts';

const MESSAGES = Number(process.argv[2] ?? 100_000);
const FEW = 1_000;
const DESTINATIONS = 1_000;
const AT_ONCE = 500;
const WAKE_UPS = 300;
const HOUR = 3_600_000;
const TOKEN = 'bench';
const DEFERRED = '450 4.2.1 <somebody@elsewhere.test>: Recipient address rejected: try again later';

const body = Buffer.from(`Subject: bench\r\n\r\n${'0123456789'.repeat(30)}\r\n`);
const prefix = Buffer.from('Received: from client.a.test by mx.a.test with ESMTP; Thu, 1 Jan 2026 00:00:00 +0000\r\n');

async function newMail(store: Store, domain: string, nextAt: number): Promise<AcceptParams> {
  const id = newId(Date.now());
  const writer = store.content.create();
  await writer.write(body);
  const content = await writer.finish();
  const recipient = `somebody@${domain}`;
  const common = { body: '7bit', smtputf8: false, source: 'smtp' } as const;
  const message = { id, content, prefix, mailFrom: 'sender@a.test', receivedAt: Date.now(), ...common };
  const fate = { state: 'waiting', onUnsure: 'retry', onFailure: 'report' } as const;
  const facts = { kind: 'queued', recipient, destination: domain, nextAt, why: 'accepted' } as const;
  return {
    message,
    emails: [],
    deliveries: [{ n: 1, recipient, destination: domain, nextAt, ...fate }],
    events: [{ message: id, n: 1, at: Date.now(), facts }],
  };
}

const domainOf = (n: number): string => `d${n % DESTINATIONS}.test`;

async function atOnce<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

/** Takes everything that is due by then at these destinations, and puts it back to wait until `nextAt`. */
async function defer(
  store: Store,
  domains: readonly string[],
  dueBy: number,
  nextAt: number,
  learned?: Learned,
): Promise<void> {
  const claims: Claim[] = [];
  const claim = { token: TOKEN, process: thisProcess(), dueBy, retryAt: [nextAt] };
  await atOnce(domains, async (destination) => {
    claims.push(...(await store.write('claimDue', { ...claim, from: [{ destination, claims: MESSAGES }] })));
  });
  await atOnce(claims, ({ message, destination }) =>
    store.write('settle', {
      token: TOKEN,
      message: message.id,
      at: Date.now(),
      deliveries: [{ n: 1, state: 'waiting', nextAt, lastReply: DEFERRED, reason: 'other' }],
      attempts: [],
      events: [],
      reports: [],
      ...(learned === undefined ? {} : { learned: { ...learned, destination } }),
    }),
  );
}

async function fill(store: Store, messages: number): Promise<void> {
  const now = Date.now();
  const numbers = Array.from({ length: messages }, (_, n) => n);
  await atOnce(numbers, async (n) => store.write('accept', await newMail(store, domainOf(n), now)));
  await defer(store, numbers.slice(0, DESTINATIONS).map(domainOf), now, now + HOUR);
}

/** Everything for the first half of the destinations is due, and they are in a pause. */
async function pauseHalf(store: Store): Promise<void> {
  const half = Array.from({ length: DESTINATIONS / 2 }, (_, n) => domainOf(n));
  const learned: Learned = { destination: '', standing: 'troubled', notBefore: Date.now() + HOUR };
  await defer(store, half, Date.now() + 2 * HOUR, Date.now(), learned);
}

/** What the runner asks of the store when one message has become due, in ms. */
interface WakeUp {
  readonly looks: number[];
  readonly claims: number[];
}

async function wakeUp(store: Store, domain: string, { looks, claims }: WakeUp): Promise<void> {
  await store.write('accept', await newMail(store, domain, Date.now()));
  const now = Date.now();
  const start = performance.now();
  const ready = await store.read('readyDestinations', { now, limit: 100 });
  await store.read('hasAstray', { now, longest: 4 * HOUR });
  await store.read('nextReady', { after: now });
  const looked = performance.now();
  const from = ready.map(({ destination }) => ({ destination, claims: 1 }));
  const claim = { token: TOKEN, process: thisProcess(), dueBy: now, retryAt: [now + HOUR], from };
  const [taken] = await store.write('claimDue', claim);
  const end = performance.now();
  if (from.length !== 1 || taken?.destination !== domain) throw new Error('not the one message that is due was found');
  looks.push(looked - start);
  claims.push(end - looked);
  const ended = { deliveries: [{ n: 1, state: 'relayed' as const }], attempts: [], events: [], reports: [] };
  await store.write('settle', { token: TOKEN, message: taken.message.id, at: now, ...ended });
}

/** By turns, so that a busy moment of the machine falls on both. */
async function compareWakeUps(long: string, short: string): Promise<string> {
  const [ofLong, ofShort]: [WakeUp, WakeUp] = [
    { looks: [], claims: [] },
    { looks: [], claims: [] },
  ];
  await withStore(long, (one) =>
    withStore(short, async (other) => {
      for (let round = 0; round < WAKE_UPS; round++) {
        const domain = domainOf(DESTINATIONS / 2 + ((round * 7) % (DESTINATIONS / 2)));
        await wakeUp(one, domain, ofLong);
        await wakeUp(other, domain, ofShort);
      }
    }),
  );
  const sum = ({ looks, claims }: WakeUp): number => median(looks) + median(claims);
  const text = ({ looks, claims }: WakeUp): string =>
    `look ${median(looks).toFixed(2)} ms, claim ${median(claims).toFixed(2)} ms`;
  return `${text(ofLong)}; among ${FEW}: ${text(ofShort)}; ratio ${(sum(ofLong) / sum(ofShort)).toFixed(2)}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function withStore<Result>(directory: string, work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openStore({ directory, log: silentLog, clock: systemClock, process: thisProcess() });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

interface Served {
  /** From the command to the open listeners, in s. */
  readonly start: number;
  /** Resident memory some seconds later, in MB. */
  readonly memory: number;
  readonly lists: readonly string[];
}

async function serve(directory: string): Promise<Served> {
  const begun = performance.now();
  const server = await servePosthorn(directory);
  const start = (performance.now() - begun) / 1_000;
  try {
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const lists = [await list(directory, []), await list(directory, ['--all']), await list(directory, ['--json'])];
    const [pid] = await server.processes();
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    return { start, memory: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024, lists };
  } finally {
    await server.stop();
  }
}

/** How long `queue list` takes until its first and its last octet. */
async function list(directory: string, args: readonly string[]): Promise<string> {
  const where = ['--config', join(directory, 'config.toml'), '--state', join(directory, 'state')];
  const start = performance.now();
  const child = spawn(POSTHORN, ['queue', 'list', ...args, ...where], { stdio: ['ignore', 'pipe', 'ignore'] });
  let first = 0;
  let lines = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    first ||= performance.now() - start;
    lines += chunk.filter((octet) => octet === 0x0a).length;
  }
  const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
  const name = ['queue list', ...args].join(' ');
  return `${name}: first lines after ${seconds(first)} s, all ${lines} after ${seconds(performance.now() - start)} s`;
}

async function newState(directory: string, name: string): Promise<string> {
  const made = await mkdtemp(join(directory, `${name}-`));
  await preparePosthorn(made);
  return made;
}

async function main(directory: string): Promise<void> {
  console.log(`${new Date().toISOString()}  Node ${process.version}, load average ${(loadavg()[0] ?? 0).toFixed(1)}`);
  const [long, short] = [await newState(directory, 'long'), await newState(directory, 'short')];
  const empty = await serve(long);
  const begun = performance.now();
  await withStore(join(long, 'state'), (store) => fill(store, MESSAGES));
  await withStore(join(short, 'state'), (store) => fill(store, FEW));
  const took = (performance.now() - begun) / 1_000;
  console.log(`${MESSAGES} messages to ${DESTINATIONS} domains taken in and deferred once, in ${took.toFixed(0)} s`);

  const full = await serve(long);
  console.log(`start: ${full.start.toFixed(2)} s (with an empty queue: ${empty.start.toFixed(2)} s)`);
  for (const line of full.lists) console.log(line);
  console.log(`memory: ${full.memory.toFixed(0)} MB (with an empty queue: ${empty.memory.toFixed(0)} MB)`);

  const states = [join(long, 'state'), join(short, 'state')] as const;
  console.log(`one due among ${MESSAGES}: ${await compareWakeUps(...states)}`);
  for (const state of states) await withStore(state, pauseHalf);
  console.log(
    `the same, half of the destinations in a pause with all their mail due: ${await compareWakeUps(...states)}`,
  );
}

const directory = await mkdtemp(join(tmpdir(), 'posthorn-bench-'));
try {
  await main(directory);
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
