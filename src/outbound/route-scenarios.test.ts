/** The way out by routes: whose mail takes which, what a login or TLS that fails leads to, and LMTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../base/index.ts';
import type { LogFields } from '../base/index.ts';
import type { AttemptResult, Route } from './outbound.ts';
import { DROP, offering, testWorld } from './testing.ts';
import type { Act, ServerScript, TestServer, WorldOptions } from './testing.ts';

const ZONES = {
  'b.test': { mx: [[10, 'mx.b.test']] },
  'mx.b.test': { a: ['192.0.2.1'] },
  'one.test': { a: ['192.0.2.11'] },
  'two.test': { a: ['192.0.2.12'] },
  'store.test': { a: ['192.0.2.21', '192.0.2.22'] },
} as const;

const LOGIN = offering('PIPELINING|STARTTLS|AUTH PLAIN');
const TO = ['bob@b.test', 'carol@b.test', 'dave@b.test'];

function route(fields: Partial<Route>): Route {
  return { domain: '*', host: 'one.test', port: 587, protocol: 'smtp', tls: 'opportunistic', ...fields };
}

function world(routes: readonly Route[], servers: Readonly<Record<string, TestServer>>, more: WorldOptions = {}) {
  return testWorld({ zones: ZONES, servers, settings: { routes }, ...more });
}

function outcomes(result: AttemptResult): readonly string[] {
  return result.outcomes.map(({ outcome, stage, reply }) => `${outcome} ${stage} ${reply.code} ${reply.enhanced}`);
}

function ways(result: AttemptResult): readonly string[] {
  return result.tries.map(({ host, ip, port, protocol }) => `${host} ${ip} ${port} ${protocol}`);
}

test("each sender's mail goes through its own provider, with its own login", async () => {
  const routes = [
    route({ sender: 'alice@a.test', tls: 'opportunistic', login: { user: 'alice', password: 'one' } }),
    route({ sender: '@c.test', host: 'two.test', login: { user: 'carol', password: 'two' } }),
  ];
  const servers = { '192.0.2.1': {}, '192.0.2.11': { ehlo: LOGIN }, '192.0.2.12': { ehlo: LOGIN } };
  const cases = [
    ['alice@a.test', true, 'one.test', 'alice', 'from alice@a.test to everywhere'],
    ['alice+x@a.test', true, 'one.test', 'alice', 'from alice@a.test to everywhere'],
    ['carol@c.test', true, 'two.test', 'carol', 'from @c.test to everywhere'],
    ['bob@a.test', true, 'mx.b.test', undefined, undefined],
    // Somebody who only writes her address, and a report.
    ['alice@a.test', false, 'mx.b.test', undefined, undefined],
    ['', true, 'mx.b.test', undefined, undefined],
  ] as const;
  for (const [mailFrom, submitted, host, login, taken] of cases) {
    const result = await world(routes, servers).send({ message: { mailFrom, submitted } });
    const [only] = result.tries;
    assert.deepEqual([only?.host, only?.login?.name, result.route], [host, login, taken], mailFrom);
    assert.equal(result.bySender, taken === undefined ? undefined : true, mailFrom);
    assert.deepEqual(outcomes(result), ['relayed dot 250 2.0.0']);
  }
});

test("a fixed way to a domain goes before the sender's provider", async () => {
  const routes = [route({ sender: 'alice@a.test' }), route({ domain: 'b.test', host: 'two.test' })];
  const servers = { '192.0.2.11': {}, '192.0.2.12': {} };
  assert.deepEqual(ways(await world(routes, servers).send()), ['two.test 192.0.2.12 587 esmtp']);
  const elsewhere = await world(routes, servers).send({ destination: 'c.test', to: ['x@c.test'] });
  assert.deepEqual(ways(elsewhere), ['one.test 192.0.2.11 587 esmtp']);
});

test("a sender's provider that is down is waited for: nothing goes round it", async () => {
  const result = await world([route({ sender: 'alice@a.test' })], { '192.0.2.1': {} }).send();
  assert.deepEqual([outcomes(result), ways(result).length], [['deferred connect 451 4.4.1'], 1]);
});

test("STARTTLS of a sender's provider breaks: in clear with opportunistic, not at all with required", async () => {
  const broken: ServerScript = { ehlo: offering('STARTTLS'), handshake: 'garbage' };
  const by = (tls: Route['tls']) => world([route({ sender: '@a.test', tls })], { '192.0.2.11': broken });
  const opportunistic = await by('opportunistic').send();
  assert.deepEqual([outcomes(opportunistic), opportunistic.tries.length], [['relayed dot 250 2.0.0'], 2]);
  const required = await by('required').send();
  assert.deepEqual([outcomes(required), required.tries.length], [['deferred tls 451 4.7.5'], 1]);
});

test('a login that is refused: the mail waits, with the words of the provider, and the log names the route', async () => {
  const warned: LogFields[] = [];
  const log = {
    ...silentLog,
    warn: (sentence: string, fields: LogFields = {}) => warned.push({ sentence, ...fields }),
  };
  const refusing: ServerScript = { ehlo: LOGIN, auth: ['535 5.7.8 wrong password'] };
  const login = { user: 'alice', password: 'open sesame' };
  const refused = world([route({ sender: 'alice@a.test', login })], { '192.0.2.11': refusing }, { log });
  assert.deepEqual(outcomes(await refused.send({ to: TO.slice(0, 2) })), [
    'deferred auth 535 5.7.8',
    'deferred auth 535 5.7.8',
  ]);
  assert.deepEqual(warned, [
    {
      sentence: 'Mail waits: the login failed at the next server of a route',
      route: 'from alice@a.test to everywhere',
      host: 'one.test',
      answer: '535 5.7.8 wrong password',
      destination: 'b.test',
      message: '01testmessage0000000000000',
    },
  ]);
  assert.ok(refused.heard.every(({ lines }) => !lines.some((line) => line.startsWith('MAIL'))));
});

// LMTP.

const LMTP = route({ domain: 'b.test', host: 'store.test', port: 24, protocol: 'lmtp' });

/** The answers behind the final dot, one for each recipient that was accepted. */
function store(dot: Act, rcpt: ServerScript['rcpt'] = {}): ServerScript {
  return { greeting: '220 store.test LMTP', dot, rcpt };
}

