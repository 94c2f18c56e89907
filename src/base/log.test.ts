import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError, openLog, readable } from './log.ts';

test('a line is JSON with level, time, sentence and fields', () => {
  const lines: string[] = [];
  openLog('info', (line) => lines.push(line))
    .with({ service: 'smtp' })
    .warn('Refused', { count: 3, cause: new Error('why') });
  const { time, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
  assert.deepEqual(rest, { level: 'warn', service: 'smtp', count: 3, cause: 'why', msg: 'Refused' });
});

test('what is below the level is not written', () => {
  const lines: string[] = [];
  openLog('warn', (line) => lines.push(line)).info('Accepted');
  assert.deepEqual(lines, []);
});

test('at a terminal the same line is a sentence, and nobody can move the cursor with it', () => {
  const line = JSON.stringify({
    level: 'info',
    time: '2026-01-01T12:00:00.000Z',
    msg: 'Accepted',
    from: 'a\u001b[2J',
    n: 1,
  });
  assert.equal(readable(line), '12:00:00 info  Accepted  from=a?[2J n=1\n');
});

test('an error is told with its code and its cause, never with its properties', () => {
  const error = Object.assign(new Error('write failed', { cause: new Error('disk full') }), {
    code: 'ENOSPC',
    secret: 'x',
  });
  assert.equal(describeError(error), 'ENOSPC: write failed (disk full)');
});
