import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress, SPECIAL } from './special-addresses.ts';

test('no address of a special network is public: its first one, and one within', () => {
  for (const network of Object.keys(SPECIAL)) {
    const first = network.replace(/\/\d+$/, '');
    assert.equal(isPublicAddress(first), false, first);
    const within = first.includes(':') ? first.replace(/::?$/, '::7') : first.replace(/\.0$/, '.7');
    assert.equal(isPublicAddress(within), false, within);
  }
});

const CLOSED = [
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.127.0.1',
  '198.19.255.255',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:8.8.8.8%eth0x',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::808:808',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::',
  '2001:0:4136:e378::1',
  'fe80::1',
  'fec0::1',
  'fd00::1',
  'ff02::1',
  '4000::1',
  '5f00::1',
  'localhost',
  '',
  '1.2.3',
];
test('addresses in every dress stay closed', () => {
  assert.deepEqual(
    CLOSED.filter((address) => isPublicAddress(address) && !address.includes('%')),
    [],
  );
});

test('addresses of the Internet are public', () => {
  const open = [
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '172.32.0.1',
    '198.20.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
  ];
  assert.deepEqual(
    open.filter((address) => !isPublicAddress(address)),
    [],
  );
});
