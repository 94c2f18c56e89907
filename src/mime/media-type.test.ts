import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock } from '../base/testing.ts';
import { parseHeaderSection } from '../mail/index.ts';
import { encodingOf, isIdentity, mediaTypeOf } from './media-type.ts';

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
    ["multipart/mixed; boundary*=utf-8''%C3%bc%20", 'multipart/mixed', '\xc3\xbc'],
    ["multipart/mixed; boundary*0*=utf-8''%C3; boundary*1*=%BC", 'multipart/mixed', '\xc3\xbc'],
    ["multipart/mixed; boundary*=utf-8''a; boundary=b", 'multipart/mixed', 'b'],
    ["multipart/mixed; boundary*=utf-8''", 'multipart/mixed'],
    ['multipart/mixed; boundary=', 'multipart/mixed'],
    ['multipart/mixed; boundary=""', 'multipart/mixed'],
    [`multipart/mixed; boundary=${'b'.repeat(200)}`, 'multipart/mixed', 'b'.repeat(200)],
    [`multipart/mixed; boundary=${'b'.repeat(201)}`, 'multipart/mixed'],
    ['multipart / mixed; boundary=b', 'multipart/mixed', 'b'],
    ['text/plain charset=us-ascii', 'text/plain'],
    ['multipart/mixed "; boundary=b', 'multipart/mixed', 'b'],
    ['multipart/mixed; =a; boundary=b', 'multipart/mixed', 'b'],
    ['nothing', ''],
    ['', ''],
    ['a/b/c', ''],
  ];
  for (const [value, ...found] of rows)
    assert.deepEqual(read(`X: y\r\nContent-Type: ${value}\r\n`), [...found, undefined].slice(0, 2), value);
  assert.deepEqual(read('Content-Type: a/b\r\nContent-Type: c/d\r\n'), ['a/b', undefined]);
  assert.equal(read('Content-Type\r\nX: y\r\n'), undefined);
});

test('the encoding, as programs write it', () => {
  const rows: readonly (readonly [string, string | undefined, boolean])[] = [
    ['', undefined, true],
    ['A: b\r\n', undefined, true],
    ['Content-Transfer-Encoding:\r\n', undefined, true],
    ['Content-Transfer-Encoding: 8BIT\r\nContent-Transfer-Encoding: base64\r\n', '8bit', true],
    ['content-transfer-encoding:binary (comment)\r\n', 'binary', true],
    ['Content-Transfer-Encoding: Quoted-Printable;\r\n', 'quoted-printable', false],
    ['Content-Transfer-Encoding: x\r\n', 'x', false],
    ['Content-Transfer-Encoding: 7bit\xa0x\r\n', '7bit\ufffdx', false],
  ];
  for (const [header, encoding, identity] of rows) {
    assert.equal(encodingOf(parseHeaderSection(Buffer.from(header, 'latin1'))), encoding, header);
    assert.equal(isIdentity(encoding), identity, header);
  }
});

test('a hostile field takes little time', () => {
  const spent = cpuClock();
  for (const piece of [';', ';a="', ';a="\\"', '"', ';a=', ';boundary="\\', ' ', ';a =', ';a= ', '; a'])
    read(`Content-Type: a/b${piece.repeat(200_000)}`);
  // A message may have ten thousand such fields.
  for (let n = 0; n < 500; n++) read(`Content-Type: a/b;${' '.repeat(8_000)}`);
  assert.ok(spent() < 5_000);
});
