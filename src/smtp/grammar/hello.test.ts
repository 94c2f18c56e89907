import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHelloName } from './hello.ts';
import { isReply } from './refusals.ts';

test('[5321-4.1.4-odd-name] names as they come', () => {
  const good: readonly (readonly [string, string])[] = [
    ['mail.example.org', 'mail.example.org'],
    ['[192.0.2.1]', '[192.0.2.1]'],
    ['my_pc', 'my_pc'],
    ['localhost.localdomain and more', 'localhost.localdomain'],
    ['jürgen', 'j?rgen'],
    ['\ufffd', '?'],
    ['a'.repeat(255), 'a'.repeat(255)],
  ];
  for (const [text, name] of good) assert.equal(parseHelloName(text), name, text);
});

test('[5321-4.1.1.1-argument] no name, or one longer than any domain', () => {
  for (const text of ['', 'a'.repeat(256)]) {
    const answer = parseHelloName(text);
    assert.ok(isReply(answer) && answer.code === 501, text);
  }
});

test('a name is printable ASCII without spaces', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const name = parseHelloName(text);
      assert.ok(isReply(name) || /^[!-~]{1,255}$/.test(name));
    }),
  );
});
