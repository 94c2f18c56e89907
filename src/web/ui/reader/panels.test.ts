import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerFields } from './panels.ts';

test('panels: fields of a header, unfolded, in their order', () => {
  const source = 'Received: from a\r\n\tby b; now\r\nSubject: a: b\r\nX-Empty:\r\n\r\nBody: no field\r\n';
  assert.deepEqual(headerFields(source), [
    { name: 'Received', value: 'from a\tby b; now' },
    { name: 'Subject', value: 'a: b' },
    { name: 'X-Empty', value: '' },
  ]);
  assert.deepEqual(headerFields('no header at all'), []);
  assert.deepEqual(headerFields(''), []);
});
