/** Whatever a client sends about emails: it is understood or refused, and nothing breaks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MethodError, SetError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { readDraft } from './draft/draft.ts';
import { parseFilter } from './filter.ts';
import { parseHeaderProperty } from './header-property.ts';
import { parseSort } from './sort.ts';
import { excerpt, marked } from './snippet.ts';
import { phrasesIn } from '../../store/index.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100) * 5;

const NAMES = ['operator', 'conditions', 'inMailbox', 'text', 'header', 'before', 'property', 'isAscending', 'keyword', 'subject', 'from', 'header:X-A', 'header:x-a:asText:all', 'header:Content-Type', 'bodyStructure', 'textBody', 'htmlBody', 'attachments', 'bodyValues', 'value', 'partId', 'blobId', 'type', 'subParts', 'name', 'charset', 'disposition', 'cid', 'language', '__proto__']; // prettier-ignore
const VALUES = ['AND', 'NOT', 'm1', '2026-01-01T00:00:00Z', 'subject', 'hasKeyword', 't', 'u-x', 'text/plain', 'multipart/mixed', ' a\r\nb', 'x', '']; // prettier-ignore

const leaf = fc.oneof(fc.constantFrom(...VALUES), fc.boolean(), fc.integer(), fc.constant(null), fc.string());
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('json'), { maxKeys: 4 }),
  ),
}));
const object = fc.dictionary(fc.constantFrom(...NAMES), json, { maxKeys: 6 }) as fc.Arbitrary<JsonObject>;

/** Refused as RFC 8620 has it, or not at all. */
function quietly(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof MethodError, String(error));
  }
}

test('filters and sorts are read or refused', () => {
  fc.assert(
    fc.property(json, (value) => {
      quietly(() => parseFilter(value));
      quietly(() => parseSort(value));
    }),
    { numRuns },
  );
});

test('names of header fields have no line end in them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parsed = parseHeaderProperty(`header:${text}`);
      if (parsed !== undefined) assert.match(parsed.name, /^[!-9;-~]+$/);
    }),
    { numRuns },
  );
});

/** The rules of an Email have seen to the types of its own properties. */
function typed(given: JsonObject): JsonObject {
  const lists = ['textBody', 'htmlBody', 'attachments'];
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => !lists.includes(name) || value === null || Array.isArray(value)),
  );
}

test('a draft is read, or refused with properties that it has', () => {
  let read = 0;
  fc.assert(
    fc.property(object, (given) => {
      const draft = readDraft(typed(given));
      if (!(draft instanceof SetError)) read++;
      else assert.equal(draft.type, 'invalidProperties');
    }),
    { numRuns },
  );
  assert.ok(read > 0, 'some of them are drafts');
});

test('what is marked is the text, escaped, and an excerpt is bounded', () => {
  const text = fc.array(fc.constantFrom('a', 'B', 'ä', '京', '都', ' ', '<', '&', '"', '-', '😀', 'word', '\n'), { maxLength: 200 }).map((all) => all.join('')); // prettier-ignore
  fc.assert(
    fc.property(text, text, (one, search) => {
      const phrases = phrasesIn(search);
      const whole = marked(one, phrases);
      const plain = whole
        ?.replace(/<\/?mark>/g, '')
        .replace(/&lt;|&gt;|&amp;|&quot;/g, (escape) => ({ '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' })[escape] ?? ''); // prettier-ignore
      if (plain !== undefined) assert.equal(plain, one);
      const part = excerpt(one, phrases);
      assert.equal(part === undefined, whole === undefined);
      if (part !== undefined) assert.ok(Buffer.byteLength(part) <= 255, part);
    }),
    { numRuns },
  );
});
