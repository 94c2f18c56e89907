/** Any message at all: its form has the octets that are said, ASCII in every header, and no other form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EntityWalker, isAsciiOnly } from '../mime/index.ts';
import { popOctetsOf } from '../store/index.ts';
import type { Downgraded } from '../store/index.ts';
import { DowngradedForm } from './downgraded.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

const LINES = ['--a', '--b', '--a--', '--b--', '', '', 'Content-Type: multipart/mixed; boundary=a', 'Content-Type: multipart/x; x="ü"; boundary="b"', 'Content-Type: message/global', 'content-type : Message/Global; x=ü', 'Content-Type: message/global-headers', 'Content-Transfer-Encoding: 7bit', 'Content-Transfer-Encoding: base64', 'Subject: ü', 'From: ü <ü@ü.test>', 'Content-Disposition: attachment; filename="ü"', 'Content-ID: <ü>', 'A: b', 'ü', ' ü', '\tx', 'x\ry', '\r', ':']; // prettier-ignore
const message = fc
  .array(fc.tuple(fc.constantFrom(...LINES), fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n', '')), {
    maxLength: 40,
    size: 'max',
  })
  .map((lines) => Buffer.from(lines.flat().join('')));

function formOf(content: Buffer): Downgraded | undefined {
  const form = new DowngradedForm();
  form.write(content);
  return form.finish({ prefix: Buffer.from('Received: ü\r\n'), content: { popOctets: popOctetsOf(content) } })
    .downgraded;
}

function sections(content: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  const walker = new EntityWalker({
    header: ({ octets }) => {
      if (octets.length > 0) found.push(octets);
    },
  });
  walker.write(content);
  walker.end();
  return found;
}

/** Found by the property below; kept, since few of its messages have such a boundary. */
const SEEN = [
  'Content-Type: multipart/mixed; boundary=aü\r\n\r\n--aü\r\n\tx\r\n',
  `Content-Type: multipart/mixed; boundary=${'ü'.repeat(40)}\r\n\r\n--${'ü'.repeat(40)}\r\nSubject: ü\r\n\r\nx`,
];

test('[6856-2.1-sizes] [6857-5-parts] the form of any message has its octets, the same structure, and ASCII headers', () => {
  let within = 0;
  fc.assert(
    fc.property(message, (content) => {
      const { prefix, patches, popOctets } = formOf(content) as Downgraded;
      const patched = patches.reduceRight(
        (whole, { at, replaces, with: instead }) =>
          Buffer.concat([whole.subarray(0, at), instead, whole.subarray(at + replaces)]),
        content,
      );
      assert.equal(popOctetsOf(Buffer.concat([prefix, patched])), popOctets);
      const [before, after] = [sections(content), sections(patched)];
      assert.equal(after.length, before.length);
      assert.ok(after.every(isAsciiOnly));
      assert.deepEqual(formOf(patched)?.patches, []);
      if (patches.some(({ at }) => at > 0)) within++;
    }),
    { numRuns: numRuns * 10, examples: SEEN.map((text) => [Buffer.from(text)]) },
  );
  assert.ok(within > numRuns / 10, `only ${within} had headers within`);
});
