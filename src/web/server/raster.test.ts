import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rasterType } from './raster.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

const PICTURES: Readonly<Record<string, Buffer>> = {
  'image/png': latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'),
  'image/jpeg': latin1('\xff\xd8\xff\xe0\0\x10JFIF'),
  'image/gif': latin1('GIF89a'),
  'image/webp': latin1('RIFF\x24\0\0\0WEBPVP8 '),
  'image/avif': latin1('\0\0\0\x1cftypavif'),
  'image/bmp': latin1('BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0'),
  'image/x-icon': latin1('\0\0\x01\0\x01\0\x10\x10'),
};
for (const [type, octets] of Object.entries(PICTURES)) {
  test(`${type} is told by its first octets`, () => {
    assert.equal(rasterType(octets), type);
    assert.equal(rasterType(octets.subarray(0, 2)), undefined, 'two octets tell nothing');
  });
}

test('everything else is no picture, whatever it is called', () => {
  const others = [
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<!doctype html>',
    '%PDF-1.7',
    'BM is how this text begins',
    '',
    '\0\0\0\x18ftypmp42',
    'PK\x03\x04',
  ];
  for (const text of others) assert.equal(rasterType(latin1(text)), undefined, text);
});
