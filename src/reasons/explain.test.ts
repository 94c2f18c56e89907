import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock } from '../base/testing.ts';
import fc from 'fast-check';
import { explainReply, isReason, reasonOf } from './explain.ts';
import type { Refusal } from './explain.ts';
import { plainWords } from './phrases/phrase.ts';
import { RULES } from './rules.ts';
import { TELLING, VAGUE } from './table.ts';

/** "550 5.7.1 words" */
function refusal(text: string, more: Omit<Refusal, 'reply'> = {}): Refusal {
  const [, code = '', enhanced, words = ''] = /^(\d{3})(?: (\d\.\d+\.\d+))?(?: (.*))?$/.exec(text) ?? [];
  return { reply: { code: Number(code), lines: [words], ...(enhanced === undefined ? {} : { enhanced }) }, ...more };
}

const ORDER: readonly (readonly [what: string, says: string, more: Omit<Refusal, 'reply'>, reason: string])[] = [
  ['our own rule goes before all words', '550 5.1.1 User unknown', { rule: 'null-mx' }, 'no-mail-here'],
  ['a rule that is none of ours says nothing', '550 5.1.1 User unknown', { rule: 'x' }, 'no-such-user'],
  ['words go before a code that is used for everything', '550 5.7.1 Mailbox full', {}, 'mailbox-full'],
  ['a provider goes before everybody', '550 5.4.1 x@y.test: Recipient address rejected: Access denied', { stage: 'rcpt' }, 'no-such-user'],
  ['a code that says something goes before words that do not', '550 5.2.2 Rejected', {}, 'mailbox-full'],
  ['words that say little go before a code that says less', '450 4.7.0 Please try again later', {}, 'try-later'],
  ['a code of a subject goes before the reply code', '550 5.6.0 No', { stage: 'rcpt' }, 'malformed-message'],
  ['the reply code counts with its stage', '550 No', { stage: 'rcpt' }, 'no-such-user'],
  ['the reply code counts with its stage, elsewhere', '550 No', { stage: 'dot' }, 'policy-other'],
  ['a stage that is none is as good as none', '550 No', { stage: 'lunch' }, 'policy-other'],
  ['a code in the words is a code', '553 No, sorry (#5.1.3)', {}, 'bad-recipient-address'],
  ['a token that ended at the login is no message that waited too long', '535 5.7.8 the token has expired', { stage: 'auth' }, 'login-refused'],
  ['no refusal at all', '250 fine', {}, 'unknown'],
]; // prettier-ignore

for (const [what, says, more, reason] of ORDER) {
  test(`evidence: ${what}`, () => {
    assert.equal(explainReply(refusal(says, more)).id, reason);
  });
}

test('whether it is temporary changes what to do, and not what it means', () => {
  const table: readonly (readonly [string, boolean, string])[] = [
    ['452 4.2.2 Over quota', false, 'we-try-again'],
    ['452 4.2.2 Over quota', true, 'later-again'],
    ['552 5.2.2 Over quota', false, 'later-again'],
    ['450 4.1.1 User unknown', true, 'no'],
    ['550 5.1.1 User unknown', false, 'no'],
  ];
  for (const [says, over, wait] of table) assert.equal(explainReply(refusal(says, { over })).wait, wait, says);
  assert.equal(explainReply(refusal('452 4.2.2 Over quota')).id, explainReply(refusal('552 5.2.2 Over quota')).id);
});

test('a connection that broke: where it broke tells what that means', () => {
  const at = (stage: string): string => explainReply(refusal('451 4.4.2 gone', { rule: 'connection-lost', stage })).id;
  assert.deepEqual([at('connect'), at('rcpt'), at('dot')], ['no-route', 'connection-lost', 'answer-lost']);
});

test('an address, a page to read and a reason for having rules are no words of a reason', () => {
  assert.equal(
    plainWords(['<Full.Mailbox@spam.test>: Recipient address rejected:', ' No\tsuch   user... here. Bye!']),
    'whom: no such user here.\nbye!',
  );
  assert.equal(plainWords(['No. To reduce the amount of spam sent to us, it was blocked.']), 'no.\nit was blocked.');
  assert.equal(explainReply(refusal('550 <greylisted.virus@b.test> Unknown user')).id, 'no-such-user');
});

test('every rule that leads to a reason leads to one that there is', () => {
  for (const [rule, id] of Object.entries(RULES)) assert.ok(isReason(id), rule);
  assert.equal(isReason('toString'), false);
  assert.equal(reasonOf('greylisted').wait, 'later-again');
});

test('no phrase leaves its repetitions without an end, but for the one that looks at the whole text', () => {
  const endless = [...TELLING, ...VAGUE].filter(([, says]) => /(?:\.|\\w|\\S|\])[*+]/.test(says.source));
  assert.deepEqual(
    endless.map(([means]) => means),
    ['poor-reputation'],
  );
});

/** Words of the table in any order: what a server would write to make it slow. */
const WORDS = [...new Set([...TELLING, ...VAGUE].flatMap(([, says]) => says.source.match(/[a-z]{2,}/g) ?? []))];

test('any text has a reason, in a time that is bounded', () => {
  const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 10 }), fc.constantFrom('<', '@', '.', ' ')); // prettier-ignore
  const text = fc.oneof(
    fc.array(word, { maxLength: 400 }).map((words) => words.join(' ')),
    fc.tuple(word, fc.integer({ min: 1, max: 20_000 })).map(([one, times]) => `${one} `.repeat(times).slice(0, 50_000)),
  );
  const stage = fc.constantFrom('greeting', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'dot', undefined);
  let slowest = 0;
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 999 }), stage, (line, code, at) => {
      const spent = cpuClock();
      const reason = explainReply({ reply: { code, lines: [line, line] }, ...(at === undefined ? {} : { stage: at }) });
      slowest = Math.max(slowest, spent());
      assert.ok(isReason(reason.id));
    }),
    { numRuns: 400 },
  );
  // It takes about a millisecond.
  assert.ok(slowest < 1_000, `the slowest took ${slowest} ms`);
});
