import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeMailbox, fakeMessage } from '../testing.ts';
import { DeletionMarks } from './marks.ts';

test('[1939-5-dele] what is left, what is marked, and RSET', () => {
  const mailbox = new FakeMailbox(['a', 'bb', 'ccc'].map((text, n) => fakeMessage(`${text}\r\n`, `u${n}`)));
  const marks = new DeletionMarks(mailbox.open());
  assert.deepEqual(marks.left, { count: 3, octets: 12 });
  marks.add(1);
  assert.deepEqual(marks.left, { count: 2, octets: 8 });
  assert.deepEqual([...marks.unmarked()], [0, 2]);
  assert.deepEqual(marks.list(), [1]);
  assert.equal(marks.has(1), true);
  marks.clear();
  assert.deepEqual(marks.left, { count: 3, octets: 12 });
  assert.deepEqual(marks.list(), []);
});
