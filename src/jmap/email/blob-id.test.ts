import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBlobId, parseBlobId, partBlobId } from './blob-id.ts';

const EMAIL = '06f1b2q3r4s5t6v7w8x9y0z1a2-1';

test('a blob is a message, an upload, or a part of one at any depth', () => {
  assert.deepEqual(parseBlobId(`e-${EMAIL}`), { kind: 'email', email: EMAIL });
  assert.deepEqual(parseBlobId('u-abc'), { kind: 'upload', upload: 'abc' });
  assert.deepEqual(parseBlobId(`p-${EMAIL}-3`), { kind: 'part', of: { kind: 'email', email: EMAIL }, path: [3] });
  assert.deepEqual(parseBlobId('p-u-abc-3_1'), { kind: 'part', of: { kind: 'upload', upload: 'abc' }, path: [3, 1] });
  for (const id of [`e-${EMAIL}`, 'u-abc', `p-${EMAIL}-3`, 'p-u-abc-3_1']) {
    const parsed = parseBlobId(id);
    assert.equal(parsed && formatBlobId(parsed), id);
  }
});

test('a part of a part has the path of both', () => {
  const part = parseBlobId(`p-${EMAIL}-3`);
  assert.ok(part);
  assert.equal(partBlobId(part, 2), `p-${EMAIL}-3_2`);
  assert.equal(partBlobId({ kind: 'upload', upload: 'abc' }, 2), 'p-u-abc-2');
});

test('what is no blob has no meaning', () => {
  for (const id of [
    '',
    'e-',
    'u-',
    'x-abc',
    'p-',
    'p-abc',
    'p-abc-',
    'p-abc-x',
    'p--1',
    'e-a/b',
    'p-abc-1_',
    `p-abc-${'1_'.repeat(16)}1`,
  ])
    assert.equal(parseBlobId(id), undefined, id);
});
