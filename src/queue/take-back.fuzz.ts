/**
 * Taking a message back, against a model: claims, attempts that end in every way, crashes, the
 * keeper's orders and takings back in any order. Whoever was told "stopped" is never handed to a server
 * afterwards, and nobody is told of it; "left" is true; "leaving" ends.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { thisProcess } from '../base/index.ts';
import type { ProcessIdentity } from '../base/index.ts';
import { FakeClock } from '../base/testing.ts';
import { reply } from '../mail/index.ts';
import type { RecipientOutcome } from '../outbound/index.ts';
import type { Claim, Store, TakenBack } from '../store/index.ts';
import { claimReady, contentOf, newDelivery, newMessage, temporaryStore } from '../store/testing.ts';
import { changeQueue } from './operator.ts';
import type { OperatorAction } from './operator.ts';
import { recordSettlement } from './record.ts';
import { settleAttempt } from './settle.ts';
import { takeBack } from './take-back.ts';

const RUNS = Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 100) / 20);
const MINUTE = 60_000;
const SETTINGS = { retry: [MINUTE], giveUp: 20 * MINUTE, delayNotice: 5 * MINUTE };

type Outcome = RecipientOutcome['outcome'];
const outcomes = fc.constantFrom<Outcome>('relayed', 'deferred', 'deferred', 'failed', 'unsure');
/** In a pair: whether the next server has it, where nobody here can know. */
const outcome = fc.record({ outcome: outcomes, reached: fc.boolean() });
const which = fc.nat(3);

