/** Several messages over one connection: when it is used again, when it isn't, and that nothing is lost by it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../base/index.ts';
import type { Zones } from '../dns/testing.ts';
import { LONGEST_IDLE, LONGEST_USE, MOST_IDLE, MOST_MESSAGES } from './idle.ts';
import { openOutbound } from './open.ts';
import type { AttemptResult, Outbound, OutboundSettings, Route } from './outbound.ts';
import { DROP, offering, TEST_SETTINGS, testJob, testWorld, untilDone } from './testing.ts';
import type { Act, Heard, ServerScript, TestJob, WorldOptions } from './testing.ts';

const MX = '192.0.2.1';

interface Way {
  readonly heard: readonly Heard[];
  readonly outbound: Outbound;
  readonly clock: ReturnType<typeof testWorld>['clock'];
  send(job?: TestJob): Promise<AttemptResult>;
}

/** A world whose Outbound stays open between the messages. */
function way(options: WorldOptions): Way {
  const world = testWorld(options);
  const { clock, heard, outbound } = world;
  const never = new AbortController().signal;
  return { clock, heard, outbound, send: (job = {}) => untilDone(outbound.attempt(testJob(job), never), clock) };
}

const toOne = (script: ServerScript | readonly ServerScript[]): Way => way({ servers: { [MX]: script } });

function verbs(heard: Heard | undefined): string {
  return (heard?.lines ?? []).map((line) => line.split(/[ :]/)[0]).join(' ');
}

/** "relayed dot 250", with "again" where the connection was open before. */
function told({ outcomes, tries }: AttemptResult): string {
  const { outcome, stage, reply } = outcomes[0]!;
  return [outcome, stage, reply.code, ...(tries.at(-1)?.reused === true ? ['again'] : [])].join(' ');
}

test('[5321-4.5.4.1-reuse] messages follow each other over one connection, pipelined, nothing between them', async () => {
  const { send, heard, clock } = toOne({});
  assert.equal(told(await send()), 'relayed dot 250');
  await clock.advance(LONGEST_IDLE - 1);
  const before = clock.now();
  const second = await send({ text: 'Subject: second\r\n\r\n' });
  assert.equal(told(second), 'relayed dot 250 again');
  assert.equal(second.tries.length, 1);
  assert.equal(second.tries[0]?.startedAt, before, 'the time of this message, not of the connection');
  assert.equal(heard.length, 1);
  assert.equal(verbs(heard[0]), 'EHLO MAIL RCPT DATA MAIL RCPT DATA');
  assert.deepEqual(
    heard[0]?.groups.map(({ length }) => length),
    [1, 3, 3],
  );
  assert.equal(heard[0]?.texts[1], 'Subject: second\r\n\r\n.\r\n');
});

test('LMTP, and messages in chunks, follow each other the same way', async () => {
  const chunks = toOne({ ehlo: offering('PIPELINING|CHUNKING') });
  await chunks.send();
  assert.equal(told(await chunks.send()), 'relayed dot 250 again');
  assert.match(verbs(chunks.heard[0]), /^EHLO MAIL RCPT BDAT .*MAIL RCPT BDAT/);
  const route: Route = { domain: '*', host: MX, port: 24, protocol: 'lmtp', tls: 'never' };
  const lmtp = way({ servers: { [MX]: {} }, settings: { routes: [route] } });
  await lmtp.send();
  assert.equal(told(await lmtp.send()), 'relayed dot 250 again');
  assert.equal(verbs(lmtp.heard[0]).replaceAll(/ DATA.*?(?= MAIL|$)/g, ' DATA'), 'LHLO MAIL RCPT DATA MAIL RCPT DATA');
});

test('after a refused transaction RSET goes first', async () => {
  const refusals: readonly ServerScript[] = [
    { rcpt: { 'bob@b.test': '550 5.1.1 nobody' } },
    { rcpt: { 'bob@b.test': '450 4.2.0 later' } },
    { data: '451 4.3.0 later' },
    { dot: '554 5.6.0 no' },
    { ehlo: offering('PIPELINING|SIZE 10') },
  ];
  for (const script of refusals) {
    const { send, heard } = toOne(script);
    assert.doesNotMatch(told(await send()), /relayed/);
    await send({ to: ['carol@b.test'] });
    assert.equal(heard.length, 1);
    assert.match(verbs(heard[0]), /^EHLO (?:MAIL RCPT DATA )?RSET/);
  }
});

