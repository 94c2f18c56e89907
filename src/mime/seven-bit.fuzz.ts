/** Messages of every shape, and real ones, made 7-bit; mailparser says whether they still hold the same. FUZZ_RUNS says how many. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { planSevenBit } from './seven-bit.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);
/** Reading each message twice with mailparser takes most of the time. */
const treeRuns = Math.ceil(numRuns / 8);

async function* pieces(octets: Buffer, size = 16_384): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length; at += size) yield await Promise.resolve(octets.subarray(at, at + size));
}

/** Undefined: it can't be converted. */
async function sevenBit(octets: Buffer, size?: number, longLines = false): Promise<Buffer | undefined> {
  const plan = await planSevenBit(pieces(octets, size), { longLines });
  if (plan.kind === 'impossible') return undefined;
  if (plan.kind === 'as-is') return octets;
  const out: Buffer[] = [];
  for await (const piece of plan.render(pieces(octets, size))) out.push(piece);
  return Buffer.concat(out);
}

/** What a reader gets of a message: texts and attachments, decoded. */
/** Without the last line end of a text: this reader leaves it out where the text isn't encoded. */
function told({ text, html, subject, attachments }: ParsedMail): unknown {
  const parts = attachments.map(({ contentType, filename, content }) => ({ contentType, filename, content }));
  return { text: text?.trimEnd(), html: html === false ? html : html?.trimEnd(), subject, parts };
}

const LINES = ['', 'plain', 'ü', '日本語', '\xa0'.repeat(30), ' blank before', 'blank after ', 'tab\t', '=41', 'a=', '.', '..', '--', '--b', '--b0', '--b0--', '--b1 ', 'From x', '-- ', 'x'.repeat(76), 'é'.repeat(40), 'y'.repeat(1200), '- ü', '\x01\x7f']; // prettier-ignore
const text = fc
  .array(fc.constantFrom(...LINES), { maxLength: 8, size: 'max' })
  .map((lines) => lines.map((line) => `${line.replace(/^--b(\d)/, '--B$1')}\r\n`).join(''));

const leaf = fc
  .record({
    type: fc.constantFrom('text/plain; charset=utf-8', 'text/html; charset=utf-8', 'application/octet-stream', 'image/png'),
    label: fc.constantFrom('', '7bit', '8bit', 'Binary'),
    text,
  })
  .map(({ type, label, text: body }) => [
    `Content-Type: ${type}`,
    'Content-Disposition: attachment; filename=x',
    ...(label === '' ? [] : [`Content-Transfer-Encoding: ${label}`]),
    '',
    body,
  ]); // prettier-ignore

/** Lines of an entity: `depth` makes its boundary its own. */
function tree(depth: number): fc.Arbitrary<readonly string[]> {
  if (depth === 3) return leaf;
  const boundary = `b${depth}`;
  const multipart = fc
    .record({
      type: fc.constantFrom('mixed', 'alternative', 'related', 'x-unknown'),
      label: fc.constantFrom('', '7bit', '8bit'),
      preamble: fc.constantFrom('', 'preamble', 'präambel'),
      parts: fc.array(tree(depth + 1), { minLength: 1, maxLength: 3 }),
    })
    .map(({ type, label, preamble, parts }) => [
      `Content-Type: multipart/${type}; boundary=${boundary}`,
      ...(label === '' ? [] : [`Content-Transfer-Encoding: ${label}`]),
      '',
      preamble,
      ...parts.flatMap((part) => [`--${boundary}`, ...part]),
      `--${boundary}--`,
      '',
    ]);
  return fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 3, arbitrary: multipart });
}

const message = tree(0).map((lines) =>
  Buffer.from(['From: a@a.test', 'Subject: s', 'MIME-Version: 1.0', ...lines].join('\r\n')),
);

function assertSevenBit(octets: Buffer, longest: number): void {
  for (const line of octets.toString('latin1').split('\r\n')) {
    assert.match(line, /^[^\r\n\x80-\xff]*$/);
    assert.ok(line.length <= longest, `${line.length} octets`);
  }
}

test('[6152-3-client-reencode] any message becomes 7-bit, and a reader gets the same of it', async () => {
  let encoded = 0;
  await fc.assert(
    fc.asyncProperty(message, fc.integer({ min: 1, max: 40 }), async (original, size) => {
      const out = await sevenBit(original, undefined, true);
      assert.ok(out !== undefined);
      assertSevenBit(out, 998);
      assert.deepEqual(told(await simpleParser(out)), told(await simpleParser(original)));
      assert.ok(out.equals((await sevenBit(original, size, true)) as Buffer), 'the pieces it comes in change it');
      assert.ok(out.equals((await sevenBit(out, undefined, true)) as Buffer), 'a second time changes it');
      if (!out.equals(original)) encoded += 1;
    }),
    { numRuns: treeRuns },
  );
  assert.ok(encoded > treeRuns / 4, `only ${encoded} had to be encoded`);
});

const NOISE = ['Content-Type: multipart/mixed; boundary=b', 'Content-Type: message/rfc822', 'Content-Type: multipart/signed; boundary=b', 'Content-Transfer-Encoding: quoted-printable', 'Content-Transfer-Encoding: 8bit', 'Subject: ü', '\xff', '--b', '--b--', '--', '', '', '', 'ü', '\r', '\n', ' ', 'MIME-Version: 1.0', ';', 'boundary="']; // prettier-ignore

test('[6152-3-client-reencode] octets of no sense come out as 7 bits or not at all, in any pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...NOISE), { maxLength: 30, size: 'max' }),
      fc.integer({ min: 1, max: 9 }),
      async (lines, size) => {
        const original = Buffer.from(lines.join('\r\n'), 'latin1');
        const out = await sevenBit(original);
        assert.deepEqual(await sevenBit(original, size), out);
        if (out === undefined || out.equals(original)) return;
        assertSevenBit(out, Number.POSITIVE_INFINITY);
        assert.ok(out.equals((await sevenBit(out)) as Buffer), 'a second time changes it');
      },
    ),
    { numRuns },
  );
});

const CORPUS = globSync(new URL('../../test/corpus/eml/*.eml', import.meta.url).pathname);

test('[6152-3-client-reencode] real messages: a reader gets the same of them', async () => {
  let encoded = 0;
  for (const file of CORPUS) {
    const original = Buffer.from(readFileSync(file, 'latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
    const out = await sevenBit(original);
    if (out === undefined || out.equals(original)) continue;
    encoded += 1;
    assertSevenBit(out, Number.POSITIVE_INFINITY);
    assert.deepEqual(told(await simpleParser(out)), told(await simpleParser(original)), file);
  }
  assert.ok(CORPUS.length > 20 && encoded > 2, `${encoded} of ${CORPUS.length}`);
});
