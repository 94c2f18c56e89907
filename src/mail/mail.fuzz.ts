/** Long runs of hostile octets through everything that reads or writes mail; FUZZ_RUNS says how many. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress, parseAddress, scanAddress } from './address.ts';
import { fieldValue, HeaderScanner, parseHeaderSection } from './header.ts';
import { parseMailboxes } from './mailboxes.ts';
import { formatReceived } from './received.ts';
import { decodeHeaderText, encodeHeaderText } from './words.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

const PIECES = ['a', 'B', '1', '@', '.', '-', ' ', '\t', '"', '\\', '(', ')', '<', '>', ',', ':', ';', '[', ']', '=', '?', '+', '%', '!', '\r', '\n', '\r\n', '\0', '\x7f', 'ü', 'u\u0308', '😀', '\ud800', '\u2028', '\u0085', 'xn--', 'IPv6:', '=?utf-8?Q?', '?=', 'From:', 'Bcc:']; // prettier-ignore
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 30, size: 'max' }).map((pieces) => pieces.join(''));

/** Mostly the shape of an address, so that a good part of them are. */
const local = fc.oneof(
  text,
  text.map((input) => `"${input.replace(/["\\]/g, '\\$&')}"`),
);
const domain = fc.oneof(text, fc.constantFrom('a.test', '[192.0.2.1]', '[IPv6:::1]', 'bücher.test', 'A.TEST'));
const addressLike = fc.oneof(
  text,
  fc.tuple(local, domain).map((parts) => parts.join('@')),
);

test('addresses: never a throw, one spelling, and no line end in it', () => {
  let understood = 0;
  fc.assert(
    fc.property(addressLike, fc.boolean(), (input, utf8) => {
      const address = parseAddress(input, { utf8 });
      scanAddress(input, 0, { utf8 });
      if (address === undefined) return;
      understood++;
      const formatted = formatAddress(address);
      assert.deepEqual(parseAddress(formatted, { utf8 }), address);
      assert.doesNotMatch(formatted, /[\p{Cc}\u2028\u2029]/u);
      assert.deepEqual(parseMailboxes(`x <${formatted}>`).mailboxes[0]?.address, address);
    }),
    { numRuns: numRuns * 10 },
  );
  assert.ok(understood > numRuns / 10, `only ${understood} were addresses`);
});

/** The header section found the slow way: line by line, in the whole. */
function slowHeader(content: string): string {
  let header = '';
  for (const line of content.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    if (line === '\n' || line === '\r\n') return header;
    header += line;
  }
  return header;
}

test('the header scanner agrees with a slow reference for any cuts', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (inputs) => {
      const chunks = inputs.map((input) => Buffer.from(input));
      const scanner = new HeaderScanner();
      const rest = Buffer.concat(chunks.map((chunk) => scanner.write(chunk)));
      const all = Buffer.concat(chunks);
      assert.equal(scanner.bytes.toString('latin1'), slowHeader(all.toString('latin1')));
      assert.ok(Buffer.concat([scanner.bytes, rest]).equals(all));
      for (const field of scanner.fields) assert.doesNotMatch(fieldValue(field), /[\r\n]/);
    }),
    { numRuns: numRuns * 5 },
  );
});

test('what others say breaks no Received field', () => {
  fc.assert(
    fc.property(text, text, text, (helo, reverseName, id) => {
      const received = formatReceived({
        client: { helo, ip: '192.0.2.1', reverseName },
        by: 'mx.a.test',
        with: 'ESMTP',
        id,
        at: 0,
      });
      assert.equal(parseHeaderSection(received).length, 1);
    }),
    { numRuns },
  );
});

test('header text is one field, and reading any never throws', () => {
  fc.assert(
    fc.property(text, (input) => {
      assert.equal(parseHeaderSection(Buffer.from(`Subject: ${encodeHeaderText(input, 9)}\r\n`)).length, 1);
      assert.equal(typeof decodeHeaderText(input), 'string');
      assert.equal(typeof parseMailboxes(input).whole, 'boolean');
    }),
    { numRuns: numRuns * 10 },
  );
});
