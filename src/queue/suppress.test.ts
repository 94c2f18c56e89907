import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reply } from '../mail/index.ts';
import type { AttemptResult, RecipientOutcome } from '../outbound/index.ts';
import type { Claim, QueuedDelivery, QueuedMessage } from '../store/index.ts';
import { newDelivery } from '../store/testing.ts';
import { settleAttempt } from './settle.ts';
import { withSuppressions } from './suppress.ts';

const DAY = 24 * 3_600_000;
const NOW = 1_000_000_000_000;
const SETTINGS = { retry: [60_000], giveUp: 5 * DAY, delayNotice: DAY };

interface Case {
  readonly outcome: Partial<RecipientOutcome>;
  readonly delivery?: Partial<QueuedDelivery>;
  readonly message?: Partial<QueuedMessage>;
  /** Other recipients of the same claim. */
  readonly others?: number;
  readonly age?: number;
  readonly keep?: number;
  readonly entered: boolean;
}

const FAILED = { outcome: 'failed', stage: 'rcpt', remote: true, reply: reply(550, '5.1.1', 'nobody') } as const;
const FOUND = {
  ...FAILED,
  stage: 'dns',
  remote: false,
  reply: reply(550, '5.1.2', 'There is no domain b.test'),
} as const;

const CASES: Readonly<Record<string, Case>> = {
  'a server says that nobody has the name': { outcome: FAILED, entered: true },
  'a server says that there is no such domain': {
    outcome: { ...FAILED, reply: reply(550, '5.1.2', 'no') },
    entered: true,
  },
  'a server says that its domain takes no mail': {
    outcome: { ...FAILED, reply: reply(556, '5.1.10', 'no') },
    entered: true,
  },
  'we find that there is no such domain': { outcome: FOUND, entered: true },
  'we find that the domain takes no mail': {
    outcome: { ...FOUND, reply: reply(556, '5.1.10', 'null MX') },
    entered: true,
  },
  'it is said of the message, for its only recipient': { outcome: { ...FAILED, stage: 'dot' }, entered: true },
  'it is said of a message with several recipients: of whom, nobody knows': {
    outcome: { ...FAILED, stage: 'dot' },
    others: 1,
    entered: false,
  },
  'it is said at MAIL: that is about the sender': { outcome: { ...FAILED, stage: 'mail' }, entered: false },
  'another code is no word about the address': {
    outcome: { ...FAILED, reply: reply(550, '5.7.1', 'blocked') },
    entered: false,
  },
  'no enhanced code is no word about it either': {
    outcome: { ...FAILED, reply: reply(550, undefined, 'User unknown') },
    entered: false,
  },
  'an answer of ours that is not about the DNS': { outcome: { ...FAILED, remote: false }, entered: false },
  'a name that nobody has for now, given up after days': {
    outcome: { ...FAILED, outcome: 'deferred', reply: reply(450, '4.1.1', 'not yet') },
    age: 6 * DAY,
    entered: false,
  },
  "an alias's target: the sender must not hear where it led": {
    outcome: FAILED,
    delivery: { original: 'team@a.test' },
    entered: false,
  },
  'a message that no account submitted': { outcome: FAILED, message: { source: 'smtp' }, entered: false },
  'switched off': { outcome: FAILED, keep: 0, entered: false },
};

for (const [name, one] of Object.entries(CASES)) {
  test(`an address is ${one.entered ? '' : 'not '}remembered: ${name}`, () => {
    const settlement = settled(one);
    const [entry] = settlement.suppress ?? [];
    if (!one.entered) {
      assert.equal(entry, undefined);
      return;
    }
    const { outcome } = one;
    assert.deepEqual(entry, {
      account: 'alice',
      address: 'bob@b.test',
      madeBy: 'answer',
      at: NOW,
      until: NOW + 7 * DAY,
      reply: `${outcome.reply?.code ?? ''} ${outcome.reply?.enhanced ?? ''} ${outcome.reply?.lines[0] ?? ''}`,
      ...(outcome.stage === 'dns' ? {} : { host: 'mx.b.test' }),
      message: 'm',
    });
    assert.deepEqual(settlement.events.at(-1)?.facts, {
      kind: 'suppressed',
      address: 'bob@b.test',
      until: NOW + 7 * DAY,
    });
  });
}

test('mail that got there lifts it, but for what led elsewhere', () => {
  const taken = { outcome: 'relayed', stage: 'dot', reply: reply(250, '2.0.0', 'ok'), remote: true } as const;
  assert.deepEqual(settled({ outcome: taken, entered: false }).lift, { account: 'alice', addresses: ['bob@b.test'] });
  const forwarded = settled({ outcome: taken, delivery: { original: 'team@a.test' }, entered: false });
  assert.deepEqual(forwarded.lift?.addresses, []);
});

function settled({ outcome, delivery = {}, message = {}, others = 0, age = 0, keep = 7 * DAY }: Case) {
  const queued = (n: number): QueuedDelivery => ({
    ...newDelivery({ n, recipient: n === 1 ? 'Bob@b.test' : `other${n}@b.test` }),
    state: 'sending',
    attempts: 1,
    ...(n === 1 ? delivery : {}),
  });
  const deliveries = Array.from({ length: 1 + others }, (_, i) => queued(i + 1));
  const claim: Claim = {
    destination: 'b.test',
    message: {
      id: 'm',
      content: { place: { kind: 'inline', bytes: Buffer.alloc(0) }, octets: 0, popOctets: 0 },
      prefix: Buffer.alloc(0),
      mailFrom: 'alice@a.test',
      body: '7bit',
      smtputf8: false,
      receivedAt: NOW - age,
      source: 'submission',
      ...(message.source === undefined ? { account: 'alice' } : {}),
      ...message,
    },
    deliveries,
  };
  const tried = outcome.stage === 'dns' ? {} : { try: 0 };
  const result: AttemptResult = {
    considered: [],
    tries: [{ host: 'mx.b.test', stage: 'rcpt', startedAt: 1, endedAt: 2 }],
    outcomes: deliveries.map(({ n }) => ({ ...FAILED, ...outcome, n, ...tried })),
  };
  return withSuppressions(settleAttempt(claim, result, SETTINGS, NOW), { claim, result, keep, now: NOW });
}
