/** Sending as one commit, taking back, the outbox, reports, and whom an account writes to. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newId, thisProcess } from '../../base/index.ts';
import type { Engine } from '../contract.ts';
import type { Meeting, NewSubmission } from '../sending.ts';
import type { NewDelivery } from '../message.ts';
import type { Store } from '../store.ts';
import { addAccount, claimReady, contentOf, messageParams, newDelivery, newEmail, newMessage } from '../testing.ts';

const NOW = 1_000_000;
const SENDER = { by: 'sender', name: 'bob@b.test' } as const;

interface Sent {
  readonly store: Store;
  readonly account: string;
  /** The email it was made from. */
  readonly email: string;
  readonly id: string;
  readonly params: Parameters<Store['write']>[1] & object;
}

async function draftOf(store: Store, account: string): Promise<string> {
  const params = await messageParams(store, account, 'Subject: draft\r\n\r\nx\r\n');
  await store.write('accept', params);
  return params.emails[0]?.id ?? '';
}

async function mailboxOf(store: Store, account: string, role: string): Promise<number> {
  return (await store.read('listMailboxes', { account })).find((box) => box.role === role)?.id ?? 0;
}

async function send(
  store: Store,
  account: string,
  deliveries: readonly Partial<NewDelivery>[],
  { email = '', emails = [] as readonly ReturnType<typeof newEmail>[], toSent = false } = {},
): Promise<Sent> {
  const source = email === '' ? await draftOf(store, account) : email;
  const message = newMessage(await contentOf(store, 'x\r\n'), { id: newId(NOW), account, messageId: '<m@b.test>' });
  const all = deliveries.map((one, i) => newDelivery({ n: i + 1, nextAt: NOW, ...one }));
  const submission: NewSubmission = {
    id: message.id,
    account,
    identity: 'own',
    email: source,
    thread: 't1',
    envelope: '{}',
    recipients: all.map(({ recipient }) => recipient),
    sendAt: NOW,
  };
  const [inbox, sent] = [await mailboxOf(store, account, 'inbox'), await mailboxOf(store, account, 'sent')];
  const mailboxes = { add: [sent], remove: [inbox] };
  const params = {
    accept: { message, emails, deliveries: all, events: [] },
    submission,
    meetings: [],
    at: NOW,
    ...(toSent ? { after: { changes: [{ email: source, mailboxes }], destroy: [] } } : {}),
  };
  const done = await store.write('submit', params);
  assert.notEqual(done, 'missing');
  return { store, account, email: source, id: message.id, params };
}

async function undoOf({ store, account, id }: Sent): Promise<string | undefined> {
  return (await store.read('submissions', { account, ids: [id] }))[0]?.undoStatus;
}

async function cancel({ store, account, id }: Sent): Promise<string> {
  const done = await store.write('cancelSubmission', { account, id, at: NOW + 1, by: SENDER });
  return typeof done === 'string' ? done : 'canceled';
}

async function settle({ store, id }: Sent, state: 'relayed' | 'failed' | 'unsure' | 'waiting'): Promise<unknown> {
  await claimReady(store, { now: NOW, process: thisProcess() });
  const deliveries = [{ n: 1, state }];
  return store.write('settle', {
    token: 'run',
    message: id,
    at: NOW + 2,
    deliveries,
    attempts: [],
    events: [],
    reports: [],
  });
}

const ann: Meeting = { key: 'ann@b.test', id: 'p1', address: 'Ann@b.test', name: 'Ann Bee', at: NOW, weight: 1 };

