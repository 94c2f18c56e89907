/**
 * Random sequences of everything that adds or removes a reference, against a model in memory: counts,
 * octets, references and the due times of destinations are right after each path.
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { thisProcess } from '../base/index.ts';
import { mailStep, Owner } from './contract/mail-steps.ts';
import { MAIL_RULES } from './sqlite/mail-rules.ts';
import type { MailboxRole } from './mailbox-role.ts';
import type { Store } from './store.ts';
import {
  addAccount,
  claimReady,
  contentOf,
  eventually,
  newDelivery,
  newEmail,
  newMessage,
  temporaryDirectory,
  temporaryStore,
} from './testing.ts';

const step = fc.oneof(
  fc.record({
    kind: fc.constant('accept' as const),
    emails: fc.integer({ min: 0, max: 2 }),
    deliveries: fc.integer({ min: 0, max: 3 }),
    large: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('quit' as const), account: fc.nat(1), pick: fc.nat(5) }),
  fc.record({
    kind: fc.constant('place' as const),
    account: fc.nat(1),
    pick: fc.nat(3),
    roles: fc.constantFrom<MailboxRole[]>([], ['archive'], ['inbox', 'archive'], ['inbox']),
    open: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('claim' as const) }),
  fc.record({
    kind: fc.constant('settle' as const),
    state: fc.constantFrom('relayed', 'failed', 'waiting', 'unsure'),
    troubled: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('change' as const), action: fc.constantFrom('retry', 'hold', 'release', 'drop') }),
  fc.record({ kind: fc.constant('take back' as const) }),
  fc.record({ kind: fc.constant('free' as const) }),
  fc.record({ kind: fc.constant('purge' as const) }),
  fc.record({ kind: fc.constant('sweep' as const) }),
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('mail' as const), account: fc.nat(1), step: mailStep }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Removed by the owner while a session has it, once from the Inbox and once from elsewhere. */
const TIDIED: Step[] = [
  { kind: 'accept', emails: 2, deliveries: 0, large: true },
  { kind: 'accept', emails: 2, deliveries: 0, large: false },
  { kind: 'place', account: 0, pick: 0, roles: [], open: true },
  { kind: 'place', account: 1, pick: 0, roles: ['inbox', 'archive'], open: false },
  { kind: 'place', account: 1, pick: 0, roles: [], open: true },
];

interface Claimed {
  readonly message: string;
  readonly destination: string;
  readonly numbers: readonly number[];
}

const NOW = 1_000_000;

class World {
  readonly #store: Store;
  readonly #accounts: string[];
  readonly #owners: readonly Owner[];
  #claims: readonly Claimed[] = [];
  #last = '';

  constructor(store: Store, accounts: string[]) {
    this.#store = store;
    this.#accounts = accounts;
    this.#owners = accounts.map((account) => new Owner(store, account));
  }

  /** With a POP3 session that has the maildrop open meanwhile, or without. */
  async #place({ account: which, pick, roles, open }: Extract<Step, { kind: 'place' }>): Promise<void> {
    const account = this.#accounts[which];
    if (account === undefined) return;
    const session = { account, token: 't', process: thisProcess(), at: 1, peer: '', sessionId: 's' };
    const locked = await this.#store.write('lockMaildrop', session);
    if (locked.kind !== 'locked') return;
    const { emails } = await this.#store.read('maildropSlice', { mailbox: locked.mailbox, afterUid: 0, limit: 10 });
    const end = { ...session, remove: [pick], events: [] };
    if (!open) await this.#store.write('quitMaildrop', end);
    const chosen = emails.slice(pick, pick + 2);
    const placed = await this.#store.write('placeEmails', { account, emails: chosen, roles, at: 7 });
    if (open) {
      assert.deepEqual(placed, chosen);
      for (const id of chosen) assert.ok(await this.#store.read('email', { id }), 'the session can still read it');
      await this.#store.write('quitMaildrop', end);
    }
  }

