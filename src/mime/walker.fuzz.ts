/** Any octets at all as a message: its header sections and texts are those that a slow reading of the whole finds, for any cuts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHeaderSection } from '../mail/index.ts';
import { mediaTypeOf } from './media-type.ts';
import { EntityWalker, WALK_LIMITS } from './walker.ts';
import type { HeaderSection, Visitor } from './walker.ts';
import type { Entity } from './entity.ts';

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
  /** Those that aren't empty. */
  readonly texts: string[] = [];
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
    const encoded = /^content-transfer-encoding: base64/im.test(text);
    if (MESSAGES.includes(type.name) && !encoded) return this.#entity(end + 1, around, 'text/plain');
    if (!type.name.startsWith('multipart/') || type.boundary === undefined || around.length === WALK_LIMITS.depth)
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

  /** The first delimiter from `line` on; what stands before it, without the line end, is a text. */
  #delimiter(line: number, around: readonly string[]): Delimiter | undefined {
    let at = line;
    while (at < this.#lines.length && this.#isDelimiter(at, around) === undefined) at++;
    const text = this.#lines.slice(line, at).join('');
    const delimiter = at < this.#lines.length ? this.#isDelimiter(at, around) : undefined;
    const clean = delimiter === undefined ? text : text.replace(/\r?\n$/, '');
    if (clean !== '') this.texts.push(clean);
    return delimiter;
  }

  #isDelimiter(line: number, around: readonly string[]): Delimiter | undefined {
    const text = (this.#lines[line] as string).replace(/[ \t\r\n]+$/, '');
    const level = around.findLastIndex((delimiter) => text === delimiter || text === `${delimiter}--`);
    return level < 0 ? undefined : { line, level, closes: text !== around[level] };
  }
}

/** Keeps what it is told, and whether all of that together is the content. */
class Collector implements Visitor {
  readonly found: Found[] = [];
  readonly texts: string[] = [];
  readonly #content: string;
  #at = 0;
  #inText: Entity | undefined;

  constructor(content: Buffer) {
    this.#content = content.toString('latin1');
  }

  header({ at, octets, end, bodyAt }: HeaderSection): void {
    if (octets.length > 0) this.found.push({ at, text: octets.toString('latin1') });
    assert.equal(at, this.#at);
    this.#follow(octets);
    if (end === 'empty-line') this.#at += /^\r?\n/.exec(this.#content.slice(this.#at))?.[0]?.length ?? Infinity;
    assert.equal(bodyAt, this.#at);
    this.#inText = undefined;
  }

  text(octets: Buffer, of: Entity, at: number): void {
    assert.ok(octets.length > 0);
    assert.equal(at, this.#at);
    this.#follow(octets);
    this.texts.push((this.#inText === of ? this.texts.pop() : '') + octets.toString('latin1'));
    this.#inText = of;
  }

  delimiter(octets: Buffer, _of: Entity, at: number): void {
    assert.equal(at, this.#at);
    this.#follow(octets);
    this.#inText = undefined;
  }

  end(): void {
    assert.equal(this.#at, this.#content.length);
  }

  #follow(octets: Buffer): void {
    assert.equal(this.#content.slice(this.#at, this.#at + octets.length), octets.toString('latin1'));
    this.#at += octets.length;
  }
}

function walk(content: Buffer, chunks: readonly Buffer[]): Pick<Collector, 'found' | 'texts'> {
  const collector = new Collector(content);
  const walker = new EntityWalker(collector);
  for (const chunk of chunks) {
    const lent = Buffer.from(chunk);
    walker.write(lent);
    lent.fill(0x2d);
  }
  walker.end();
  collector.end();
  return { found: collector.found, texts: collector.texts };
}

const PIECES = ['--a', '--b', '--a--', '--b--', '--', '-', 'A: b', 'Ü: c', 'ü', ' ', '\t', ':', '\r', '\0']; // prettier-ignore
const FIELDS = ['Content-Type: multipart/mixed; boundary=a', 'Content-Type: multipart/digest; boundary="b"', 'content-type:multipart/x;\r\n boundary=a--', 'Content-Type: message/rfc822', 'Content-Type: message/global\r\nContent-Transfer-Encoding: base64', 'Content-Type: text/plain', 'Subject: ü']; // prettier-ignore
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

test('[6857-5-parts] the walker agrees with a slow reading of the whole, for any cuts', () => {
  let several = 0;
  fc.assert(
    fc.property(
      message,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
      (content, sizes) => {
        const chunks: Buffer[] = [];
        for (let at = 0; at < content.length; at += chunks.at(-1)?.length ?? 0)
          chunks.push(content.subarray(at, at + (sizes[chunks.length % sizes.length] as number)));
        const told = walk(content, chunks);
        const { found, texts } = new SlowReading(content.toString('latin1'));
        assert.deepEqual(told, { found, texts });
        assert.deepEqual(walk(content, [content]), told);
        if (found.length > 3) several++;
      },
    ),
    { numRuns: numRuns * 20 },
  );
  assert.ok(several > numRuns, `only ${several} had several parts`);
});

test('the limits of the walker make no difference between cuts, and hold', () => {
  const limits = { depth: 2, sections: 4, octets: 50 };
  const within = (chunks: readonly Buffer[]): readonly Found[] => {
    const found: Found[] = [];
    const header = ({ at, octets }: HeaderSection): unknown => found.push({ at, text: octets.toString('latin1') });
    const walker = new EntityWalker({ header }, limits);
    for (const chunk of chunks) walker.write(chunk);
    walker.end();
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
