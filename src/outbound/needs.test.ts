import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookAt } from './needs.ts';
import type { ContentFacts } from './needs.ts';

async function* cut(text: string, size: number): AsyncGenerator<Buffer> {
  const octets = Buffer.from(text);
  for (let at = 0; at < octets.length; at += size) yield await Promise.resolve(octets.subarray(at, at + size));
}

const CASES: readonly (readonly [title: string, text: string, expected: ContentFacts])[] = [
  ['plain', 'Subject: x\r\n\r\nx\r\n', { eightBit: false, utf8Header: false, longLine: false }],
  ['8 bits in the body', 'Subject: x\r\n\r\nü\r\n', { eightBit: true, utf8Header: false, longLine: false }],
  ['UTF-8 in the header', 'Subject: ü\r\n\r\nx\r\n', { eightBit: true, utf8Header: true, longLine: false }],
  ['in a folded line', 'Subject: x\r\n ü\r\n\r\nx\r\n', { eightBit: true, utf8Header: true, longLine: false }],
  ['a header without a body', 'Subject: ü', { eightBit: true, utf8Header: true, longLine: false }],
  ['no header', '\r\nü', { eightBit: true, utf8Header: false, longLine: false }],
  ['bare line ends', 'Subject: x\n\nü', { eightBit: true, utf8Header: false, longLine: false }],
  [
    'an empty line with bare line ends inside',
    'Subject: x\n\r\nü',
    { eightBit: true, utf8Header: false, longLine: false },
  ],
  ['a line of 998', `x\r\n\r\n${'x'.repeat(998)}\r\n`, { eightBit: false, utf8Header: false, longLine: false }],
  ['a line of 999', `x\r\n\r\n${'x'.repeat(999)}\r\n`, { eightBit: false, utf8Header: false, longLine: true }],
  ['a last line of 999', `x\n\n${'x'.repeat(999)}`, { eightBit: false, utf8Header: false, longLine: true }],
  ['nothing', '', { eightBit: false, utf8Header: false, longLine: false }],
];

for (const [title, text, expected] of CASES) {
  test(`what a message really holds: ${title}`, async () => {
    for (const size of [1, 2, 7, 1000]) assert.deepEqual(await lookAt(cut(text, size)), expected);
  });
}
