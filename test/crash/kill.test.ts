/**
 * kill -9, again and again, on one state directory, while SMTP clients send and POP3 clients fetch and
 * delete; after each restart every promise made so far is checked (HOUSE P1, P3, P6).
 *
 *   KILL_ROUNDS=50 CRASH_SEED=4711 node --test test/crash/kill.test.ts
 *
 * The seed gives the same plan (letters, clients, aims) again; what the machine makes of it differs.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { eventually, pause, POSTHORN, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { aimOf, Moments, timeToKill } from './aim.ts';
import type { Aim } from './aim.ts';
import { collectLetters, inspect } from './collectors.ts';
import type { CollectingParts } from './collectors.ts';
import { Ledger } from './ledger.ts';
import { LetterWriter } from './letters.ts';
import { Random } from './random.ts';
import { deliveryKey, isElsewhere, Relays } from './relays.ts';
import type { Window } from './relays.ts';
import { sendLetters } from './senders.ts';
import { Sink } from './sink.ts';

const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 5);
const SEED = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
const SENDERS = 8;
const COLLECTORS = 2;
const MAILBOXES = ['one@a.test', 'two@a.test', 'three@a.test'];
/** What the sink took longer than this before a kill has been settled, on the busiest machine. */
const SETTLED_AFTER = 5_000;

/** What the process was in the middle of when it was killed, as the clients saw it when all answers were in. */
interface Killed {
  readonly aim: Aim;
  readonly inText: number;
  readonly behindDot: number;
  readonly behindQuit: number;
}

class Ordeal {
  readonly random = new Random(SEED);
  readonly ledger = new Ledger();
  readonly moments = new Moments();
  readonly writer = new LetterWriter(this.random.fork());
  readonly sink = new Sink(this.random.fork());
  readonly relays = new Relays(this.sink, this.ledger);
  readonly #t: TestContext;
  #sinkPort = 0;
  #state: string | undefined;

  constructor(t: TestContext) {
    this.#t = t;
    this.sink.onDot = () => {
      this.moments.happened('relay');
    };
  }

  async open(): Promise<void> {
    this.#sinkPort = await this.sink.listen();
    this.#t.after(() => this.sink.close());
  }

  async start(): Promise<RunningHost> {
    const again = this.#state === undefined ? { accounts: MAILBOXES } : { state: this.#state };
    this.sink.life += 1;
    const host = await startHost(this.#t, { ...this.#settings(), ...again });
    this.#state = host.state;
    return host;
  }

  /** Clients at work until the aim is met; then SIGKILL; then what they were told last is read. */
  async killInTheAct(host: RunningHost, aim: Aim): Promise<Killed> {
    let alive = true;
    const before = new Set(this.ledger.openLetters());
    const clients = this.#clients(host, () => alive);
    await timeToKill(aim, this.random.fork(), this.moments);
    const letters = this.ledger.openLetters().filter((sent) => !before.has(sent));
    const open = letters.map((sent) => ({ sent, state: sent.state }));
    const quits = [...this.ledger.quits];
    alive = false;
    await host.kill();
    await Promise.all(clients);
    // What was in the sockets has been read by now: what is still open was open when the process died.
    const caught = open.filter(({ sent }) => sent.state !== 'acknowledged');
    return {
      aim,
      inText: caught.filter(({ state }) => state === 'text').length,
      behindDot: caught.filter(({ state }) => state === 'dot').length,
      behindQuit: quits.filter((quit) => this.ledger.quits.has(quit)).length,
    };
  }

  /** In one round of two the dead program's queue is read; in the others nobody touches the database before the server itself. */
  async lookIntoTheWindow(host: RunningHost, exact: boolean): Promise<void> {
    const window: Window = exact
      ? { kind: 'exact', open: await queued(host) }
      : { kind: 'rough', since: performance.now() - SETTLED_AFTER };
    this.relays.ended(this.sink.life, window);
  }

  /** A start that is itself killed, somewhere between the first instruction and the open doors. */
  async stumble(host: RunningHost): Promise<void> {
    const child = spawn(POSTHORN, ['serve', '--config', host.config, '--state', host.state], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', resolve));
    this.sink.life += 1;
    const since = performance.now();
    await pause(this.random.between(100, 900));
    child.kill('SIGKILL');
    await ended;
    this.relays.ended(this.sink.life, { kind: 'rough', since });
  }

  async check(host: RunningHost): Promise<void> {
    await inspect({ ...this.#parts(() => true), port: host.port('pop3'), open: new Set() });
    this.#checkWholeOrNotAtAll();
  }

  /** A letter for several, without a 250: it was filed for all of them or for none. */
  #checkWholeOrNotAtAll(): void {
    for (const { letter, state } of this.ledger.openLetters()) {
      const here = letter.to.filter((address) => !isElsewhere(address));
      const seen = here.filter((mailbox) => this.ledger.wasSeen(mailbox, letter.token)).length;
      if (seen > 0 && seen < here.length)
        this.ledger.broken.push(`${letter.token} was filed for some of its recipients`);
      if (seen > 0 && state === 'text') this.ledger.broken.push(`${letter.token} was filed before its end was sent`);
    }
  }

  /** How many came twice: allowed, and then told. */
  async checkRelays(host: RunningHost): Promise<number> {
    await eventually('the queue is empty', async () => (await queued(host)).size === 0, 30_000);
    assert.deepEqual(this.relays.missing(), [], 'acknowledged letters never came to the next server');
    const again = this.relays.judge();
    for (const id of again.slice(0, 3)) {
      const { stdout } = await host.cli(['journey', id]);
      if (!/was cut off: our process ended/.test(stdout))
        this.ledger.broken.push(`${id} was relayed again, and its journey does not say why:\n${stdout}`);
    }
    return again.length;
  }

  #clients(host: RunningHost, alive: () => boolean): readonly Promise<void>[] {
    const parts = this.#parts(alive);
    const open = new Set<string>();
    const senders = Array.from({ length: SENDERS }, () =>
      sendLetters({ ...parts, port: host.port('smtp'), writer: this.writer, random: this.random.fork() }),
    );
    const collectors = Array.from({ length: COLLECTORS }, () =>
      collectLetters({ ...parts, port: host.port('pop3'), open, random: this.random.fork() }),
    );
    return [...senders, ...collectors];
  }

  #parts(alive: () => boolean): Pick<CollectingParts, 'random' | 'ledger' | 'moments' | 'mailboxes' | 'alive'> {
    const { random, ledger, moments } = this;
    return { random, ledger, moments, mailboxes: MAILBOXES, alive };
  }

  #settings(): { readonly tables: string } {
    return {
      tables: [
        '[relay]\nnetworks = ["127.0.0.1/32"]',
        '[queue]\nretry = ["200ms"]',
        `[[route]]\ndomain = "out.test"\nhost = "127.0.0.1"\nport = ${this.#sinkPort}`,
      ].join('\n'),
    };
  }
}

