import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CommandError,
  formatTable,
  print,
  printError,
  printJson,
  printJsonList,
  printLongTable,
  printTable,
  say,
  visible,
} from './output.ts';
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

async function* counted(count: number): AsyncGenerator<{ name: string; count: number }> {
  for (let n = 0; n < count; n++) yield await Promise.resolve({ name: n === 700 ? 'a long name' : 'short', count: n });
}

test('a long list as JSON is the same text as all of it at once', async () => {
  for (const length of [0, 1, 499, 500, 501, 1_000]) {
    const [long, whole] = [recorder(), recorder()];
    await printJsonList(counted(length), long);
    printJson(await Array.fromAsync(counted(length)), whole);
    assert.equal(long.said.out, whole.said.out, String(length));
  }
});

test('a long table has one head, and its columns only grow', async () => {
  const { said, ...output } = recorder();
  assert.equal(await printLongTable(columns, counted(1_200), 'None.', output), 1_200);
  const lines = said.out.split('\n');
  assert.equal(lines.length, 1_202);
  assert.deepEqual(
    [0, 1, 500, 501, 701, 1_001, 1_200].map((n) => lines[n]),
    [
      'NAME   COUNT  AGAIN',
      'short      0  short',
      'short    499  short',
      'short          500  short',
      'a long name    700  a long name',
      'short         1000  short',
      'short         1199  short',
    ],
  );
  await printLongTable(columns, counted(0), 'None.', output);
  assert.equal(said.err, 'None.\n');
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
