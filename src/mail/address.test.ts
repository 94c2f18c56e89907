import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalLocal, formatAddress, parseAddress, parseLocalPart, sameAddress, scanAddress } from './address.ts';
import type { Address } from './envelope.ts';
import { anyCharacter } from './testing.ts';

const GOOD: readonly (readonly [text: string, local: string, domain: string])[] = [
  ['alice@a.test', 'alice', 'a.test'],
  ['Alice.B@A.Test', 'Alice.B', 'a.test'],
  ['a+tag@a.test', 'a+tag', 'a.test'],
  ["!#$%&'*+-/=?^_`{|}~@a.test", "!#$%&'*+-/=?^_`{|}~", 'a.test'],
  ['user%b.test@a.test', 'user%b.test', 'a.test'],
  ['b.test!user@a.test', 'b.test!user', 'a.test'],
  ['"alice"@a.test', 'alice', 'a.test'],
  ['"a b"@a.test', 'a b', 'a.test'],
  ['"user@b.test"@a.test', 'user@b.test', 'a.test'],
  ['"\\a\\"\\\\"@a.test', 'a"\\', 'a.test'],
  ['""@a.test', '', 'a.test'],
  ['".a..b."@a.test', '.a..b.', 'a.test'],
  ['alice@[192.0.2.1]', 'alice', '[192.0.2.1]'],
  ['alice@[ipv6:2001:DB8::1]', 'alice', '[IPv6:2001:db8::1]'],
  ['alice@localhost', 'alice', 'localhost'],
  [`${'x'.repeat(64)}@a.test`, 'x'.repeat(64), 'a.test'],
];

const BAD: readonly string[] = [
  '',
  'alice',
  '@a.test',
  'alice@',
  'alice@@a.test',
  'alice@b.test@a.test',
  '"alice"b@a.test',
  'a"b"@a.test',
  'a."b"@a.test',
  '.alice@a.test',
  'alice.@a.test',
  'al..ice@a.test',
  'al ice@a.test',
  ' alice@a.test',
  'alice@a.test ',
  '<alice@a.test>',
  'alice(comment)@a.test',
  'alice@a.test.',
  'alice@-a.test',
  'alice@a_b.test',
  'alice@192.0.2.1',
  'alice@[192.0.2.256]',
  'alice@[IPv6:1:2:3:4:5:6:7::]',
  'alice@[tag:text]',
  '"alice@a.test',
  '"ali\u0000ce"@a.test',
  '"ali\r\nce"@a.test',
  '"al\\\u0001"@a.test',
  'ali\u0000ce@a.test',
  'ünal@a.test',
  '"ünal"@a.test',
  'alice@bücher.test',
  `${'x'.repeat(65)}@a.test`,
  `${'x'.repeat(64)}@${'a.'.repeat(93)}test`,
  'x'.repeat(100_000),
];

test('[5321-4.1.2-mailbox] addresses by the grammar of a mailbox are understood', () => {
  for (const [text, local, domain] of GOOD) assert.deepEqual(parseAddress(text), { local, domain }, text);
});

test('[5321-4.1.2-mailbox] what the grammar does not know is no address', () => {
  for (const text of BAD) assert.equal(parseAddress(text), undefined, text.slice(0, 80));
});

test('[5321-4.5.3.1.1-local-length] a local part has at most 64 octets, UTF-8 counted in octets', () => {
  assert.equal(parseLocalPart('x'.repeat(64)), 'x'.repeat(64));
  assert.equal(parseLocalPart('x'.repeat(65)), undefined);
  assert.equal(parseLocalPart('ü'.repeat(33), { utf8: true }), undefined);
});

test('[5321-4.5.3.1.3-path-length] an address has at most 254 octets', () => {
  const domain = (length: number): string => `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(length - 122)}`;
  assert.notEqual(parseAddress(`${'x'.repeat(64)}@${domain(180)}`), undefined);
  assert.equal(parseAddress(`${'x'.repeat(64)}@${domain(190)}`), undefined);
});

