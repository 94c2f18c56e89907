import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIDES } from './reason.ts';
import type { ReasonWords } from './reason.ts';
import { REASONS } from './reasons.ts';

const ALL = Object.entries(REASONS) as readonly (readonly [string, ReasonWords])[];

test('the words of each reason: a short title, whole sentences, and nothing a newcomer would have to look up', () => {
  for (const [id, { title, happened, advice }] of ALL) {
    assert.match(id, /^[a-z]+(?:-[a-z]+)*$/);
    assert.ok(title.length <= 40 && !/[.!]$|^[A-Z][a-z]/.test(title), title);
    for (const sentence of [happened, advice]) assert.match(sentence, /^[A-Z].*\.$/, id);
    assert.doesNotMatch(
      `${happened} ${advice}`,
      /\b(?:MTA|MX|RCPT|SMTP|relay|envelope|bounce|daemon|below|above)\b/,
      id,
    );
  }
  assert.equal(new Set(ALL.map(([, { title }]) => title)).size, ALL.length, 'two have the same title');
});

test('each side has words', () => {
  for (const [id, { side }] of ALL) assert.match(SIDES[side], /\.$/, id);
});
