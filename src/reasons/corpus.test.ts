/**
 * How many replies of real servers are explained as their labels say (test/corpus/replies). Of the half
 * that was set aside nothing is ever told but how many: who works on the table must not learn from it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isReason } from './explain.ts';
import { score } from './testing.ts';
import type { LabelledReply } from './testing.ts';

const CORPUS = join(import.meta.dirname, '../../test/corpus/replies');

const read = (name: string): readonly LabelledReply[] =>
  JSON.parse(readFileSync(join(CORPUS, name), 'utf8')) as LabelledReply[];

test('of the studied replies at least 95 % are explained as their labels say', () => {
  const replies = read('studied.json');
  const { right, all, misses } = score(replies);
  assert.ok(all >= 250, `${all} replies were read`);
  assert.ok(right / all >= 0.95, `${right} of ${all} are right:\n${misses.join('\n')}`);
  for (const { means } of replies) assert.ok(isReason(means), means);
});

test('of the replies set aside at least 85 % are', (t) => {
  if (!existsSync(join(CORPUS, 'set-aside.json'))) {
    t.diagnostic('set-aside.json is not here: only the studied half was counted');
    return;
  }
  const { right, all } = score(read('set-aside.json'));
  assert.ok(all >= 250, `${all} replies were read`);
  assert.ok(right / all >= 0.85, `${right} of ${all} are right`);
});
