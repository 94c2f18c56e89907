import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reply } from '../../mail/index.ts';
import type { EnhancedCode } from '../../mail/index.ts';
import { formatChallenge, formatReply } from './format-reply.ts';

const format = (...args: Parameters<typeof reply>): string => formatReply(reply(...args)).toString('latin1');

test('[5321-4.2.1-multi-line] [2034-4-every-line] each line has the code, and the enhanced code', () => {
  assert.equal(format(250, undefined, 'mx.test'), '250 mx.test\r\n');
  assert.equal(format(250, '2.0.0', 'Fine'), '250 2.0.0 Fine\r\n');
  assert.equal(format(550, '5.1.1', ['No', 'such', 'user']), '550-5.1.1 No\r\n550-5.1.1 such\r\n550 5.1.1 user\r\n');
  assert.equal(format(250, undefined, []), '250 \r\n');
});

test('[5321-4.2-printable] what could end a line, or is not ASCII, does not leave', () => {
  assert.equal(format(550, '5.0.0', 'a\r\n250 b\0c\x7fé€'), '550 5.0.0 a 250 b c ??\r\n');
});

test('[5321-4.5.3.1.5-reply-line] long texts are broken at spaces, and anywhere when there are none', () => {
  const words = format(550, '5.0.0', 'word '.repeat(300).trim());
  assert.ok(words.split('\r\n').every((line) => line.length <= 510));
  assert.ok(
    words
      .trimEnd()
      .split('\r\n')
      .every((line) => line.endsWith('word')),
  );
  const block = format(550, undefined, 'x'.repeat(1200)).trimEnd().split('\r\n');
  assert.deepEqual(
    block.map((line) => line.length),
    [510, 510, 4 + 1200 - 2 * 506],
  );
});

test('a code that is none becomes 451', () => {
  for (const code of [0, 99, 100, 260, 600, 25.5, Number.NaN])
    assert.match(format(code, undefined, 'x'), /^451 4\.3\.0 /);
});

test('any reply is well-formed, and its words arrive', () => {
  const replies = fc.record({
    code: fc.constantFrom(220, 250, 354, 421, 451, 550, 555),
    enhanced: fc.constantFrom<EnhancedCode | undefined>(undefined, '2.0.0', '4.3.0', '5.7.1'),
    lines: fc.array(fc.string({ unit: 'binary', maxLength: 1300 }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(replies, ({ code, enhanced, lines }) => {
      const text = format(code, enhanced, lines);
      const sent = text.split('\r\n');
      assert.equal(sent.pop(), '');
      for (const [index, line] of sent.entries()) {
        assert.match(line, index === sent.length - 1 ? /^[2-5][0-5][0-9] [ -~]*$/ : /^[2-5][0-5][0-9]-[ -~]*$/);
        assert.ok(line.length <= 510);
        assert.ok(line.startsWith(String(code)));
        assert.ok(enhanced === undefined || line.slice(4).startsWith(`${enhanced} `));
      }
    }),
  );
});

test('[4954-4-challenge] a challenge is one line, whatever its length', () => {
  assert.equal(formatChallenge(Buffer.alloc(0)).toString(), '334 \r\n');
  assert.equal(formatChallenge(Buffer.alloc(600)).toString(), `334 ${'A'.repeat(800)}\r\n`);
});