const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('accept' as const),
      recipients: fc.array(fc.record({ domain: fc.nat(1), held: fc.nat(3), ask: fc.boolean() }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('claim' as const), process: fc.nat(1) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      which,
      outcomes: fc.array(outcome, { minLength: 3, maxLength: 3 }),
    }),
  },
  // What a runner does when its own record of an attempt could not be written.
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('put back' as const), which, reached: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      process: fc.nat(1),
      reached: fc.boolean(),
      isSameBoot: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      which,
      action: fc.constantFrom<OperatorAction>('retry', 'retry', 'hold', 'release', 'drop', 'fail'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('take back' as const), which, n: fc.option(fc.nat(2)) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 9 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

interface UnderWay {
  readonly process: number;
  readonly token: string;
  readonly claim: Claim;
}

const clock = new FakeClock();
const closing: (() => Promise<void>)[] = [];
let store: Store;
let made = 0;
/** How often each answer was heard. */
const heard = new Map<TakenBack, number>();

const PROCESSES: readonly ProcessIdentity[] = [1, 2].map((pid) => ({ ...thisProcess(), pid, start: String(pid) }));

class World {
  readonly #messages: string[] = [];
  #underWay: readonly UnderWay[] = [];
  /** Deliveries that a next server has, or may have. */
  readonly #reached = new Set<string>();
  readonly #answers = new Map<string, TakenBack>();

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case 'accept':
        return this.#accept(one);
      case 'claim':
        return this.#claim(one.process);
      case 'settle':
        return this.#settle(one);
      case 'put back':
        return this.#putBack(one);
      case 'crash':
        return this.#crash(one);
      case 'order':
        return this.#order(one);
      case 'take back':
        return this.#takeBack(one);
      case 'wait':
        clock.jump(one.minutes * MINUTE);
    }
  }

  /** Whatever is left comes to its end; then every answer must have come true. */
  async end(): Promise<void> {
    for (const process of [0, 1]) await this.#crash({ kind: 'crash', process, reached: false, isSameBoot: true });
    clock.jump(60 * MINUTE);
    for (let left = 100; left > 0; left--) {
      await this.#claim(0);
      if (this.#underWay.length === 0) break;
      const all = { outcome: 'deferred', reached: false } as const;
      await this.#settle({ kind: 'settle', which: 0, outcomes: [all, all, all] });
    }
    for (const [key, answer] of this.#answers) {
      const [message = '', n] = key.split('/');
      const delivery = (await store.read('deliveries', { message })).find((one) => one.n === Number(n));
      assert.ok(delivery !== undefined);
      if (answer === 'leaving') assert.match(delivery.state, /^(relayed|dropped)$/, 'what was leaving has an end');
      if (answer === 'stopped' || answer === 'unknown') assert.equal(delivery.state, 'dropped');
      const events = (await store.read('events', { message })).filter((one) => one.n === Number(n));
      const since = events.findIndex(({ facts }) => facts.kind === 'taken-back');
      const after = since < 0 ? [] : events.slice(since).map(({ facts }) => facts.kind);
      assert.ok(!after.includes('unreported'), 'no report speaks of what was taken back');
    }
  }

  async #accept({ recipients }: StepOf<'accept'>): Promise<void> {
    const message = newMessage(await contentOf(store, 'x\r\n'), { mailFrom: 'alice@a.test', receivedAt: clock.now() });
    const deliveries = recipients.map(({ domain, held, ask }, i) =>
      newDelivery({
        n: i + 1,
        recipient: `${made++}@d${domain}.test`,
        destination: `d${domain}.test`,
        onUnsure: ask ? 'ask' : 'retry',
        ...(held === 0
          ? { state: 'held', nextAt: clock.now() + 3 * MINUTE }
          : { state: 'waiting', nextAt: clock.now() }),
      }),
    );
    await store.write('accept', { message, emails: [], deliveries, events: [] });
    this.#messages.push(message.id);
  }

  /** From here on the process is handing these to a server. */
  async #claim(process: number): Promise<void> {
    const token = `run${process}`;
    const claims = await claimReady(store, {
      token,
      process: PROCESSES[process] as ProcessIdentity,
      now: clock.now(),
      retryAt: [clock.now() + MINUTE],
      each: 2,
    });
    for (const claim of claims) {
      this.#underWay = [...this.#underWay, { process, token, claim }];
      for (const { n } of claim.deliveries) {
        const answer = this.#answers.get(`${claim.message.id}/${n}`);
        assert.equal(answer, undefined, `what was answered "${answer ?? ''}" is handed to a server`);
      }
    }
  }

  #pick(n: number): UnderWay | undefined {
    const chosen = this.#underWay[n % Math.max(1, this.#underWay.length)];
    this.#underWay = this.#underWay.filter((one) => one !== chosen);
    return chosen;
  }

  async #settle({ which: n, outcomes: ends }: StepOf<'settle'>): Promise<void> {
    const one = this.#pick(n);
    if (one === undefined) return;
    const { claim, token } = one;
    const decided = claim.deliveries.map((delivery, i) => ({
      delivery,
      end: ends[i % ends.length] as (typeof ends)[0],
    }));
    for (const { delivery, end } of decided)
      if (end.outcome === 'relayed' || (end.outcome === 'unsure' && end.reached)) this.#arrived(claim, delivery.n);
    const result = {
      considered: [],
      tries: [],
      outcomes: decided.map(({ delivery, end }): RecipientOutcome => {
        const code = end.outcome === 'relayed' ? 250 : end.outcome === 'failed' ? 550 : 450;
        return { n: delivery.n, outcome: end.outcome, stage: 'rcpt', reply: reply(code, undefined, 'x'), remote: true };
      }),
    };
    const settlement = settleAttempt(claim, result, SETTINGS, clock.now());
    assert.equal((await recordSettlement(parts(), { token, claim }, settlement)).kind, 'done');
  }

  async #putBack({ which: n, reached }: StepOf<'put back'>): Promise<void> {
    const one = this.#pick(n);
    if (one === undefined) return;
    const { claim, token } = one;
    if (reached) for (const delivery of claim.deliveries) this.#arrived(claim, delivery.n);
    const deliveries = claim.deliveries.map((delivery) => {
      return { n: delivery.n, state: 'waiting', nextAt: delivery.nextAt, mayHaveLeft: true } as const;
    });
    await recordSettlement(parts(), { token, claim }, { deliveries, attempts: [], events: [], reports: [] });
  }

  /** Its attempts are cut off, perhaps behind the final dot; whoever comes next frees what it held. */
  async #crash({ process, reached, isSameBoot }: StepOf<'crash'>): Promise<void> {
    for (const { process: p, claim, token } of this.#underWay) {
      if (p !== process || !reached) continue;
      const numbers = claim.deliveries.filter(({ onUnsure }) => onUnsure === 'ask').map(({ n }) => n);
      assert.ok(await store.write('announceEnd', { token, message: claim.message.id, numbers }));
      for (const { n } of claim.deliveries) this.#arrived(claim, n);
    }
    this.#underWay = this.#underWay.filter((one) => one.process !== process);
    const boot = isSameBoot ? { boot: thisProcess().boot } : {};
    await store.write('freeProcesses', { gone: [PROCESSES[process] as ProcessIdentity], at: clock.now(), ...boot });
  }

  #arrived(claim: Claim, n: number): void {
    const key = `${claim.message.id}/${n}`;
    this.#reached.add(key);
    const answer = this.#answers.get(key);
    assert.ok(answer === undefined || answer === 'leaving', `a server got what was answered "${answer ?? ''}"`);
  }

  async #order({ which: w, action }: StepOf<'order'>): Promise<void> {
    const message = this.#messages[w % Math.max(1, this.#messages.length)];
    if (message === undefined) return;
    await changeQueue({ ...parts(), process: thisProcess() }, action, { message });
  }

  async #takeBack({ which: w, n }: StepOf<'take back'>): Promise<void> {
    const message = this.#messages[w % Math.max(1, this.#messages.length)];
    if (message === undefined) return;
    const numbers = n === null ? {} : { numbers: [n + 1] };
    const answers = await takeBack(parts(), { message, ...numbers, patience: 0, by: { by: 'keeper' } });
    assert.ok(typeof answers !== 'string');
    for (const one of answers) this.#hear(`${message}/${one.n}`, one.answer);
  }

  #hear(key: string, answer: TakenBack): void {
    const beingSent = this.#underWay.some(({ claim }) =>
      claim.deliveries.some((delivery) => `${claim.message.id}/${delivery.n}` === key),
    );
    assert.equal(answer === 'leaving', beingSent, 'what is being sent is leaving, and nothing else');
    if (answer === 'left') assert.ok(this.#reached.has(key), 'what has left has arrived');
    if (answer === 'stopped') assert.ok(!this.#reached.has(key), 'what was stopped has not arrived');
    heard.set(answer, (heard.get(answer) ?? 0) + 1);
    const before = this.#answers.get(key);
    if (before !== undefined && before !== 'leaving') assert.equal(answer, before, 'an answer stays what it was');
    this.#answers.set(key, answer);
  }
}

function parts(): Parameters<typeof recordSettlement>[0] {
  return {
    store,
    clock,
    hostname: () => 'mx.a.test',
    settings: () => SETTINGS,
    // Nobody is there to be told: the journey says of whom a report would have spoken ("unreported").
    composer: { compose: () => Promise.resolve(undefined) },
  };
}

before(async () => {
  store = await temporaryStore({ after: (close) => void closing.push(close) }, { clock });
});

after(async () => {
  for (const close of closing) await close();
});

test('whoever was told "stopped" is never handed on, whatever happens in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
      const world = new World();
      for (const one of steps) await world.take(one);
      await world.end();
    }),
    { numRuns: RUNS },
  );
  if (RUNS >= 500)
    for (const answer of ['stopped', 'leaving', 'left', 'unknown', 'failed'] as const)
      assert.ok(heard.has(answer), `"${answer}" was never heard`);
});
