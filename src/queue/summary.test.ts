import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueEntry, QueueGroup } from '../store/index.ts';
import { newDelivery } from '../store/testing.ts';
import { becauseOf, reasonOfEntry } from './operator.ts';
import { reasonOf } from './reason.ts';
import { summarise } from './summary.ts';

const REPLIES: Readonly<Record<string, string>> = {
  '451 4.4.1 Could not connect: mx.b.test refuses connections': 'no-answer',
  '451 4.4.2 The connection was lost': 'no-answer',
  '451 4.4.3 The mail servers of b.test could not be looked up': 'look-up',
  '450 4.2.0 <bob@b.test>: Recipient address rejected: Greylisted': 'later',
  '421 too busy': 'later',
  '452 4.2.2 over quota': 'full',
  '552 5.2.2 over quota': 'full',
  '550 5.1.1 no such user': 'bad-address',
  '556 5.1.10 takes no mail': 'bad-address',
  '554 5.7.1 blocked': 'policy',
  '550 no': 'refused',
  'Given up by the keeper of this server': 'given-up',
  'what is this': 'other',
};

for (const [reply, id] of Object.entries(REPLIES)) {
  test(`the reason in "${reply}" is ${id}`, () => {
    assert.equal(reasonOf(reply).id, id);
  });
}

const GROUP: QueueGroup = { state: 'waiting', timed: false, count: 1, oldestAt: 50 };

test('groups with one reason are one line, the largest first, with the oldest and the next of all', () => {
  const no = { lastReply: '451 4.4.1 no', reason: 'no-answer' };
  const summary = summarise(
    [
      { ...GROUP, state: 'held', count: 2 },
      { ...GROUP, ...no, count: 1, nextAt: 9 },
      { ...GROUP, ...no, count: 2, oldestAt: 40, nextAt: 7 },
      { ...GROUP, state: 'failed', ...no, count: 1 },
      { ...GROUP, nextAt: 3 },
    ],
    reasonOf,
  );
  assert.deepEqual(summary, [
    { id: 'no-answer', words: 'no answer', count: 4, oldestAt: 40, nextAt: 7 },
    { id: 'held', words: 'held by the keeper', count: 2, oldestAt: 50 },
    { id: 'untried', words: 'nobody has tried yet', count: 1, oldestAt: 50, nextAt: 3 },
  ]);
});

const STATES = ['waiting', 'held', 'sending', 'unsure', 'relayed', 'filed', 'failed', 'dropped'] as const;

test('a reason finds exactly the entries that have it, whatever their state', () => {
  const entries = STATES.flatMap((state) =>
    [0, 5].flatMap((nextAt) =>
      (state === 'failed' ? ['later', 'full'] : [undefined, 'later', 'full']).map((reason): QueueEntry => {
        const delivery = {
          ...newDelivery({ nextAt }),
          state,
          attempts: 0,
          ...(reason === undefined ? {} : { reason }),
        };
        return { message: 'm', mailFrom: '', octets: 0, receivedAt: 0, delivery };
      }),
    ),
  );
  for (const id of new Set(entries.map((entry) => reasonOfEntry(entry).id))) {
    const { states = [], reason, timed } = becauseOf(id, { states: STATES });
    const found = entries.filter(
      ({ delivery }) =>
        states.includes(delivery.state) &&
        (reason === undefined || (delivery.reason ?? null) === reason) &&
        (timed === undefined || delivery.nextAt > 0 === timed),
    );
    const meant = entries.filter((entry) => reasonOfEntry(entry).id === id);
    assert.deepEqual(found, meant, id);
  }
});

test('without states what has ended is not meant', () => {
  assert.deepEqual(becauseOf('later', {}).states, ['waiting']);
  assert.deepEqual(becauseOf('later', { states: ['failed', 'held'] }).states, ['failed']);
  assert.deepEqual(becauseOf('held', { states: ['waiting'] }).states, []);
});
