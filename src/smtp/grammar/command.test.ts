import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCommand, parseNothing, trimWhite } from './command.ts';
import { isReply } from './refusals.ts';

const parse = (text: string): unknown => parseCommand(Buffer.from(text, 'latin1'));

test('[5321-4.1.1-case] good command lines', () => {
  const good: readonly (readonly [string, string, string])[] = [
    ['NOOP', 'NOOP', ''],
    ['noop', 'NOOP', ''],
    ['Mail FROM:<a@b>', 'MAIL', 'FROM:<a@b>'],
    ['EHLO  two  words ', 'EHLO', 'two  words'],
    ['EHLO\tx\t', 'EHLO', 'x'],
    ['X-SOMETHING y', 'X-SOMETHING', 'y'],
  ];
  for (const [line, verb, text] of good) assert.deepEqual(parse(line), { verb, text }, line);
});

test('[5321-4.1.1-control-characters] bad command lines are 500 5.5.2', () => {
  for (const line of [
    '',
    ' ',
    ' NOOP',
    '1',
    'NO\nOP',
    'NOOP\r',
    'NOOP\0',
    'NOOP \x7f',
    'MAIL:x',
    '\xe9',
    'A\u001b[2J',
  ]) {
    const answer = parse(line);
    assert.ok(isReply(answer), JSON.stringify(line));
    assert.equal(answer.code, 500);
    assert.equal(answer.enhanced, '5.5.2');
  }
});

test('whatever the octets, a command or a refusal comes out, and a command has no control character', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      const answer = parseCommand(Buffer.from(octets));
      if (isReply(answer)) return answer.code === 500;
      return /^[A-Z][A-Z0-9-]*$/.test(answer.verb) && !/[\0-\x08\x0a-\x1f\x7f]/.test(answer.text);
    }),
  );
});

test('white space is trimmed in linear time', () => {
  assert.equal(trimWhite(' \t a b\t '), 'a b');
  assert.equal(trimWhite(' '.repeat(100_000) + 'x' + ' '.repeat(100_000)), 'x');
  assert.equal(trimWhite('\u00a0x'), '\u00a0x');
});

test('commands without an argument refuse one', () => {
  assert.equal(parseNothing('RSET', ''), undefined);
  assert.equal(parseNothing('RSET', 'x')?.code, 501);
});
