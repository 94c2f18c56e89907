import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { count, duration, durationOrOff, flag, parseDuration, parseSize, port, size } from './units.ts';

const read = (kind: { read(words: unknown, folder: string): unknown }, words: unknown): unknown =>
  kind.read(words, '/');

test('durations down to milliseconds', () => {
  const good: readonly (readonly [string, number])[] = [
    ['1ms', 1],
    ['200ms', 200],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['4h', 14_400_000],
    ['5d', 432_000_000],
    ['30 d', 2_592_000_000],
    ['3650d', 315_360_000_000],
  ];
  for (const [words, ms] of good) assert.deepEqual(read(duration, words), { ok: true, value: ms }, words);
});

test('a duration that may be off', () => {
  assert.deepEqual(read(durationOrOff, 'off'), { ok: true, value: 0 });
  assert.deepEqual(read(durationOrOff, '7d'), { ok: true, value: 604_800_000 });
  assert.match(JSON.stringify(read(durationOrOff, '0d')), /Write \\"off\\"/);
  assert.match(JSON.stringify(read(durationOrOff, false)), /is not a duration/);
});

test('what is no duration says how to write one', () => {
  const bad: readonly (readonly [unknown, RegExp])[] = [
    ['', /"200ms"/],
    ['5', /"200ms"/],
    ['5 minutes', /"200ms"/],
    ['-5m', /"200ms"/],
    ['5M', /"200ms"/],
    ['1h30m', /"200ms"/],
    ['1e3s', /"200ms"/],
    [' 5m', /"200ms"/],
    ['9'.repeat(400) + 's', /"200ms"/],
    [30, /"30s" for seconds/],
    [1.5, /"200ms"/],
    [true, /"200ms"/],
    [['5m'], /"200ms"/],
    ['0s', /"1ms" or more/],
    ['0.1ms', /"1ms" or more/],
    ['3651d', /"3650d" or less/],
  ];
  for (const [words, mend] of bad) mends(duration, words, mend);
});

test('sizes in units of 1000, or plain octets', () => {
  const good: readonly (readonly [unknown, number])[] = [
    ['50MB', 50_000_000],
    ['64KB', 64_000],
    ['64kb', 64_000],
    ['1.5 GB', 1_500_000_000],
    ['10B', 10],
    [1, 1],
    [65_536, 65_536],
  ];
  for (const [words, octets] of good) assert.deepEqual(read(size, words), { ok: true, value: octets }, String(words));
});

test('what is no size says how to write one', () => {
  const bad: readonly (readonly [unknown, RegExp])[] = [
    ['50', /"64KB"/],
    ['50MiB', /"64KB"/],
    ['MB', /"64KB"/],
    ['-1MB', /"64KB"/],
    [1.5, /"64KB"/],
    [NaN, /"64KB"/],
    [-5, /"1B" or more/],
    [0, /"1B" or more/],
    ['0MB', /"1B" or more/],
    ['1001GB', /"1000GB" or less/],
    [false, /"64KB"/],
  ];
  for (const [words, mend] of bad) mends(size, words, mend);
});

test('ports and flags', () => {
  for (const words of [1, 25, 65_535]) assert.deepEqual(read(port, words), { ok: true, value: words });
  for (const words of [0, 65_536, -1, 1.5, '25', null, Infinity]) mends(port, words, /1 to 65535/);
  for (const words of [true, false]) assert.deepEqual(read(flag, words), { ok: true, value: words });
  for (const words of ['true', 1, 0, null, []]) mends(flag, words, /true or false/);
});

test('counts begin at one and have an end', () => {
  for (const words of [1, 7, 1_000]) assert.deepEqual(read(count(1_000), words), { ok: true, value: words });
  for (const words of [0, 1_001, -1, 1.5, '10', null, true])
    mends(count(1_000), words, /from 1 to 1000, without quotes/);
});

test('whole numbers of any unit are read as what they say', () => {
  const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])),
      (amount, unit) => {
        assert.equal(parseDuration(`${amount}${unit}`), amount * units[unit]);
      },
    ),
  );
  fc.assert(
    fc.property(fc.string(), (words) => {
      const octets = parseSize(words);
      assert.ok(octets === undefined || Number.isSafeInteger(octets));
      const ms = parseDuration(words);
      assert.ok(ms === undefined || Number.isSafeInteger(ms));
    }),
  );
});

function mends(kind: { read(words: unknown, folder: string): unknown }, words: unknown, mend: RegExp): void {
  const reading = kind.read(words, '/') as { ok: boolean; faults: { mend: string; problem: string }[] };
  assert.equal(reading.ok, false, JSON.stringify(words));
  assert.match(reading.faults[0]!.mend, mend, JSON.stringify(words));
  assert.ok(reading.faults[0]!.problem.length < 120);
}
