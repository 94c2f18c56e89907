import assert from 'node:assert/strict';
import test from 'node:test';
import { emailOf, heldUntil, isEmpty, recipientsOf, submissionOf } from './letter.ts';
import type { Letter } from './letter.ts';

const letter = (facts: Partial<Letter> = {}): Letter => ({
  from: { name: 'Alice', email: 'alice@a.test' },
  replyTo: null,
  to: [{ name: null, email: 'bob@b.test' }],
  cc: [],
  bcc: [],
  subject: 'Lunch',
  mode: 'plain',
  text: 'Hello',
  html: '',
  files: [],
  inReplyTo: null,
  references: null,
  ...facts,
});
const pdf = { blobId: 'u-1', name: 'plan.pdf', type: 'application/pdf', size: 10 };
const picture = { blobId: 'u-2', name: 'p.png', type: 'image/png', size: 10, cid: 'p@a.test' };
const shape = (part: unknown): unknown => {
  const { type, subParts, partId, blobId } = part as Record<string, unknown>;
  return Array.isArray(subParts) ? { [String(type)]: subParts.map(shape) } : (partId ?? blobId);
};
const shapeOf = (one: Letter): unknown => shape(emailOf(one)['bodyStructure']);

test('a plain letter is one part of text that flows', () => {
  const email = emailOf(letter({ text: 'word '.repeat(30).trim() }));
  assert.deepEqual(email['bodyStructure'], {
    partId: 'text',
    'header:Content-Type': ' text/plain; charset=utf-8; format=flowed',
  });
  assert.match((email['bodyValues'] as { text: { value: string } }).text.value, /word \n/u);
});

test('a rich one has its text as well, pictures beside the HTML, files beside all', () => {
  const rich = { mode: 'rich', html: '<p>Hello</p>' } as const;
  assert.deepEqual(shapeOf(letter(rich)), { 'multipart/alternative': ['text', 'html'] });
  assert.deepEqual(shapeOf(letter({ ...rich, files: [pdf, picture] })), {
    'multipart/mixed': [{ 'multipart/related': [{ 'multipart/alternative': ['text', 'html'] }, 'u-2'] }, 'u-1'],
  });
  assert.deepEqual(shapeOf(letter({ files: [pdf, picture] })), { 'multipart/mixed': ['text', 'u-1', 'u-2'] });
});

test('nothing pasted brings a line end into a header', () => {
  const email = emailOf(
    letter({
      subject: 'Lunch\r\nBcc: eve@e.test',
      from: { name: 'Al\nice', email: 'alice@a.test' },
      files: [{ ...pdf, name: 'a\r\nX: y.pdf', type: 'text/html\r\nX: y' }],
    }),
  );
  const { bodyValues: _, ...header } = email;
  assert.doesNotMatch(JSON.stringify(header), /\\[rn]/u);
});

test('everybody is in the envelope once, with a wish to hear of failures', () => {
  const many = letter({
    to: [{ name: null, email: 'bob@b.test' }],
    cc: [{ name: null, email: 'BOB@b.test' }],
    bcc: [{ name: null, email: 'eve@e.test' }],
  });
  assert.deepEqual(
    recipientsOf(many).map(({ email }) => email),
    ['bob@b.test', 'eve@e.test'],
  );
  const { envelope } = submissionOf({ letter: many, identityId: 'i', emailId: '#d', hold: { seconds: 10 } }) as {
    envelope: { mailFrom: unknown; rcptTo: unknown[] };
  };
  assert.deepEqual(envelope.mailFrom, { email: 'alice@a.test', parameters: { HOLDFOR: '10' } });
  assert.deepEqual(envelope.rcptTo[1], { email: 'eve@e.test', parameters: { NOTIFY: 'FAILURE,DELAY' } });
});

test('a letter for later says until when', () => {
  const hold = { until: new Date('2026-12-01T08:00:00.123Z') };
  const made = submissionOf({ letter: letter(), identityId: 'i', emailId: 'e', hold });
  assert.match(JSON.stringify(made), /"HOLDUNTIL":"2026-12-01T08:00:00Z"/u);
  const now = submissionOf({ letter: letter(), identityId: 'i', emailId: 'e', hold: { seconds: 0 } });
  assert.match(JSON.stringify(now), /"parameters":null/u);
});

test('a letter in which nothing stands is empty', () => {
  assert.ok(isEmpty(letter({ to: [], subject: ' ', text: '\n', html: '<p>&nbsp;</p>' })));
  assert.ok(!isEmpty(letter({ subject: '', text: '' })));
  assert.ok(!isEmpty(letter({ to: [], subject: '', text: '', files: [pdf] })));
});

test('another time takes the place of the one before, and nothing else changes', () => {
  const rcptTo = [{ email: 'bob@b.test', parameters: { NOTIFY: 'FAILURE,DELAY' } }];
  const until = new Date('2026-12-01T07:00:00.500Z');
  for (const [before, after] of [
    [null, {}],
    [{ HOLDFOR: '10', RET: 'HDRS' }, { RET: 'HDRS' }],
    [{ HOLDUNTIL: '2026-11-30T07:00:00Z' }, {}],
  ] as const) {
    const envelope = heldUntil({ mailFrom: { email: 'a@a.test', parameters: before }, rcptTo }, until);
    const parameters = { ...after, HOLDUNTIL: '2026-12-01T07:00:00Z' };
    assert.deepEqual(envelope, { mailFrom: { email: 'a@a.test', parameters }, rcptTo });
  }
});
