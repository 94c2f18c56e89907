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

test('an id is its 128 bits in base 32: 48 of time, then random ones that all take both values', () => {
  const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
  const bitsOf = (id: string): bigint =>
    [...id].reduce((value, character) => value * 32n + BigInt(ALPHABET.indexOf(character)), 0n);
  let [ones, zeros] = [0n, 0n];
  for (let n = 0; n < 500; n++) {
    const time = 1_700_000_000_000 + n * 86_400_000;
    const value = bitsOf(newId(time));
    assert.equal(value >> 80n, BigInt(time));
    ones |= value;
    zeros |= ~value;
  }
  const random = (1n << 80n) - 1n;
  assert.equal(ones & random, random);
  assert.equal(zeros & random, random);
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
