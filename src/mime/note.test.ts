import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simpleParser } from 'mailparser';
import { composeNote } from './note.ts';
import type { NoteParts } from './note.ts';

const PARTS: NoteParts = {
  id: 'n1',
  hostname: 'mx.a.test',
  at: Date.UTC(2026, 0, 1),
  message: 'm1',
  from: '',
  failed: [{ address: 'bob@b.test', reply: '550 5.1.1 nobody called bob' }],
  more: 0,
};

test('a note is a text to the postmaster that says it was written by a program, and which message it is about', async () => {
  const octets = composeNote(PARTS);
  const mail = await simpleParser(octets);
  assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
  assert.match(String(mail.headerLines.find(({ key }) => key === 'to')?.line), /<postmaster@mx\.a\.test>/);
  assert.match(mail.text ?? '', /Message m1 could not be delivered/);
  assert.match(mail.text ?? '', /bob@b\.test\n {2}550 5\.1\.1 nobody called bob/);
  assert.match(mail.text ?? '', /"posthorn journey m1"/);
  assert.doesNotMatch(mail.text ?? '', /since the note before/);
  assert.match(octets.toString('latin1'), /^(?:[^\r\n]{0,998}\r\n)+$/);
});

test('what others wrote can neither begin a field nor a line, and is short', async () => {
  const evil = 'x\r\nBcc: y@y.test\r\n\r\nhello';
  const parts = { ...PARTS, from: evil, failed: [{ address: evil, reply: `550 ${'é'.repeat(9_000)}` }] };
  const mail = await simpleParser(composeNote(parts));
  assert.equal(mail.headers.get('bcc'), undefined);
  assert.doesNotMatch(mail.text ?? '', /^(?:Bcc|hello)/m);
  assert.ok((mail.text ?? '').length < 2_500);
});

test('many recipients are counted, and so are the others since the note before', async () => {
  const failed = Array.from({ length: 25 }, (_, i) => ({ address: `b${i}@b.test`, reply: '550 no' }));
  const { text = '' } = await simpleParser(composeNote({ ...PARTS, failed, more: 7 }));
  assert.match(text, /b19@b\.test/);
  assert.doesNotMatch(text, /b20@b\.test/);
  assert.match(text, /and 5 more recipients of it/);
  assert.match(text, /7 more deliveries failed like this since the note\s+before/);
});
