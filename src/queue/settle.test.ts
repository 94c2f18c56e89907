import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reply } from '../mail/index.ts';
import type { AttemptResult, RecipientOutcome } from '../outbound/index.ts';
import type { Claim, QueuedDelivery } from '../store/index.ts';
import { settleAttempt } from './settle.ts';

const HOUR = 3_600_000;
const SETTINGS = { retry: [60_000], giveUp: 120 * HOUR, delayNotice: 4 * HOUR };
const RECEIVED_AT = 1_000_000_000_000;
const NEXT_AT = RECEIVED_AT + 60_000;

const REPLIES = {
  relayed: reply(250, '2.0.0', 'taken'),
  deferred: reply(450, '4.7.1', 'greylisted'),
  failed: reply(550, '5.1.1', 'no such user'),
  unsure: reply(451, '4.4.2', 'lost behind the final dot'),
} as const;

interface Case {
  readonly outcome: RecipientOutcome['outcome'];
  readonly age?: number;
  readonly delivery?: Partial<QueuedDelivery>;
  readonly state: string;
  readonly report?: 'bounce' | 'delay' | 'success';
  /** Whether the next server offers DSN. */
  readonly dsn?: boolean;
  readonly expired?: boolean;
  readonly events?: readonly string[];
}

/** One row for each line of the table in settle.ts, and what NOTIFY changes about it. */
const CASES: Readonly<Record<string, Case>> = {
  'relayed ends the delivery': { outcome: 'relayed', state: 'relayed' },
  '[3461-5.2.2-relayed] relayed to a server without DSN, and success was asked for': {
    outcome: 'relayed',
    delivery: { notify: ['success', 'failure'] },
    state: 'relayed',
    report: 'success',
  },
  '[3461-5.2.1-onward] relayed to a server with DSN: that one tells of success': {
    outcome: 'relayed',
    dsn: true,
    delivery: { notify: ['success'] },
    state: 'relayed',
  },
  '[3461-5.2.7.4-confidential] relayed for an alias: we tell of success, so that the next server does not': {
    outcome: 'relayed',
    dsn: true,
    delivery: { notify: ['success'], original: 'team@a.test' },
    state: 'relayed',
    report: 'success',
  },
  'relayed, and only failures were to be told': {
    outcome: 'relayed',
    delivery: { notify: ['failure', 'delay'] },
    state: 'relayed',
  },
  'NOTIFY=SUCCESS alone: no bounce': {
    outcome: 'failed',
    delivery: { notify: ['success'] },
    state: 'failed',
    events: ['attempt', 'unreported'],
  },
  'deferred waits': { outcome: 'deferred', state: 'waiting' },
  'deferred after delay_notice tells the sender once': {
    outcome: 'deferred',
    age: 4 * HOUR,
    state: 'waiting',
    report: 'delay',
  },
  'a second delay is not told again': {
    outcome: 'deferred',
    age: 8 * HOUR,
    delivery: { delayNotifiedAt: 1 },
    state: 'waiting',
  },
  'NOTIFY without DELAY: no delay notice': {
    outcome: 'deferred',
    age: 8 * HOUR,
    delivery: { notify: ['failure'] },
    state: 'waiting',
  },
  'deferred after give_up bounces': {
    outcome: 'deferred',
    age: 120 * HOUR,
    state: 'failed',
    report: 'bounce',
    expired: true,
  },
  'failed bounces': { outcome: 'failed', state: 'failed', report: 'bounce' },
  'NOTIFY=NEVER: the journey says that nobody was told': {
    outcome: 'failed',
    delivery: { notify: ['never'] },
    state: 'failed',
    events: ['attempt', 'unreported'],
  },
  'on_failure = state: no bounce': {
    outcome: 'failed',
    delivery: { onFailure: 'state' },
    state: 'failed',
    events: ['attempt', 'unreported'],
  },
  'unsure on a host is tried again': { outcome: 'unsure', state: 'waiting' },
  'unsure after give_up bounces: no server gets the same message for ever': {
    outcome: 'unsure',
    age: 120 * HOUR,
    state: 'failed',
    report: 'bounce',
    expired: true,
  },
  'unsure on a PC asks': { outcome: 'unsure', delivery: { onUnsure: 'ask' }, state: 'unsure' },
};

