import assert from 'node:assert/strict';
import test from 'node:test';
import { readMailto } from './mailto.ts';

const emails = (link: string, field: 'to' | 'cc' | 'bcc' = 'to'): readonly string[] =>
  (readMailto(link)[field] ?? []).map((entry) => (entry.kind === 'person' ? entry.person.email : `? ${entry.text}`));

test('a link names people, a subject and text (RFC 6068)', () => {
  const link = 'mailto:bob@b.test,carol@c.test?cc=d@d.test&subject=Plan%20A+B&body=Hello%0D%0Ayou&to=e@e.test';
  assert.deepEqual(emails(link), ['bob@b.test', 'carol@c.test', 'e@e.test']);
  assert.deepEqual(emails(link, 'cc'), ['d@d.test']);
  assert.equal(readMailto(link).subject, 'Plan A+B');
  assert.equal(readMailto(link).text, 'Hello\nyou');
});

test('a list of addresses without a scheme is one as well', () => {
  assert.deepEqual(emails('Bob <bob@b.test>, carol@c.test'), ['bob@b.test', 'carol@c.test']);
});

test('no other field gets in, and no line end into one', () => {
  const link = 'mailto:bob@b.test?subject=a%0D%0ABcc:%20eve@e.test&from=eve@e.test&attach=/etc/passwd&in-reply-to=x';
  const begun = readMailto(link);
  assert.deepEqual(Object.keys(begun).toSorted(), ['bcc', 'cc', 'subject', 'text', 'to']);
  assert.equal(begun.subject, 'a Bcc: eve@e.test');
  assert.deepEqual(begun.bcc, []);
});

test('what is broken is taken as it is written', () => {
  assert.deepEqual(emails('mailto:%E0%A4%A'), ['? %E0%A4%A']);
  assert.deepEqual(emails('mailto:'), []);
});
