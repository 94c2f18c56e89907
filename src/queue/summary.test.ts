import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueEntry, QueueGroup } from '../store/index.ts';
import { newDelivery } from '../store/testing.ts';
import { becauseOf, reasonOfEntry } from './operator.ts';
import { namedReason } from './reason.ts';
import { summarise } from './summary.ts';

test('a reason that is written down has its words; an id of an earlier version is still shown', () => {
  assert.deepEqual(namedReason('greylisted'), { id: 'greylisted', words: 'greylisted: come back later' });
  assert.deepEqual(namedReason('other'), { id: 'other', words: 'something else' });
});

const GROUP: QueueGroup = { state: 'waiting', timed: false, count: 1, oldestAt: 50 };

test('groups with one reason are one line, the largest first, with the oldest and the next of all', () => {
  const no = { reason: 'no-route' };
  const summary = summarise([
    { ...GROUP, state: 'held', count: 2 },
    { ...GROUP, ...no, count: 1, nextAt: 9 },
    { ...GROUP, ...no, count: 2, oldestAt: 40, nextAt: 7 },
    { ...GROUP, state: 'failed', ...no, count: 1 },
    { ...GROUP, nextAt: 3 },
  ]);
  assert.deepEqual(summary, [
    { id: 'no-route', words: 'no answer from the next server', count: 4, oldestAt: 40, nextAt: 7 },
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
