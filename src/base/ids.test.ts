import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isId, newId, newTicket } from './ids.ts';

test('ids have one shape and sort by time', () => {
  const times = [0, 1, 999, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1];
  const ids = times.map(newId);
  for (const id of ids) assert.ok(isId(id), id);
  assert.deepEqual(ids.toSorted(), ids);
});

test('ids and tickets do not repeat', () => {
  const made = Array.from({ length: 2000 }, () => newId(5)).concat(Array.from({ length: 2000 }, newTicket));
  assert.equal(new Set(made).size, made.length);
});

test('a ticket has 26 characters that POP3 may use in a UIDL, and tells no time', () => {
  const tickets = Array.from({ length: 200 }, newTicket);
  for (const ticket of tickets) assert.match(ticket, /^[0-9a-hjkmnp-tv-z]{26}$/);
  // The first letter holds the top three bits; with random ones all eight appear.
  assert.equal(new Set(tickets.map((ticket) => ticket[0])).size, 8);
});

test('what is no id', () => {
  const good = newId(Date.UTC(2026, 0, 1));
  for (const bad of [
    '',
    good.slice(1),
    `${good}0`,
    good.toUpperCase(),
    `8${good.slice(1)}`,
    `${good.slice(0, 25)}u`,
    `${good}\n`,
  ]) {
    assert.equal(isId(bad), false, bad);
  }
});
