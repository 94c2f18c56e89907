import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError, openLog, silentLog, readable } from './log.ts';
import type { LogLevel } from './log.ts';

function logged(level: LogLevel): { log: ReturnType<typeof openLog>; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = openLog(level, (line) => void lines.push(JSON.parse(line) as Record<string, unknown>));
  return { log, lines };
}

test('a line is JSON with time, level, sentence and fields', () => {
  const { log, lines } = logged('debug');
  log.with({ room: 'net' }).info('hello', { peer: '192.0.2.1' });
  assert.equal(lines.length, 1);
  const [line] = lines;
  assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual({ ...line, time: 0 }, { level: 'info', time: 0, room: 'net', peer: '192.0.2.1', msg: 'hello' });
});

test('levels below the chosen one are not written', () => {
  const { log, lines } = logged('warn');
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  assert.deepEqual(
    lines.map((line) => line['msg']),
    ['c', 'd'],
  );
  const silent = logged('silent');
  silent.log.error('x');
  assert.equal(silent.lines.length, 0);
  silentLog.with({}).error('nothing');
});

test('an error among the fields becomes its sentence, without properties that could hold secrets', () => {
  const { log, lines } = logged('info');
  log.error('failed', { error: Object.assign(new Error('no'), { code: 'EACCES', password: 'hunter2' }) });
  assert.equal(lines[0]?.['error'], 'EACCES: no');
  assert.ok(!JSON.stringify(lines).includes('hunter2'));
});

test('errors in one line', () => {
  const cycle = new Error('again');
  cycle.cause = cycle;
  const cases: [unknown, string][] = [
    [new Error('plain'), 'plain'],
    [Object.assign(new Error('open failed'), { code: 'ENOENT' }), 'ENOENT: open failed'],
    [Object.assign(new Error('ENOENT: open'), { code: 'ENOENT' }), 'ENOENT: open'],
    [new Error('outer', { cause: new Error('inner') }), 'outer (inner)'],
    [new Error('two\r\n  lines\n'), 'two lines'],
    [new TypeError(''), 'TypeError'],
    [new AggregateError([new Error('first'), new Error('second')]), 'first'],
    [new AggregateError([]), 'AggregateError'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [cycle, 'again (again (again (again (again))))'],
  ];
  for (const [error, line] of cases) assert.equal(describeError(error), line);
});

test('at a terminal the same line is a sentence, and nobody can move the cursor with it', () => {
  const line = { level: 'info', time: '2026-01-01T12:00:00.000Z', msg: 'Accepted', from: 'a\u001b[2J', n: 1 };
  assert.equal(readable(JSON.stringify(line)), '12:00:00 info  Accepted  from=a?[2J n=1\n');
});
