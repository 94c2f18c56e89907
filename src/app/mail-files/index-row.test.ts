import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRow, readRow } from './index-row.ts';

const ROW = {
  file: 'Inbox/a.eml',
  uidl: 'u1',
  folders: [{ path: ['Inbox'] }],
  keywords: ['$seen'],
  receivedAt: '2026-01-01T00:00:00.000Z',
  octets: 7,
};

test('a row is read as it was written; one that names a file outside of its directory is none', () => {
  assert.deepEqual(readRow(formatRow(ROW)), ROW);
  for (const file of ['../a.eml', '/etc/passwd', 'Inbox/../../a.eml', '..', 'a\0b'])
    assert.equal(readRow(formatRow({ ...ROW, file })), undefined, file);
  assert.equal(readRow(formatRow({ ...ROW, file: 'Inbox/..a.eml' }))?.file, 'Inbox/..a.eml');
});
