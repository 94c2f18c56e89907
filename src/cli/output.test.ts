import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandError, formatTable, print, printError, printJson, printTable, say, visible } from './output.ts';
import type { Column } from './output.ts';

function recorder(): {
  readonly out: { write(text: string): void };
  readonly err: { write(text: string): void };
  readonly said: { out: string; err: string };
} {
  const said = { out: '', err: '' };
  const write = (to: 'out' | 'err') => (text: string) => {
    said[to] += text;
  };
  return { out: { write: write('out') }, err: { write: write('err') }, said };
}

const columns: readonly Column<{ name: string; count: number }>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'COUNT', align: 'right', value: (row) => row.count },
  { title: 'AGAIN', value: (row) => row.name },
];

test('data goes to standard output, messages and errors to standard error', () => {
  const { said, ...output } = recorder();
  print('data', output);
  printJson({ a: 'ü' }, output);
  say('a message', output);
  assert.equal(printError(new CommandError('It failed.'), output), 1);
  assert.deepEqual(said, { out: 'data\n{\n  "a": "ü"\n}\n', err: 'a message\nposthorn: It failed.\n' });
});

test('exit codes: 1 did not work, 2 has to be mended first', () => {
  const { said, ...output } = recorder();
  assert.equal(printError(new CommandError('x', 2), output), 2);
  assert.equal(
    printError(CommandError.ofProblems([{ file: 'c.toml', line: 3, path: 'a', problem: 'no', mend: 'Do.' }]), output),
    2,
  );
  assert.equal(printError(new Error('boom'), output), 1);
  assert.equal(printError('thrown text', output), 1);
  assert.match(said.err, /posthorn: c\.toml:3: a: no\. Do\.\n/);
});

test('columns are as wide as what stands in them', () => {
  const rows = [
    { name: 'a', count: 1 },
    { name: 'bücher🙂', count: 1000 },
  ];
  assert.equal(formatTable(columns, rows), 'NAME     COUNT  AGAIN\na            1  a\nbücher🙂   1000  bücher🙂\n');
});

test('a table without rows says so beside the data', () => {
  const { said, ...output } = recorder();
  printTable(columns, [], 'There is nothing.', output);
  assert.deepEqual(said, { out: '', err: 'There is nothing.\n' });
});

test('what others wrote can not steer the terminal', () => {
  const { said, ...output } = recorder();
  print('\x1b[2Jone\r\ntwo\x07\u009b31m\u202eeno', output);
  assert.equal(said.out, '\\x1b[2Jone\\x0d\ntwo\\x07\\x9b31m\\u{202e}eno\n');
  assert.equal(visible('a\nb\tc\0'), 'a\\x0ab\\x09c\\x00');
  assert.ok(!formatTable(columns, [{ name: '\x1b]0;x\x07', count: 1 }]).includes('\x07'));
});
