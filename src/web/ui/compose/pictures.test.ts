import assert from 'node:assert/strict';
import test from 'node:test';
import { fileOfData, isLonePicture } from './pictures.ts';

test('a picture in a data: address becomes a file with its octets', async () => {
  const file = fileOfData('data:image/PNG;base64,iVBORw0%3D');
  assert.deepEqual([file?.name, file?.type, file?.size], ['picture.png', 'image/png', 5]);
  assert.deepEqual(Buffer.from((await file?.arrayBuffer()) ?? new ArrayBuffer()), Buffer.from('iVBORw0=', 'base64'));
});

test('what holds no picture becomes none', () => {
  for (const address of [
    'data:text/html;base64,PGI+',
    'data:image/png,abc',
    'data:image/png;base64,%%%',
    'data:image/png;base64,ä',
    'https://x.test/a.png',
    '',
  ])
    assert.equal(fileOfData(address), undefined, address);
});

test('a copied picture is told from a copied passage with a picture in it', () => {
  const marked = '<html><body>\n<!--StartFragment--><img src="a.png" alt="A"><!--EndFragment-->\n</body></html>';
  for (const html of ['<img src="https://x.test/a.png">', marked, '<meta charset="utf-8"><a href="b"><img src=a></a>'])
    assert.equal(isLonePicture(html), true, html);
  for (const html of ['', '<p>Words</p>', '<p>A <img src=a></p>', '<img src=a><img src=b>'])
    assert.equal(isLonePicture(html), false, html);
});
