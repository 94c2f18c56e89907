/** A client that holds the results of a query, and follows queryChanges, ends with what the query gives (RFC 8620 §5.6). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testMail } from './testing.ts';
import type { TestMail } from './testing.ts';

/** A run is a mailbox that changes for a while, and takes a second. */
const numRuns = Math.max(5, Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 100) / 330));

const QUERIES: readonly ((mail: TestMail) => Record<string, unknown>)[] = [
  () => ({}),
  () => ({ collapseThreads: true }),
  ({ boxes }) => ({ filter: { inMailbox: boxes.inbox } }),
  ({ boxes }) => ({ filter: { inMailbox: boxes.inbox }, collapseThreads: true }),
  ({ boxes }) => ({
    filter: { inMailbox: boxes.inbox },
    collapseThreads: true,
    sort: [{ property: 'someInThreadHaveKeyword', keyword: 'k', isAscending: false }, { property: 'receivedAt' }],
  }),
  () => ({ filter: { allInThreadHaveKeyword: 'k' } }),
  () => ({ filter: { operator: 'NOT', conditions: [{ someInThreadHaveKeyword: 'k' }] }, collapseThreads: true }),
  () => ({ filter: { hasKeyword: 'k' }, sort: [{ property: 'subject' }] }),
  () => ({ filter: { text: 'even' }, sort: [{ property: 'size' }] }),
];

type Step =
  | { readonly do: 'put'; readonly thread: number; readonly at: number; readonly archive: boolean }
  | { readonly do: 'keyword' | 'move' | 'copy' | 'destroy'; readonly which: number; readonly on: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    thread: fc.nat(3),
    at: fc.nat(20),
    archive: fc.boolean(),
  }),
  fc.record({
    do: fc.constantFrom('keyword' as const, 'move' as const, 'copy' as const, 'destroy' as const),
    which: fc.nat(),
    on: fc.boolean(),
  }),
);

class World {
  readonly #mail: TestMail;
  readonly #ids: string[] = [];
  #count = 0;

  constructor(mail: TestMail) {
    this.#mail = mail;
  }

  async take(one: Step): Promise<void> {
    const { boxes, put, ok } = this.#mail;
    if (one.do === 'put') {
      const n = this.#count++;
      const message = `Message-ID: <${n}@x>\r\nReferences: <thread-${one.thread}@x>\r\nSubject: ${(n * 7) % 10}\r\n\r\n${n % 2 === 0 ? 'even' : 'odd'}\r\n${'x'.repeat((n * 13) % 50)}`;
      const mailboxes = [Number((one.archive ? boxes.archive : boxes.inbox).slice(1))];
      this.#ids.push(await put(message, { mailboxes, receivedAt: one.at * 1_000 }));
      return;
    }
    const id = this.#ids[one.which % (this.#ids.length || 1)];
    if (id === undefined) return;
    if (one.do === 'destroy') {
      this.#ids.splice(this.#ids.indexOf(id), 1);
      await ok('Email/set', { destroy: [id] });
    } else await ok('Email/set', { update: { [id]: this.#patch(one.do, one.on) } });
  }

  #patch(what: 'keyword' | 'move' | 'copy', on: boolean): Record<string, unknown> {
    const { boxes } = this.#mail;
    if (what === 'keyword') return { 'keywords/k': on ? true : null };
    const box = on ? boxes.inbox : boxes.archive;
    return what === 'move' ? { mailboxIds: { [box]: true } } : { [`mailboxIds/${box}`]: true };
  }
}

/** What a client does with an answer (RFC 8620 §5.6): takes out what was removed, puts in what was added. */
function follow(held: readonly string[], changes: Record<string, unknown>): readonly string[] {
  const removed = new Set(changes['removed'] as string[]);
  const ids = held.filter((id) => !removed.has(id));
  for (const { id, index } of changes['added'] as { id: string; index: number }[]) ids.splice(index, 0, id);
  return ids;
}

test('[8621-4.5-exact] whoever follows queryChanges holds what the query gives', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(QUERIES.length - 1),
      fc.array(step, { minLength: 3, maxLength: 12 }),
      fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
      async (which, before, rounds) => {
        const mail = await testMail(t);
        try {
          const world = new World(mail);
          for (const one of before) await world.take(one);
          const query = QUERIES[which]?.(mail) ?? {};
          let { ids: held, queryState } = await mail.ok('Email/query', query);
          for (const round of rounds) {
            for (const one of round) await world.take(one);
            const asked = { ...query, sinceQueryState: queryState, calculateTotal: true };
            const changes = await mail.ok('Email/queryChanges', asked);
            const now = await mail.ok('Email/query', { ...query, calculateTotal: true });
            held = follow(held as string[], changes);
            assert.deepEqual(held, now['ids']);
            assert.equal(changes['total'], now['total']);
            assert.deepEqual(changes['newQueryState'], now['queryState']);
            queryState = changes['newQueryState'];
          }
        } finally {
          await mail.jmap.close();
          await mail.store.close();
        }
      },
    ),
    { numRuns },
  );
});
