import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRasterData, pictureSource, remotePicture } from './pictures.ts';

const kinds: readonly (readonly [src: string, kind: string])[] = [
  ['cid:a@b', 'part'],
  ['CID:%3Ca%3E', 'part'],
  ['https://a.test/x.png', 'remote'],
  ['//a.test/x.png', 'remote'],
  ['\\\\a.test\\x.png', 'remote'],
  ['ht\ntps://a.test/', 'remote'],
  ['/picture?u=x', 'none'],
  ['/jmap/download/a/b', 'none'],
  ['x.png', 'none'],
  ['javascript:alert(1)', 'none'],
  ['file:///x.png', 'none'],
  ['blob:https://a.test/1', 'none'],
  ['data:text/html,x', 'none'],
  ['data:image/svg+xml,<svg/>', 'none'],
  ['data:image/gif;base64,R0lGODlhAQABAAAAACw=', 'inline'],
  ['', 'none'],
];
for (const [src, kind] of kinds) {
  test(`a picture from ${JSON.stringify(src)} is ${kind}`, () => {
    assert.equal(pictureSource(src).kind, kind);
  });
}

test('data: is a picture when its octets begin like one, whatever it calls itself', () => {
  const head = (octets: readonly number[]): string =>
    Buffer.from([...octets, ...Array<number>(20).fill(1)]).toString('base64');
  const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];
  const pictures: Readonly<Record<string, string>> = {
    png: head([0x89, ...ascii('PNG\r\n\x1a\n')]),
    jpeg: head([0xff, 0xd8, 0xff, 0xe0]),
    gif: head(ascii('GIF89a')),
    webp: head([...ascii('RIFF'), 1, 2, 3, 0, ...ascii('WEBPVP8 ')]),
    bmp: head([...ascii('BM'), 1, 2, 3, 0]),
    avif: head([0, 0, 0, 0x1c, ...ascii('ftypavif')]),
  };
  for (const [type, data] of Object.entries(pictures))
    assert.ok(isRasterData(`data:image/${type};base64,${data}`), type);
  assert.equal(isRasterData(`data:image/png;base64,${head(ascii('<svg onload=x>'))}`), false);
  assert.equal(isRasterData(`data:image/svg+xml;base64,${pictures['png']}`), false);
  assert.equal(isRasterData(`data:image/png,${pictures['png']}`), false);
});

const BOXES: readonly (readonly [url: string, box: object, sign: string | undefined])[] = [
  ['https://a.test/logo.png', { width: '120', height: '40' }, undefined],
  ['https://a.test/x.gif', { width: '1', height: '1' }, 'tiny'],
  ['https://a.test/x.gif', { width: '0px', height: '2' }, 'tiny'],
  ['https://a.test/x.gif', { style: 'width: 1px; height: 1px !important' }, 'tiny'],
  ['https://a.test/line.gif', { width: '600', height: '1' }, undefined],
  ['https://a.test/x.gif', { width: '1', height: '1', style: 'width: 100px; height: 90px' }, undefined],
  ['https://a.test/x.gif', { style: 'Display : None' }, 'hidden'],
  ['https://a.test/x.gif', { style: 'opacity:0' }, 'hidden'],
  ['https://a.test/x.gif', { style: 'opacity:0.5' }, undefined],
  ['https://a.test/o?id=8f3a9c0b1d2e4f5a6b7c8d9e', {}, 'identifier'],
  ['https://a.test/open/8f3a9c0b1d2e4f5a6b7c8d9e8f3a9c0b1d2e4f5a', {}, 'identifier'],
  ['https://cdn.test/8f3a9c0b1d2e4f5a6b7c8d9e8f3a9c0b1d2e4f5a/logo.png', {}, undefined],
];
for (const [url, box, sign] of BOXES) {
  test(`${url} in ${JSON.stringify(box)}: ${sign ?? 'a picture'}`, () => {
    assert.equal(remotePicture(new URL(url), box).tracker, sign);
  });
}
