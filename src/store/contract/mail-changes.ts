/** What changed since a state: whoever follows it, in pieces of any size, has what a full read gives. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Engine } from '../contract.ts';
import { FakeClock } from '../../base/testing.ts';
import type { EmailRow, MailChanges, MailType } from '../mail.ts';
import type { Store } from '../store.ts';
import { addAccount, eventually } from '../testing.ts';
import { mailStep, Owner } from './mail-steps.ts';

interface Source<Id> {
  changes(since: number, limit: number): Promise<MailChanges<Id> | undefined>;
  read(ids: readonly Id[]): Promise<ReadonlyMap<Id, string>>;
}

/** A client that remembers things as they stood, and asks what became of them. */
class Follower<Id> {
  readonly known = new Map<Id, string>();
  readonly #source: Source<Id>;
  #state = 0;

  constructor(source: Source<Id>) {
    this.#source = source;
  }

  /** One piece. True: there is more. */
  async follow(limit: number): Promise<boolean> {
    const told = await this.#source.changes(this.#state, limit);
    assert.ok(told !== undefined, 'its state is known');
    const [kept, all] = [
      [...told.created, ...told.updated],
      [...told.created, ...told.updated, ...told.destroyed],
    ];
    assert.equal(new Set(all).size, all.length, 'nothing is told twice');
    assert.ok(all.length <= limit, 'no more than was asked for');
    assert.ok(told.upTo > this.#state || !told.more, 'it goes on');
    for (const id of told.created) assert.ok(!this.known.has(id), 'what is created was not there');
    for (const id of told.updated) assert.ok(this.known.has(id), 'what is updated was there');
    for (const id of told.destroyed) this.known.delete(id);
    const there = await this.#source.read(kept);
    for (const id of kept) {
      assert.ok(there.has(id), 'what is told of is there');
      this.known.set(id, there.get(id) as string);
    }
    this.#state = told.upTo;
    return told.more;
  }

  async catchUp(limit: number): Promise<void> {
    while (await this.follow(limit));
  }
}

function textOf({ card: _, ...row }: EmailRow): string {
  return JSON.stringify({
    ...row,
    mailboxes: row.mailboxes.toSorted((a, b) => a - b),
    keywords: row.keywords.toSorted(),
  });
}

/** Emails, threads and mailboxes of an owner. */
class Client {
  readonly #store: Store;
  readonly #owner: Owner;
  readonly emails: Follower<string>;
  readonly threads: Follower<string>;
  readonly mailboxes: Follower<number>;

  constructor(store: Store, owner: Owner) {
    const { account } = owner;
    this.#store = store;
    this.#owner = owner;
    this.emails = new Follower({
      changes: (since, limit) => store.read('emailChanges', { account, since, limit }),
      read: (ids) => this.#emails(ids),
    });
    this.threads = new Follower({
      changes: (since, limit) => store.read('threadChanges', { account, since, limit }),
      read: (ids) => this.#threads(ids),
    });
    this.mailboxes = new Follower({
      changes: (since, limit) => store.read('mailboxChanges', { account, since, limit }),
      read: () => this.#mailboxes(),
    });
  }

  async #emails(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#store.read('emailRows', { account: this.#owner.account, ids });
    return new Map(rows.map((row) => [row.id, textOf(row)]));
  }