/** What the queue holds, asked with the command; works on the state that a dead server left. */
async function queued(host: RunningHost): Promise<ReadonlySet<string>> {
  const listed = await host.cli(['queue', 'list', '--json']);
  assert.equal(listed.code, 0, listed.stderr);
  const entries = JSON.parse(listed.stdout) as { message: string; delivery: { recipient: string } }[];
  return new Set(entries.map(({ message, delivery }) => deliveryKey(message, delivery.recipient)));
}

function integrity(state: string): unknown {
  const database = new DatabaseSync(join(state, 'posthorn.db'), { readOnly: true });
  try {
    return database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  } finally {
    database.close();
  }
}

function tell(t: TestContext, kills: readonly Killed[], ledger: Ledger, again: number): void {
  for (const [round, { aim, inText, behindDot, behindQuit }] of kills.entries())
    t.diagnostic(
      `round ${round + 1} (aim: ${aim}): killed with ${inText} letters in their text, ${behindDot} behind the dot, ${behindQuit} QUITs unanswered`,
    );
  const sent = [...ledger.sent.values()];
  const acknowledged = sent.filter(({ state }) => state === 'acknowledged');
  t.diagnostic(
    `${acknowledged.length} letters acknowledged, ${sent.length - acknowledged.length} begun and not; ${again} relayed again after a kill in the window`,
  );
}

test(`kill -9, ${ROUNDS} times: what was acknowledged is there, once and whole`, async (t) => {
  t.diagnostic(`CRASH_SEED=${SEED}`);
  const ordeal = new Ordeal(t);
  await ordeal.open();
  const kills: Killed[] = [];
  let host = await ordeal.start();
  for (let round = 0; round < ROUNDS; round++) {
    kills.push(await ordeal.killInTheAct(host, aimOf(round)));
    await ordeal.lookIntoTheWindow(host, round % 2 === 0);
    if (round % 3 === 1) await ordeal.stumble(host);
    host = await ordeal.start();
    await ordeal.check(host);
    assert.deepEqual(ordeal.ledger.broken, [], `after round ${round + 1} (CRASH_SEED=${SEED})`);
  }
  const again = await ordeal.checkRelays(host);
  tell(t, kills, ordeal.ledger, again);
  assert.deepEqual(ordeal.ledger.broken, [], `CRASH_SEED=${SEED}`);
  await host.stop();
  assert.equal(integrity(host.state), 'ok');
  const inTheAct = kills.filter(({ inText, behindDot, behindQuit }) => inText + behindDot + behindQuit > 0);
  assert.ok(
    inTheAct.length * 2 >= kills.length,
    `only ${inTheAct.length} of ${kills.length} kills fell into an answer`,
  );
});
