import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meaningOfCode } from './enhanced.ts';
import { explainReply } from './explain.ts';

/** Subject and the highest detail in the registry of RFC 5248, each beginning with 0; beyond them nobody has registered any. */
const REGISTERED: readonly (readonly [subject: number, last: number])[] = [
  [0, 0],
  [1, 10],
  [2, 4],
  [3, 6],
  [4, 7],
  [5, 6],
  [6, 10],
  [7, 30],
];

const CODES = REGISTERED.flatMap(([subject, last]) =>
  Array.from({ length: last + 1 }, (_, detail) => `${subject}.${detail}`),
);

test('[5248-2-registry] every registered code has an explanation of its own, in whole sentences', () => {
  assert.equal(CODES.length, 81);
  const sentences = new Map<string, string>();
  for (const code of CODES) {
    const { happened, advice } = meaningOfCode(`5.${code}`);
    assert.match(happened, /^[A-Z].*\.$/, code);
    assert.match(advice ?? 'None.', /^[A-Z].*\.$/, code);
    assert.equal(sentences.get(happened), undefined, `X.${code} says the same as X.${sentences.get(happened) ?? ''}`);
    sentences.set(happened, code);
  }
});

test('a code alone is explained: its reason, with the sentence of the code', () => {
  for (const code of CODES) {
    const { reason, happened, vague } = meaningOfCode(`5.${code}`);
    const said = explainReply({ reply: { code: 599, enhanced: `5.${code}`, lines: [''] } });
    if (vague || reason === 'unknown') continue;
    assert.deepEqual([said.id, said.happened], [reason, happened], code);
  }
});

test('a code that nobody registered means what its subject means, and one of no subject is not known', () => {
  assert.equal(meaningOfCode('5.1.99').happened, meaningOfCode('5.1.0').happened);
  assert.equal(meaningOfCode('5.99.1').happened, meaningOfCode('5.0.0').happened);
  assert.equal(meaningOfCode('nonsense').reason, 'unknown');
});

test('the codes of a provider are ranges', () => {
  assert.deepEqual(
    ['5.7.605', '5.7.606', '5.7.649', '5.7.650'].map((code) => meaningOfCode(code).reason),
    ['policy-other', 'blocklisted-address', 'blocklisted-address', 'poor-reputation'],
  );
});