for (const [name, one] of Object.entries(CASES)) {
  test(name, () => {
    const settlement = settleAttempt(
      claimOf(one.delivery ?? {}),
      resultOf(one.outcome, one.dsn),
      SETTINGS,
      RECEIVED_AT + (one.age ?? 0),
    );
    assert.equal(settlement.deliveries.length, 1);
    assert.equal(settlement.deliveries[0]?.state, one.state);
    const next = Math.max(NEXT_AT, RECEIVED_AT + (one.age ?? 0) + 60_000);
    assert.equal(settlement.deliveries[0]?.nextAt, one.state === 'waiting' ? next : undefined);
    assert.deepEqual(
      settlement.reports.map((report) => report.kind),
      one.report === undefined ? [] : [one.report],
    );
    if (one.expired !== undefined) assert.equal(settlement.reports[0]?.expired, one.expired);
    assert.deepEqual(
      settlement.events.map((event) => event.facts.kind),
      one.events ?? ['attempt'],
    );
  });
}

test('a recipient the attempt forgot is deferred, not lost', () => {
  const settlement = settleAttempt(claimOf({}), { considered: [], tries: [], outcomes: [] }, SETTINGS, RECEIVED_AT);
  assert.equal(settlement.deliveries[0]?.state, 'waiting');
});

test('the attempt event names the server, its words and the line', () => {
  const settlement = settleAttempt(claimOf({}), resultOf('deferred'), SETTINGS, RECEIVED_AT);
  const facts = settlement.events[0]?.facts;
  assert.ok(facts?.kind === 'attempt');
  assert.deepEqual(facts.server, { name: 'mx.b.test', ip: '127.0.0.1', port: 25 });
  assert.deepEqual(facts.reply, { code: 450, enhanced: '4.7.1', text: 'greylisted' });
  assert.deepEqual(facts.tls, { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: 'none' });
  assert.equal(facts.nextAt, NEXT_AT);
  assert.ok(!('reencoded' in facts));
});

test('the attempt event says that the message was re-encoded for this server', () => {
  const result = resultOf('relayed');
  const tries = result.tries.map((one) => ({ ...one, reencoded: { dkim: true } }));
  const facts = settleAttempt(claimOf({}), { ...result, tries }, SETTINGS, RECEIVED_AT).events[0]?.facts;
  assert.ok(facts?.kind === 'attempt');
  assert.deepEqual(facts.reencoded, { dkim: true });
});

const UNREPORTED: Readonly<Record<string, readonly [Partial<QueuedDelivery>, RegExp]>> = {
  'the sender asked for none': [{ notify: ['never'] }, /asked for no report/],
  'the failure is shown instead': [{ onFailure: 'state' }, /shown with the message/],
};

for (const [what, [delivery, why]] of Object.entries(UNREPORTED)) {
  test(`a failure that nobody hears of says why: ${what}`, () => {
    const { events } = settleAttempt(claimOf(delivery), resultOf('failed'), SETTINGS, RECEIVED_AT);
    const facts = events.at(-1)?.facts;
    assert.match(facts?.kind === 'unreported' ? facts.why : '', why);
  });
}

test('the event names the route, and a report never the socket of a store', () => {
  const result = resultOf('failed');
  const byRoute = { ...result, route: 'to b.test' };
  const told = settleAttempt(claimOf({}), byRoute, SETTINGS, RECEIVED_AT);
  assert.equal(told.events[0]?.facts.kind === 'attempt' && told.events[0].facts.route, 'to b.test');
  assert.equal(told.reports[0]?.host, 'mx.b.test');
  const socket = { host: 'unix:/run/lmtp', stage: 'rcpt', startedAt: 1, endedAt: 2 } as const;
  const through = settleAttempt(claimOf({}), { ...byRoute, tries: [socket] }, SETTINGS, RECEIVED_AT);
  assert.deepEqual([through.reports.length, through.reports[0]?.host], [1, undefined]);
});

test('of each try the whole reply is kept, line by line; what goes with every listing is one line, and short', () => {
  const lines = ['5.7.1 is what we say:', 'your network is listed', `see ${'x'.repeat(9_000)}`];
  const long = reply(550, '5.7.1', lines);
  const result = resultOf('failed');
  const settlement = settleAttempt(
    claimOf({}),
    { ...result, outcomes: result.outcomes.map((one) => ({ ...one, reply: long })) },
    SETTINGS,
    RECEIVED_AT,
  );
  const [kept] = settlement.attempts;
  assert.match(kept?.reply ?? '', /^550 5\.7\.1 5\.7\.1 is what we say:\nyour network is listed\nsee x{8000}/);
  assert.equal(kept?.reply?.length, 8_192);
  const [settled] = settlement.deliveries;
  assert.match(settled?.lastReply ?? '', /^550 5\.7\.1 5\.7\.1 is what we say: your network is listed see x+…$/);
  assert.equal(settled?.lastReply?.length, 500);
  assert.equal(settled.reason, 'blocklisted-address');
  const facts = settlement.events[0]?.facts;
  assert.ok(facts?.kind === 'attempt' && (facts.reply?.text.length ?? 0) <= 2_000);
});

