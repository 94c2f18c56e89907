import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress } from './address.ts';
import { parseMailboxes } from './mailboxes.ts';

const GOOD: readonly (readonly [value: string, ...addresses: string[]])[] = [
  ['a@a.test', 'a@a.test'],
  ['Alice <a@a.test>', 'a@a.test'],
  ['"Alice, of A" <a@a.test>, b@b.test', 'a@a.test', 'b@b.test'],
  ['John Q. Public <j@a.test>', 'j@a.test'],
  ['=?utf-8?Q?=C3=9Cnal?= <u@a.test>', 'u@a.test'],
  ['"<own@a.test>" <other@b.test>', 'other@b.test'],
  ['a@a.test (Alice (who else?) \\) )', 'a@a.test'],
  ['(x) a (y) @ (z) a.test', 'a@a.test'],
  ['a . b @ a . test', 'a.b@a.test'],
  ['"a b"@a.test', '"a b"@a.test'],
  ['Friends: a@a.test, B <b@b.test>;, c@c.test', 'a@a.test', 'b@b.test', 'c@c.test'],
  ['undisclosed-recipients:;'],
  ['<@r.test,@s.test:a@a.test>', 'a@a.test'],
  ['a@[192.0.2.1]', 'a@[192.0.2.1]'],
  ['ü@bücher.test', 'ü@xn--bcher-kva.test'],
  [', ,a@a.test,,', 'a@a.test'],
  [''],
];

const BAD: readonly string[] = [
  'a', 'a b@a.test', 'a@b@a.test', 'a@', '@a.test', '<>', '<a@a.test', 'a@a.test>', '<a@a.test> b', '<a@a.test><b@b.test>', 'own@a.test <x@b.test>',
  'a@a.test b@b.test', '"a', '(a', 'a)', '[x', 'a@a.test; b@b.test', 'a:b:c@a.test;', 'a@a.test: b@b.test;', '"a." b@a.test', '"" a@a.test', 'a\\b@a.test', 'a\0@a.test',
]; // prettier-ignore

test('[5322-3.4-address-list] the addresses of a field are found, whatever stands around them', () => {
  for (const [value, ...addresses] of GOOD) {
    const list = parseMailboxes(value);
    assert.deepEqual(list.mailboxes.map((mailbox) => formatAddress(mailbox.address)), addresses, value); // prettier-ignore
    assert.equal(list.whole, true, value);
  }
});

test('what could not be understood is told', () => {
  for (const value of BAD) assert.equal(parseMailboxes(value).whole, false, value);
});

test('display names are kept without their quotes', () => {
  assert.equal(parseMailboxes('"Q, \\"x\\"" <a@a.test>').mailboxes[0]?.name, 'Q, "x"');
  assert.equal(parseMailboxes('a@a.test').mailboxes[0]?.name, undefined);
});

test('hostile fields cost linear time', () => {
  for (const text of ['(', '"\\', '"', '[', 'a,', 'a ', '<', '((a)', ':', 'a@', '\\', ' '])
    parseMailboxes(text.repeat(60_000));
});

test('no value makes the parser throw', () => {
  const piece = fc.constantFrom(
    'a',
    'b@a.test',
    '@',
    '.',
    ' ',
    '"',
    '\\',
    '(',
    ')',
    '<',
    '>',
    ',',
    ':',
    ';',
    '[',
    ']',
    'ü',
    '\0',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const list = parseMailboxes(pieces.join(''));
      assert.ok(Array.isArray(list.mailboxes));
    }),
    { numRuns: 1000 },
  );
});

test('a formatted address is found again in a field', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{1,20}$/), fc.stringMatching(/^[ -~]{0,20}$/), (local, name) => {
      const address = { local, domain: 'a.test' };
      const quoted = `"${name.replace(/["\\]/g, '\\$&')}"`;
      const list = parseMailboxes(`${quoted} <${formatAddress(address)}>, x@x.test`);
      assert.equal(list.whole, true);
      assert.deepEqual(list.mailboxes[0]?.address, address);
      assert.equal(list.mailboxes.length, 2);
    }),
  );
});
