import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeEmail } from '../jmap/fake-server.ts';
import { marksOf, nameOf, recipients, senders } from './names.ts';

const WORDS = { me: 'me', nobody: '(nobody)' };
const ANNA = new Set(['anna@a.test']);
const NOBODY: ReadonlySet<string> = new Set();
const from = (name: string | null, email: string) => fakeEmail({ id: email, from: [{ name, email }] });

test('names: a name that pretends to be another address is not believed', () => {
  assert.equal(nameOf({ name: 'Bob Stone', email: 'bob@b.test' }), 'Bob Stone');
  assert.equal(nameOf({ name: ' ', email: 'bob@b.test' }), 'bob@b.test');
  assert.equal(nameOf({ name: 'bank@bank.test', email: 'thief@x.test' }), 'thief@x.test');
  assert.equal(nameOf({ name: 'Bob@b.test', email: 'bob@b.test' }), 'Bob@b.test');
});

test('names: who takes part in a conversation', () => {
  const bob = from('Bob Stone', 'bob@b.test');
  const own = from('Anna Ek', 'Anna@a.test');
  assert.equal(senders([bob], ANNA, WORDS), 'Bob Stone');
  assert.equal(senders([bob, own, bob], ANNA, WORDS), 'Bob, me');
  assert.equal(senders([own], ANNA, WORDS), 'Anna Ek');
  assert.equal(senders([from('Lee, Ann', 'lee@b.test'), from(null, 'x@b.test')], NOBODY, WORDS), 'Ann, x@b.test');
  assert.equal(senders([own, from('Mail Delivery System', 'm@b.test')], ANNA, WORDS), 'me, Mail Delivery System');
  const many = ['Ada', 'Bea', 'Cyn', 'Dee'].map((name) => from(name, `${name}@b.test`));
  assert.equal(senders(many, NOBODY, WORDS), 'Ada … Cyn, Dee');
  assert.equal(senders([fakeEmail({ id: 'x', from: null })], NOBODY, WORDS), '(nobody)');
});

test('names: recipients, and marks of a whole conversation', () => {
  assert.equal(recipients(fakeEmail({ id: 'x', to: [] }), WORDS), '(nobody)');
  assert.equal(recipients(fakeEmail({ id: 'x' }), WORDS), 'anna@a.test');
  const read = fakeEmail({ id: 'a', keywords: { $seen: true, $answered: true } });
  const marks = marksOf([read, fakeEmail({ id: 'b', hasAttachment: true })]);
  assert.deepEqual(marks, {
    unread: true,
    flagged: false,
    answered: true,
    forwarded: false,
    draft: false,
    files: true,
    count: 2,
  });
  assert.equal(marksOf([fakeEmail({ id: 'd', keywords: { $draft: true } })]).unread, false);
});
