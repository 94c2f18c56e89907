import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { domainToUnicode, ipOfLiteral, literalOf, parseAddressLiteral, parseDomain } from './domain.ts';

test('[5321-4.1.2-domain] domains become lower-case A-labels', () => {
  const table: readonly (readonly [string, string])[] = [
    ['a.test', 'a.test'],
    ['A.TEST', 'a.test'],
    ['localhost', 'localhost'],
    ['3com.example', '3com.example'],
    ['a--b.example', 'a--b.example'],
    ['xn--BCHER-kva.example', 'xn--bcher-kva.example'],
    ['Bücher.example', 'xn--bcher-kva.example'],
    ['bu\u0308cher.example', 'xn--bcher-kva.example'],
    ['faß.example', 'xn--fa-hia.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    [`${'a'.repeat(63)}.test`, `${'a'.repeat(63)}.test`],
  ];
  for (const [text, domain] of table) assert.equal(parseDomain(text, { utf8: true }), domain, text);
});

test('[5321-4.1.2-domain] what is no domain is refused', () => {
  const bad = [
    '', '.', 'a.', '.a', 'a..b', '-a.test', 'a-.test', 'a_b.test', 'a b.test', 'a@b', 'a/b', 'a%62.test', 'a:25', '[a]', 'a\u0000b.test', 'a\n.test',
    '192.0.2.1', '127.1', '1', 'a.123', `${'a'.repeat(64)}.test`, `${'a.'.repeat(130)}test`, 'ü'.repeat(60), 'ａ.test', 'a。test', 'a\u00ad.test',
    'ü%2e.test', 'ü/.test', 'ü?.test', 'ü#x', 'a\u200db.test', '\ud800.test', '٣.test',
  ]; // prettier-ignore
  for (const text of bad) assert.equal(parseDomain(text, { utf8: true }), undefined, JSON.stringify(text));
});

test('[6531-3.3-utf8-domain] a domain in UTF-8 is refused where UTF-8 is not allowed', () => {
  assert.equal(parseDomain('bücher.example'), undefined);
  assert.equal(parseDomain('xn--bcher-kva.example'), 'xn--bcher-kva.example');
});

test('[5321-4.1.3-literal] address literals have one canonical form', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['[192.0.2.1]', '[192.0.2.1]'],
    ['[192.000.002.001]', '[192.0.2.1]'],
    ['[IPv6:2001:0DB8:0:0:0:0:0:1]', '[IPv6:2001:db8::1]'],
    ['[ipv6:::1]', '[IPv6:::1]'],
    ['[IPv6:::]', '[IPv6:::]'],
    ['[IPv6:1:2:3:4:5:6::]', '[IPv6:1:2:3:4:5:6::]'],
    ['[IPv6:1:2:3:4:5:6:7:8]', '[IPv6:1:2:3:4:5:6:7:8]'],
    ['[IPv6:::ffff:192.0.2.1]', '[IPv6:::ffff:c000:201]'],
    ['[IPv6:1:2:3:4:5:6:7::]', undefined],
    ['[IPv6:::2:3:4:5:6:7:8]', undefined],
    ['[IPv6:fe80::1%eth0]', undefined],
    ['[2001:db8::1]', undefined],
    ['[192.0.2]', undefined],
    ['[192.0.2.256]', undefined],
    ['[0xc0.0.2.1]', undefined],
    ['[192.0.2.1', undefined],
    ['192.0.2.1', undefined],
    ['[]', undefined],
    ['[tag:text]', undefined],
    ['[192.0.2.1]]', undefined],
    [`[IPv6:${'0'.repeat(5000)}]`, undefined],
  ];
  for (const [text, literal] of table) assert.equal(parseAddressLiteral(text), literal, text.slice(0, 60));
});

test('an IP address and its literal are turned into each other', () => {
  for (const ip of ['192.0.2.1', '2001:db8::1', '::1']) assert.equal(ipOfLiteral(literalOf(ip) as string), ip);
  assert.equal(literalOf('nonsense'), undefined);
  assert.equal(literalOf('1::2%eth0'), undefined);
  assert.equal(ipOfLiteral('a.test'), undefined);
});

test('people see U-labels, but only of names that read back as the same name', () => {
  assert.equal(domainToUnicode('xn--bcher-kva.example'), 'bücher.example');
  assert.equal(domainToUnicode('a.test'), 'a.test');
  assert.equal(domainToUnicode('[IPv6:::1]'), '[IPv6:::1]');
  assert.equal(domainToUnicode('xn--zzzzzz.test'), 'xn--zzzzzz.test');
});

test('a domain that was understood is understood again as itself', () => {
  const piece = fc.constantFrom(
    'a',
    'Z',
    '1',
    '-',
    '.',
    'ü',
    'ß',
    'xn--',
    '例',
    '\u0308',
    '%',
    'é',
    'İ',
    'ﬁ',
    '。',
    'Σ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const domain = parseDomain(pieces.join(''), { utf8: true });
      if (domain === undefined) return;
      assert.equal(parseDomain(domain), domain);
      assert.equal(parseDomain(domainToUnicode(domain), { utf8: true }), domain);
    }),
    { numRuns: 1000 },
  );
});