test('[6531-3.3-utf8-address] UTF-8 stands in both parts, but only where it is allowed', () => {
  assert.deepEqual(parseAddress('ünal@bücher.test', { utf8: true }), { local: 'ünal', domain: 'xn--bcher-kva.test' });
  assert.deepEqual(parseAddress('"ü nal"@a.test', { utf8: true }), { local: 'ü nal', domain: 'a.test' });
  for (const text of ['a\u0085b@a.test', 'a\u2028b@a.test', 'a\ud800b@a.test', '"a\u009fb"@a.test']) {
    assert.equal(parseAddress(text, { utf8: true }), undefined, JSON.stringify(text));
  }
});

test('[5321-4.1.2-quote-only-when-needed] an address is written without quotes where it can be', () => {
  const table: readonly (readonly [Address, string])[] = [
    [{ local: 'alice', domain: 'a.test' }, 'alice@a.test'],
    [{ local: 'a b', domain: 'a.test' }, '"a b"@a.test'],
    [{ local: 'a"\\b', domain: 'a.test' }, '"a\\"\\\\b"@a.test'],
    [{ local: '', domain: 'a.test' }, '""@a.test'],
    [{ local: 'a.', domain: 'a.test' }, '"a."@a.test'],
    [{ local: 'ü', domain: '[192.0.2.1]' }, 'ü@[192.0.2.1]'],
    [{ local: 'postmaster', domain: '' }, 'postmaster'],
  ];
  for (const [address, text] of table) assert.equal(formatAddress(address), text);
});

test('a mailbox is found inside a longer text, and where it ends', () => {
  const table: readonly (readonly [string, number, number | undefined])[] = [
    ['<alice@a.test> SIZE=1', 1, 13],
    ['<"a>b @c"@a.test>', 1, 16],
    ['<alice@[192.0.2.1]>', 1, 18],
    ['<alice@a.test.>', 1, undefined],
    ['<@a.test>', 1, undefined],
    ['', 0, undefined],
    ['x', 5, undefined],
  ];
  for (const [text, start, end] of table) assert.equal(scanAddress(text, start)?.end, end, text);
});

test('our own local parts compare without regard to letter case and to how accents are composed', () => {
  assert.equal(canonicalLocal('ÜNAL'), canonicalLocal('u\u0308nal'));
  assert.equal(canonicalLocal('Bob+Lists.2'), 'bob+lists.2');
  assert.ok(sameAddress({ local: 'Alice', domain: 'a.test' }, { local: 'aLICE', domain: 'a.test' }));
  assert.ok(!sameAddress({ local: 'alice', domain: 'a.test' }, { local: 'alice', domain: 'b.test' }));
});

test('a local part that was made canonical stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (local) => {
      assert.equal(canonicalLocal(canonicalLocal(local)), canonicalLocal(local));
    }),
    { numRuns: 1000 },
  );
});

const domainText = fc.constantFrom('a.test', 'b.example', 'xn--bcher-kva.test', '[192.0.2.1]', '[IPv6:::1]');

test('what is formatted is parsed back to the same address, whatever the local part holds', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20, unit: anyCharacter }), domainText, (local, domain) => {
      const address = { local, domain };
      const back = parseAddress(formatAddress(address), { utf8: true });
      const writable = !/[\p{Cc}\u2028\u2029]/u.test(local) && local.isWellFormed() && Buffer.byteLength(local) <= 64;
      assert.deepEqual(back, writable ? address : undefined);
    }),
  );
});

test('no text makes the parser throw, and what it takes it takes in one spelling', () => {
  const piece = fc.constantFrom('a', '"', '\\', '@', '.', ' ', '[', ']', 'ü', '1', ':', 'IPv6:', '<', '>', '\0', '-');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), fc.boolean(), (pieces, utf8) => {
      const address = parseAddress(pieces.join(''), { utf8 });
      if (address === undefined) return;
      assert.deepEqual(parseAddress(formatAddress(address), { utf8 }), address);
      assert.deepEqual(scanAddress(pieces.join(''), 0, { utf8 })?.address, address);
    }),
    { numRuns: 1000 },
  );
});