export function sendingContract(engine: Engine): void {
  describe(`${engine.name}: sending`, () => {
    test('a message, its submission and what becomes of the draft are one commit, once', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const sent = await send(store, account, [{}], { toSent: true });
      const [row] = await store.read('emailRows', { account, ids: [sent.email] });
      assert.deepEqual(row?.mailboxes, [await mailboxOf(store, account, 'sent')]);
      assert.equal((await store.read('deliveries', { message: sent.id })).length, 1);
      const state = await store.read('mailState', { account });
      // As after a lost answer to COMMIT.
      assert.deepEqual(await store.write('submit', sent.params as never), {});
      assert.deepEqual(await store.read('mailState', { account }), state);
      const [kept] = await store.read('submissions', { account, ids: [sent.id] });
      assert.deepEqual([kept?.undoStatus, kept?.email, kept?.recipients], ['pending', sent.email, ['carol@c.test']]);
      assert.deepEqual(await store.read('submissions', { account: 'other', ids: [sent.id] }), []);
    });

    test('without the email it was made from nothing happens', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const { params } = await send(store, account, [{}]);
      const message = newMessage(await contentOf(store, 'x\r\n'), { id: newId(NOW) });
      const { accept, submission } = params as never as { accept: object; submission: object };
      const gone = { ...submission, id: message.id, email: 'gone' } as NewSubmission;
      const again = { accept: { ...accept, message } as never, submission: gone, meetings: [], at: NOW };
      assert.equal(await store.write('submit', again), 'missing');
      assert.deepEqual(await store.read('findMessages', { id: message.id }), []);
    });

    test('it can be taken back until somebody may have it', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const waiting = await send(store, account, [{}, { state: 'held', nextAt: NOW + 9 }]);
      assert.equal(await cancel(waiting), 'canceled');
      assert.equal(await undoOf(waiting), 'canceled');
      assert.equal(await cancel(waiting), 'canceled');
      assert.deepEqual(await store.read('nextReady', { after: 0 }), undefined);
      const filed = await send(store, account, [{}], { emails: [newEmail(account, { n: 2 })] });
      assert.deepEqual([await undoOf(filed), await cancel(filed)], ['final', 'cannot-unsend']);
      await cancel({ ...filed, id: 'none' }).then((answer) => {
        assert.equal(answer, 'missing');
      });
    });

    for (const [state, undo, answer] of [
      ['relayed', 'final', 'cannot-unsend'],
      ['unsure', 'final', 'cannot-unsend'],
      ['failed', 'final', 'cannot-unsend'],
      ['waiting', 'pending', 'canceled'],
    ] as const)
      test(`behind an attempt that ended ${state} it is ${undo}`, async (t) => {
        const store = await engine.open(t);
        const sent = await send(store, await addAccount(store), [{}]);
        await settle(sent, state);
        assert.equal(await undoOf(sent), undo);
        assert.equal(await cancel(sent), answer);
      });

    test('while it is being sent it is neither', async (t) => {
      const store = await engine.open(t);
      const sent = await send(store, await addAccount(store), [{}]);
      await claimReady(store, { now: NOW, process: thisProcess() });
      assert.equal(await cancel(sent), 'cannot-unsend');
      assert.deepEqual((await store.read('deliveries', { message: sent.id }))[0]?.stopRequestedAt, undefined);
    });

    test('[8620-5.1-state-of-its-type] a report that its owner destroys is gone from the submission, which is another one', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const sent = await send(store, account, [{}]);
      const params = await messageParams(store, account);
      await store.write('accept', params);
      const email = params.emails[0]?.id ?? '';
      const link = { account, submission: sent.id, email, kind: 'delivery', facts: '[]', unknown: [] } as const;
      assert.equal(await store.write('linkReport', link), true);
      const reports = async (): Promise<number | undefined> =>
        (await store.read('submissions', { account, ids: [sent.id] }))[0]?.reports.length;
      const since = (await store.read('mailState', { account, type: 'submission' }))?.modseq ?? 0;
      assert.equal(await reports(), 1);
      await store.write('changeEmails', { account, changes: [], destroy: [email], at: NOW });
      assert.equal(await reports(), 0);
      assert.deepEqual((await store.read('submissionChanges', { account, since, limit: 9 }))?.updated, [sent.id]);
      const [state, newest] = [
        (await store.read('mailState', { account, type: 'submission' }))?.modseq ?? 0,
        (await store.read('mailState', { account }))?.modseq,
      ];
      assert.ok(state > since);
      assert.equal(state, newest, 'behind what the email, its thread and its mailbox took');
    });

    test('each move of a delivery is a change of its submission, and a submission that is gone is told of', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const sent = await send(store, account, [{}]);
      const changes = async (since: number): Promise<unknown> => {
        const told = await store.read('submissionChanges', { account, since, limit: 10 });
        return [told?.created, told?.updated, told?.destroyed];
      };
      const now = async (): Promise<number> => (await store.read('mailState', { account }))?.modseq ?? 0;
      assert.deepEqual(await changes(0), [[sent.id], [], []]);
      for (const move of [
        () => claimReady(store, { now: NOW, process: thisProcess() }),
        () => store.write('freeProcesses', { gone: [thisProcess()], at: NOW }),
        () => store.write('changeDeliveries', { message: sent.id, numbers: [1], action: 'hold', at: NOW, events: [] }),
        () => store.write('takeBack', { message: sent.id, at: NOW, by: SENDER }),
      ] as const) {
        const before = await now();
        await move();
        assert.deepEqual(await changes(before), [[], [sent.id], []]);
        assert.deepEqual(await changes(await now()), [[], [], []]);
      }
      const before = await now();
      await store.write('forgetSubmission', { account, id: sent.id, at: NOW });
      assert.deepEqual(await changes(before), [[], [], [sent.id]]);
      assert.equal(await store.read('submissionChanges', { account, since: (await now()) + 1, limit: 1 }), undefined);
      // A message that nobody sent over JMAP changes nobody's state.
      const quiet = await now();
      await store.write('accept', {
        ...(await messageParams(store, 'nobody')),
        emails: [],
        deliveries: [newDelivery({ nextAt: NOW })],
      });
      await claimReady(store, { now: NOW, process: thisProcess() });
      assert.equal(await now(), quiet);
    });

    test('whose process died while it was sent is asked, where the sender wants to be', async (t) => {
      const store = await engine.open(t);
      const sent = await send(store, await addAccount(store), [{ onUnsure: 'ask' }, { onUnsure: 'retry' }]);
      await claimReady(store, { now: NOW, process: thisProcess() });
      await store.write('freeProcesses', { gone: [thisProcess()], at: NOW });
      const after = await store.read('deliveries', { message: sent.id });
      assert.deepEqual(
        after.map(({ state, mayHaveLeft }) => [state, mayHaveLeft]),
        [
          ['unsure', true],
          ['waiting', true],
        ],
      );
      const change = { message: sent.id, numbers: [1, 2], action: 'retry', at: NOW, events: [] } as const;
      assert.deepEqual(await store.write('changeDeliveries', { ...change, only: ['waiting'] }), [2]);
      assert.deepEqual(await store.write('changeDeliveries', { ...change, only: ['unsure'] }), [1]);
    });

    for (const [when, says, boot, first] of [
      ['the end of the data had not been said', false, thisProcess().boot, ['waiting', undefined]],
      ['it had been said', true, thisProcess().boot, ['unsure', true]],
      ['the machine has started anew since', false, 'another', ['unsure', true]],
    ] as const)
      test(`nobody is asked for nothing: ${when}`, async (t) => {
        const store = await engine.open(t);
        const sent = await send(store, await addAccount(store), [{ onUnsure: 'ask' }, { onUnsure: 'retry' }]);
        const [claim] = await claimReady(store, { now: NOW, process: thisProcess() });
        const announce = (token: string): Promise<boolean> =>
          store.write('announceEnd', { token, message: claim?.message.id ?? '', numbers: [1] });
        if (says) assert.deepEqual([await announce('another'), await announce('run')], [false, true]);
        await store.write('freeProcesses', { gone: [thisProcess()], at: NOW, boot });
        const after = await store.read('deliveries', { message: sent.id });
        assert.deepEqual(
          after.map(({ state, mayHaveLeft }) => [state, mayHaveLeft]),
          [first, ['waiting', true]],
        );
        assert.equal(await undoOf(sent), 'final');
        assert.equal(await announce('run'), false);
        const events = await store.read('events', { message: sent.id });
        const told = events.flatMap(({ n, facts }) => (facts.kind === 'interrupted' && n === 1 ? [facts] : []));
        assert.deepEqual(
          told.map(({ mayHaveLeft }) => mayHaveLeft),
          [first[0] === 'waiting' ? false : undefined],
        );
        // The next attempt begins without the doubts of this one.
        const change = { message: sent.id, numbers: [1], action: 'retry', at: NOW, events: [] } as const;
        await store.write('changeDeliveries', change);
        await claimReady(store, { now: NOW, process: thisProcess() });
        await store.write('freeProcesses', { gone: [thisProcess()], at: NOW, boot: thisProcess().boot });
        assert.equal((await store.read('deliveries', { message: sent.id }))[0]?.state, 'waiting');
      });

    test('the outbox has what waits, and what failed lately', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const outbox = (failedSince: number): Promise<readonly string[]> =>
        store.read('outbox', { account, failedSince, limit: 10 });
      const sent = await send(store, account, [{}]);
      assert.deepEqual(await outbox(0), [sent.id]);
      await settle(sent, 'failed');
      assert.deepEqual(await outbox(NOW), [sent.id]);
      assert.deepEqual(await outbox(NOW + 3), []);
    });

    test('a report of ours is linked in the commit that writes it, another when it is read, each once', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const sent = await send(store, account, [{}]);
      await claimReady(store, { now: NOW, process: thisProcess() });
      const report = await messageParams(store, account, 'Subject: failed\r\n\r\n');
      const deliveries = [{ n: 1, state: 'failed' as const }];
      const settled = { token: 'run', message: sent.id, at: NOW, deliveries, attempts: [], events: [] };
      await store.write('settle', { ...settled, reports: [report] });
      const own = report.emails[0]?.id ?? '';
      const other = await draftOf(store, account);
      const link = { account, submission: sent.id, kind: 'disposition', facts: '[]', unknown: [] } as const;
      assert.equal(await store.write('linkReport', { ...link, email: other }), true);
      assert.equal(await store.write('linkReport', { ...link, email: other }), false);
      assert.equal(await store.write('linkReport', { ...link, email: 'gone' }), false);
      const [row] = await store.read('submissions', { account, ids: [sent.id] });
      assert.deepEqual(
        row?.reports.map(({ email, kind }) => `${email} ${kind}`).toSorted(),
        [`${own} delivery`, `${other} disposition`].toSorted(),
      );
      const of = (about: object): Promise<readonly string[]> => store.read('submissionsOf', { account, ...about });
      assert.deepEqual(await of({ envid: sent.id }), [sent.id]);
      assert.deepEqual(await of({ envid: 'x', messageId: '<m@b.test>' }), [sent.id]);
      assert.deepEqual(
        await store.read('submissionsOf', { account: 'other', envid: sent.id, messageId: '<m@b.test>' }),
        [],
      );
    });

    test('of the reports about one message so many are linked', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const sent = await send(store, account, [{}]);
      const link = { account, submission: sent.id, kind: 'delivery', facts: '[]', unknown: ['bob@b.test'] } as const;
      const emails = await Promise.all(Array.from({ length: 501 }, () => draftOf(store, account)));
      const linked = await Promise.all(emails.map((email) => store.write('linkReport', { ...link, email })));
      assert.deepEqual([linked.filter((done) => done).length, linked.at(-1)], [500, false]);
      const [row] = await store.read('submissions', { account, ids: [sent.id] });
      assert.equal(row?.reports.length, 500);
    });

    test('a submission goes with its journey', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const sent = await send(store, account, [{}]);
      await settle(sent, 'relayed');
      await store.write('sweepJourney', { before: NOW + 9, at: NOW + 9, limit: 10 });
      assert.deepEqual(await store.read('submissions', { account, ids: [sent.id] }), []);
    });

    test('people are ranked by how often and how lately, found by words, bounded, and forgotten', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const day = 86_400_000;
      const meet = (key: string, at: number, times = 1): Promise<void> =>
        store.write('meet', {
          account,
          most: 3,
          meetings: Array.from({ length: times }, () => ({ ...ann, key, id: key, address: key, name: `N ${key}`, at })),
        });
      const found = async (...words: readonly string[]): Promise<readonly string[]> =>
        (await store.read('correspondents', { account, words, limit: 10 })).map(({ address }) => address);
      await meet('old@b.test', 0, 3);
      await meet('new@b.test', 30 * day);
      assert.deepEqual(await found(), ['old@b.test', 'new@b.test']);
      await meet('new@b.test', 100 * day);
      assert.deepEqual(await found(), ['new@b.test', 'old@b.test']);
      await meet('third@b.test', 100 * day);
      await meet('fourth@b.test', 100 * day, 2);
      assert.deepEqual(await found(), ['fourth@b.test', 'new@b.test', 'third@b.test']);
      assert.deepEqual(await found('n', 'NE'), ['new@b.test']);
      assert.deepEqual(await found('b.te', 'x'), []);
      assert.deepEqual(await store.write('forgetCorrespondents', { account, ids: ['new@b.test', 'none'] }), [
        'new@b.test',
      ]);
      assert.deepEqual(await found('new'), []);
    });

    test('who an answer says does not exist is not suggested, until mail gets there', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      await store.write('meet', { account, meetings: [ann], most: 9 });
      const learn = async (more: object): Promise<number> => {
        const sent = await send(store, account, [{}]);
        await claimReady(store, { now: NOW, process: thisProcess() });
        const deliveries = [{ n: 1, state: 'relayed' as const }];
        const settled = { token: 'run', message: sent.id, at: NOW, deliveries, attempts: [], events: [], reports: [] };
        assert.equal(await store.write('settle', { ...settled, ...more }), 'done');
        return (await store.read('correspondents', { account, words: ['ann'], limit: 9 })).length;
      };
      const suppress = [{ account, address: ann.key, madeBy: 'answer', at: NOW }];
      assert.equal(await learn({ suppress }), 0);
      assert.equal(await learn({ lift: { account, addresses: [ann.key] } }), 1);
    });

    test('identities are made, changed, bounded and told of; those of a purged account are gone', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const put = (id: string, how: 'made' | 'kept' | 'own', facts?: string): Promise<string> =>
        store.write('putIdentity', {
          account,
          id,
          how,
          most: 1,
          at: NOW,
          ...(facts === undefined ? {} : { identity: { email: 'bob@b.test', facts } }),
        });
      assert.equal(await put('own', 'own', '{}'), 'done');
      const since = (await store.read('mailState', { account }))?.modseq ?? 0;
      assert.equal(await put('i1', 'made', '{}'), 'too-many');
      assert.equal(await put('i1', 'kept', '{}'), 'missing');
      assert.equal(await put('own', 'own', '{"a":1}'), 'done');
      assert.deepEqual((await store.read('identityChanges', { account, since, limit: 9 }))?.updated, ['own']);
      assert.equal(await put('own', 'kept'), 'done');
      assert.equal(await put('own', 'kept'), 'missing');
      assert.equal(await put('i1', 'made', '{}'), 'done');
      await store.write('closeAccount', { account, at: NOW });
      await store.write('purgeAccount', { account, at: NOW, limit: 10 });
      assert.deepEqual(await store.read('identities', { account }), []);
    });
  });
}
