import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { KnownMessage, LeaveRule, ListedMessage } from './ledger.ts';
import { looksRenumbered, mayGo, planVisit, wouldRemove } from './plan.ts';

const DAY = 86_400_000;
const known = (uidl: string, facts: Partial<KnownMessage> = {}): KnownMessage => ({
  uidl,
  octets: 100,
  state: 'whole',
  collectedAt: 0,
  head: uidl,
  deletedHere: false,
  restWanted: false,
  ...facts,
});
const listed = (...uidls: string[]): ListedMessage[] => uidls.map((uidl, i) => ({ number: i + 1, uidl, octets: 100 }));
const ids = (list: readonly ListedMessage[]): string[] => list.map(({ uidl }) => uidl);
const FOR_EVER: LeaveRule = { kind: 'for-ever' };
const DAYS: LeaveRule = { kind: 'days', days: 14 };

test('what is new is collected, what was collected is not collected again', () => {
  const plan = planVisit({ listing: listed('a', 'b', 'c'), known: [known('b')], rule: FOR_EVER, now: 0 });
  assert.deepEqual(ids(plan.collect), ['a', 'c']);
  assert.deepEqual([plan.headers, plan.remove, plan.gone], [[], [], []]);
});

test('what is larger than the limit comes as its header, and whole when somebody asks', () => {
  const listing = [
    { number: 1, uidl: 'small', octets: 1_000 },
    { number: 2, uidl: 'large', octets: 1_001 },
    { number: 3, uidl: 'wanted', octets: 9_000 },
  ];
  const asked = [known('wanted', { state: 'headers', restWanted: true })];
  const plan = planVisit({ listing, known: asked, rule: FOR_EVER, now: 0, cap: 1_000 });
  assert.deepEqual(ids(plan.collect), ['small', 'wanted']);
  assert.deepEqual(ids(plan.headers), ['large']);
});

test('what somebody asks for comes whole: deleted here or never collected, whatever its size; what is here does not', () => {
  const before = [
    known('deleted', { deletedHere: true, restWanted: true }),
    known('asked', { state: 'kept-there', octets: 0, restWanted: true }),
    known('here', { restWanted: true }),
  ];
  const plan = planVisit({ listing: listed('deleted', 'asked', 'here'), known: before, rule: DAYS, now: 0, cap: 10 });
  assert.deepEqual([ids(plan.collect), ids(plan.headers), ids(plan.remove)], [['deleted', 'asked'], [], []]);
});

test('copies stay for so many days, and then go', () => {
  const before = [known('a', { collectedAt: 0 }), known('b', { collectedAt: 1 })];
  const plan = planVisit({ listing: listed('a', 'b'), known: before, rule: DAYS, now: 14 * DAY });
  assert.deepEqual(ids(plan.remove), ['a']);
});

test('an id that now stands for another size is not deleted: some servers give ids away twice', () => {
  const listing = [{ number: 1, uidl: 'a', octets: 777 }];
  const facts = { listing, known: [known('a')], now: 99 * DAY };
  assert.deepEqual(planVisit({ ...facts, rule: DAYS }).remove, []);
  assert.deepEqual(wouldRemove({ ...facts, rule: DAYS }), []);
});

test('what is not whole on our disk is never deleted for its age', () => {
  for (const state of ['headers', 'kept-there'] as const)
    assert.ok(!mayGo(known('a', { state }), { kind: 'days', days: 0 }, 99 * DAY), state);
});

test('until it is deleted here it stays', () => {
  const rule: LeaveRule = { kind: 'until-deleted-here' };
  assert.ok(!mayGo(known('a'), rule, 99 * DAY));
  assert.ok(mayGo(known('a', { deletedHere: true }), rule, 0));
  assert.ok(!mayGo(known('a', { deletedHere: true }), FOR_EVER, 99 * DAY));
});

test('what is not listed any more is told', () => {
  const plan = planVisit({ listing: listed('b'), known: [known('a'), known('b')], rule: FOR_EVER, now: 0 });
  assert.deepEqual(plan.gone, ['a']);
});

test('what was gone and is listed again is told too, and is not told as gone twice', () => {
  const before = [known('a', { goneAt: 1 }), known('b', { goneAt: 1 })];
  const plan = planVisit({ listing: listed('b'), known: before, rule: FOR_EVER, now: 0 });
  assert.deepEqual([plan.gone, plan.back, ids(plan.collect)], [[], ['b'], []]);
});

