import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesInFolder, safeName } from './file-name.ts';

test('no path, nothing hidden, no longer than file systems take', () => {
  for (const [given, safe] of [
    ['../../etc/passwd', '__.._etc_passwd'],
    ['C:\\Windows\\x.dll', 'C:_Windows_x.dll'],
    ['.bashrc', '_bashrc'],
    ['photo\u202egpj.exe', 'photo_gpj.exe'],
    ['a\r\nb\0c', 'a__b_c'],
    ['', 'file'],
  ] as const)
    assert.equal(safeName(given), safe, JSON.stringify(given));
  const long = safeName(`${'ü'.repeat(300)}.pdf`);
  assert.ok(Buffer.byteLength(long) <= 255 && long.endsWith('ü.pdf'));
  assert.equal(safeName(`x..${'a'.repeat(253)}`), `_${'a'.repeat(253)}`);
});

test('in one folder each name stands once, on any system', () => {
  assert.deepEqual(
    namesInFolder(['a.txt', 'A.TXT', 'a.txt', 'a (2).txt', 'u\u0308.txt', 'ü.txt', 'x/y', 'x_y', 'noend', 'noend']),
    ['a.txt', 'A (2).TXT', 'a (3).txt', 'a (2) (2).txt', 'ü.txt', 'ü (2).txt', 'x_y', 'x_y (2)', 'noend', 'noend (2)'],
  );
  assert.deepEqual(namesInFolder(['what? "now" <1>|*:.txt', 'NUL', 'con.txt', 'console.txt', 'end. .', ' ', '..']), [
    'what_ _now_ _1____.txt',
    'NUL_',
    'con_.txt',
    'console.txt',
    'end',
    'file',
    'file (2)',
  ]);
  const many = namesInFolder(Array.from({ length: 1_000 }, () => `${'é'.repeat(200)}.jpeg`));
  assert.equal(new Set(many).size, 1_000);
  assert.ok(many.every((name) => Buffer.byteLength(name) <= 255));
});