test('a connection that is dead by then, or says that it closes, is no failure of the message', async () => {
  const ends: Readonly<Record<string, ServerScript>> = {
    'it hung up': { dot: { drop: true, reply: '250 2.0.0 taken' } },
    'it said 421 meanwhile': { dot: '250 2.0.0 taken\r\n421 4.4.2 idle for too long' },
    'it says 421 to MAIL': { mail: ['250 ok', '421 4.4.2 closing'] },
    'it hangs up at MAIL': { mail: ['250 ok', DROP] },
    'it takes one message a connection': { mail: ['250 ok', '452 4.5.3 no more here'] },
    'it takes one message a connection, and says so for good': { mail: ['250 ok', '554 5.5.1 no more here'] },
    'it does not know RSET': { rcpt: { 'bob@b.test': '550 no' }, rset: '500 what?' },
    'it hangs up at RSET': { rcpt: { 'bob@b.test': '550 no' }, rset: DROP },
  };
  for (const [why, script] of Object.entries(ends)) {
    const { send, heard } = toOne([script, {}]);
    await send();
    const second = await send({ text: 'Subject: second\r\n\r\n' });
    assert.equal(told(second), 'relayed dot 250', why);
    assert.equal(second.tries.length, 1, why);
    assert.equal(heard.length, 2, why);
    const texts = heard.flatMap((one) => one.texts).filter((text) => text.startsWith('Subject: second'));
    assert.equal(texts.length, 1, why);
  }
});

test('what a new connection is told after all counts', async () => {
  const { send } = toOne({ mail: ['250 ok', '550 5.7.1 not from you'] });
  await send();
  assert.equal(told(await send()), 'relayed dot 250', 'the first MAIL of a new connection');
  const refusing = toOne([{ mail: ['250 ok', '421 bye'] }, { mail: '550 5.7.1 not from you' }]);
  await refusing.send();
  assert.equal(told(await refusing.send()), 'failed mail 550');
});

test('once the server has taken MAIL, a lost connection is an outcome as ever', async () => {
  const cases: readonly (readonly [ServerScript, string])[] = [
    [{ rcpt: { 'carol@b.test': DROP } }, 'deferred rcpt 451 again'],
    [{ text: { after: 60, act: DROP } }, 'deferred data 451 again'],
  ];
  for (const [script, expected] of cases) {
    const { send, heard } = toOne(script);
    await send({ text: 'Short: 1\r\n\r\n' });
    assert.equal(
      told(await send({ to: ['carol@b.test'], text: 'x'.repeat(70).concat('\r\n').repeat(4_000) })),
      expected,
    );
    assert.equal(heard.length, 1);
  }
});

test('a refused sender does not keep the connection', async () => {
  const { send, heard } = toOne({ mail: '450 4.7.1 slow down' });
  await send();
  await send();
  assert.equal(heard.length, 2);
});

test('[9422-4.1-mailmax] a connection ends after 100 messages, or after as many as the server takes', async () => {
  const cases: readonly (readonly [Act, number])[] = [
    [offering('PIPELINING'), MOST_MESSAGES],
    [offering('PIPELINING|LIMITS MAILMAX=3'), 3],
    [offering('PIPELINING|LIMITS MAILMAX=1'), 1],
    [offering('PIPELINING|LIMITS MAILMAX=5000'), MOST_MESSAGES],
  ];
  for (const [ehlo, most] of cases) {
    const { send, heard } = toOne({ ehlo });
    for (let n = 0; n <= most; n++) await send();
    assert.deepEqual(
      heard.map(({ texts, quit }) => [texts.length, quit]),
      [
        [most, true],
        [1, most === 1],
      ],
    );
  }
});

// The transactions of one message were not counted: the server refused what was over its limit, and the rest waited.
test('[9422-4.1-mailmax] a message with more recipients than a connection takes goes over several', async () => {
  const to = Array.from({ length: 55 }, (_, n) => `r${n}@b.test`);
  const limited: ServerScript = {
    ehlo: offering('PIPELINING|LIMITS RCPTMAX=10 MAILMAX=2'),
    mail: ['250 ok', '250 ok', '421 4.7.0 too many messages'],
  };
  const { send, heard } = toOne(limited);
  const { outcomes, tries } = await send({ to });
  assert.ok(outcomes.every(({ outcome }) => outcome === 'relayed'));
  assert.deepEqual(
    heard.map(({ texts, quit }) => [texts.length, quit]),
    [
      [2, true],
      [2, true],
      [2, true],
    ],
  );
  assert.equal(tries.length, 3);
});

test('and nobody is asked about twice at one address', async () => {
  const { send, heard } = toOne({
    ehlo: offering('PIPELINING|LIMITS RCPTMAX=2 MAILMAX=1'),
    rcpt: { '*': '450 4.7.1 later' },
  });
  await send({ to: ['1@b.test', '2@b.test', '3@b.test'] });
  assert.deepEqual(heard.map(verbs), ['EHLO MAIL RCPT RCPT DATA QUIT', 'EHLO MAIL RCPT DATA QUIT']);
});

test('a connection ends five minutes after it was opened', async () => {
  const { send, heard, clock } = toOne({});
  for (let passed = 0; passed < LONGEST_USE; passed += LONGEST_IDLE - 1) {
    await send();
    await clock.advance(LONGEST_IDLE - 1);
  }
  assert.equal(heard.length, 1);
  await send();
  assert.equal(heard.length, 2);
  assert.equal(heard[0]?.quit, true);
});

