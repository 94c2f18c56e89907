import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Reply } from '../../mail/index.ts';
import { readReplyLine } from './response.ts';
import type { OpenReply, ReplyProgress } from './response.ts';

/** The progress behind the last of these lines. */
function read(...lines: readonly (string | Buffer)[]): ReplyProgress {
  let open: OpenReply | undefined;
  let progress: ReplyProgress = { kind: 'garbled', problem: 'no line' };
  for (const line of lines) {
    progress = readReplyLine(typeof line === 'string' ? Buffer.from(line) : line, open);
    open = progress.kind === 'more' ? progress.open : undefined;
  }
  return progress;
}

function replyOf(...lines: readonly (string | Buffer)[]): Reply {
  const progress = read(...lines);
  assert.equal(progress.kind, 'done');
  return (progress as Extract<ReplyProgress, { kind: 'done' }>).reply;
}

const GOOD: readonly (readonly [title: string, lines: readonly (string | Buffer)[], expected: Reply])[] = [
  ['one line', ['250 ok'], { code: 250, lines: ['ok'] }],
  ['[5321-4.2.1-code-only] a code alone', ['250'], { code: 250, lines: [''] }],
  ['[5321-4.2.1-code-only] a code and a space', ['250 '], { code: 250, lines: [''] }],
  [
    '[5321-4.2.1-multiline] several lines',
    ['250-one', '250-two', '250 three'],
    { code: 250, lines: ['one', 'two', 'three'] },
  ],
  ['[5321-4.2.1-multiline] a last line with the code alone', ['250-one', '250'], { code: 250, lines: ['one', ''] }],
  ['an empty line in between', ['250-', '250 end'], { code: 250, lines: ['', 'end'] }],
  [
    '[2034-4-client] an enhanced code, on the first line or on each',
    ['550-5.1.1 nobody', '550 5.1.1 here'],
    { code: 550, enhanced: '5.1.1', lines: ['nobody', 'here'] },
  ],
  ['an enhanced code alone', ['250 2.0.0'], { code: 250, enhanced: '2.0.0', lines: [''] }],
  [
    'an enhanced code of three digits each, with zeros in front',
    ['450 4.007.012 x'],
    { code: 450, enhanced: '4.7.12', lines: ['x'] },
  ],
  ['an enhanced code of another class is text', ['550 2.1.5 odd'], { code: 550, lines: ['2.1.5 odd'] }],
  ['numbers that are no enhanced code', ['250 2.0 x'], { code: 250, lines: ['2.0 x'] }],
  ['an address is no enhanced code', ['554 5.1.2.3 is listed'], { code: 554, lines: ['5.1.2.3 is listed'] }],
  ['codes that differ: the last one counts', ['250-fine', '550 not'], { code: 550, lines: ['fine', 'not'] }],
  [
    'codes that differ, with enhanced ones',
    ['250-2.0.0 fine', '550 5.7.1 not'],
    { code: 550, enhanced: '5.7.1', lines: ['fine', 'not'] },
  ],
  [
    'an enhanced code of the first line does not fit the last',
    ['250-2.0.0 fine', '550 not'],
    { code: 550, lines: ['fine', 'not'] },
  ],
  ['control characters and bare line ends', ['250 a\rb\nc\0d\x1be\x7f'], { code: 250, lines: ['a?b?c?d?e?'] }],
  ['a tab', ['250\tok\tso'], { code: 250, lines: ['ok so'] }],
  ['UTF-8', ['250 grüße'], { code: 250, lines: ['grüße'] }],
  ['Latin-1', [Buffer.from('250 gr\xfc\xdfe', 'latin1')], { code: 250, lines: ['gr\ufffd\ufffde'] }],
  ['the highest and the lowest code', ['599-x', '200 y'], { code: 200, lines: ['x', 'y'] }],
];

for (const [title, lines, expected] of GOOD) {
  test(title, () => assert.deepEqual(replyOf(...lines), expected));
}

const GARBLED = [
  '',
  '25',
  '2500 ok',
  '250_ok',
  '250ok',
  'ok',
  '150 go',
  '600 no',
  '-250 ok',
  ' 250 ok',
  'HTTP/1.1 200 OK',
  '\x16\x03\x01',
];

for (const line of GARBLED) {
  test(`no reply: ${JSON.stringify(line)}`, () => assert.equal(read(line).kind, 'garbled'));
}

test('rubbish in the middle of a reply ends it', () => {
  assert.equal(read('250-one', 'two').kind, 'garbled');
});

test('a reply of many lines is read to its end, and its first hundred lines are kept', () => {
  const lines = Array.from({ length: 900 }, (_, i) => `250-line ${i}`);
  const { lines: kept } = replyOf(...lines, '250 end');
  assert.equal(kept.length, 100);
  assert.equal(kept[99], 'line 99');
});

test('a reply without end is given up', () => {
  let open: OpenReply | undefined;
  let progress: ReplyProgress | undefined;
  let count = 0;
  do {
    progress = readReplyLine(Buffer.from('250-more'), open);
    if (progress.kind === 'more') open = progress.open;
    count += 1;
  } while (progress.kind === 'more');
  assert.equal(progress.kind, 'garbled');
  assert.equal(count, 1001);
});

test('a long line is kept to 512 characters', () => {
  assert.equal(replyOf(`250 ${'x'.repeat(8000)}`).lines[0]?.length, 512);
});

test('what is said of rubbish is short and printable', () => {
  const progress = read(Buffer.alloc(5000, 7));
  assert.ok(progress.kind === 'garbled' && progress.problem.length < 120 && /^[ -~…]*$/.test(progress.problem));
});

test('no octets make the parser throw, and what it keeps is bounded and printable', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }),
      fc.constantFrom('', '250-', '250 ', '421'),
      (lines, front) => {
        let open: OpenReply | undefined;
        for (const line of lines) {
          const progress = readReplyLine(Buffer.concat([Buffer.from(front), line]), open);
          open = progress.kind === 'more' ? progress.open : undefined;
          if (progress.kind !== 'done') continue;
          assert.ok(progress.reply.code >= 200 && progress.reply.code < 600);
          assert.ok(progress.reply.lines.every((text) => !/[\0-\x1f\x7f-\x9f]/.test(text) && text.isWellFormed()));
        }
      },
    ),
    { numRuns: 300 },
  );
});
