import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatCapability,
  formatDropListing,
  formatScanListing,
  formatUniqueIdListing,
  parseCapability,
  parseDropListing,
  parseScanListing,
  parseUniqueIdListing,
} from './listing.ts';

const natural = fc.nat(1_000_000_000);
const number = fc.integer({ min: 1, max: 1_000_000_000 });

test('[1939-5-stat] parse(format(x)) is x for drop, scan and unique-id listings and capabilities', () => {
  const word = fc.stringMatching(/^[!-~]{1,20}$/);
  fc.assert(
    fc.property(natural, natural, number, fc.stringMatching(/^[!-~]{1,70}$/), (count, octets, n, uidl) => {
      assert.deepEqual(parseDropListing(formatDropListing({ count, octets })), { count, octets });
      assert.deepEqual(parseScanListing(formatScanListing({ number: n, octets })), { number: n, octets });
      assert.deepEqual(parseUniqueIdListing(formatUniqueIdListing({ number: n, uidl })), { number: n, uidl });
    }),
  );
  fc.assert(
    fc.property(word, fc.array(word), (name, parameters) => {
      const capability = { name: name.toUpperCase(), parameters };
      assert.deepEqual(parseCapability(formatCapability(capability)), capability);
    }),
  );
});

test('further words after what is needed are passed over (RFC 1939 §5)', () => {
  assert.deepEqual(parseDropListing('2 320 octets'), { count: 2, octets: 320 });
  assert.deepEqual(parseScanListing('2 200 some more'), { number: 2, octets: 200 });
  assert.deepEqual(parseUniqueIdListing('2  abc more'), { number: 2, uidl: 'abc' });
  assert.deepEqual(parseCapability('sasl  PLAIN LOGIN '), { name: 'SASL', parameters: ['PLAIN', 'LOGIN'] });
});

test('what is no listing is not understood', () => {
  for (const text of ['', '2', 'a b', '-1 2', '1 x', '2 ', ' 2 3', `${'9'.repeat(20)} 1`]) {
    assert.equal(parseDropListing(text), undefined, text);
    assert.equal(parseScanListing(text), undefined, text);
  }
  for (const text of ['', '1', '0 abc', '1 ', 'x abc', `1 ${'u'.repeat(257)}`, '1 \x01']) {
    assert.equal(parseUniqueIdListing(text), undefined, text);
  }
  assert.equal(parseScanListing('0 120'), undefined);
  assert.equal(parseCapability('  '), undefined);
});
