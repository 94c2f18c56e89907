import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addressOctets,
  customerNetwork,
  endpoint,
  inNetworks,
  isLoopback,
  isPrivate,
  networkProblem,
  normalAddress,
} from './addresses.ts';

test('an address has one written form', () => {
  const forms: [string, string | undefined][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::', '::'],
    ['192.0.2', undefined],
    ['192.0.2.256', undefined],
    ['example.com', undefined],
    ['', undefined],
    ['1:2', undefined],
  ];
  for (const [text, normal] of forms) assert.equal(normalAddress(text), normal, text);
  assert.deepEqual(endpoint('::ffff:127.0.0.1', 25), { address: '127.0.0.1', port: 25 });
  assert.deepEqual(endpoint(undefined, undefined), { address: '', port: 0 });
});

test('loopback', () => {
  for (const yes of ['127.0.0.1', '127.255.0.3', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1'])
    assert.ok(isLoopback(yes), yes);
  for (const no of ['128.0.0.1', '10.0.0.1', '::2', '::', 'localhost', '']) assert.ok(!isLoopback(no), no);
});

test('private addresses, in every dress', () => {
  const yes = [
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '169.254.1.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '::',
    '::1',
    'fc00::1',
    'fdff::1',
    'fe80::1%eth0',
    'febf::1',

    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::7f00:1',
    '2002:7f00:1::',
    '2002:a00:1::5',
    '2002:c0a8:101::1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    'fec0::1',
    'not an address',
    '',
  ];
  for (const one of yes) assert.ok(isPrivate(one), one);
  const no = [
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.2.1',
    '192.167.255.255',
    '2001:db8::1',
    '2606:4700::1',
    'fbff::1',
    '::ffff:1.1.1.1',
    '2002:101:101::1',
    '64:ff9b::1.1.1.1',
  ];
  for (const one of no) assert.ok(!isPrivate(one), one);
});

test('networks', () => {
  const networks = ['192.0.2.0/24', '198.51.100.7', '2001:db8::/32', '::ffff:203.0.113.0/120', 'nonsense'];
  for (const yes of [
    '192.0.2.0',
    '192.0.2.255',
    '::ffff:192.0.2.9',
    '198.51.100.7',
    '2001:db8:ffff::1',
    '203.0.113.9',
  ]) {
    assert.ok(inNetworks(yes, networks), yes);
  }
  for (const no of ['192.0.3.0', '198.51.100.8', '2001:db9::1', '203.0.114.1', 'x', ''])
    assert.ok(!inNetworks(no, networks), no);
  assert.equal(inNetworks('127.0.0.1', []), false);
  assert.equal(inNetworks('8.8.8.8', ['0.0.0.0/0']), true);
  assert.equal(inNetworks('::1', ['0.0.0.0/0']), false);
});

test('a network is refused with a sentence', () => {
  for (const good of [
    '192.0.2.0/24',
    '192.0.2.1',
    '0.0.0.0/0',
    '::/0',
    '2001:db8::/33',
    '2001:db8:8000::/33',
    '::1/128',
  ]) {
    assert.equal(networkProblem(good), undefined, good);
  }
  const bad: [string, RegExp][] = [
    ['192.0.2.1/24', /bits behind the first 24/],
    ['2001:db8::1/64', /bits behind the first 64/],
    ['192.0.2.0/33', /at most 32/],
    ['::/129', /at most 128/],
    ['192.0.2.0/', /write an address/],
    ['192.0.2.0/x', /write an address/],
    ['192.0.2', /write an address/],
    ['fe80::1%eth0', /write an address/],
    ['example.com', /write an address/],
    ['', /write an address/],
    ['1.2.3.4/1/2', /write an address/],
  ];
  for (const [text, problem] of bad) assert.match(networkProblem(text) ?? 'no problem', problem, text);
});

test('limits per address count IPv6 by the network of a customer', () => {
  assert.equal(customerNetwork('192.0.2.1'), '192.0.2.1');
  assert.equal(customerNetwork('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(customerNetwork('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(customerNetwork('2001:db8:1:2:ffff::'), '2001:db8:1:2::/64');
  assert.notEqual(customerNetwork('2001:db8:1:3::1'), customerNetwork('2001:db8:1:2::1'));
});

test('any address keeps its octets in its normal form, and no text throws', () => {
  const octets = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(octets, (bytes) => {
      const groups = Array.from({ length: 8 }, (_, i) =>
        Buffer.from(bytes)
          .readUInt16BE(i * 2)
          .toString(16),
      );
      const normal = normalAddress(groups.join(':')) ?? '';
      if (isIPv6(normal)) assert.deepEqual(addressOctets(normal), Buffer.from(bytes));
      assert.equal(normalAddress(normal), normal);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.ipV4Extended()), (text) => {
      isPrivate(text);
      isLoopback(text);
      customerNetwork(text);
      networkProblem(text);
      assert.equal(inNetworks(text, ['0.0.0.0/0', '::/0']), normalAddress(text) !== undefined);
    }),
  );
});
