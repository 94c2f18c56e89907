import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ReadyDestination, Standing } from '../store/index.ts';
import { takeTurns } from './turns.ts';

interface Situation {
  /** "name readyAt", or "name readyAt standing". */
  readonly ready: readonly string[];
  /** Attempts under way, those of destinations that aren't ready too: "name" → count, its standing behind. */
  readonly busy?: Readonly<Record<string, readonly [number, Standing?]>>;
  readonly most: number;
  readonly window?: number;
}

/** "a 2, b 1": so many claims from each, in their order. */
function turns({ ready, busy = {}, most, window = 10 }: Situation): string {
  const standings = new Map(Object.entries(busy).map(([name, [, standing = 'well']]) => [name, standing]));
  const taken = takeTurns({
    ready: ready.map((words): ReadyDestination => {
      const [destination = '', readyAt, standing = 'well'] = words.split(' ');
      return { destination, readyAt: Number(readyAt), standing: standing as Standing };
    }),
    busy: new Map(Object.entries(busy).map(([name, [count]]) => [name, count])),
    most,
    standing: (destination) => standings.get(destination) ?? 'unknown',
    window: () => window,
  });
  return taken.map(({ destination, claims }) => `${destination} ${claims}`).join(', ');
}

test('each gets one before anybody gets two; those due longest first', () => {
  assert.equal(turns({ ready: ['a 3', 'b 1', 'c 2'], most: 2 }), 'b 1, c 1');
  assert.equal(turns({ ready: ['a 3', 'b 1', 'c 2'], most: 5 }), 'b 2, c 2, a 1');
  assert.equal(turns({ ready: ['a 1'], most: 5 }), 'a 5');
});

test('who has attempts under way waits for those who have none', () => {
  assert.equal(turns({ ready: ['big 1', 'a 5', 'b 6'], busy: { big: [3] }, most: 5 }), 'a 1, b 1');
  assert.equal(turns({ ready: ['big 1', 'a 5'], busy: { big: [3] }, most: 8 }), 'a 4, big 1');
});

test('nobody gets more than its window', () => {
  assert.equal(turns({ ready: ['a 1', 'b 2'], busy: { a: [2] }, most: 20, window: 2 }), 'b 2');
  assert.equal(turns({ ready: ['a 1'], busy: { a: [3] }, most: 20, window: 2 }), '');
});

test('nothing is taken where there is no room', () => {
  assert.equal(turns({ ready: ['a 1'], busy: { b: [4] }, most: 4 }), '');
  assert.equal(turns({ ready: ['a 1'], busy: { b: [5] }, most: 4 }), '', 'a reload made it narrower');
  assert.equal(turns({ ready: [], most: 4 }), '');
});

test('destinations in trouble hold at most half, those nothing is known of three quarters', () => {
  const troubled = Array.from({ length: 20 }, (_, i) => `dead${i} 0 troubled`);
  const unknown = Array.from({ length: 20 }, (_, i) => `new${i} 1 unknown`);
  const count = (words: string, what: string): number => words.split(', ').filter((one) => one.startsWith(what)).length;
  const taken = turns({ ready: [...troubled, ...unknown, 'good 2', 'fine 3'], most: 8, window: 1 });
  assert.equal(count(taken, 'dead'), 4);
  assert.equal(count(taken, 'new'), 2);
  assert.match(taken, /good 1, fine 1$/);
  const busy = { dead0: [4, 'troubled'], new0: [2, 'unknown'] } as const;
  assert.equal(turns({ ready: [...troubled, ...unknown, 'good 2'], busy, most: 8 }), 'good 2');
  assert.equal(turns({ ready: ['dead 0 troubled'], most: 1 }), 'dead 1', 'one at least');
});

test('whatever is ready and busy: never too many, and no room is left while somebody could use it', () => {
  const standing = fc.constantFrom<Standing>('well', 'unknown', 'troubled');
  const one = fc.record({ readyAt: fc.nat(50), standing, underWay: fc.nat(5), window: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (all, most) => {
      const named = all.map((values, i) => ({ ...values, destination: `d${i}` }));
      const find = (name: string): (typeof named)[number] => named.find(({ destination }) => destination === name)!;
      const busy = new Map(named.map(({ destination, underWay }) => [destination, underWay]));
      const taken = takeTurns({
        ready: named,
        busy,
        most,
        standing: (name) => find(name).standing,
        window: ({ destination }) => find(destination).window,
      });
      const before = named.reduce((sum, { underWay }) => sum + underWay, 0);
      const claims = taken.reduce((sum, turn) => sum + turn.claims, 0);
      assert.ok(claims === 0 || before + claims <= most);
      for (const turn of taken) {
        const { underWay, window } = find(turn.destination);
        assert.ok(turn.claims > 0 && underWay + turn.claims <= window);
      }
      const left = most - before - claims;
      const wanting = named.filter(({ destination, underWay, window, standing: known }) => {
        const more = taken.find((turn) => turn.destination === destination)?.claims ?? 0;
        return known === 'well' && underWay + more < window;
      });
      assert.ok(left <= 0 || wanting.length === 0);
    }),
  );
});
