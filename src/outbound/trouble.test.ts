import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reply } from '../mail/index.ts';
import { brokenAt, insecure, notOffered, prefer, refusedBy } from './trouble.ts';
import type { Verdict } from './trouble.ts';
import type { Stage } from './outbound.ts';

/** The table of trouble.ts, word by word: outcome, and whether another host may do better. */
const TABLE: readonly (readonly [stage: Stage, transient: string, permanent: string, silent: string])[] = [
  ['connect', 'deferred next', 'deferred next', 'deferred next'],
  ['greeting', 'deferred next', 'failed next', 'deferred next'],
  ['ehlo', 'deferred next', 'failed next', 'deferred next'],
  ['tls', 'deferred next', 'deferred next', 'deferred next'],
  ['auth', 'deferred next', 'deferred next', 'deferred next'],
  ['mail', 'deferred next', 'failed settled', 'deferred next'],
  ['rcpt', 'deferred next', 'failed settled', 'deferred next'],
  ['data', 'deferred next', 'failed settled', 'deferred next'],
  ['dot', 'deferred next', 'failed settled', 'unsure settled'],
];

function fate({ outcome, settled }: Verdict): string {
  return `${outcome} ${settled ? 'settled' : 'next'}`;
}

for (const [stage, transient, permanent, silent] of TABLE) {
  test(`${stage}: a 4xx, a 5xx, no answer`, () => {
    assert.equal(fate(refusedBy(stage, reply(451, '4.3.0', 'later'))), transient);
    assert.equal(fate(refusedBy(stage, reply(421, undefined, 'closing'))), transient);
    assert.equal(fate(refusedBy(stage, reply(550, '5.7.1', 'no'))), permanent);
    for (const what of ['lost', 'timeout', 'garbled', 'tls'] as const) {
      assert.equal(fate(brokenAt(stage, { what, problem: 'It broke.' }, 'mx.b.test')), silent);
    }
  });
}

test('552 to RCPT is a temporary one, elsewhere it is final', () => {
  assert.equal(refusedBy('rcpt', reply(552, undefined, 'too many')).outcome, 'deferred');
  assert.equal(refusedBy('mail', reply(552, undefined, 'too big')).outcome, 'failed');
});

test('our own failure to read the message waits, and no other host is asked', () => {
  assert.equal(fate(brokenAt('data', { what: 'content', problem: 'x' }, 'mx.b.test')), 'deferred settled');
});

test('words of ours say where, what and why, without a full stop in the middle', () => {
  const verdict = brokenAt('dot', { what: 'lost', problem: 'The connection was lost.' }, 'mx.b.test [192.0.2.1]:25');
  assert.deepEqual(verdict.reply.lines, [
    'The connection was lost (mx.b.test [192.0.2.1]:25); the server may have taken the message',
  ]);
  assert.equal(verdict.remote, false);
  assert.equal(verdict.reply.rule, 'connection-lost');
});

const REMOTE = refusedBy('rcpt', reply(450, '4.2.0', 'greylisted'));
const OURS = brokenAt('connect', { what: 'lost', problem: 'x' }, 'y');
const REFUSED = refusedBy('greeting', reply(554, undefined, 'no'));
const LACKING = notOffered('5.3.4', 'too-big-for-next', 'x');
const FINAL = refusedBy('rcpt', reply(550, '5.1.1', 'nobody'));
const UNPROVEN = insecure('tls', '4.7.4', 'tls-not-offered', 'x');

const PREFERRED: readonly (readonly [
  title: string,
  before: Verdict | undefined,
  now: Verdict,
  wins: 'before' | 'now',
])[] = [
  ['the first one, when there is no other', undefined, OURS, 'now'],
  ["a server's words before ours", REMOTE, OURS, 'before'],
  ["a server's words after ours", OURS, REMOTE, 'now'],
  ['hope before an end', OURS, REFUSED, 'before'],
  ['hope after an end', REFUSED, OURS, 'now'],
  ['the later of two of a kind', OURS, UNPROVEN, 'now'],
  ["a server's refusal before a lack we saw", REFUSED, LACKING, 'before'],
  ['what settles it, always', REMOTE, FINAL, 'now'],
];

for (const [title, before, now, wins] of PREFERRED) {
  test(`of two hosts' verdicts: ${title}`, () => assert.equal(prefer(before, now), wins === 'now' ? now : before));
}
