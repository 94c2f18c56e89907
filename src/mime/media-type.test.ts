import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHeaderSection } from '../mail/index.ts';
import { mediaTypeOf } from './media-type.ts';

function read(header: string): readonly (string | undefined)[] | undefined {
  const type = mediaTypeOf(parseHeaderSection(Buffer.from(header, 'latin1')));
  return type === undefined ? undefined : [type.name, type.boundary];
}

test('type and boundary, as programs write them', () => {
  const rows: readonly (readonly [string, string, string?])[] = [
    ['text/plain', 'text/plain'],
    ['Text/HTML; charset=utf-8', 'text/html'],
    ['text/plain (comment)', 'text/plain'],
    ['multipart/mixed; boundary=b', 'multipart/mixed', 'b'],
    ['multipart/mixed;boundary="a b"', 'multipart/mixed', 'a b'],
    ['multipart/mixed; BOUNDARY = "b "', 'multipart/mixed', 'b'],
    ['multipart/mixed;\r\n\tboundary="----=_Part_1"', 'multipart/mixed', '----=_Part_1'],
    ['multipart/mixed; boundary=----=_Part_1', 'multipart/mixed', '----=_Part_1'],
    ['multipart/mixed; boundary=a; boundary=b', 'multipart/mixed', 'a'],
    ['multipart/mixed; type="x; boundary=no"; boundary=yes', 'multipart/mixed', 'yes'],
    ['multipart/mixed; boundary="a\\"b"', 'multipart/mixed', 'a"b'],
    ['multipart/mixed; broken; ; x; boundary=b', 'multipart/mixed', 'b'],
    ['multipart/mixed; x="open; boundary=b', 'multipart/mixed', 'b'],
    ['multipart/mixed; name=\xc3\xbc; boundary="\xc3\xbc"', 'multipart/mixed', '\xc3\xbc'],
    ['multipart/mixed; boundary=', 'multipart/mixed'],
    ['multipart/mixed; boundary=""', 'multipart/mixed'],
    [`multipart/mixed; boundary=${'b'.repeat(200)}`, 'multipart/mixed', 'b'.repeat(200)],
    [`multipart/mixed; boundary=${'b'.repeat(201)}`, 'multipart/mixed'],
    ['nothing', ''],
    ['', ''],
    ['a/b/c', ''],
  ];
  for (const [value, ...found] of rows)
    assert.deepEqual(read(`X: y\r\nContent-Type: ${value}\r\n`), [...found, undefined].slice(0, 2), value);
  assert.deepEqual(read('Content-Type: a/b\r\nContent-Type: c/d\r\n'), ['a/b', undefined]);
  assert.equal(read('Content-Type\r\nX: y\r\n'), undefined);
});

test('a hostile field takes little time', () => {
  const before = performance.now();
  for (const piece of [';', ';a="', ';a="\\"', '"', ';a=', ';boundary="\\', ' ', ';a ='])
    read(`Content-Type: a/b${piece.repeat(200_000)}`);
  assert.ok(performance.now() - before < 5_000);
});