test('an idle connection is taken leave of soon', async () => {
  const { send, heard, clock } = toOne({});
  await send();
  await clock.advance(LONGEST_IDLE - 1);
  assert.equal(heard[0]?.quit, false);
  await clock.advance(1);
  assert.equal(heard[0]?.quit, true);
  assert.equal(clock.pending, 0);
});

test('at most 100 connections are idle: the one that waited longest goes', async () => {
  const addresses = Array.from({ length: MOST_IDLE + 1 }, (_, i) => `198.51.100.${i + 1}`);
  const { send, heard } = way({ servers: Object.fromEntries(addresses.map((address) => [address, {}])) });
  for (const address of addresses) await send({ destination: `[${address}]` });
  assert.deepEqual(
    heard.filter(({ quit }) => quit).map(({ address }) => address),
    [addresses[0]],
  );
});

test('two messages at once have a connection each; both are kept', async () => {
  const { send, heard } = toOne({});
  await Promise.all([send(), send()]);
  assert.equal(heard.length, 2);
  await Promise.all([send(), send()]);
  assert.equal(heard.length, 2);
});

const EQUAL: Zones = {
  'b.test': { mx: [1, 2, 3].map((n) => [10, `mx${n}.b.test`] as const) },
  ...Object.fromEntries([1, 2, 3].map((n) => [`mx${n}.b.test`, { a: [`192.0.2.${n}`] }])),
};

/** The same draws for each world. */
function draws(): () => number {
  let seed = 7;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

test('equal MX share the mail exactly as they would without: an open connection is never preferred', async () => {
  const servers = { '192.0.2.1': {}, '192.0.2.2': {}, '192.0.2.3': {} };
  const reusing = way({ zones: EQUAL, servers, random: draws() });
  const forgetting = testWorld({ zones: EQUAL, servers, random: draws() });
  const [chosen, expected]: string[][] = [[], []];
  for (let n = 0; n < 60; n++) {
    chosen!.push((await reusing.send()).tries[0]!.ip!);
    expected!.push((await forgetting.send()).tries[0]!.ip!);
  }
  assert.deepEqual(chosen, expected);
  assert.equal(new Set(chosen).size, 3);
  assert.equal(reusing.heard.length, 3, 'one connection for each of them');
  assert.equal(forgetting.heard.length, 60);
});

test('what a reload changed is not used again: login, TLS, name', async () => {
  const login = { user: 'us', password: 'old' };
  const route: Route = { domain: '*', host: MX, port: 25, protocol: 'smtp', tls: 'never', login };
  let settings: OutboundSettings = { ...TEST_SETTINGS, routes: [route] };
  const script: ServerScript = { ehlo: offering('PIPELINING|AUTH PLAIN') };
  const world = testWorld({ servers: { [MX]: script } });
  const { clock, heard, resolver, dial } = world;
  const outbound = openOutbound({ settings: () => settings, resolver, clock, log: silentLog, dial, random: () => 0 });
  const send = (destination = 'b.test'): Promise<AttemptResult> =>
    untilDone(outbound.attempt(testJob({ destination }), new AbortController().signal), clock);
  await send();
  await send();
  assert.equal(heard.length, 1);
  settings = { ...settings, routes: [{ ...route, login: { ...login, password: 'new' } }] };
  await send();
  assert.equal(heard.length, 2);
  settings = { ...settings, hostname: 'other.a.test' };
  await send();
  assert.equal(heard.length, 3);
  settings = { ...settings, routes: [{ ...route, domain: 'c.test' }], hostname: TEST_SETTINGS.hostname };
  await send('c.test');
  assert.equal(told(await send('c.test')), 'relayed dot 250 again', 'for which domain a route is makes no difference');
  assert.equal(heard.length, 3, 'the connection with the first login was still open');
});

test('close says QUIT on all that are idle, and keeps none from then on', async () => {
  const { send, heard, outbound, clock } = toOne({});
  await Promise.all([send(), send()]);
  await outbound.close();
  assert.deepEqual(
    heard.map(({ quit }) => quit),
    [true, true],
  );
  await send();
  assert.equal(heard.length, 3);
  assert.equal(heard[2]?.quit, true);
  assert.equal(clock.pending, 0);
});

test('an attempt that is cut off while it uses an open connection is deferred, and nothing is left', async () => {
  const { send, outbound, clock, heard } = toOne({ mail: ['250 ok', 'silence'] });
  await send();
  const abort = new AbortController();
  clock.after(1_000, () => {
    abort.abort(new Error('stopping'));
  });
  const result = await untilDone(outbound.attempt(testJob({}), abort.signal), clock);
  assert.equal(told(result), 'deferred connect 451');
  await untilDone(outbound.close(), clock);
  assert.equal(heard.length, 1);
  assert.equal(clock.pending, 0);
});