  async #threads(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#store.read('threads', { account: this.#owner.account, ids });
    return new Map(rows.map((row) => [row.id, JSON.stringify(row)]));
  }

  async #mailboxes(): Promise<ReadonlyMap<number, string>> {
    return new Map((await this.#owner.boxes()).map((row) => [row.id, JSON.stringify(row)]));
  }

  /** Of each type, its state and all that there is. */
  async standing(): Promise<ReadonlyMap<MailType, readonly [state: number, all: string]>> {
    const emails = await this.#emails(this.#owner.emails);
    const threads = [...emails.values()].map((text) => (JSON.parse(text) as EmailRow).thread);
    const all = {
      email: emails,
      thread: await this.#threads([...new Set(threads)]),
      mailbox: await this.#mailboxes(),
      identity: new Map(),
      submission: new Map(),
    };
    const standing = new Map<MailType, readonly [number, string]>();
    for (const [type, things] of Object.entries(all))
      standing.set(type as MailType, [
        await stateOf(this.#store, this.#owner.account, type as MailType),
        JSON.stringify(sorted(things)),
      ]);
    return standing;
  }

  async check(limit: number): Promise<void> {
    await this.emails.catchUp(limit);
    await this.threads.catchUp(limit);
    await this.mailboxes.catchUp(limit);
    const emails = await this.#emails(this.#owner.emails);
    assert.deepEqual(sorted(this.emails.known), sorted(emails));
    const threads = new Set([...emails.values()].map((text) => (JSON.parse(text) as EmailRow).thread));
    assert.deepEqual(sorted(this.threads.known), sorted(await this.#threads([...threads])));
    assert.deepEqual(sorted(this.mailboxes.known), sorted(await this.#mailboxes()));
  }
}

async function stateOf(store: Store, account: string, type?: MailType): Promise<number> {
  const state = await store.read('mailState', { account, ...(type === undefined ? {} : { type }) });
  return state?.modseq ?? -1;
}

function sorted<Id>(map: ReadonlyMap<Id, string>): readonly string[] {
  return [...map.values()].toSorted();
}

const followed = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: mailStep },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('follow' as const), limit: fc.integer({ min: 1, max: 3 }) }),
    },
  ),
  { minLength: 1, maxLength: 25, size: 'max' },
);