test('a server that gives new ids to the same messages is noticed', () => {
  const before = [1, 2, 3, 4, 5].map((n) => known(`old-${n}`, { octets: n * 100 }));
  const same = [1, 2, 3, 4, 5].map((n) => ({ number: n, uidl: `new-${n}`, octets: n * 100 }));
  assert.deepEqual(looksRenumbered(same, before), { vanished: 5, appeared: 5, alike: 5 });
});

test('however many were gone before, new ids for those that were left are noticed, and only these are counted', () => {
  const gone = Array.from({ length: 100 }, (_, n) => known(`gone-${n}`, { octets: 7 * n, goneAt: 1 }));
  const before = [1, 2, 3, 4, 5].map((n) => known(`old-${n}`, { octets: n * 100 }));
  const same = [1, 2, 3, 4, 5].map((n) => ({ number: n, uidl: `new-${n}`, octets: n * 100 }));
  assert.deepEqual(looksRenumbered(same, [...gone, ...before]), { vanished: 5, appeared: 5, alike: 5 });
});

test('what we deleted ourselves is no sign of new ids, and is told gone once', () => {
  const before = Array.from({ length: 6 }, (_, n) => known(`gone-${n}`, { octets: 7, goneAt: 1 }));
  const alike = Array.from({ length: 6 }, (_, n) => ({ number: n + 1, uidl: `next-${n}`, octets: 7 }));
  assert.equal(looksRenumbered(alike, before), undefined);
  assert.deepEqual(planVisit({ listing: [], known: before, rule: FOR_EVER, now: 0 }).gone, []);
});

test('a maildrop that somebody emptied, and new mail in it, is nothing strange', () => {
  const before = [1, 2, 3, 4, 5].map((n) => known(`old-${n}`, { octets: n * 100 }));
  assert.equal(looksRenumbered([], before), undefined);
  assert.equal(looksRenumbered([{ number: 1, uidl: 'x', octets: 777 }], before), undefined);
  assert.equal(looksRenumbered(listed('old-1', 'old-2', 'old-3'), before), undefined);
  assert.equal(looksRenumbered(listed('x', 'y'), [known('a'), known('b')]), undefined, 'too few to tell');
});

test('a change of the rule says what it would delete, the oldest first', () => {
  const before = [known('a', { collectedAt: 5 }), known('b', { collectedAt: 3 }), known('c', { state: 'headers' })];
  const told = wouldRemove({
    listing: listed('a', 'b', 'c'),
    known: before,
    rule: { kind: 'days', days: 0 },
    now: DAY,
  });
  assert.deepEqual(ids(told), ['b', 'a']);
});

test('whatever is listed and known: nothing is collected twice, nothing deleted that is not whole here', () => {
  const uidl = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const listing = fc.array(fc.record({ number: fc.nat(9), uidl, octets: fc.nat(2_000) }));
  const ledger = fc.uniqueArray(
    fc.record({
      uidl,
      octets: fc.nat(2_000),
      state: fc.constantFrom('whole' as const, 'headers' as const, 'kept-there' as const),
      collectedAt: fc.nat(30 * DAY),
      head: uidl,
      deletedHere: fc.boolean(),
      restWanted: fc.boolean(),
    }),
    { selector: (one) => one.uidl },
  );
  const rule: fc.Arbitrary<LeaveRule> = fc.oneof(
    fc.constant(FOR_EVER),
    fc.nat(30).map((days) => ({ kind: 'days' as const, days })),
    fc.constant({ kind: 'until-deleted-here' as const }),
  );
  fc.assert(
    fc.property(
      listing,
      ledger,
      rule,
      fc.nat(60 * DAY),
      fc.option(fc.nat(2_000), { nil: undefined }),
      (list, before, leave, now, cap) => {
        const facts = { listing: list, known: before, rule: leave, now, ...(cap === undefined ? {} : { cap }) };
        const plan = planVisit(facts);
        const all = [...ids(plan.collect), ...ids(plan.headers), ...ids(plan.remove)];
        assert.equal(new Set(all).size, all.length, 'each message has one fate');
        const byId = new Map<string, KnownMessage>(before.map((one) => [one.uidl, one]));
        for (const { uidl: id } of plan.collect) {
          const one = byId.get(id);
          assert.ok(one?.state !== 'whole' || (one.deletedHere && one.restWanted), 'collected twice');
        }
        for (const { uidl: id } of plan.remove) {
          const one = byId.get(id);
          assert.ok(one !== undefined && (one.state === 'whole' || one.deletedHere), 'deleted too early');
        }
        if (leave.kind === 'for-ever') assert.equal(plan.remove.length, 0);
      },
    ),
  );
});