test('[2033-4.2-client-per-recipient] LMTP out: each recipient has its own end', async () => {
  const first = store('250 2.0.0 bob has it\r\n550 5.2.1 dave is gone', { 'carol@b.test': '550 5.1.1 nobody' });
  const lmtp = world([LMTP], { '192.0.2.21': first });
  const result = await lmtp.send({ to: TO });
  assert.deepEqual(outcomes(result), ['relayed dot 250 2.0.0', 'failed rcpt 550 5.1.1', 'failed dot 550 5.2.1']);
  assert.deepEqual(ways(result), ['store.test 192.0.2.21 24 lmtp']);
  assert.equal(lmtp.heard[0]?.lines[0], 'LHLO mx.a.test');
  assert.equal(lmtp.heard[0]?.texts.length, 1);
  assert.ok(lmtp.heard[0]?.quit);
});

test('LMTP: only who was told "later" is tried at the next address', async () => {
  const first = store('250 2.0.0 bob\r\n452 4.2.2 carol is full\r\n250 2.0.0 dave');
  const lmtp = world([LMTP], { '192.0.2.21': first, '192.0.2.22': store('250 2.0.0 carol') });
  const result = await lmtp.send({ to: TO });
  assert.deepEqual(
    outcomes(result),
    Array.from(TO, () => 'relayed dot 250 2.0.0'),
  );
  assert.deepEqual(
    lmtp.heard[1]?.lines.filter((line) => line.startsWith('RCPT')),
    ['RCPT TO:<carol@b.test>'],
  );
});

test('[2033-5-client-broken-off] LMTP: the connection is lost between the answers', async () => {
  const lost = store({ drop: true, reply: '250 2.0.0 bob' });
  const lmtp = world([LMTP], { '192.0.2.21': lost, '192.0.2.22': store('250 2.0.0 no') });
  const result = await lmtp.send({ to: TO });
  assert.deepEqual(outcomes(result), ['relayed dot 250 2.0.0', 'unsure dot 451 4.4.2', 'unsure dot 451 4.4.2']);
  // Who has it already must not get it again from the other address.
  assert.equal(lmtp.heard.length, 1);
});

