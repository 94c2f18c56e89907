import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChunk } from './chunk.ts';
import { isReply } from './refusals.ts';

test('[3030-2-chunks] good and bad arguments of BDAT', () => {
  assert.deepEqual(parseChunk('0'), { size: 0, last: false });
  assert.deepEqual(parseChunk('1000'), { size: 1000, last: false });
  assert.deepEqual(parseChunk('1000  last'), { size: 1000, last: true });
  for (const text of ['', 'LAST', '-1', '1.5', '1e3', '0x10', '1000LAST', '1 LAST 2', '1 FIRST', '1234567890123456']) {
    const answer = parseChunk(text);
    assert.ok(isReply(answer) && answer.code === 501, text);
  }
});
