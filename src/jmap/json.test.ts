import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equals, own, parseJson } from './json.ts';

const parse = (text: string | Buffer): ReturnType<typeof parseJson> => parseJson(Buffer.from(text));

test('I-JSON is taken as JSON.parse takes it [7493-2-i-json]', () => {
  for (const text of [
    'null',
    ' {"a": [1, -2.5e3, true, "x\\"y\\\\", {"a": 1}], "b": {}} ',
    '"\\ud83d\\ude00 \u{1f600}"',
    '{"a":"}{\\"a\\":","b":"a"}',
    '[{"a":1},{"a":1}]',
    '1e308',
    '{"__proto__": {"x": 1}}',
  ]) {
    assert.deepEqual(parse(text), { value: JSON.parse(text) as unknown }, text);
  }
});

test('what JSON.parse would let pass, or not, and I-JSON forbids, is refused [7493-2-i-json]', () => {
  const bad: readonly (readonly [text: string | Buffer, why: RegExp])[] = [
    ['', /not JSON/],
    ['{', /not JSON/],
    ['{"a":1,}', /not JSON/],
    ["{'a':1}", /not JSON/],
    ['01', /not JSON/],
    ['\ufeff{}', /not JSON/],
    [Buffer.from([0x22, 0xc3, 0x28, 0x22]), /UTF-8/],
    [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /UTF-8/],
    ['{"a":1,"b":{"a":1,"\\u0061":2}}', /twice/],
    ['[{"a":{},"a":{}}]', /twice/],
    ['"\\ud83d"', /surrogate/],
    ['{"\\udc00":1}', /surrogate/],
    ['"\\uffff"', /no character/],
    ['"\uffff"', /no character/],
    ['[1e309]', /range/],
    ['{"a":-1e999}', /range/],
    ['['.repeat(65) + ']'.repeat(65), /deeper/],
  ];
  for (const [text, why] of bad) {
    const answer = parse(text);
    assert.ok('wrong' in answer && why.test(answer.wrong), `${text.toString('utf8')}: ${JSON.stringify(answer)}`);
  }
});

test('a large text costs little more than JSON.parse', () => {
  const texts = [`["${'\\"'.repeat(2_000_000)}"]`, `["${'\\\\'.repeat(2_000_000)}"]`, `[${'1,'.repeat(1_000_000)}1]`];
  for (const text of texts) assert.ok('value' in parse(text));
});

test('names that objects inherit are no properties, and order does not matter for equality', () => {
  const { value } = parse('{"__proto__": 1, "b": [1, {"c": 2, "d": null}]}') as { value: Record<string, never> };
  assert.equal(own(value, '__proto__'), 1);
  assert.equal(own(value, 'constructor'), undefined);
  assert.ok(equals(value, JSON.parse('{"b": [1, {"d": null, "c": 2}], "__proto__": 1}')));
  assert.ok(!equals(value, JSON.parse('{"b": [1, {"d": null, "c": 2}], "__proto__": 2}')));
  assert.ok(!equals({ a: undefined }, { b: undefined }));
  assert.ok(!equals([1], { 0: 1 }));
  assert.ok(!equals([1, 2], [1]));
});
