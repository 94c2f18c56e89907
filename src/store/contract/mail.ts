/** Mail as its owner sees it: mailboxes and their counts, threads, keywords, what is one's own, uploads. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import type { EmailRow, MailboxRow } from '../mail.ts';
import type { MailboxRole } from '../mailbox-role.ts';
import type { Store } from '../store.ts';
import { addAccount, contentOf, eventually, messageParams, newMessage, textOf } from '../testing.ts';
import { lock } from './maildrop.ts';

export async function boxesOf(store: Store, account: string): Promise<ReadonlyMap<string, MailboxRow>> {
  return new Map((await store.read('listMailboxes', { account })).map((box) => [box.role ?? box.name, box]));
}

async function boxId(store: Store, account: string, role: MailboxRole): Promise<number> {
  return (await boxesOf(store, account)).get(role)?.id ?? 0;
}

const up = (a: number, b: number): number => a - b;

let made = 0;

export interface Appended {
  readonly roles?: readonly MailboxRole[];
  readonly keywords?: readonly string[];
  readonly names?: readonly string[];
  readonly at?: number;
  readonly text?: string;
}

/** The new email's id. */
export async function appendTo(store: Store, account: string, p: Appended = {}): Promise<string> {
  const message = newMessage(await contentOf(store, p.text ?? 'Subject: x\r\n\r\n'), {
    prefix: Buffer.alloc(0),
    ...(p.names === undefined ? {} : { threadIds: p.names }),
  });
  const mailboxes: number[] = [];
  for (const role of p.roles ?? ['inbox']) mailboxes.push(await boxId(store, account, role));
  const id = `own-${String(made++)}`;
  const email = { id, uidl: `u-${id}`, mailboxes, keywords: p.keywords ?? [], receivedAt: p.at ?? 1 };
  const appended = await store.write('append', { account, message, email });
  assert.equal(typeof appended, 'object');
  return id;
}

async function rowOf(store: Store, account: string, id: string): Promise<EmailRow | undefined> {
  return (await store.read('emailRows', { account, ids: [id] }))[0];
}

