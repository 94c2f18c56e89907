/** Whatever is to be written: it can't break out of where it stands, and reads back as what it was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHeaderSection } from '../mail/index.ts';
import { BodyTextReader, composeMessage, decodeTransfer, headerForm, TreeReader, writeField } from './index.ts';
import type { FieldToWrite, Part, PartToWrite } from './index.ts';

const numRuns = Math.max(100, Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 100) / 8));

const PIECES = ['a', 'B', '1', '@', '.', '-', ' ', '  ', '\t', '"', '\\', '(', ')', '<', '>', ',', ':', ';', '[', ']', '=?utf-8?Q?a?=', '=?', '?=', '\r', '\n', '\r\n', '\r\n ', '\n\n', '\0', '\x7f', 'ü', 'u\u0308', '日', '😀', '\ud800', '\u2028', '\u0085', 'Bcc: x@y.test', 'a@b.test', '--=_', 'x'.repeat(99), 'y'.repeat(999), ' '.repeat(600)]; // prettier-ignore
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 20, size: 'max' }).map((pieces) => pieces.join(''));
const address = fc.record({ name: fc.oneof(text, fc.constant(null)), email: fc.oneof(text, fc.constantFrom('a@b.test', '"a b"@c.test', 'ü@b.test')) }); // prettier-ignore
const addresses = fc.array(address, { maxLength: 5 });
const name = fc.oneof(fc.constantFrom('Subject', 'To', 'X-Own', 'Content-Type', 'content-disposition'), text);
const field: fc.Arbitrary<FieldToWrite> = fc.oneof(
  fc.record({ name, form: fc.constant('Raw' as const), value: text }),
  fc.record({ name, form: fc.constant('Text' as const), value: text }),
  fc.record({ name, form: fc.constant('Addresses' as const), value: addresses }),
  fc.record({ name, form: fc.constant('GroupedAddresses' as const), value: fc.array(fc.record({ name: fc.oneof(text, fc.constant(null)), addresses }), { maxLength: 3 }) }), // prettier-ignore
  fc.record({ name, form: fc.constant('MessageIds' as const), value: fc.array(text, { maxLength: 3 }) }),
  fc.record({ name, form: fc.constant('Date' as const), value: fc.oneof(text, fc.constant('2014-10-30T14:12:00+08:00')) }), // prettier-ignore
  fc.record({ name, form: fc.constant('URLs' as const), value: fc.array(text, { maxLength: 3 }) }),
);

test('[8621-4.6-injection] no value of any form ends its field', () => {
  let written = 0;
  fc.assert(
    fc.property(field, (given) => {
      const octets = writeField(given);
      if (octets === undefined || octets === '') return;
      written++;
      assert.ok(octets.endsWith('\r\n') && octets.isWellFormed());
      const lines = octets.slice(0, -2).split('\r\n');
      assert.ok(lines[0]?.startsWith(`${given.name}:`));
      for (const line of lines.slice(1)) assert.match(line, /^[ \t].*[^ \t]/);
      for (const line of lines) {
        assert.doesNotMatch(line, /[\r\n\0\u2028\u2029\u0085]/);
        assert.ok(Buffer.byteLength(line) <= 998, line);
      }
      assert.equal(parseHeaderSection(Buffer.from(octets)).length, 1);
    }),
    { numRuns: numRuns * 20 },
  );
  assert.ok(written > numRuns * 5, `only ${written} were written`);
});

/** What a value becomes on one line, whoever writes it. */
function line(value: string): string {
  return value
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

function reread(given: FieldToWrite): ReturnType<typeof parseHeaderSection>[number] {
  return parseHeaderSection(Buffer.from(writeField(given) ?? ''))[0]!;
}

test('texts and addresses read back as they were given', () => {
  fc.assert(
    fc.property(text, (value) => {
      assert.equal(headerForm(reread({ name: 'Subject', form: 'Text', value }), 'Text'), line(value).normalize('NFC'));
    }),
    { numRuns: numRuns * 10 },
  );
  const right = fc.record({ name: fc.oneof(text, fc.constant(null)), email: fc.constantFrom('a@b.test', '"a b"@c.test', 'ü@b.test', 'A.b@[192.0.2.1]') }); // prettier-ignore
  fc.assert(
    fc.property(fc.array(right, { minLength: 1, maxLength: 4 }), (value) => {
      const shown = headerForm(reread({ name: 'To', form: 'Addresses', value }), 'Addresses');
      assert.deepEqual(
        shown,
        value.map((one) => ({ name: line(one.name ?? '').normalize('NFC') || null, email: one.email })),
      );
    }),
    { numRuns: numRuns * 5 },
  );
});

test('what is no address stays one thing, however it looks', () => {
  fc.assert(
    fc.property(fc.array(address, { minLength: 1, maxLength: 4 }), (value) => {
      const shown = headerForm(reread({ name: 'To', form: 'Addresses', value }), 'Addresses');
      assert.equal(shown.length, value.length);
    }),
    { numRuns: numRuns * 5 },
  );
});

const content: fc.Arbitrary<PartToWrite['content']> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text: fc.array(fc.constantFrom(...PIECES, '=', '\r\n--=_0_'), { maxLength: 40, size: 'max' }).map((pieces) => pieces.join('')) }), // prettier-ignore
  fc.uint8Array({ maxLength: 200 }).map((octets) => ({ kind: 'octets' as const, source: sourceOf(octets) })),
);

