import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, textPieces } from './text-file.ts';

const octets = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test('text file: its characters, whatever it says of itself', () => {
  for (const [given, charset, text] of [
    [utf8('größer'), null, 'größer'],
    [utf8('größer'), 'us-ascii', 'größer'],
    [octets(0x67, 0x72, 0xf6), 'us-ascii', 'grö'],
    [octets(0x67, 0x72, 0xf6), 'utf-8', 'grö'],
    [octets(0x67, 0x72, 0xf6), 'ISO-8859-1', 'grö'],
    [octets(0x93, 0xfa, 0x96, 0x7b), 'shift_jis', '日本'],
    [octets(0xff, 0xfe, 0x41, 0, 0x42, 0), 'utf-8', 'AB'],
    [octets(0xfe, 0xff, 0, 0x41), null, 'A'],
    [utf8('\ufeffA'), 'iso-8859-1', 'A'],
    [utf8('ö'), 'x-nobody-knows', 'ö'],
    [utf8('aö').subarray(0, 2), null, 'a'],
    [octets(), null, ''],
  ] as const)
    assert.equal(decodeText(given, charset), text);
});

test('text file: lines and tabs stay, what can’t be seen is seen', () => {
  assert.deepEqual(textPieces('a\tb\r\nc\rd\n'), [{ kind: 'text', text: 'a\tb\nc\nd\n' }]);
  assert.deepEqual(
    textPieces('ü\t\u202ex\0\n').map((piece) => (piece.kind === 'text' ? piece.text : piece.code)),
    ['ü\t', 'U+202E', 'x', 'U+0000', '\n'],
  );
  const binary = textPieces('\u0001x'.repeat(5_000));
  assert.ok(binary.length <= 1_001);
  assert.equal(binary.filter(({ kind }) => kind === 'chip').length, 500);
  assert.deepEqual(textPieces(''), []);
});
