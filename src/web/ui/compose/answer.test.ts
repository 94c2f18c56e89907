import assert from 'node:assert/strict';
import test from 'node:test';
import { answerAll, answerFrom, answerSubject, answerThread, answerTo, forwardSubject, wasBlind } from './answer.ts';
import type { Answered } from './answer.ts';
import type { Person } from './people.ts';

const person = (email: string, name: string | null = null): Person => ({ name, email });
const letter = (facts: Partial<Answered>): Answered => ({
  from: [person('bob@b.test', 'Bob')],
  replyTo: null,
  to: [person('alice@a.test')],
  cc: null,
  subject: 'Lunch',
  messageId: ['1@b.test'],
  inReplyTo: null,
  references: null,
  ...facts,
});
const own = ['alice@a.test'];

test('an answer goes to who wrote, or where they asked for it', () => {
  assert.deepEqual(answerTo(letter({}), own), [person('bob@b.test', 'Bob')]);
  assert.deepEqual(answerTo(letter({ replyTo: [person('list@l.test')] }), own), [person('list@l.test')]);
  assert.deepEqual(answerTo(letter({ replyTo: [] }), own), [person('bob@b.test', 'Bob')]);
});

test('whoever stands in no field but had the letter had it by Bcc', () => {
  const others = { to: [person('carol@c.test')], cc: [person('dave@d.test')] };
  assert.equal(wasBlind(letter(others), own), true);
  assert.equal(wasBlind(letter({ ...others, cc: [person('Alice+list@A.test')] }), own), false);
  assert.equal(wasBlind(letter({ ...others, from: [person('alice@a.test')] }), own), false);
  // With nobody else in it, nobody learns anything.
  assert.equal(wasBlind(letter({ to: null, cc: [] }), own), false);
});

test('an answer to one’s own letter goes on to whom it was for', () => {
  const sent = letter({ from: [person('Alice@A.test')], to: [person('bob@b.test')], cc: [person('carol@c.test')] });
  assert.deepEqual(answerTo(sent, own), [person('bob@b.test')]);
  assert.deepEqual(answerAll(sent, own), { to: [person('bob@b.test')], cc: [person('carol@c.test')] });
  const toSelf = letter({ from: [person('alice@a.test')], to: [person('alice@a.test')] });
  assert.deepEqual(answerTo(toSelf, own), [person('alice@a.test')]);
});

test('an answer to all names each once, and oneself never', () => {
  const many = letter({
    to: [person('alice+work@a.test'), person('carol@c.test'), person('BOB@b.test')],
    cc: [person('dan@d.test'), person('carol@c.test'), person('alice@a.test')],
  });
  assert.deepEqual(answerAll(many, own), {
    to: [person('bob@b.test', 'Bob')],
    cc: [person('carol@c.test'), person('dan@d.test')],
  });
});

test('it comes from the address that was written to', () => {
  const senders = [
    { id: '1', email: 'alice@a.test' },
    { id: '2', email: 'sales@a.test' },
    { id: '3', email: '*@shop.test' },
  ];
  assert.equal(answerFrom(letter({ to: [person('Sales@a.test')] }), senders)?.id, '2');
  assert.equal(answerFrom(letter({ to: [person('alice+x@a.test')] }), senders)?.id, '1');
  assert.equal(answerFrom(letter({ to: [person('orders@shop.test')] }), senders)?.id, '3');
  assert.equal(answerFrom(letter({ to: [person('else@where.test')] }), senders)?.id, '1');
  assert.equal(answerFrom(letter({}), []), undefined);
});

test('references are those of the letter and the letter itself', () => {
  assert.deepEqual(answerThread(letter({})), { inReplyTo: ['1@b.test'], references: ['1@b.test'] });
  assert.deepEqual(answerThread(letter({ references: ['0@a.test'], inReplyTo: ['9@a.test'] })).references, [
    '0@a.test',
    '1@b.test',
  ]);
  assert.deepEqual(answerThread(letter({ inReplyTo: ['9@a.test'] })).references, ['9@a.test', '1@b.test']);
  assert.deepEqual(answerThread(letter({ inReplyTo: ['8@a.test', '9@a.test'] })).references, ['1@b.test']);
  assert.deepEqual(answerThread(letter({ messageId: null })), { inReplyTo: null, references: null });
});

test('of very many references the first and the newest are kept', () => {
  const references = Array.from({ length: 400 }, (_, n) => `${n}@a.test`);
  const kept = answerThread(letter({ references })).references ?? [];
  assert.equal(kept.length, 50);
  assert.deepEqual([kept[0], kept.at(-2), kept.at(-1)], ['0@a.test', '399@a.test', '1@b.test']);
});

test('a subject has one mark, whatever language it was marked in', () => {
  assert.equal(answerSubject('Lunch'), 'Re: Lunch');
  assert.equal(answerSubject('Re: RE: AW: Lunch'), 'Re: Lunch');
  assert.equal(answerSubject('SV: Re[2]: Lunch'), 'Re: Lunch');
  assert.equal(answerSubject('Fwd: Lunch'), 'Re: Fwd: Lunch');
  assert.equal(answerSubject(null), 'Re:');
  assert.equal(answerSubject('Reading: a book'), 'Re: Reading: a book');
  assert.equal(answerSubject('two\r\nBcc: x@y.test'), 'Re: two Bcc: x@y.test');
  assert.equal(forwardSubject('FW: Fwd: WG: Lunch'), 'Fwd: Lunch');
  assert.equal(forwardSubject('Re: Lunch'), 'Fwd: Re: Lunch');
});