export function mailContract(engine: Engine): void {
  describe(`${engine.name}: mail`, () => {
    test('an account begins with six mailboxes, and mail that comes counts in the Inbox', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const names = [...(await boxesOf(store, account)).values()].map(({ name, role }) => `${name} ${role ?? ''}`);
      assert.deepEqual(names, [
        'Inbox inbox',
        'Drafts drafts',
        'Sent sent',
        'Archive archive',
        'Junk junk',
        'Trash trash',
      ]);
      const params = await messageParams(store, account);
      await store.write('accept', params);
      const inbox = (await boxesOf(store, account)).get('inbox');
      assert.deepEqual(
        [inbox?.totalEmails, inbox?.unreadEmails, inbox?.totalThreads, inbox?.unreadThreads],
        [1, 1, 1, 1],
      );
      const row = await rowOf(store, account, params.emails[0]?.id ?? '');
      assert.deepEqual([row?.mailboxes, row?.keywords], [[inbox?.id], []]);
    });

    test('mail that is read or a draft is not unread; what is unread only in the Trash counts only there', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      await appendTo(store, account, { names: ['<1@a>'], keywords: ['$seen'] });
      await appendTo(store, account, { names: ['<2@a>', '<1@a>'], roles: ['trash'] });
      await appendTo(store, account, { names: ['<3@a>', '<1@a>'], roles: ['drafts'], keywords: ['$draft'] });
      const counts = async (): Promise<unknown> =>
        [...(await boxesOf(store, account)).values()]
          .filter(({ totalEmails }) => totalEmails > 0)
          .map((box) => [box.role, box.unreadEmails, box.totalThreads, box.unreadThreads]);
      assert.deepEqual(await counts(), [
        ['inbox', 0, 1, 0],
        ['drafts', 0, 1, 0],
        ['trash', 1, 1, 1],
      ]);
      // Unread elsewhere: the thread is unread wherever it lies, but in the Trash.
      const sent = await appendTo(store, account, { names: ['<4@a>', '<1@a>'], roles: ['sent'] });
      const trash = await boxId(store, account, 'trash');
      assert.deepEqual(await counts(), [
        ['inbox', 0, 1, 1],
        ['drafts', 0, 1, 1],
        ['sent', 1, 1, 1],
        ['trash', 1, 1, 1],
      ]);
      const changes = [
        { email: sent, keywords: { add: ['$seen'], remove: [] }, mailboxes: { add: [trash], remove: [] } },
      ];
      await store.write('changeEmails', { account, changes, destroy: [], at: 2 });
      assert.deepEqual(await counts(), [
        ['inbox', 0, 1, 0],
        ['drafts', 0, 1, 0],
        ['sent', 0, 1, 0],
        ['trash', 1, 1, 1],
      ]);
    });

    test('threads: by own and answered Message-IDs in all mailboxes, in any order of arrival, for ever', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const answer = await appendTo(store, account, { names: ['<2@a>', '<1@a>'], at: 5 });
      const asked = await appendTo(store, account, { names: ['<1@a>'], roles: ['sent'], at: 3 });
      const other = await appendTo(store, account, { names: ['<9@a>'] });
      const both = await appendTo(store, account, { names: ['<10@a>', '<9@a>', '<1@a>'], at: 9 });
      const nameless = [await appendTo(store, account), await appendTo(store, account)];
      const threadOf = async (id: string): Promise<string> => (await rowOf(store, account, id))?.thread ?? '';
      const thread = await threadOf(asked);
      assert.equal(await threadOf(answer), thread);
      assert.equal(await threadOf(both), await threadOf(other), 'the nearest decides');
      assert.notEqual(await threadOf(other), thread);
      assert.notEqual(await threadOf(nameless[0] ?? ''), await threadOf(nameless[1] ?? ''));
      assert.deepEqual(await store.read('threads', { account, ids: [thread, 't999', 'x'] }), [
        { id: thread, emails: [asked, answer] },
      ]);
      await store.write('changeEmails', { account, changes: [], destroy: [asked], at: 6 });
      const later = await appendTo(store, account, { names: ['<11@a>', '<1@a>'] });
      assert.equal(await threadOf(later), thread, 'what is gone still leads to its thread');
      await store.write('changeEmails', { account, changes: [], destroy: [answer, later], at: 7 });
      const anew = await appendTo(store, account, { names: ['<12@a>', '<1@a>'] });
      assert.notEqual(await threadOf(anew), thread, 'a thread that is gone does not come back');
    });

    test('keywords and mailboxes: added, removed, replaced; each change whole or not at all', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const id = await appendTo(store, account, { keywords: ['$seen', 'a'] });
      const [inbox, archive] = [await boxId(store, account, 'inbox'), await boxId(store, account, 'archive')];
      const change = async (what: object): Promise<unknown> => {
        const done = await store.write('changeEmails', {
          account,
          changes: [{ email: id, ...what }],
          destroy: [],
          at: 2,
        });
        assert.ok(done !== 'state-mismatch');
        const row = await rowOf(store, account, id);
        return [
          done.troubles.map(({ trouble }) => trouble),
          row?.keywords.toSorted(),
          row?.mailboxes.toSorted(up),
          done.after > done.before,
        ];
      };
      const keywords = { add: ['$flagged', 'b'], remove: ['a'] };
      assert.deepEqual(await change({ keywords }), [[], ['$flagged', '$seen', 'b'], [inbox], true]);
      assert.deepEqual(
        await change({ keywords }),
        [[], ['$flagged', '$seen', 'b'], [inbox], false],
        'nothing to change',
      );
      assert.deepEqual(await change({ keywords: { is: [] }, mailboxes: { add: [archive], remove: [] } }), [
        [],
        [],
        [inbox, archive].toSorted(up),
        true,
      ]);
      const both = [inbox, archive].toSorted(up);
      const refused = { keywords: { is: ['x'] } };
      assert.deepEqual(await change({ ...refused, mailboxes: { is: [] } }), [['in-no-mailbox'], [], both, false]);
      assert.deepEqual(await change({ ...refused, mailboxes: { is: [12_345] } }), [['no-mailbox'], [], both, false]);
      const many = Array.from({ length: 101 }, (_, i) => `k${String(i)}`);
      assert.deepEqual(await change({ keywords: { is: many } }), [['too-many-keywords'], [], both, false]);
      const now = (await store.read('mailState', { account, type: 'email' }))?.modseq ?? 0;
      const stale = { account, changes: [{ email: id, ...refused }], destroy: [id], ifModseq: now - 1, at: 3 };
      assert.equal(await store.write('changeEmails', stale), 'state-mismatch');
      assert.deepEqual((await rowOf(store, account, id))?.keywords, []);
      assert.notEqual(await store.write('changeEmails', { ...stale, ifModseq: now }), 'state-mismatch');
      assert.equal(await rowOf(store, account, id), undefined);
    });

    test('all emails of an account, one slice after the other, in the order in which they came', async (t) => {
      const store = await engine.open(t);
      const [bob, dora] = [await addAccount(store, 'bob'), await addAccount(store, 'dora')];
      const text = 'Subject: own\r\n\r\n';
      const own = await appendTo(store, bob, { text, roles: ['inbox', 'archive'], keywords: ['$seen', 'k'], at: 7 });
      await appendTo(store, dora);
      const delivered = await messageParams(store, bob);
      await store.write('accept', delivered);
      const [first, ...others] = await store.read('filedEmails', { account: bob, after: 0, limit: 1 });
      assert.deepEqual(others, []);
      assert.deepEqual(
        { ...first, mailboxes: first?.mailboxes.toSorted(up) },
        {
          place: 1,
          id: own,
          uidl: `u-${own}`,
          mailboxes: [await boxId(store, bob, 'inbox'), await boxId(store, bob, 'archive')].toSorted(up),
          keywords: ['$seen', 'k'],
          receivedAt: 7,
          octets: text.length,
          digest: createHash('sha256').update(text).digest('hex'),
        },
      );
      const [second, ...none] = await store.read('filedEmails', { account: bob, after: 1, limit: 9 });
      assert.deepEqual([second?.id, second?.digest, none], [delivered.emails[0]?.id, undefined, []]);
      assert.ok((second?.octets ?? 0) > 0);
      assert.deepEqual(await store.read('filedEmails', { account: 'nobody', after: 0, limit: 9 }), []);
    });

    test('what is not the account’s own is not found, changed or told', async (t) => {
      const store = await engine.open(t);
      const [bob, dora] = [await addAccount(store, 'bob'), await addAccount(store, 'dora')];
      const id = await appendTo(store, bob, { keywords: ['secret'], names: ['<1@a>'] });
      const [bobs, doras] = [await boxId(store, bob, 'inbox'), await boxId(store, dora, 'inbox')];
      const own = await appendTo(store, dora, { names: ['<2@a>', '<1@a>'] });
      assert.deepEqual(await store.read('emailRows', { account: dora, ids: [id] }), []);
      const thread = (await rowOf(store, dora, own))?.thread ?? '';
      assert.deepEqual(await store.read('threads', { account: dora, ids: [thread] }), [{ id: thread, emails: [own] }]);
      const changes = [
        { email: id, keywords: { is: [] } },
        { email: own, mailboxes: { is: [bobs] } },
      ];
      const done = await store.write('changeEmails', { account: dora, changes, destroy: [id], at: 2 });
      assert.deepEqual(done === 'state-mismatch' ? done : done.troubles, [
        { email: id, trouble: 'missing' },
        { email: own, trouble: 'no-mailbox' },
        { email: id, trouble: 'missing' },
      ]);
      assert.deepEqual((await rowOf(store, bob, id))?.keywords, ['secret']);
      assert.equal(await store.write('updateMailbox', { account: dora, mailbox: bobs, name: 'x', at: 2 }), 'missing');
      const gone = { account: dora, mailbox: bobs, removeEmails: true, limit: 5, at: 2 };
      assert.equal(await store.write('destroyMailbox', gone), 'missing');
      const under = { account: dora, name: 'x', parent: bobs, role: null, sortOrder: 0, isSubscribed: true, at: 2 };
      assert.equal(await store.write('createMailbox', under), 'no-parent');
      const message = newMessage(await contentOf(store, 'x'));
      const email = { id: 'x', uidl: 'x', mailboxes: [doras, bobs], keywords: [], receivedAt: 1 };
      assert.equal(await store.write('append', { account: dora, message, email }), 'no-mailbox');
      for (const filter of [{ inMailbox: bobs }, { hasKeyword: 'secret' }]) {
        const query = { account: dora, filter, sort: [], position: 0, limit: 9, calculateTotal: true } as const;
        for (const collapseThreads of [true, false])
          assert.deepEqual(await store.read('queryEmails', { ...query, collapseThreads }), {
            ids: [],
            position: 0,
            total: 0,
          });
      }
      const content = await contentOf(store, 'x');
      const most = { octets: 9, number: 9 };
      await store.write('putUpload', { account: bob, id: 'up', type: 'text/plain', content, at: 1, most });
      assert.equal(await store.read('upload', { account: dora, id: 'up' }), undefined);
    });

    test('mailboxes: a tree without circles, names and roles once, nothing lost with one', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const boxes = await boxesOf(store, account);
      const inbox = boxes.get('inbox')?.id ?? 0;
      const facts = { account, role: null, sortOrder: 3, isSubscribed: false, at: 1 } as const;
      const make = (name: string, parent: number | null, role: MailboxRole | null = null): Promise<unknown> =>
        store.write('createMailbox', { ...facts, name, parent, role });
      const a = (await make('a', null)) as number;
      const b = (await make('b', a)) as number;
      assert.equal(await make('a', null), 'name-taken');
      assert.equal(typeof (await make('a', a)), 'number');
      assert.equal(await make('c', 999), 'no-parent');
      assert.equal(await make('c', null, 'trash'), 'role-taken');
      const update = (mailbox: number, what: object): Promise<unknown> =>
        store.write('updateMailbox', { account, mailbox, at: 2, ...what });
      assert.equal(await update(a, { parent: b }), 'circle');
      assert.equal(await update(a, { parent: a }), 'circle');
      assert.equal(await update(b, { name: 'a' }), 'name-taken');
      assert.equal(await update(b, { role: 'sent' }), 'role-taken');
      assert.equal(await update(inbox, { role: null }), 'is-inbox');
      assert.equal(await update(inbox, { sortOrder: 7 }), 'done');
      assert.equal(await update(b, { parent: null, name: 'Bücher', isSubscribed: true }), 'done');
      const renamed = (await boxesOf(store, account)).get('Bücher');
      assert.deepEqual([renamed?.parent, renamed?.isSubscribed, renamed?.sortOrder], [undefined, true, 3]);

      const id = await appendTo(store, account);
      const shared = await appendTo(store, account);
      const into = (email: string, mailboxes: object): object => ({ email, mailboxes });
      const changes = [into(id, { is: [b] }), into(shared, { add: [b], remove: [] })] as never;
      await store.write('changeEmails', { account, changes, destroy: [], at: 3 });
      const destroy = (mailbox: number, removeEmails: boolean): Promise<unknown> =>
        store.write('destroyMailbox', { account, mailbox, removeEmails, limit: 1, at: 4 });
      assert.equal(await destroy(inbox, true), 'is-inbox');
      assert.equal(await destroy(a, true), 'has-child');
      assert.equal(await destroy(b, false), 'has-email');
      assert.equal(await destroy(b, true), 'more');
      while ((await destroy(b, true)) === 'more');
      assert.equal(await destroy(b, true), 'missing');
      assert.equal(await rowOf(store, account, id), undefined);
      assert.deepEqual((await rowOf(store, account, shared))?.mailboxes, [inbox]);
    });

    test('one’s own mail counts against the quota, and frees what it took; again the same is nothing new', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      await store.write('setQuota', { account, quota: 100 });
      const drafts = await boxId(store, account, 'drafts');
      const content = await contentOf(store, 'x\n'.repeat(20));
      const draft = (id: string): Parameters<Store['write']>[1] => ({
        account,
        message: newMessage(content, { id, prefix: Buffer.alloc(0) }),
        email: { id, uidl: id, mailboxes: [drafts], keywords: ['$draft'], receivedAt: 1 },
      });
      const append = (id: string): Promise<unknown> => store.write('append', draft(id) as never);
      const first = await append('one');
      assert.equal(typeof first, 'object');
      assert.deepEqual(await append('one'), first);
      assert.equal((await store.read('account', { id: account }))?.usedOctets, 60);
      assert.equal((await rowOf(store, account, 'one'))?.octets, 40, 'as it came, not as POP3 sends it');
      assert.equal(await append('two'), 'over-quota');
      await store.write('changeEmails', { account, changes: [], destroy: ['one'], at: 2 });
      assert.equal((await store.read('account', { id: account }))?.usedOctets, 0);
      assert.equal(typeof (await append('two')), 'object');
    });

    test('a POP3 session keeps what its owner moves or destroys meanwhile, and its removal of that is nothing', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const params = [await messageParams(store, account), await messageParams(store, account)];
      for (const one of params) await store.write('accept', one);
      const [moved = '', gone = ''] = params.map(({ emails }) => emails[0]?.id ?? '');
      const mailbox = await lock(store, account);
      const archive = await boxId(store, account, 'archive');
      const before = (await store.read('mailState', { account }))?.modseq ?? 0;
      const changes = [{ email: moved, mailboxes: { is: [archive] } }];
      await store.write('changeEmails', { account, changes, destroy: [gone], at: 2 });
      const rows = await store.read('emailRows', { account, ids: [moved, gone] });
      assert.deepEqual(
        rows.map(({ id }) => id),
        [moved],
        'hidden at once',
      );
      assert.deepEqual((await store.read('emailChanges', { account, since: before, limit: 9 }))?.destroyed, [gone]);
      assert.deepEqual(
        [...(await boxesOf(store, account)).values()].map(({ totalEmails }) => totalEmails),
        [0, 0, 0, 1, 0, 0],
      );
      for (const id of [moved, gone]) {
        const email = await store.read('email', { id });
        assert.ok(email !== undefined);
        assert.match(await textOf(store.content.read(email.content)), /Hello/);
      }
      const quit = { account, token: 'token', at: 3, sessionId: 's', remove: [1, 2], events: [] };
      const unchanged = (await store.read('mailState', { account }))?.modseq;
      assert.equal(await store.write('quitMaildrop', quit), 'done');
      assert.equal((await store.read('mailState', { account }))?.modseq, unchanged, 'its owner sees nothing of it');
      assert.deepEqual((await rowOf(store, account, moved))?.mailboxes, [archive]);
      assert.equal(await store.read('email', { id: gone }), undefined);
      assert.deepEqual((await store.read('maildropSlice', { mailbox, afterUid: 0, limit: 9 })).uids, []);
    });

    test('what POP3 removes from the Inbox is destroyed, or stays where else it lies', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const [only, both] = [
        await appendTo(store, account),
        await appendTo(store, account, { roles: ['inbox', 'archive'] }),
      ];
      await lock(store, account);
      const since = (await store.read('mailState', { account }))?.modseq ?? 0;
      await store.write('quitMaildrop', { account, token: 'token', at: 3, sessionId: 's', remove: [1, 2], events: [] });
      const changes = await store.read('emailChanges', { account, since, limit: 9 });
      assert.deepEqual([changes?.destroyed, changes?.updated], [[only], [both]]);
      assert.deepEqual((await rowOf(store, account, both))?.mailboxes, [await boxId(store, account, 'archive')]);
    });

    test('uploads: kept for their account until they are swept, within bounds, and their files go with them', async (t) => {
      const directory = await engine.directory(t);
      const store = await engine.open(t, { directory });
      const account = await addAccount(store);
      const most = { octets: 50_000, number: 2 };
      const put = async (id: string, octets: number): Promise<unknown> => {
        const content = await contentOf(store, 'x'.repeat(octets));
        return await store.write('putUpload', { account, id, type: 'text/plain', content, at: octets, most });
      };
      const has = async (id: string): Promise<boolean> => (await store.read('upload', { account, id })) !== undefined;
      assert.equal(await put('small', 10), 'done');
      assert.equal(await put('large', 20_000), 'done');
      assert.equal(await put('huge', 50_001), 'too-many');
      assert.equal(await put('next', 30_000), 'done');
      assert.deepEqual(
        [await has('small'), await has('large'), await has('next')],
        [false, true, true],
        'the oldest goes',
      );
      const upload = await store.read('upload', { account, id: 'large' });
      assert.ok(upload !== undefined);
      const { length } = await textOf(store.content.read(upload.content));
      assert.deepEqual([upload.type, upload.at, length], ['text/plain', 20_000, 20_000]);
      assert.equal(await store.write('sweepUploads', { before: 30_000, limit: 1 }), true);
      assert.equal(await store.write('sweepUploads', { before: 30_000, limit: 1 }), false);
      assert.deepEqual([await has('large'), await has('next')], [false, true]);
      await store.write('closeAccount', { account, at: 1 });
      assert.equal(await store.write('purgeAccount', { account, at: 2, limit: 9 }), 'done');
      assert.equal(await has('next'), false);
      // The one that was refused is its writer's to remove.
      await eventually(async () => (await engine.files(directory)).length <= 1);
    });
  });
}
