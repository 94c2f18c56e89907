/** Accounts at other providers: what is collected from them is here once, with the memory of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newId, newTicket } from '../../base/index.ts';
import type { Engine } from '../contract.ts';
import type { AppendParams } from '../mail.ts';
import type { Store } from '../store.ts';
import { addAccount, contentOf, newMessage, textOf } from '../testing.ts';

const AT = 1_000_000;
const REMOTE = { id: 'r1', address: 'bob@isp.example', settings: '{}', secrets: 'v1.x', createdAt: AT, dueAt: AT };

async function withRemote(store: Store, id = 'r1'): Promise<string> {
  const account = await addAccount(store);
  assert.equal(await store.write('putRemote', { ...REMOTE, id, account }), 'done');
  return account;
}

async function letter(store: Store, account: string, text: string): Promise<AppendParams> {
  const mailboxes = await store.read('listMailboxes', { account });
  const inbox = mailboxes.find(({ role }) => role === 'inbox')?.id ?? 0;
  const message = newMessage(await contentOf(store, text), {
    source: 'collected',
    prefix: new Uint8Array(),
    mailFrom: '',
  });
  const email = { id: newId(AT), uidl: newTicket(), mailboxes: [inbox], keywords: [], receivedAt: AT };
  return { account, message, email };
}

const memory = (uidl: string, state: 'whole' | 'headers' = 'whole') =>
  ({ uidl, octets: 20, state, collectedAt: AT, head: 'h' }) as const;

async function textsOf(store: Store, account: string): Promise<readonly string[]> {
  const found = await store.read('queryEmails', {
    account,
    sort: [{ property: 'receivedAt', isAscending: true }],
    collapseThreads: false,
    position: 0,
    limit: 100,
    calculateTotal: false,
  });
  assert.ok(found !== 'no-anchor');
  const texts: string[] = [];
  for (const id of found.ids) {
    const email = await store.read('email', { id });
    assert.ok(email);
    texts.push(await textOf(store.content.read(email.content)));
  }
  return texts;
}

export function remoteContract(engine: Engine): void {
  describe(`${engine.name}: accounts at other providers`, () => {
    test('an account has one remote of an address; what is set can be set anew, what came of a visit stays', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      assert.equal(await store.write('putRemote', { ...REMOTE, id: 'r2', account }), 'exists');
      assert.equal(await store.write('putRemote', { ...REMOTE, id: 'r2', account: 'nobody' }), 'missing');
      await store.write('recordVisit', {
        id: 'r1',
        standing: '{"kind":"done"}',
        since: AT,
        at: AT + 1,
        dueAt: AT + 60,
      });
      const { dueAt: _, ...asked } = { ...REMOTE, account, settings: '{"new":true}' };
      assert.equal(await store.write('putRemote', asked), 'done');
      assert.deepEqual(await store.read('remotes', { account }), [
        { ...asked, standing: '{"kind":"done"}', visitedAt: AT + 1 },
      ]);
      assert.deepEqual(await store.read('remotes', { account: 'nobody' }), []);
    });

    test('what is due is found, the longest due first, and what waits for a person is not', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      for (const [id, dueAt] of [
        ['a', AT + 5],
        ['b', AT],
        ['c', AT + 50],
      ] as const)
        await store.write('putRemote', { ...REMOTE, id, account, address: `${id}@isp.example`, dueAt });
      const due = await store.read('dueRemotes', { dueBy: AT + 10, limit: 10 });
      assert.deepEqual(
        due.map(({ id }) => id),
        ['b', 'a'],
      );
      await store.write('recordVisit', { id: 'b', standing: '{}', since: AT, at: AT, dueAt: null });
      assert.equal(await store.read('nextRemoteDue', {}), AT + 5);
      assert.equal(
        await store.write('recordVisit', { id: 'x', standing: '{}', since: AT, at: AT, dueAt: null }),
        'missing',
      );
    });

    test('a visit that was wished while another one was under way stays due', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      const due = async (wished: number): Promise<number | undefined> => {
        await store.write('putRemote', { ...REMOTE, account, dueAt: wished });
        await store.write('recordVisit', { id: 'r1', standing: '{}', since: AT, at: AT + 10, dueAt: AT + 600 });
        return (await store.read('remote', { id: 'r1' }))?.dueAt;
      };
      assert.deepEqual([await due(AT + 5), await due(AT), await due(AT + 300)], [AT + 5, AT + 600, AT + 600]);
      // The account was due, or it would not be visited.
      await store.write('putRemote', { ...REMOTE, account, dueAt: AT - 10 });
      await store.write('wantMessages', { remote: 'r1', uidls: ['u1'], at: AT + 5 });
      await store.write('recordVisit', { id: 'r1', standing: '{}', since: AT, at: AT + 10, dueAt: AT + 600 });
      assert.equal((await store.read('remote', { id: 'r1' }))?.dueAt, AT + 5);
    });

    test('a message and the memory of it are one commit; again, it is known', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      const params = { remote: 'r1', memory: memory('u1'), events: [], append: await letter(store, account, 'one') };
      assert.equal(await store.write('collectMessage', params), 'done');
      const again = { ...params, events: [], append: await letter(store, account, 'one again') };
      assert.equal(await store.write('collectMessage', again), 'known');
      assert.deepEqual(await textsOf(store, account), ['one']);
      assert.deepEqual(await store.read('remoteMessages', { remote: 'r1', after: '', limit: 10 }), [
        { ...memory('u1'), deletedHere: false, restWanted: false },
      ]);
    });

    test('nothing is filed for a remote that is not there, or is somebody else’s', async (t) => {
      const store = await engine.open(t);
      await withRemote(store);
      const other = await addAccount(store, 'eve');
      for (const remote of ['r1', 'nowhere']) {
        const params = { remote, memory: memory('u1'), events: [], append: await letter(store, other, 'x') };
        assert.equal(await store.write('collectMessage', params), 'missing');
      }
      assert.deepEqual(await textsOf(store, other), []);
      assert.deepEqual(await store.read('remoteMessages', { remote: 'r1', after: '', limit: 10 }), []);
    });

    test('the whole takes the place of its header: same folder, same marks, and the header is gone', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      const head = await letter(store, account, 'head');
      await store.write('collectMessage', { remote: 'r1', memory: memory('u1', 'headers'), events: [], append: head });
      const archive = (await store.read('listMailboxes', { account })).find(({ role }) => role === 'archive')?.id ?? 0;
      const change = { email: head.email.id, mailboxes: { is: [archive] }, keywords: { is: ['$seen', 'mine'] } };
      await store.write('changeEmails', { account, changes: [change], destroy: [], at: AT });
      assert.deepEqual(await store.write('wantRest', { account, emails: [head.email.id, 'x'], at: AT }), [
        head.email.id,
      ]);
      const whole = await letter(store, account, 'whole');
      const params = { remote: 'r1', memory: memory('u1'), events: [], append: whole };
      assert.equal(await store.write('collectMessage', params), 'done');
      assert.deepEqual(await textsOf(store, account), ['whole']);
      const [row] = await store.read('emailRows', { account, ids: [whole.email.id] });
      assert.deepEqual([row?.mailboxes, [...(row?.keywords ?? [])].sort()], [[archive], ['$seen', 'mine']]);
      const [origin] = await store.read('remoteOrigins', { account, emails: [whole.email.id] });
      assert.deepEqual([origin?.uidl, origin?.state, origin?.restWanted], ['u1', 'whole', false]);
    });

    test('what its owner deleted here, for good, is told; what lies in the Trash is not', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      const [kept, gone] = [await letter(store, account, 'kept'), await letter(store, account, 'gone')];
      await store.write('collectMessage', { remote: 'r1', memory: memory('kept'), events: [], append: kept });
      await store.write('collectMessage', { remote: 'r1', memory: memory('gone'), events: [], append: gone });
      const trash = (await store.read('listMailboxes', { account })).find(({ role }) => role === 'trash')?.id ?? 0;
      const moved = [{ email: kept.email.id, mailboxes: { is: [trash] } }];
      await store.write('changeEmails', { account, changes: moved, destroy: [gone.email.id], at: AT });
      const known = await store.read('remoteMessages', { remote: 'r1', after: '', limit: 10 });
      assert.deepEqual(
        known.map(({ uidl, deletedHere }) => [uidl, deletedHere]),
        [
          ['gone', true],
          ['kept', false],
        ],
      );
    });

    test('ids that vanish stay known, and can be given anew', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      for (const uidl of ['a', 'b', 'c'])
        await store.write('collectMessage', {
          remote: 'r1',
          memory: memory(uidl),
          events: [],
          append: await letter(store, account, uidl),
        });
      await store.write('remoteMessagesGone', { remote: 'r1', uidls: ['a', 'b', 'nowhere'], at: AT });
      await store.write('remoteMessagesGone', { remote: 'r1', uidls: ['b', 'c'], at: null });
      const there = await store.read('remoteMessages', { remote: 'r1', after: '', limit: 10 });
      assert.deepEqual(
        there.map(({ uidl, goneAt }) => [uidl, goneAt]),
        [
          ['a', AT],
          ['b', undefined],
          ['c', undefined],
        ],
      );
      const pairs = [
        { from: 'a', to: 'a2' },
        { from: 'b', to: 'c' },
        { from: 'x', to: 'y' },
      ];
      await store.write('renameRemoteMessages', { remote: 'r1', pairs });
      const slice = await store.read('remoteMessages', { remote: 'r1', after: 'a2', limit: 1 });
      assert.deepEqual(
        slice.map(({ uidl }) => uidl),
        ['b'],
      );
    });

    test('what is asked for comes whole, though it was deleted here or never collected; what is here does not', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      const [kept, gone] = [await letter(store, account, 'kept'), await letter(store, account, 'gone')];
      await store.write('collectMessage', { remote: 'r1', memory: memory('kept'), events: [], append: kept });
      await store.write('collectMessage', { remote: 'r1', memory: memory('gone'), events: [], append: gone });
      await store.write('changeEmails', { account, changes: [], destroy: [gone.email.id], at: AT });
      await store.write('recordVisit', { id: 'r1', standing: '{}', since: AT, at: AT, dueAt: null });
      await store.write('wantMessages', { remote: 'r1', uidls: ['kept', 'gone', 'new'], at: AT + 7 });
      await store.write('wantMessages', { remote: 'nowhere', uidls: ['x'], at: AT });
      assert.equal(await store.read('nextRemoteDue', {}), AT + 7);
      const known = await store.read('remoteMessages', { remote: 'r1', after: '', limit: 10 });
      assert.deepEqual(
        known.map(({ uidl, state, restWanted }) => [uidl, state, restWanted]),
        [
          ['gone', 'whole', true],
          ['kept', 'whole', false],
          ['new', 'kept-there', true],
        ],
      );
      for (const uidl of ['gone', 'kept', 'new']) {
        const append = await letter(store, account, `${uidl} again`);
        const params = { remote: 'r1', memory: memory(uidl), events: [], append };
        assert.equal(await store.write('collectMessage', params), uidl === 'kept' ? 'known' : 'done');
      }
      assert.deepEqual([...(await textsOf(store, account))].sort(), ['gone again', 'kept', 'new again']);
      const origins = await store.read('remoteOriginsOf', { account, remote: 'r1', uidls: ['gone', 'new', 'x'] });
      assert.deepEqual(
        origins.map(({ uidl, state, restWanted }) => [uidl, state, restWanted]),
        [
          ['gone', 'whole', false],
          ['new', 'whole', false],
        ],
      );
      assert.deepEqual(await store.read('remoteOriginsOf', { account: 'eve', remote: 'r1', uidls: ['gone'] }), []);
    });

    test('a rest that is longer than anything that is taken is not asked for again and again', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      const head = await letter(store, account, 'head');
      const params = { remote: 'r1', memory: memory('u1', 'headers'), events: [] };
      await store.write('collectMessage', { ...params, append: head });
      await store.write('wantRest', { account, emails: [head.email.id], at: AT });
      const again = await letter(store, account, 'head');
      assert.equal(await store.write('collectMessage', { ...params, append: again }), 'known');
      const [known] = await store.read('remoteMessages', { remote: 'r1', after: '', limit: 10 });
      assert.deepEqual([known?.state, known?.restWanted], ['headers', false]);
      assert.deepEqual(await textsOf(store, account), ['head']);
    });

    test('a remote that is removed takes its memory along, and leaves the mail', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      const params = { remote: 'r1', memory: memory('u1'), events: [], append: await letter(store, account, 'one') };
      await store.write('collectMessage', params);
      assert.equal(await store.write('removeRemote', { id: 'r1', at: AT }), 'done');
      assert.equal(await store.write('removeRemote', { id: 'r1', at: AT }), 'missing');
      assert.deepEqual(await store.read('remoteMessages', { remote: 'r1', after: '', limit: 10 }), []);
      assert.deepEqual(await textsOf(store, account), ['one']);
    });

    test('its address may be written as while it is there, and is an identity', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const sender = { local: 'bob', domain: 'isp.example' };
      const since = (await store.read('mailState', { account }))?.modseq ?? 0;
      await store.write('putRemote', { ...REMOTE, account, sender: { ...sender, facts: '{"name":"Bob"}' } });
      const may = () => store.read('isGranted', { account, domain: 'isp.example', locals: ['bob'] });
      assert.equal(await may(), true);
      const identity = { id: 'r-r1', email: 'bob@isp.example', facts: '{"name":"Bob"}' };
      assert.deepEqual(await store.read('identities', { account }), [identity]);
      const changes = await store.read('identityChanges', { account, since, limit: 10 });
      assert.deepEqual(changes?.created, ['r-r1']);
      await store.write('removeRemote', { id: 'r1', sender, at: AT });
      assert.deepEqual([await may(), await store.read('identities', { account })], [false, []]);
    });

    test('a full mailbox takes nothing, and remembers nothing', async (t) => {
      const store = await engine.open(t);
      const account = await withRemote(store);
      await store.write('setQuota', { account, quota: 10 });
      const append = await letter(store, account, 'x'.repeat(100));
      assert.equal(
        await store.write('collectMessage', { remote: 'r1', memory: memory('u1'), events: [], append }),
        'over-quota',
      );
      assert.deepEqual(await store.read('remoteMessages', { remote: 'r1', after: '', limit: 10 }), []);
    });
  });
}
