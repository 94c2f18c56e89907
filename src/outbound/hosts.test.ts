import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fakeResolver } from '../dns/testing.ts';
import type { Zones } from '../dns/testing.ts';
import { findHosts, inOrder } from './hosts.ts';
import type { OutboundSettings, Route } from './outbound.ts';
import { TEST_SETTINGS } from './testing.ts';

const ZONES: Zones = {
  'b.test': {
    mx: [
      [20, 'mx2.b.test'],
      [10, 'mx1.b.test'],
    ],
  },
  'mx1.b.test': { a: ['192.0.2.1'], aaaa: ['2001:db8::1', '2001:db8::2'] },
  'mx2.b.test': { a: ['192.0.2.2', '192.0.2.3'] },
  'implicit.test': { a: ['192.0.2.4'] },
  'text.test': { txt: ['no mail here'] },
  'null.test': { mx: [[0, '']], a: ['192.0.2.5'] },
  'odd-null.test': {
    mx: [
      [0, ''],
      [10, 'mx1.b.test'],
    ],
  },
  'nowhere.test': { mx: [[10, 'gone.test']] },
  'numbers.test': { mx: [[10, '192.0.2.9']] },
  'broken.test': { fails: 'servfail' },
  'silent.test': { fails: 'silence' },
  'broken-mx.test': {
    mx: [
      [10, 'broken.test'],
      [20, 'gone.test'],
    ],
  },
  'half-broken.test': {
    mx: [
      [10, 'broken.test'],
      [20, 'mx2.b.test'],
    ],
  },
  'cname.test': { cname: 'b.test' },
  'mx-cname.test': { mx: [[10, 'alias.test']] },
  'alias.test': { cname: 'mx2.b.test' },
  'twice.test': {
    mx: [
      [10, 'mx2.b.test'],
      [20, 'mx2.b.test'],
    ],
  },
  'loop.test': { mx: [[10, 'mx.a.test']] },
  'mx.a.test': { a: ['203.0.113.1'] },
  'backup.test': {
    mx: [
      [10, 'mx2.b.test'],
      [20, 'other-name.test'],
      [20, 'equal.test'],
      [30, 'mx1.b.test'],
    ],
  },
  'other-name.test': { a: ['203.0.113.1'] },
  'equal.test': { a: ['192.0.2.7'] },
  'loop-by-address.test': { a: ['203.0.113.1'] },
  'private.test': {
    mx: [
      [10, 'lo.test'],
      [20, 'ten.test'],
    ],
  },
  'lo.test': { a: ['127.0.0.1'], aaaa: ['::1'] },
  'ten.test': { a: ['10.0.0.1'] },
  'half-private.test': { mx: [[10, 'mixed.test']] },
  'mixed.test': { a: ['192.168.1.1', '192.0.2.8'] },
  'many.test': { mx: Array.from({ length: 200 }, (_, i) => [i, `h${i}.many.test`] as const) },
  ...Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [
      `h${i}.many.test`,
      { a: Array.from({ length: 50 }, (__, j) => `198.51.100.${j + 1}`) },
    ]),
  ),
};

const WILD: Partial<OutboundSettings> = { ownEndpoints: [{ address: '0.0.0.0', port: 25 }], allowPrivate: true };

