import assert from 'node:assert/strict';
import test from 'node:test';
import { attribution, forwardedHead, quoteText } from './quote.ts';
import type { Quoted } from './quote.ts';

const letter: Quoted = {
  from: [{ name: 'Bob Stone', email: 'bob@b.test' }],
  to: [{ name: null, email: 'alice@a.test' }],
  cc: null,
  subject: 'Lunch',
  sentAt: '2026-11-26T14:02:00Z',
  receivedAt: '2026-11-26T14:02:05Z',
};

test('it is said who wrote and when', () => {
  const words = attribution(letter, 'en-GB');
  assert.match(words, /^On Thursday.* 26 November 2026 at \d\d:02, Bob Stone <bob@b\.test> wrote:$/u);
  assert.match(attribution({ ...letter, from: null, sentAt: null }, 'en-GB'), /somebody wrote:$/u);
});

test('each line is one deeper, the signature is left out', () => {
  assert.equal(quoteText('Hello\r\n\r\n> old\r\n-- \r\nBob'), '> Hello\n>\n>> old');
  assert.equal(quoteText('a\n-- \n' + 'b\n'.repeat(20)).split('\n').length, 22);
});

test('a very long quote is cut, and says so', () => {
  const quoted = quoteText('x'.repeat(300_000));
  assert.ok(quoted.length < 200_100);
  assert.ok(quoted.endsWith('\n> […]'));
});

test('a forwarded letter shows what it was', () => {
  const text = forwardedHead(letter, 'en-GB');
  assert.match(
    text,
    /^-+ Forwarded message -+\nFrom: Bob Stone <bob@b\.test>\nDate: .*\nSubject: Lunch\nTo: alice@a\.test$/u,
  );
});
