import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyTextReader, decodeTransfer, LARGEST_TEXT, transferDecoder, truncated } from './index.ts';
import type { BodyValue } from './index.ts';

function value(octets: Buffer | string, charset: string, most?: number, type = 'text/plain'): BodyValue {
  const reader = new BodyTextReader({ type, charset }, most);
  reader.write(Buffer.from(octets as string));
  return reader.end();
}

function decoded(text: string, encoding: string): readonly [string, boolean] {
  const { octets, isProblem } = decodeTransfer(Buffer.from(text, 'latin1'), encoding);
  return [octets.toString('latin1'), isProblem];
}

for (const [encoding, encoded, text, isProblem] of [
  ['base64', 'YWJj', 'abc', false],
  ['base64', 'YW\r\nJj ZA==', 'abcd', false],
  ['base64', 'YWJjZA', 'abcd', true],
  ['base64', 'YW!JjZA==', 'abcd', true],
  ['base64', 'YQ==YWI=', 'aab', true],
  ['base64', 'YWJjZ', 'abc', true],
  ['quoted-printable', 'a=3Db=\r\nc=3d', 'a=bc=', false],
  ['quoted-printable', 'blanks go \t\r\nand stay here', 'blanks go\r\nand stay here', false],
  ['quoted-printable', 'a= \t\r\nb=\nc=', 'abc', false],
  ['quoted-printable', 'a=zb=4', 'a=zb=4', true],
  ['quoted-printable', 'a==41', 'a=A', true],
  ['quoted-printable', 'a \r b', 'a \r b', false],
  ['quoted-printable', 'raw \xfc', 'raw \xfc', false],
  ['7bit', 'as it is \xfc', 'as it is \xfc', false],
  ['8-bit', 'a', 'a', false],
  ['rot13', 'a', 'a', true],
  ['x-uuencode', 'text\nbegin 644 a.txt\n#86)C\n!80\n`\nend\nmore', 'abca', false],
  ['x-uuencode', 'begin 644 a.txt\n#86)C', 'abc', true],
  ['x-uuencode', 'nothing', '', true],
] as const)
  test(`[8621-4.1.4-encodings] ${encoding} ${JSON.stringify(encoded)}`, () => {
    assert.deepEqual(decoded(encoded, encoding), [text, isProblem]);
    const decoder = transferDecoder(encoding);
    const pieces = [...Buffer.from(encoded, 'latin1')].map((octet) => Buffer.from(decoder.push(Buffer.of(octet))));
    assert.equal(Buffer.concat([...pieces, decoder.end()]).toString('latin1'), text);
    assert.equal(decoder.isProblem, isProblem);
  });

for (const [charset, octets, text, isProblem] of [
  ['utf-8', Buffer.from('ü😀'), 'ü😀', false],
  ['UTF-8', Buffer.from([0xef, 0xbb, 0xbf, 0x61]), 'a', false],
  ['us-ascii', Buffer.from('plain'), 'plain', false],
  ['us-ascii', Buffer.from('ü'), 'ü', true],
  ['us-ascii', Buffer.from([0xfc, 0x80]), 'ü€', true],
  ['utf-8', Buffer.from('lies in f\xfcnf \xdcberf\xe4llen', 'latin1'), 'lies in fünf Überfällen', true],
  ['utf-8', Buffer.concat([Buffer.from('äöüß and '), Buffer.of(0xff)]), 'äöüß and \ufffd', true],
  ['iso-8859-1', Buffer.of(0xe9, 0x93), 'é“', false],
  ['iso-8859-15', Buffer.of(0xa4), '€', false],
  ['koi8-r', Buffer.of(0xf0), 'П', false],
  ['gb18030', Buffer.of(0xc4, 0xe3, 0xba, 0xc3), '你好', false],
  ['gb2312', Buffer.of(0xc4, 0xe3), '你', false],
  ['iso-2022-jp', Buffer.from('\x1b$BF|K\\\x1b(B', 'latin1'), '日本', false],
  ['euc-jp', Buffer.of(0xc6, 0xfc), '日', false],
  ['cp932', Buffer.of(0x93, 0xfa), '日', false],
  ['utf-7', Buffer.from('+APw-'), 'ü', false],
  ['utf-16', Buffer.from('\ufeffü', 'utf16le'), 'ü', false],
  ['utf-16be', Buffer.of(0, 0xfc), 'ü', false],
  ['cp437', Buffer.of(0x81), 'ü', false],
  ['x-nobody-knows', Buffer.from('ü'), 'ü', true],
  ['x-nobody-knows', Buffer.of(0xfc), 'ü', true],
  ['hex', Buffer.from('a'), 'a', true],
  ['__proto__', Buffer.from('a'), 'a', true],
] as const)
  test(`[8621-4.1.4-charsets] ${charset} to ${text}`, () => {
    const { value: read, isEncodingProblem, isTruncated } = value(octets, charset);
    assert.deepEqual([read, isEncodingProblem, isTruncated], [text, isProblem, false]);
  });

test('[8621-4.1.4-lines] line ends become LF, and NUL goes', () => {
  assert.equal(value('a\r\nb\rc\nd\r\r\ne\0f', 'utf-8').value, 'a\nb\nc\nd\nef');
});

test('[8621-4.2-truncated] truncated to octets, at a whole character, and not within a tag', () => {
  assert.deepEqual(value('aüb', 'utf-8', 2), { value: 'a', isEncodingProblem: false, isTruncated: true });
  assert.deepEqual(value('aüb', 'utf-8', 4), { value: 'aüb', isEncodingProblem: false, isTruncated: false });
  assert.equal(value('x😀', 'utf-8', 4).value, 'x');
  assert.equal(value('ab<a href="x">', 'us-ascii', 6, 'text/html').value, 'ab');
  assert.equal(value('ab<a href="x">', 'us-ascii', 6, 'text/plain').value, 'ab<a h');
  assert.equal(value('1 < 2 and so on', 'us-ascii', 8, 'text/html').value, '1 < 2 an');
  assert.deepEqual(value('日'.repeat(100), 'utf-8', 8), { value: '日日', isEncodingProblem: false, isTruncated: true });
  assert.equal(truncated('ab<', 3, true), 'ab<');
  assert.equal(truncated('ab<b', 3, true), 'ab');
});

test('a long text is read only as far as wanted, and no cut character is a problem', () => {
  const reader = new BodyTextReader({ type: 'text/plain', charset: 'utf-8', encoding: 'base64' }, 10);
  const encoded = Buffer.from(Buffer.from('ü'.repeat(50)).toString('base64'));
  assert.equal(reader.write(encoded.subarray(0, 20)), true);
  assert.equal(reader.write(encoded.subarray(20)), false);
  assert.deepEqual(reader.end(), { value: 'ü'.repeat(5), isEncodingProblem: false, isTruncated: true });
  const endless = new BodyTextReader({ type: 'text/plain', charset: 'utf-8' });
  let octets = 0;
  while (endless.write(Buffer.alloc(1_048_576, 0x61))) octets += 1_048_576;
  assert.ok(octets <= LARGEST_TEXT);
});
