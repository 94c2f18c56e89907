import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '../base/index.ts';
import { FakeClock, settle } from '../base/testing.ts';
import type { Resolver } from './resolver.ts';
import { systemResolver } from './system-resolver.ts';
import { startZoneServer } from './testing.ts';
import type { ZoneServer, Zones } from './testing.ts';

const LABEL = 'x'.repeat(60);
const zones: Zones = {
  'a.test': {
    mx: [
      [20, 'MX2.A.test'],
      [10, 'mx1.a.test'],
    ],
    txt: ['v=spf1 -all', 'y'.repeat(600)],
  },
  'mx1.a.test': { a: ['192.0.2.1', '192.0.2.2'], aaaa: ['2001:db8::1'] },
  'null.test': { mx: [[0, '']] },
  'alias.test': { cname: 'other.test' },
  'other.test': { cname: 'mx1.a.test' },
  'dangling.test': { cname: 'nowhere.test' },
  'circle.test': { cname: 'circle.test' },
  'mail-alias.test': { cname: 'a.test' },
  'servfail.test': { fails: 'servfail' },
  'refused.test': { fails: 'refused' },
  'silence.test': { fails: 'silence' },
  'rubbish.test': { fails: 'rubbish' },
  'cut.test': { a: ['192.0.2.9'], truncated: true },
  'many.test': { mx: Array.from({ length: 200 }, (_, i) => [i, `mx${i}.${LABEL}.test`] as const) },
};

let server: ZoneServer;
let resolver: Resolver;

before(async () => {
  server = await startZoneServer(zones);
  resolver = systemResolver({ servers: [server.server], clock: systemClock, timeoutMs: 5_000 });
});

after(() => server.close());

test('MX records come with their preferences, names in lower case without a final dot', async () => {
  assert.deepEqual(await resolver.mx('a.test'), {
    kind: 'found',
    records: [
      { preference: 20, exchange: 'mx2.a.test' },
      { preference: 10, exchange: 'mx1.a.test' },
    ],
    authentic: false,
  });
});

test('A and AAAA records are found', async () => {
  assert.deepEqual(await resolver.a('mx1.a.test'), {
    kind: 'found',
    records: ['192.0.2.1', '192.0.2.2'],
    authentic: false,
  });
  assert.deepEqual(await resolver.aaaa('MX1.A.TEST'), { kind: 'found', records: ['2001:db8::1'], authentic: false });
});

test('[1035-3.3.14-txt] the strings of a TXT record are joined', async () => {
  assert.deepEqual(await resolver.txt('a.test'), {
    kind: 'found',
    records: ['v=spf1 -all', 'y'.repeat(600)],
    authentic: false,
  });
});

test('[1035-4.1.1-nxdomain] a name that does not exist and a name without such a record are two answers', async () => {
  assert.deepEqual(await resolver.mx('nothing.test'), { kind: 'missing', authentic: false });
  assert.deepEqual(await resolver.mx('mx1.a.test'), { kind: 'empty', authentic: false });
  assert.deepEqual(await resolver.a('test'), { kind: 'empty', authentic: false });
});

test('[7505-3-null-mx] a null MX comes as an empty exchange', async () => {
  assert.deepEqual(await resolver.mx('null.test'), {
    kind: 'found',
    records: [{ preference: 0, exchange: '' }],
    authentic: false,
  });
});

test('[1034-3.6.2-cname] the records behind a CNAME are found', async () => {
  assert.deepEqual(await resolver.a('alias.test'), {
    kind: 'found',
    records: ['192.0.2.1', '192.0.2.2'],
    authentic: false,
  });
  const mx = await resolver.mx('mail-alias.test');
  assert.equal(mx.kind === 'found' && mx.records.length, 2);
  assert.deepEqual(await resolver.a('dangling.test'), { kind: 'missing', authentic: false });
  assert.equal((await resolver.a('circle.test')).kind, 'failed');
});

test('[1035-4.1.1-servfail] SERVFAIL, a refusal and rubbish are failures, which say why', async () => {
  assert.deepEqual(await resolver.mx('servfail.test'), {
    kind: 'failed',
    problem: 'the name server could not find out (SERVFAIL)',
  });
  assert.deepEqual(await resolver.a('refused.test'), {
    kind: 'failed',
    problem: 'the name server refused to answer (REFUSED)',
  });
  const quick = systemResolver({ servers: [server.server], clock: systemClock, timeoutMs: 300 });
  assert.equal((await quick.a('rubbish.test')).kind, 'failed');
});