/** Destination, settings → "host: addresses" in order, or "outcome code enhanced rule". */
const CASES: readonly (readonly [
  title: string,
  destination: string,
  expected: readonly string[],
  settings?: Partial<OutboundSettings>,
])[] = [
  [
    '[5321-5.1-preference] MX by preference, each with its IPv6 and IPv4 addresses in turn',
    'b.test',
    ['mx1.b.test: 2001:db8::1 192.0.2.1 2001:db8::2', 'mx2.b.test: 192.0.2.2 192.0.2.3'],
  ],
  ['[5321-5.1-implicit-mx] no MX: the domain itself', 'implicit.test', ['implicit.test: 192.0.2.4']],
  ['neither MX nor address', 'text.test', ['failed 550 5.1.2 domain-without-mail']],
  [
    '[7505-3-no-attempt] a null MX: no host is tried, the address record neither',
    'null.test',
    ['failed 556 5.1.10 null-mx'],
  ],
  [
    '[7505-3-alone] an empty exchange among others names nobody',
    'odd-null.test',
    ['mx1.b.test: 2001:db8::1 192.0.2.1 2001:db8::2'],
  ],
  ['an MX that points nowhere', 'nowhere.test', ['failed 550 5.4.4 mx-nowhere']],
  ['an MX that is an address', 'numbers.test', ['failed 550 5.4.4 mx-nowhere']],
  ['no such domain', 'nx.test', ['failed 550 5.1.2 domain-missing']],
  ['[5321-5.1-dns-temporary] SERVFAIL', 'broken.test', ['deferred 451 4.4.3 dns-failed']],
  ['[5321-5.1-dns-temporary] a name server that does not answer', 'silent.test', ['deferred 451 4.4.3 dns-failed']],
  ['[5321-5.1-dns-temporary] the MX is known, its address is not', 'broken-mx.test', ['deferred 451 4.4.3 dns-failed']],
  ['one MX can be looked up, the other cannot', 'half-broken.test', ['mx2.b.test: 192.0.2.2 192.0.2.3']],
  ['a CNAME', 'cname.test', ['mx1.b.test: 2001:db8::1 192.0.2.1 2001:db8::2', 'mx2.b.test: 192.0.2.2 192.0.2.3']],
  ['an MX that is a CNAME', 'mx-cname.test', ['alias.test: 192.0.2.2 192.0.2.3']],
  ['a host that is named twice', 'twice.test', ['mx2.b.test: 192.0.2.2 192.0.2.3']],
  ['[5321-5.1-own-entry] our own name is the only MX', 'loop.test', ['failed 550 5.4.6 mail-loop']],
  [
    '[5321-5.1-own-entry] our own address under another name, and what is not before it',
    'backup.test',
    ['mx2.b.test: 192.0.2.2 192.0.2.3'],
  ],
  ['[5321-5.1-own-entry] our own address and no MX', 'loop-by-address.test', ['failed 550 5.4.6 mail-loop']],
  ['our own address, but another port', 'loop-by-address.test', ['loop-by-address.test: 203.0.113.1'], { port: 2525 }],
  ['[5321-5.1-own-entry] a listener on every address', 'private.test', ['failed 550 5.4.6 mail-loop'], WILD],
  ['a listener on every address is not everybody', 'implicit.test', ['implicit.test: 192.0.2.4'], WILD],
  ['private and loopback addresses', 'private.test', ['failed 550 5.4.4 private-address']],
  [
    'private addresses, allowed',
    'private.test',
    ['lo.test: ::1 127.0.0.1', 'ten.test: 10.0.0.1'],
    { allowPrivate: true },
  ],
  ['a private address beside a public one', 'half-private.test', ['mixed.test: 192.0.2.8']],
  ['an address literal', '[192.0.2.1]', ['192.0.2.1: 192.0.2.1']],
  ['an IPv6 literal', '[IPv6:2001:db8::1]', ['2001:db8::1: 2001:db8::1']],
  ['a literal that is ourselves', '[203.0.113.1]', ['failed 550 5.4.6 mail-loop']],
  ['a loopback literal', '[127.0.0.1]', ['failed 550 5.4.4 private-address']],
  ['a route', 'b.test', ['mx2.b.test: 192.0.2.2 192.0.2.3'], { routes: [routeTo('b.test', 'mx2.b.test')] }],
  [
    'a route to an address, private or not',
    'null.test',
    ['127.0.0.1: 127.0.0.1'],
    { routes: [routeTo('null.test', '127.0.0.1')] },
  ],
  ['a route to an IPv6 address in brackets', 'b.test', ['::1: ::1'], { routes: [routeTo('b.test', '[::1]')] }],
  ['the smarthost', '[192.0.2.1]', ['ten.test: 10.0.0.1'], { routes: [routeTo('*', 'ten.test')] }],
  [
    'a route to ourselves',
    'b.test',
    ['failed 550 5.4.6 mail-loop'],
    { routes: [routeTo('b.test', '203.0.113.1', 25)] },
  ],
  [
    'a route to our own name on another port',
    'b.test',
    ['mx.a.test: 203.0.113.1'],
    { routes: [routeTo('b.test', 'mx.a.test', 10_025)] },
  ],
  [
    'a route whose login can not be had waits, and nobody is looked up for it',
    'b.test',
    ['deferred 451 4.7.0 keyring-locked'],
    { routes: [{ ...routeTo('b.test', 'nx.test'), locked: true }] },
  ],
  [
    'a route whose host is not known waits',
    'b.test',
    ['deferred 451 4.4.3 route-host-unknown'],
    { routes: [routeTo('b.test', 'nx.test')] },
  ],
  [
    'a route whose host can not be looked up waits',
    'b.test',
    ['deferred 451 4.4.3 route-host-unknown'],
    { routes: [routeTo('b.test', 'broken.test')] },
  ],
];

function routeTo(domain: string, host: string, port = 2526): Route {
  return { domain, host, port, protocol: 'smtp', tls: 'opportunistic' };
}

function find(destination: string, settings: Partial<OutboundSettings> = {}, random = (): number => 0.5) {
  return findHosts({
    destination,
    settings: { ...TEST_SETTINGS, ...settings },
    resolver: fakeResolver(ZONES),
    random,
    localAddresses: ['203.0.113.1'],
    signal: new AbortController().signal,
  });
}

for (const [title, destination, expected, settings] of CASES) {
  test(title, async () => {
    const where = await find(destination, settings);
    const found =
      where.kind === 'hosts'
        ? where.hosts.map(({ name, addresses }) => `${name}: ${addresses.join(' ')}`)
        : [
            `${where.verdict.outcome} ${where.verdict.reply.code} ${where.verdict.reply.enhanced ?? ''} ${where.verdict.reply.rule ?? ''}`,
          ];
    assert.deepEqual(found, expected);
  });
}

test('a zone with thousands of hosts and addresses is not followed to its end', async () => {
  const where = await find('many.test');
  assert.ok(where.kind === 'hosts');
  assert.equal(where.hosts.length, 20);
  assert.ok(where.hosts.every(({ addresses }) => addresses.length === 6));
});

test('[5321-5.1-equal-preference] hosts of equal preference come in random order, never before better ones', () => {
  const hosts = [10, 10, 10, 5, 20].map((preference, i) => ({ preference, name: `h${i}` }));
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (chances) => {
      const ordered = inOrder(hosts, () => chances.next().value);
      assert.equal(ordered[0]?.name, 'h3');
      assert.equal(ordered[4]?.name, 'h4');
      assert.deepEqual(new Set(ordered), new Set(hosts));
    }),
    { numRuns: 50 },
  );
  const firsts = new Set(Array.from({ length: 60 }, (_, i) => inOrder(hosts, fromSeed(i))[1]?.name));
  assert.deepEqual(firsts, new Set(['h0', 'h1', 'h2']));
});

/** A small generator, so that the test always sees the same chances. */
function fromSeed(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