test('LMTP: the connection is lost before the first answer, and an answer that is none', async () => {
  const lost = await world([LMTP], { '192.0.2.21': store(DROP) }).send({ to: TO });
  assert.deepEqual(
    outcomes(lost),
    Array.from(TO, () => 'unsure dot 451 4.4.2'),
  );
  const garbled = await world([LMTP], { '192.0.2.21': store('250 2.0.0 bob\r\nwhat?') }).send({ to: TO });
  assert.deepEqual(outcomes(garbled), ['relayed dot 250 2.0.0', 'unsure dot 451 4.5.0', 'unsure dot 451 4.5.0']);
});

test('LMTP: 250 recipients in three transactions, each with an answer', async () => {
  const to = Array.from({ length: 250 }, (_, i) => `r${i}@b.test`);
  const answers = (count: number): Act => Array.from({ length: count }, () => '250 2.0.0 taken').join('\r\n');
  // The last transaction is the smaller one, and a script has one answer for all.
  const lmtp = world([LMTP], {
    '192.0.2.21': { ...store(answers(50)), ehlo: offering('PIPELINING|LIMITS RCPTMAX=50') },
  });
  const result = await lmtp.send({ to });
  assert.deepEqual(new Set(outcomes(result)), new Set(['relayed dot 250 2.0.0']));
  assert.equal(lmtp.heard[0]?.texts.length, 5);
});

test('LMTP: a server that speaks SMTP only: the route is wrong, and the mail waits until that is mended', async () => {
  const host = '192.0.2.21';
  for (const ehlo of ['500 5.5.1 what?', '502 5.5.1 not here']) {
    const lmtp = world([{ ...LMTP, host }], { [host]: { ehlo } });
    assert.deepEqual(outcomes(await lmtp.send()), [`deferred ehlo ${ehlo.slice(0, 9)}`]);
    assert.deepEqual(lmtp.heard[0]?.lines, ['LHLO mx.a.test', 'QUIT']);
  }
  const refusing = world([{ ...LMTP, host }], { [host]: { ehlo: '550 5.7.1 not you' } });
  assert.deepEqual(outcomes(await refusing.send()), ['failed ehlo 550 5.7.1']);
});

test('LMTP with TLS and a login', async () => {
  const login = { user: 'us', password: 'secret' };
  const lmtp = world([{ ...LMTP, login }], { '192.0.2.21': { ehlo: LOGIN } });
  const result = await lmtp.send();
  assert.deepEqual(outcomes(result), ['relayed dot 250 2.0.0']);
  assert.deepEqual(result.tries[0]?.login, { name: 'us', mechanism: 'PLAIN' });
  assert.deepEqual(lmtp.heard[0]?.lines.slice(0, 3), ['LHLO mx.a.test', 'STARTTLS', 'LHLO mx.a.test']);
  const required = world([{ ...LMTP, host: '192.0.2.21', tls: 'required' }], { '192.0.2.21': store('250 2.0.0 bob') });
  assert.deepEqual(outcomes(await required.send()), ['deferred tls 451 4.7.4']);
});

test('LMTP through a socket of this machine: it has a name and no address', async () => {
  const socket = route({ domain: 'b.test', host: 'unix:/run/lmtp', port: 0, protocol: 'lmtp', tls: 'never' });
  const result = await world([socket], { 'unix:/run/lmtp': store('250 2.0.0 bob') }).send();
  assert.deepEqual(outcomes(result), ['relayed dot 250 2.0.0']);
  assert.deepEqual(ways(result), ['unix:/run/lmtp undefined undefined lmtp']);
  const away = await world([socket], {}).send();
  assert.match(away.tries[0]?.problem ?? '', /^The server could not be reached: .* \(unix:\/run\/lmtp\)$/);
});

test('LMTP to our own listener would go in a circle', async () => {
  const own = { ...LMTP, host: '203.0.113.1' };
  const settings = { routes: [own], ownEndpoints: [{ address: '203.0.113.1', port: 24 }] };
  const result = await world([], {}, { settings }).send();
  assert.deepEqual(outcomes(result), ['failed dns 550 5.4.6']);
  assert.equal(result.route, 'to b.test');
});
