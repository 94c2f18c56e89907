/** Any octets at all as a header section: what comes out is ASCII, of as many fields, and final. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { downgradeHeader, isAsciiOnly } from './downgrade.ts';
import { parseHeaderSection } from '../mail/index.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

const NAMES = ['From: ', 'To:', 'Return-Path: <', 'Delivered-To: ', 'Message-ID: ', 'Content-Type: a/b; ', 'Content-Disposition: x;', 'Received: ', 'Subject: ', 'X : ', '', ' ', 'Ü: ']; // prettier-ignore
const PIECES = ['a', '@', '.', ' ', '\t', '"', '\\', '(', ')', '<', '>', ',', ':', ';', '=', '?', '*', '%', '\r', '\r\n ', '\n\t', '\0', 'ü', 'u\u0308', '😀', '\ud800', '\u2028', '\u0085', '\ufeff', ' for ', 'b.test', 'xn--', '=?utf-8?Q?', '=C3', '?=', "utf-8''", 'name*0*']; // prettier-ignore
const line = fc
  .tuple(fc.constantFrom(...NAMES), fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }))
  .map(([name, pieces]) => name + pieces.join(''));
const section = fc.oneof(
  { weight: 9, arbitrary: fc.array(line, { maxLength: 6 }).map((lines) => Buffer.from(lines.join('\r\n'))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)) },
);

test('[6857-3.2.9-anything] any header becomes ASCII, keeps its number of fields, and stays so', () => {
  fc.assert(
    fc.property(section, (input) => {
      const once = downgradeHeader(input);
      assert.ok(isAsciiOnly(once));
      assert.deepEqual(downgradeHeader(once), once);
      assert.deepEqual(downgradeHeader(input), once);
      assert.equal(parseHeaderSection(once).length, parseHeaderSection(input).length);
      if (isAsciiOnly(input)) assert.deepEqual(once, input);
    }),
    { numRuns: numRuns * 10 },
  );
});