interface KeptSource {
  readonly octets: Uint8Array;
  readonly size: number;
  read(): AsyncIterable<Uint8Array>;
}

function sourceOf(octets: Uint8Array): KeptSource {
  return {
    octets,
    size: octets.length,
    async *read() {
      await Promise.resolve();
      for (let at = 0; at < octets.length; at += 60) yield octets.subarray(at, at + 60);
    },
  };
}

const leaf = fc
  .record({ name: text, cid: fc.constantFrom('a@b', undefined), disposition: fc.constantFrom('inline', 'attachment', undefined), content, isHtml: fc.boolean() })
  .map(({ name: file, cid, disposition, content: inside, isHtml }): PartToWrite => ({
    type: inside.kind === 'text' ? (isHtml ? 'text/html' : 'text/plain') : isHtml ? 'image/png' : 'message/rfc822',
    name: file,
    ...(cid === undefined ? {} : { cid }),
    ...(disposition === undefined ? {} : { disposition }),
    content: inside,
  })); // prettier-ignore
const { tree } = fc.letrec<{ tree: PartToWrite }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ type: fc.constantFrom('multipart/mixed', 'multipart/alternative'), content: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }).map((parts) => ({ kind: 'parts' as const, parts })) }), // prettier-ignore
  ),
}));

function agrees(octets: Buffer, part: Part, given: PartToWrite): void {
  if (given.content.kind === 'parts') {
    const { parts } = given.content;
    assert.deepEqual([part.type, part.subParts?.length], [given.type, parts.length]);
    for (const [at, one] of parts.entries()) agrees(octets, part.subParts![at]!, one);
    return;
  }
  assert.deepEqual([part.name, part.cid, part.disposition], [line(given.name ?? '').slice(0, 1_000).toWellFormed() || undefined, given.cid, given.disposition]); // prettier-ignore
  const raw = octets.subarray(part.bodyAt, part.bodyAt + part.bodyLength);
  if (given.content.kind === 'text') {
    const reader = new BodyTextReader(part);
    reader.write(raw);
    const expected = given.content.text.toWellFormed().replace(/\r\n?/g, '\n').replaceAll('\0', '');
    assert.deepEqual(reader.end(), { value: expected, isEncodingProblem: false, isTruncated: false });
    return;
  }
  const { octets: source } = given.content.source as KeptSource;
  const decoded = decodeTransfer(raw, part.encoding);
  assert.equal(decoded.isProblem, false);
  const isPlain = part.type.startsWith('message/') && part.encoding !== 'base64';
  const expected = isPlain ? Buffer.from(source).toString('latin1').replace(/\r\n?|\n/g, '\r\n') : Buffer.from(source).toString('latin1'); // prettier-ignore
  assert.equal(decoded.octets.toString('latin1'), expected);
}

test('a message reads back as what was to be written, and is as long as was said', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (body) => {
      const message = await composeMessage({ fields: [], body, seed: 'fuzz' });
      assert.ok('chunks' in message);
      const octets = Buffer.concat(await Array.fromAsync(message.chunks()));
      assert.equal(octets.length, message.size);
      const reader = new TreeReader();
      reader.write(octets);
      agrees(octets, reader.end().root, body);
      assert.doesNotMatch(octets.toString('latin1'), /[^\r]\n|\r[^\n]|[^\r\n]{999}/);
      if (!message.is8bit) assert.doesNotMatch(octets.toString('latin1'), /[\x80-\xff]/);
    }),
    { numRuns: numRuns * 3 },
  );
});
