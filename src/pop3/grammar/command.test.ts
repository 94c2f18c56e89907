import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseArguments, parseCommandLine, withoutTrailingSpaces } from './command.ts';

const good: readonly (readonly [line: string, keyword: string, rest: string | undefined])[] = [
  ['STAT', 'STAT', undefined],
  ['stat', 'STAT', undefined],
  ['PASS  a b ', 'PASS', ' a b '],
  ['USER ', 'USER', ''],
  ['', '', undefined],
  [' STAT', '', 'STAT'],
  ['USER jörg', 'USER', 'jörg'],
  ['ß', 'ß', undefined],
];

for (const [line, keyword, rest] of good) {
  test(`[1939-3-keyword-case] a command line is split: ${JSON.stringify(line)}`, () => {
    assert.deepEqual(parseCommandLine(Buffer.from(line)), { ok: true, value: { keyword, rest } });
  });
}

const bad: readonly (readonly [octets: string, rule: string])[] = [
  ['STAT\r', 'command-control-character'],
  ['STAT\nQUIT', 'command-control-character'],
  ['STAT\0', 'command-control-character'],
  ['\x7f', 'command-control-character'],
  ['USER\talice', 'command-control-character'],
  ['USER \xff', 'command-not-utf8'],
  ['USER \xc0\xaf', 'command-not-utf8'],
];

for (const [octets, rule] of bad) {
  test(`[1939-3-printable] a command line is refused: ${JSON.stringify(octets)}`, () => {
    const line = parseCommandLine(Buffer.from(octets, 'latin1'));
    assert.equal(line.ok ? 'taken' : line.rule, rule);
  });
}

test('[1939-3-arguments] arguments are separated by exactly one space, and trailing spaces are passed over', () => {
  const values = (rest: string | undefined): unknown => {
    const result = parseArguments(rest);
    return result.ok ? result.value : result.rule;
  };
  assert.deepEqual(values(undefined), []);
  assert.deepEqual(values(''), []);
  assert.deepEqual(values('   '), []);
  assert.deepEqual(values('1'), ['1']);
  assert.deepEqual(values('1 2  '), ['1', '2']);
  assert.equal(values('1  2'), 'argument-spaces');
  assert.equal(values(' 1'), 'argument-spaces');
});

test('arguments come back as they were joined, for any of them', () => {
  const argument = fc.string({ minLength: 1 }).filter((text) => !text.includes(' '));
  fc.assert(
    fc.property(fc.array(argument), (values) => {
      assert.deepEqual(parseArguments(values.join(' ')), { ok: true, value: values });
    }),
  );
});

test('no octets make the command parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (octets) => {
      assert.equal(typeof parseCommandLine(octets).ok, 'boolean');
    }),
  );
});

test('a line of spaces costs time in proportion to its length', () => {
  assert.equal(withoutTrailingSpaces(`${'a '.repeat(100_000)}b`).length, 200_001);
  assert.equal(withoutTrailingSpaces(' '.repeat(200_000)), '');
});
