/** Any octets at all as a message: its header sections are those that a slow reading of the whole finds, for any cuts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHeaderSection } from '../mail/index.ts';
import { mediaTypeOf } from './media-type.ts';
import { PART_LIMITS, PartScanner } from './walker.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

interface Found {
  readonly at: number;
  readonly text: string;
}

interface Delimiter {
  readonly line: number;
  readonly level: number;
  readonly closes: boolean;
}

const MESSAGES = ['message/rfc822', 'message/global', 'message/global-headers', 'text/rfc822-headers'];

/** RFC 2046 as a grammar: an entity ends at a delimiter of any multipart around it. */
class SlowReading {
  readonly found: Found[] = [];
  readonly #lines: readonly string[];

  constructor(content: string) {
    this.#lines = content.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    this.#entity(0, [], 'text/plain');
  }

  /** Behind the entity that begins at `line`. */
  #entity(line: number, around: readonly string[], fallback: string): Delimiter | undefined {
    let end = line;
    while (end < this.#lines.length && this.#isOfHeader(end, around)) end++;
    const text = this.#lines.slice(line, end).join('');
    if (text !== '') this.found.push({ at: this.#lines.slice(0, line).join('').length, text });
    if (!/^\r?\n$/.test(this.#lines[end] ?? '')) return this.#delimiter(end, around);
    const type = mediaTypeOf(parseHeaderSection(Buffer.from(text, 'latin1'))) ?? { name: fallback };
    if (MESSAGES.includes(type.name)) return this.#entity(end + 1, around, 'text/plain');
    if (!type.name.startsWith('multipart/') || type.boundary === undefined || around.length === PART_LIMITS.depth)
      return this.#delimiter(end + 1, around);
    const inside = [...around, `--${type.boundary}`];
    let next = this.#delimiter(end + 1, inside);
    while (next?.level === around.length && !next.closes)
      next = this.#entity(next.line + 1, inside, type.name === 'multipart/digest' ? 'message/rfc822' : 'text/plain');
    return next?.level === around.length ? this.#delimiter(next.line + 1, around) : next;
  }

  #isOfHeader(line: number, around: readonly string[]): boolean {
    const text = this.#lines[line] as string;
    if (/^\r?\n$/.test(text) || this.#isDelimiter(line, around) !== undefined) return false;
    return (around.length === 0 && this.found.length === 0) || /^(?:[ \t]|[!-9;-~]+[ \t]*:)/.test(text);
  }

  /** The first delimiter from `line` on. */
  #delimiter(line: number, around: readonly string[]): Delimiter | undefined {
    for (let at = line; at < this.#lines.length; at++) {
      const delimiter = this.#isDelimiter(at, around);
      if (delimiter !== undefined) return delimiter;
    }
    return undefined;
  }

  #isDelimiter(line: number, around: readonly string[]): Delimiter | undefined {
    const text = (this.#lines[line] as string).replace(/[ \t\r\n]+$/, '');
    const level = around.findLastIndex((delimiter) => text === delimiter || text === `${delimiter}--`);
    return level < 0 ? undefined : { line, level, closes: text !== around[level] };
  }
}

function scan(chunks: readonly Buffer[]): readonly Found[] {
  const found: Found[] = [];
  const scanner = new PartScanner(({ at, octets }) => found.push({ at, text: octets.toString('latin1') }));
  for (const chunk of chunks) {
    const lent = Buffer.from(chunk);
    scanner.write(lent);
    lent.fill(0x2d);
  }
  scanner.end();
  return found;
}

const PIECES = ['--a', '--b', '--a--', '--b--', '--', '-', 'A: b', 'Ü: c', 'ü', ' ', '\t', ':', '\r', '\0']; // prettier-ignore
const FIELDS = ['Content-Type: multipart/mixed; boundary=a', 'Content-Type: multipart/digest; boundary="b"', 'content-type:multipart/x;\r\n boundary=a--', 'Content-Type: message/rfc822', 'Content-Type: text/plain', 'Subject: ü']; // prettier-ignore
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...FIELDS) },
  { weight: 3, arbitrary: fc.constantFrom('--a', '--b', '--a--', '--b--', '--a----') },
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }).map((pieces) => pieces.join('')) },
);
/** The shape of a part, so that a good number of them are. */
const part = fc.tuple(fc.constantFrom('--a', '--b', '--a--'), fc.constantFrom(...FIELDS), line).map((lines) => lines.join('\r\n')); // prettier-ignore
const message = fc
  .array(fc.tuple(fc.oneof(part, part, line), fc.constantFrom('\r\n\r\n', '\r\n', '\r\n', '\n', '')), {
    maxLength: 15,
    size: 'max',
  })
  .map((lines) => Buffer.from(`Content-Type: multipart/x; boundary=a\r\n\r\n${lines.flat().join('')}`));

test('[6857-5-parts] the part scanner agrees with a slow reading of the whole, for any cuts', () => {
  let several = 0;
  fc.assert(
    fc.property(
      message,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
      (content, sizes) => {
        const chunks: Buffer[] = [];
        for (let at = 0; at < content.length; at += chunks.at(-1)?.length ?? 0)
          chunks.push(content.subarray(at, at + (sizes[chunks.length % sizes.length] as number)));
        const found = scan(chunks);
        assert.deepEqual(found, new SlowReading(content.toString('latin1')).found);
        assert.deepEqual(scan([content]), found);
        if (found.length > 3) several++;
      },
    ),
    { numRuns: numRuns * 20 },
  );
  assert.ok(several > numRuns, `only ${several} had several parts`);
});

test('the limits of the part scanner make no difference between cuts, and hold', () => {
  const limits = { depth: 2, sections: 4, octets: 50 };
  const within = (chunks: readonly Buffer[]): readonly Found[] => {
    const found: Found[] = [];
    const scanner = new PartScanner(({ at, octets }) => found.push({ at, text: octets.toString('latin1') }), limits);
    for (const chunk of chunks) scanner.write(chunk);
    scanner.end();
    return found;
  };
  const long = fc.tuple(message, fc.nat(600)).map(([content, length]) => {
    const at = Math.floor(content.length / 2);
    return Buffer.concat([content.subarray(0, at), Buffer.alloc(length, 'x'), content.subarray(at)]);
  });
  fc.assert(
    fc.property(long, fc.integer({ min: 1, max: 40 }), (content, size) => {
      const chunks = Array.from({ length: Math.ceil(content.length / size) }, (_, n) => content.subarray(n * size, (n + 1) * size)); // prettier-ignore
      const found = within(chunks);
      assert.deepEqual(within([content]), found);
      assert.ok(found.length <= limits.sections);
      assert.ok(found.every(({ text }) => text.length <= limits.octets));
    }),
    { numRuns: numRuns * 10 },
  );
});