test('[1035-4.2.1-truncated] a truncated answer is asked for again over TCP', async () => {
  assert.deepEqual(await resolver.a('cut.test'), { kind: 'found', records: ['192.0.2.9'], authentic: false });
  assert.deepEqual(
    server.asked.filter(({ name }) => name === 'cut.test').map(({ over }) => over),
    ['udp', 'tcp'],
  );
});

test('[1035-4.2.1-truncated] an answer that is too long for UDP comes whole', async () => {
  const answer = await resolver.mx('many.test');
  assert.equal(answer.kind === 'found' && answer.records.length, 200);
  assert.ok(server.asked.some(({ name, over }) => name === 'many.test' && over === 'tcp'));
});

test('silence ends at the time given, by the clock given', async () => {
  const clock = new FakeClock();
  const patient = systemResolver({ servers: [server.server], clock, timeoutMs: 60_000 });
  const answer = patient.mx('silence.test');
  await clock.advance(59_999);
  assert.equal(clock.pending, 1);
  await clock.advance(1);
  assert.deepEqual(await answer, { kind: 'failed', problem: 'no name server answered within 60000 ms' });
  assert.equal(clock.pending, 0);
});

test('an abort ends a look-up at once, and one that has not begun', async () => {
  const clock = new FakeClock();
  const patient = systemResolver({ servers: [server.server], clock });
  const stop = new AbortController();
  const answer = patient.a('silence.test', stop.signal);
  await settle();
  stop.abort();
  assert.deepEqual(await answer, { kind: 'failed', problem: 'the look-up was cancelled' });
  assert.deepEqual(await patient.a('mx1.a.test', stop.signal), {
    kind: 'failed',
    problem: 'the look-up was cancelled',
  });
  assert.equal(clock.pending, 0);
});

test('aborting one look-up leaves the others alone', async () => {
  const stop = new AbortController();
  const silent = resolver.a('silence.test', stop.signal);
  const other = resolver.a('mx1.a.test');
  stop.abort();
  assert.equal((await silent).kind, 'failed');
  assert.equal((await other).kind, 'found');
});

test('[1035-2.3.4-lengths] a name that can not exist is missing, not a failure to try again', async () => {
  for (const name of ['a..test', `${'x'.repeat(64)}.test`, `${`${LABEL}.`.repeat(5)}test`]) {
    assert.deepEqual(await resolver.mx(name), { kind: 'missing', authentic: false }, name);
  }
});

test('no rejection whatever is asked', async () => {
  for (const name of ['', '.', 'a\0b', ' ', '*', '\ud800', '_', '-', 'a b.test', '1.2.3.4', '::1', 'bücher.test']) {
    for (const ask of [resolver.mx, resolver.a, resolver.aaaa, resolver.txt]) {
      const { kind } = await ask(name);
      assert.ok(kind === 'missing' || kind === 'empty' || kind === 'failed', `${JSON.stringify(name)}: ${kind}`);
    }
  }
});

test('a name server that is not there is a failure that says so', async () => {
  const gone = await startZoneServer({});
  await gone.close();
  const lost = systemResolver({ servers: [gone.server], clock: systemClock, timeoutMs: 1_000 });
  const answer = await lost.mx('a.test');
  assert.equal(answer.kind, 'failed');
});

test('[6761-6.3-localhost] localhost is this machine and is not asked for', async () => {
  assert.deepEqual(await resolver.a('localhost'), { kind: 'found', records: ['127.0.0.1'], authentic: false });
  assert.deepEqual(await resolver.aaaa('mail.localhost'), { kind: 'found', records: ['::1'], authentic: false });
  assert.ok(server.asked.every(({ name }) => !name.includes('localhost')));
});

test('an answer is not kept: a changed zone is seen at once', async () => {
  assert.equal((await resolver.a('new.test')).kind, 'missing');
  zones['new.test'] = { a: ['192.0.2.7'] };
  assert.equal((await resolver.a('new.test')).kind, 'found');
});