  async take(one: Step): Promise<void> {
    const store = this.#store;
    switch (one.kind) {
      case 'accept': {
        const message = newMessage(await contentOf(store, 'x'.repeat(one.large ? 17_000 : 10)));
        const emails = this.#accounts.slice(0, one.emails).map((account, i) => newEmail(account, { n: i + 1 }));
        const deliveries = Array.from({ length: one.deliveries }, (_, i) =>
          newDelivery({ n: 10 + i, nextAt: NOW, destination: `d${String(i % 2)}.test` }),
        );
        await store.write('accept', { message, emails, deliveries, events: [] });
        this.#last = message.id;
        return;
      }
      case 'quit': {
        const account = this.#accounts[one.account];
        if (account === undefined) return;
        await store.write('lockMaildrop', { account, token: 't', process: thisProcess(), at: 1, peer: '' });
        await store.write('quitMaildrop', {
          account,
          token: 't',
          at: 2,
          sessionId: 's',
          remove: [one.pick, one.pick + 2],
          events: [],
        });
        return;
      }
      case 'place':
        return this.#place(one);
      case 'claim': {
        const claims = await claimReady(store, { now: NOW, token: 'r', retryAt: [NOW], each: 2 });
        this.#claims = [
          ...this.#claims,
          ...claims.map(({ message, destination, deliveries }) => ({
            message: message.id,
            destination,
            numbers: deliveries.map(({ n }) => n),
          })),
        ];
        return;
      }
      case 'settle': {
        const [claim, ...rest] = this.#claims;
        if (claim === undefined) return;
        this.#claims = rest;
        const deliveries = claim.numbers.map((n) => ({
          n,
          state: one.state as 'relayed' | 'failed' | 'waiting' | 'unsure',
        }));
        const settlement = {
          token: 'r',
          message: claim.message,
          at: 3,
          attempts: [],
          events: [],
          reports: [],
          learned: {
            destination: claim.destination,
            standing: one.troubled ? 'troubled' : 'well',
            notBefore: one.troubled ? NOW + 1 : 0,
          },
        } as const;
        const done = await store.write('settle', { ...settlement, deliveries });
        if (typeof done === 'string') return;
        const dropped = deliveries.map((d) => (done.stop.includes(d.n) ? { ...d, state: 'dropped' as const } : d));
        assert.equal(await store.write('settle', { ...settlement, deliveries: dropped }), 'done');
        return;
      }
      case 'change':
        await store.write('changeDeliveries', {
          message: this.#last,
          numbers: [10, 11, 12],
          action: one.action as 'retry',
          at: NOW,
          events: [],
        });
        return;
      case 'take back':
        await store.write('takeBack', { message: this.#last, at: 4, by: { by: 'keeper' } });
        return;
      case 'free':
        await store.write('freeProcesses', { gone: [thisProcess()], at: 5 });
        return;
      case 'purge': {
        const account = this.#accounts[1];
        if (account === undefined) return;
        await store.write('closeAccount', { account, at: 5 });
        if ((await store.write('purgeAccount', { account, at: 6, limit: 2 })) === 'done') this.#accounts.pop();
        return;
      }
      case 'mail': {
        const owner = this.#owners.find(({ account }) => account === this.#accounts[one.account]);
        await owner?.take(one.step);
        // A session that was left open would keep what is removed.
        if (owner !== undefined) await owner.take({ kind: 'session', remove: 99, ends: true });
        return;
      }
      case 'sweep':
        await store.write('sweepJourney', { before: 3, at: 9, limit: 2 });
        await store.write('forgetDestinations', { before: 4, limit: 1 });
    }
  }
}

/** What must hold whatever happened, each as a query that finds the rows which break it. */
const BROKEN: Readonly<Record<string, string>> = {
  ...MAIL_RULES,
  'an account counts its emails and their octets':
    'SELECT id FROM accounts a WHERE used_messages <> (SELECT count(*) FROM emails e WHERE e.account = a.id) OR used_octets <> (SELECT coalesce(sum(octets), 0) FROM emails e WHERE e.account = a.id)',
  'a message counts what refers to it':
    'SELECT id FROM messages m WHERE refs <> (SELECT count(*) FROM emails e WHERE e.message = m.id) + (SELECT count(*) FROM deliveries d WHERE d.message = m.id AND d.ended_at IS NULL)',
  'content is there exactly while something refers to its message':
    'SELECT id FROM messages m WHERE (refs > 0) <> EXISTS (SELECT 1 FROM contents c WHERE c.message = m.seq) OR (refs = 0) <> (ended_at IS NOT NULL)',
  'content belongs to a message': 'SELECT message FROM contents WHERE message NOT IN (SELECT seq FROM messages)',
  'an email is in as many mailboxes as it says, and never in none':
    'SELECT id FROM emails e WHERE mailboxes <> (SELECT count(*) FROM memberships s WHERE s.email = e.id) OR mailboxes = 0',
  'a membership is of an email, and repeats it truly':
    'SELECT uid FROM memberships s WHERE NOT EXISTS (SELECT 1 FROM emails e WHERE e.id = s.email AND e.uidl = s.uidl AND e.octets = s.octets)',
  'what its owner removed lies in no other mailbox, and goes with the session that had listed it':
    "SELECT s.email FROM memberships s JOIN mailboxes b ON b.id = s.mailbox WHERE b.role = 'leaving'",
  'uids stay below the next one':
    'SELECT id FROM mailboxes b WHERE next_uid <= (SELECT coalesce(max(uid), 0) FROM memberships s WHERE s.mailbox = b.id)',
  'a destination has the earliest due time of its deliveries':
    'SELECT name FROM destinations x WHERE due_at IS NOT (SELECT min(due_at) FROM deliveries d WHERE d.destination = x.name)',
  'every destination with due deliveries is known':
    'SELECT n FROM deliveries WHERE due_at IS NOT NULL AND destination NOT IN (SELECT name FROM destinations)',
  'a delivery has a holder while it is being sent, and only then':
    "SELECT n FROM deliveries WHERE (state = 'sending') <> (holder IS NOT NULL AND lease IS NOT NULL AND due_at IS NULL AND freed_state IS NOT NULL)",
  'what was asked to stop is being sent, or has an end':
    "SELECT n FROM deliveries WHERE stop_requested_at IS NOT NULL AND state NOT IN ('sending', 'relayed', 'dropped')",
  'an ended delivery has an end and no due time':
    "SELECT n FROM deliveries WHERE (state IN ('relayed', 'failed', 'dropped')) <> (ended_at IS NOT NULL) OR (ended_at IS NOT NULL AND due_at IS NOT NULL)",
};

test('counts and references are right after any sequence of operations', async (t) => {
  const directory = await temporaryDirectory(t);
  const store = await temporaryStore(t, { directory });
  const db = new DatabaseSync(join(directory, 'posthorn.db'), { readOnly: true });
  let round = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        round += 1;
        const world = new World(store, [
          await addAccount(store, `a${String(round)}`),
          await addAccount(store, `b${String(round)}`),
        ]);
        for (const one of steps) await world.take(one);
        for (const [rule, sql] of Object.entries(BROKEN)) assert.deepEqual(db.prepare(sql).all(), [], rule);
      }),
      { examples: [[TIDIED]], numRuns: 40 },
    );
    const named = db
      .prepare('SELECT file FROM contents WHERE file IS NOT NULL')
      .all()
      .map(({ file }) => String(file));
    await eventually(async () => (await filesOf(directory)).length === named.length);
    assert.deepEqual((await filesOf(directory)).toSorted(), named.toSorted());
  } finally {
    db.close();
  }
});

async function filesOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(join(directory, 'content'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