// A message to 1,000 recipients, tried 30 times at five such hosts, took 1.2 GB of the store.
test('long replies to many recipients are kept whole for the first of them only', () => {
  const novel = reply(450, '4.2.0', Array<string>(100).fill('x'.repeat(500)));
  const [delivery] = claimOf({}).deliveries;
  const [tried] = resultOf('deferred').tries;
  const numbers = Array.from({ length: 100 }, (_, i) => i + 1);
  const deliveries = numbers.map((n) => ({ ...delivery!, n }));
  const result: AttemptResult = {
    considered: [],
    tries: Array.from({ length: 5 }, () => ({ ...tried!, reply: novel })),
    outcomes: numbers.map((n) => ({ n, outcome: 'deferred', stage: 'rcpt', reply: novel, remote: true, try: 4 })),
  };
  const { attempts } = settleAttempt({ ...claimOf({}), deliveries }, result, SETTINGS, RECEIVED_AT);
  const lengths = attempts.map((one) => one.reply?.length ?? 0);
  assert.equal(attempts.length, 500);
  assert.deepEqual(lengths.slice(0, 9), [...Array<number>(8).fill(8_192), 500]);
  assert.ok(lengths.every((length) => length >= 500));
  assert.ok(lengths.reduce((sum, length) => sum + length, 0) < 320_000);
});

test('[3461-6.1-never-to-null] the failure of a message from the null sender is told to nobody by NOTIFY, and is passed on for a note', () => {
  const claim = claimOf({ notify: ['never'] });
  const fromNobody = { ...claim, message: { ...claim.message, mailFrom: '' } };
  const { reports } = settleAttempt(fromNobody, resultOf('failed'), SETTINGS, RECEIVED_AT);
  assert.deepEqual(
    reports.map(({ kind }) => kind),
    ['bounce'],
  );
});

test('a connection lost behind the final dot leaves a doubt that is kept', () => {
  const doubt = (outcome: RecipientOutcome['outcome']): boolean | undefined =>
    settleAttempt(claimOf({}), resultOf(outcome), SETTINGS, RECEIVED_AT).deliveries[0]?.mayHaveLeft;
  assert.deepEqual([doubt('unsure'), doubt('deferred'), doubt('relayed')], [true, undefined, undefined]);
});

test('the event says that the connection was open before', () => {
  const result = resultOf('deferred');
  const again = { ...result, tries: result.tries.map((tried) => ({ ...tried, reused: true as const })) };
  const [event] = settleAttempt(claimOf({}), again, SETTINGS, RECEIVED_AT).events;
  assert.ok(event?.facts.kind === 'attempt' && event.facts.reused === true);
});

function claimOf(delivery: Partial<QueuedDelivery>): Claim {
  return {
    destination: 'b.test',
    message: {
      id: 'm',
      content: { place: { kind: 'inline', bytes: Buffer.alloc(0) }, octets: 0, popOctets: 0 },
      prefix: Buffer.alloc(0),
      mailFrom: 'alice@a.test',
      body: '7bit',
      smtputf8: false,
      receivedAt: RECEIVED_AT,
      source: 'submission',
    },
    deliveries: [
      {
        n: 1,
        recipient: 'bob@b.test',
        destination: 'b.test',
        state: 'sending',
        nextAt: NEXT_AT,
        attempts: 1,
        onUnsure: 'retry',
        onFailure: 'report',
        ...delivery,
      },
    ],
  };
}

function resultOf(outcome: RecipientOutcome['outcome'], dsn = false): AttemptResult {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: false };
  return {
    considered: ['mx.b.test'],
    tries: [
      {
        host: 'mx.b.test',
        ip: '127.0.0.1',
        port: 25,
        tls,
        dsn,
        stage: 'rcpt',
        reply: REPLIES[outcome],
        startedAt: 1,
        endedAt: 2,
      },
    ],
    outcomes: [{ n: 1, outcome, stage: 'rcpt', reply: REPLIES[outcome], remote: true, try: 0 }],
  };
}
