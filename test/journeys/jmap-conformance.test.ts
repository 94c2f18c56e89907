/** The cases of JMAP (RFC 8620, RFC 8621) against the built program. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCase } from '../conformance/case.ts';
import { JMAP_CASES, JMAP_WAITING_CASES } from '../conformance/jmap/cases.ts';
import { startJmap } from '../conformance/jmap/server.ts';

test('the conformance suite of JMAP, every case of it', async (t) => {
  const server = await startJmap(t);
  const failed: string[] = [];
  const play = async (one: (typeof JMAP_CASES)[number]): Promise<void> => {
    const outcome = await runCase(one, server);
    if (!outcome.passed) failed.push(`${one.id} (${one.level}): ${outcome.expected}; given: ${outcome.given}`);
  };
  for (const one of JMAP_CASES) await play(one);
  await Promise.all(JMAP_WAITING_CASES.map(play));
  assert.deepEqual(failed, []);
  const ids = [...JMAP_CASES, ...JMAP_WAITING_CASES].map(({ id }) => id);
  assert.deepEqual(
    ids.filter((id, at) => ids.indexOf(id) !== at),
    [],
  );
});