export function mailChangesContract(engine: Engine): void {
  describe(`${engine.name}: changes of mail`, () => {
    test('a client that follows changes, in pieces and at any time, has what a full read gives', async (t) => {
      const store = await engine.open(t);
      let round = 0;
      await fc.assert(
        fc.asyncProperty(followed, fc.integer({ min: 1, max: 4 }), async (steps, limit) => {
          const owner = new Owner(store, await addAccount(store, `a${String(round++)}`));
          const client = new Client(store, owner);
          for (const step of steps) {
            if (step.kind !== 'follow') await owner.take(step);
            else {
              await client.emails.follow(step.limit);
              await client.threads.follow(step.limit);
              await client.mailboxes.follow(step.limit);
            }
          }
          await client.check(limit);
        }),
        { numRuns: 60 },
      );
    });

    test('[8620-5.1-state-of-its-type] a state moves when something of its type changed, and only forwards', async (t) => {
      const store = await engine.open(t);
      let round = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(mailStep, { minLength: 1, maxLength: 10, size: 'max' }), async (steps) => {
          const owner = new Owner(store, await addAccount(store, `s${String(round++)}`));
          const client = new Client(store, owner);
          let before = await client.standing();
          for (const step of steps) {
            await owner.take(step);
            const after = await client.standing();
            for (const [type, [state, all]] of after) {
              const [was, had] = before.get(type) ?? [0, ''];
              assert.ok(all === had ? state >= was : state > was, `${type}: ${String(was)} to ${String(state)}`);
            }
            assert.equal(after.get('identity')?.[0], 0);
            assert.equal(after.get('submission')?.[0], 0);
            before = after;
          }
        }),
        { numRuns: 25 },
      );
    });

    test('[8620-5.1-state-of-its-type] a keyword moves the state of emails and no other', async (t) => {
      const store = await engine.open(t);
      const owner = new Owner(store, await addAccount(store));
      const { account } = owner;
      await owner.take({ kind: 'arrive', names: ['<1@a>'], at: 1 });
      const types = ['mailbox', 'thread', 'email', 'identity', 'submission', 'delivery'] as const;
      const states = async (): Promise<readonly number[]> =>
        await Promise.all(types.map((type) => stateOf(store, account, type)));
      const before = await states();
      const [email = ''] = owner.emails;
      const changes = [{ email, keywords: { add: ['todo'], remove: [] } }];
      const done = await store.write('changeEmails', { account, changes, destroy: [], at: 1 });
      const after = await states();
      assert.deepEqual(
        types.filter((_, n) => before[n] !== after[n]),
        ['email'],
      );
      assert.deepEqual(done, { before: before[2], after: after[2], troubles: [] });
      // A state of another type that is newer: nothing has changed since.
      const told = await store.read('threadChanges', { account, since: after[2] ?? 0, limit: 9 });
      assert.deepEqual(told, { created: [], updated: [], destroyed: [], upTo: before[1], more: false });
    });

    test('what is forgotten takes no state back, and who is behind it begins anew', async (t) => {
      const [clock, directory] = [new FakeClock(), await engine.directory(t)];
      const first = await engine.open(t, { directory, clock });
      const owner = new Owner(first, await addAccount(first));
      const { account } = owner;
      const identity = {
        account,
        id: 'own',
        identity: { email: 'a@b.test', facts: '{}' },
        how: 'own',
        most: 9,
      } as const;
      await first.write('putIdentity', { ...identity, at: clock.now() });
      for (const name of ['<1@a>', '<2@a>']) await owner.take({ kind: 'arrive', names: [name], at: 1 });
      const begun = await stateOf(first, account);
      for (const email of owner.emails)
        await first.write('changeEmails', { account, changes: [], destroy: [email], at: clock.now() });
      const [state, known] = [await stateOf(first, account, 'email'), await stateOf(first, account, 'identity')];
      await clock.advance(91 * 24 * 60 * 60_000);
      // Another process of the same state begins with tidying up.
      const store = await engine.open(t, { directory, clock });
      const since = (from: number) => store.read('emailChanges', { account, since: from, limit: 9 });
      await eventually(async () => (await since(begun)) === undefined);
      assert.equal(await stateOf(store, account, 'email'), state);
      assert.deepEqual((await since(state))?.more, false);
      assert.ok((await store.read('identityChanges', { account, since: known, limit: 9 })) !== undefined);
    });

    test('a state that is newer than now, or of nobody, is not known', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const now = (await store.read('mailState', { account }))?.modseq ?? 0;
      for (const name of ['emailChanges', 'threadChanges', 'mailboxChanges'] as const) {
        assert.equal((await store.read(name, { account, since: now, limit: 5 }))?.more, false);
        assert.equal(await store.read(name, { account, since: now + 1, limit: 5 }), undefined);
        assert.equal(await store.read(name, { account: 'nobody', since: 0, limit: 5 }), undefined);
      }
      assert.equal(await store.read('mailState', { account: 'nobody' }), undefined);
    });

    test('what came and went since is told to nobody; counts alone are told as such', async (t) => {
      const store = await engine.open(t);
      const owner = new Owner(store, await addAccount(store));
      const { account } = owner;
      const since = (await store.read('mailState', { account }))?.modseq ?? 0;
      await owner.take({ kind: 'arrive', names: ['<1@a>'], at: 1 });
      const counts = await store.read('mailboxChanges', { account, since, limit: 9 });
      assert.deepEqual([counts?.updated.length, counts?.onlyCounts], [1, true]);
      await store.write('changeEmails', { account, changes: [], destroy: owner.emails, at: 1 });
      for (const name of ['emailChanges', 'threadChanges'] as const) {
        const changes = await store.read(name, { account, since, limit: 9 });
        assert.deepEqual([changes?.created, changes?.updated, changes?.destroyed], [[], [], []]);
      }
      const inbox = (await owner.boxes())[1]?.id ?? 0;
      await store.write('updateMailbox', { account, mailbox: inbox, name: 'Entwürfe', at: 1 });
      assert.equal((await store.read('mailboxChanges', { account, since, limit: 9 }))?.onlyCounts, false);
    });
  });
}
