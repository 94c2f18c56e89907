/** Any octets at all as a message: the tree is the same for any cuts, its parts lie within each other, and what is stored of it is it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bodyLists, BodyTextReader, decodeTransfer, packTree, TreeReader, unpackTree } from './index.ts';
import type { Part, ReadTree } from './index.ts';
import { Base64Encoder, encodeQuotedPrintable } from './transfer-encoding.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

const FIELDS = ['Content-Type: multipart/mixed; boundary=a', 'Content-Type: multipart/alternative; boundary="b"', 'Content-Type: multipart/related', 'Content-Type: message/rfc822', 'Content-Type: text/html; charset=utf-7', 'Content-Type: image/png; name="=?utf-8?Q?=C3=BC?="', 'Content-Transfer-Encoding: base64', 'Content-Transfer-Encoding: quoted-printable', 'Content-Transfer-Encoding: x-uuencode', "Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%BC", 'Content-ID: <a@b>', 'Content-Language: de']; // prettier-ignore
const PIECES = ['a', 'YWJj', '=', '=3D', '=\r\n', 'begin 644 x', '#86)C', 'end', '<', '>', '(', '"', '\\', ';', ' ', '\t', ':', '\r', '\0', 'ü', '\xfc', '--']; // prettier-ignore
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...FIELDS) },
  { weight: 3, arbitrary: fc.constantFrom('--a', '--b', '--a--', '--b--') },
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((pieces) => pieces.join('')) },
);
const part = fc
  .tuple(fc.constantFrom('--a', '--b'), fc.constantFrom(...FIELDS), fc.constantFrom(...FIELDS), fc.constant(''), line)
  .map((lines) => lines.join('\r\n'));
const message = fc
  .array(fc.tuple(fc.oneof(part, part, line), fc.constantFrom('\r\n', '\r\n', '\n', '')), {
    maxLength: 12,
    size: 'max',
  })
  .map((lines) => Buffer.from(`Content-Type: multipart/x; boundary=a\r\n\r\n${lines.flat().join('')}`, 'latin1'));

function read(content: Buffer, cuts: readonly number[]): ReadTree {
  const reader = new TreeReader();
  let n = 0;
  for (let at = 0; at < content.length; n++) {
    const end = at + (cuts[n % cuts.length] as number);
    const lent = Buffer.from(content.subarray(at, end));
    reader.write(lent);
    lent.fill(0x2d);
    at = end;
  }
  return reader.end();
}

function rangesHold(part: Part, from: number, to: number): void {
  assert.ok(part.headerAt >= from && part.headerAt + part.headerLength <= part.bodyAt);
  assert.ok(part.bodyLength >= 0 && part.bodyAt + part.bodyLength <= to);
  let at = part.bodyAt;
  for (const one of part.subParts ?? []) {
    rangesHold(one, at, part.bodyAt + part.bodyLength);
    at = one.bodyAt + one.bodyLength;
  }
}

function leaves(part: Part): readonly Part[] {
  return part.subParts === undefined ? [part] : part.subParts.flatMap(leaves);
}

test('the tree is the same for any cuts, whole in its ranges, and stored it is itself', () => {
  let several = 0;
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(message, cuts, (content, sizes) => {
      const tree = read(content, [content.length]);
      const { root, troubles } = read(content, sizes);
      assert.deepEqual({ root, troubles }, { root: tree.root, troubles: tree.troubles });
      rangesHold(root, 0, content.length);
      for (const { encoding, bodyAt, bodyLength, size, trouble } of leaves(root)) {
        const { octets, isProblem } = decodeTransfer(content.subarray(bodyAt, bodyAt + bodyLength), encoding);
        assert.equal(octets.length, size);
        if (trouble === undefined || trouble === 'encoding') assert.equal(isProblem, trouble === 'encoding');
      }
      assert.deepEqual(unpackTree(packTree(tree)), { root, troubles });
      const { textBody, htmlBody, attachments } = bodyLists(root);
      const listed = new Set([...textBody, ...htmlBody, ...attachments]);
      assert.ok([...listed].every((one) => leaves(root).includes(one)));
      if (listed.size > 1) several++;
    }),
    { numRuns: numRuns * 10 },
  );
  assert.ok(several > numRuns, `only ${several} had several parts`);
});

test('what we encode decodes to the same octets, for any cuts', () => {
  const cut = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), cut, (array, size) => {
      const octets = Buffer.from(array);
      const encoder = new Base64Encoder();
      const base64 = Buffer.concat([encoder.push(octets), encoder.end()]);
      assert.deepEqual(decodeTransfer(base64, 'base64'), { octets, isProblem: false });
      const reader = new BodyTextReader({ type: 'text/plain', charset: 'iso-8859-1', encoding: 'base64' });
      for (let at = 0; at < base64.length; at += size) reader.write(base64.subarray(at, at + size));
      assert.equal(reader.end().isEncodingProblem, false);
    }),
    { numRuns },
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', ' ', '\t', '=', '\r\n', 'ü', '--', 'x'.repeat(80))), (pieces) => {
      const text = pieces.join('');
      const { octets, isProblem } = decodeTransfer(Buffer.from(encodeQuotedPrintable(text)), 'quoted-printable');
      assert.deepEqual([octets.toString(), isProblem], [text, false]);
    }),
    { numRuns },
  );
});

test('any octets in any encoding and charset are some text', () => {
  const encoding = fc.constantFrom('7bit', 'base64', 'quoted-printable', 'x-uuencode', 'x-other');
  const charset = fc.constantFrom(
    'utf-8',
    'us-ascii',
    'utf-7',
    'utf-16',
    'iso-2022-jp',
    'gb18030',
    'koi8-r',
    'cp437',
    'x',
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), encoding, charset, fc.integer({ min: 0, max: 99 }), (...given) => {
      const [octets, transfer, label, most] = given;
      const reader = new BodyTextReader({ type: 'text/html', charset: label, encoding: transfer }, most);
      reader.write(Buffer.from(octets));
      const { value } = reader.end();
      assert.ok(Buffer.byteLength(value) <= most && value.isWellFormed() && !/[\r\0]/.test(value));
    }),
    { numRuns: numRuns * 5 },
  );
});
