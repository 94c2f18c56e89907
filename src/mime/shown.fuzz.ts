/** Any text at all as what people are shown: nothing throws, everything is well-formed, bounded, and on as many lines as it may be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress, parseHeaderSection, parseMailboxes, readAddresses } from '../mail/index.ts';
import {
  baseSubject,
  decodeFlowed,
  encodeFlowed,
  headerForm,
  htmlToText,
  previewOf,
  unflowed,
  wordsOf,
} from './index.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

const PIECES = ['a', 'B', '1', '@', '.', '-', ' ', '\t', '"', '\\', '(', ')', '<', '>', ',', ':', ';', '[', ']', '=?utf-8?Q?', '=?utf-8?B?w7w=?=', '?=', '=C3', '\r', '\n ', '\0', 'ü', 'u\u0308', '😀', '\ud800', '\u2028', 'Re: ', '(fwd)', '1 Jan 2000', '12:00', '+0100']; // prettier-ignore
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 30, size: 'max' }).map((pieces) => pieces.join(''));

test('header forms: never a throw, one line, well-formed', () => {
  fc.assert(
    fc.property(text, (value) => {
      const field = parseHeaderSection(Buffer.from(`X: ${value.replace(/\n(?! )/g, ' ')}\r\n`))[0]!;
      const forms = ['Text', 'Addresses', 'GroupedAddresses', 'MessageIds', 'Date', 'URLs'] as const;
      for (const form of forms) {
        const shown = JSON.stringify(headerForm(field, form));
        assert.ok(shown.isWellFormed() && !shown.includes('\\u0000'));
        if (form.endsWith('Addresses')) assert.doesNotMatch(shown, /\\[nr]/);
      }
      assert.equal(baseSubject(baseSubject(value)), baseSubject(value));
    }),
    { numRuns: numRuns * 10 },
  );
});

test('where a field is understood whole, what is shown are the same addresses', () => {
  let several = 0;
  const name = fc.constantFrom('', 'Joe ', '"q, \\" <x@y>" ', '(c) ', '=?utf-8?Q?=C3=BC?= ');
  const spec = fc.constantFrom('a@b.test', '"a b"@c.test', 'a.b@[192.0.2.1]', 'ü@b.test', 'x @ y.test', '"@"@a.test');
  const mailbox = fc.tuple(name, spec, fc.constantFrom('', ' (c)')).map(([n, s, c]) => (n.length > 4 || c === '' ? `${n}<${s}>` : `${s}${c}`)); // prettier-ignore
  const list = fc.array(mailbox, { maxLength: 5 }).map((all) => all.join(', '));
  fc.assert(
    fc.property(
      fc.oneof(
        list,
        list.map((all) => `Group: ${all};`),
        text,
      ),
      (value) => {
        const { mailboxes, whole } = parseMailboxes(value);
        if (!whole) return;
        const shown = readAddresses(value).map(({ email }) => parseMailboxes(`<${email}>`).mailboxes[0]?.address);
        // What is shown is NFC (RFC 8621 §4.1.2.2): to us a decomposed address is the same one.
        assert.deepEqual(
          shown.map((address) => formatAddress(address!).normalize('NFC')),
          mailboxes.map(({ address }) => formatAddress(address).normalize('NFC')),
        );
        if (mailboxes.length > 1) several++;
      },
    ),
    { numRuns: numRuns * 10 },
  );
  assert.ok(several > numRuns, `only ${several} had several addresses`);
});

const TAGS = ['<p>', '</p>', '<div hidden>', '</div>', '<ul>', '<li>', '</ul>', '<blockquote>', '</blockquote>', '<table><tr><td>', '</table>', '<a href="http://a.test">', '</a>', '<pre>', '<style>', '</style>', '<br>', '<img alt="x">', '&amp;', '&#0;', '&#xd800;', '<!--', '-->', '<', '> quote', '\n', 'On x wrote:\n', '-- \n', 'word ']; // prettier-ignore
const html = fc
  .array(fc.oneof(fc.constantFrom(...TAGS), text), { maxLength: 30, size: 'max' })
  .map((all) => all.join(''));

test('HTML and previews: bounded and well-formed, whatever is given', () => {
  fc.assert(
    fc.property(html, fc.boolean(), fc.nat(400), (input, isHtml, most) => {
      const plain = htmlToText(input, { most, forReading: isHtml });
      assert.ok(plain.length <= most && !plain.includes('\r'));
      const preview = previewOf([{ isHtml, text: input }]);
      assert.ok([...preview].length <= 256 && preview.isWellFormed() && !/[\r\n\t\0]/.test(preview));
      assert.ok(wordsOf([{ isHtml, text: input }], most).length <= most);
    }),
    { numRuns: numRuns * 5 },
  );
});

test('a text in format=flowed reads back, but for blanks at the ends of lines', () => {
  const words = fc.constantFrom('a', 'word', '>', '> ', ' ', '-- ', '\n', '\n', 'From ', '日本', 'x'.repeat(90), 'y'.repeat(2_000), 'a b c '.repeat(30)); // prettier-ignore
  fc.assert(
    fc.property(fc.array(words, { maxLength: 20, size: 'max' }), (all) => {
      const given = all.join('');
      const written = encodeFlowed(given);
      for (const line of written.split('\n')) assert.ok(Buffer.byteLength(line) <= 998);
      const again = unflowed(decodeFlowed(written, { delsp: true }));
      assert.equal(unflowed(decodeFlowed(encodeFlowed(`${again}\n`), { delsp: true })), again);
      const bare = (one: string): string => one.replace(/[ >]/g, '').replace(/\n+$/, '');
      assert.equal(bare(again), bare(given));
    }),
    { numRuns: numRuns * 5 },
  );
});
