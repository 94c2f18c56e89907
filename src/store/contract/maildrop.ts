/** Locks, listing, removal, and content that goes with its last reference. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProcessIdentity } from '../../base/index.ts';
import type { Engine } from '../contract.ts';
import { readEmailForPop } from '../index.ts';
import type { MailboxRole } from '../mailbox-role.ts';
import type { MaildropSlice } from '../maildrop.ts';
import type { NewEmail, NewMessage } from '../message.ts';
import type { NewEvent, Store } from '../store.ts';
import {
  addAccount,
  contentOf,
  eventually,
  messageParams,
  newDelivery,
  newEmail,
  newMessage,
  textOf,
} from '../testing.ts';

export const here: ProcessIdentity = { machine: 'm', boot: 'b', pid: 1, start: '1' };

export async function lock(store: Store, account: string, token = 'token'): Promise<number> {
  const result = await store.write('lockMaildrop', { account, token, process: here, at: 1, peer: '192.0.2.1' });
  assert.equal(result.kind, 'locked');
  return result.kind === 'locked' ? result.mailbox : 0;
}

export function maildropContract(engine: Engine): void {
  describe(`${engine.name}: the maildrop`, () => {
    test('one holder at a time; the other is told who; the same token again is the holder', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      await lock(store, account, 'one');
      await lock(store, account, 'one');
      const other = { account, token: 'two', process: here, at: 7, peer: 'x' };
      assert.deepEqual(await store.write('lockMaildrop', other), {
        kind: 'in-use',
        holder: { token: 'one', process: here, since: 1, peer: '192.0.2.1' },
      });
      assert.equal((await store.write('lockMaildrop', { ...other, breaking: 'wrong' })).kind, 'in-use');
      assert.equal((await store.write('lockMaildrop', { ...other, breaking: 'one' })).kind, 'locked');
      assert.equal(
        await store.write('quitMaildrop', { account, token: 'one', at: 2, sessionId: 's', remove: [1], events: [] }),
        'lost',
      );
      assert.equal(
        await store.write('quitMaildrop', { account, token: 'two', at: 2, sessionId: 's', remove: [], events: [] }),
        'done',
      );
      assert.equal(
        await store.write('quitMaildrop', { account, token: 'two', at: 2, sessionId: 's', remove: [], events: [] }),
        'lost',
      );
    });

    test('an account that is closed or unknown has no maildrop to lock', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      await store.write('closeAccount', { account, at: 1 });
      for (const id of [account, 'nobody']) {
        assert.deepEqual(
          await store.write('lockMaildrop', { account: id, token: 't', process: here, at: 1, peer: '' }),
          { kind: 'missing' },
        );
      }
    });

    test('a session that lost its lock removes nothing', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      await store.write('accept', await messageParams(store, account));
      const mailbox = await lock(store, account, 'one');
      await store.write('freeProcesses', { gone: [here], at: 5 });
      assert.equal(
        await store.write('quitMaildrop', { account, token: 'one', at: 2, sessionId: 's', remove: [1], events: [] }),
        'lost',
      );
      assert.deepEqual((await store.read('maildropSlice', { mailbox, afterUid: 0, limit: 10 })).uids, [1]);
    });

    test('uids grow and UIDLs stay; neither is used again after a removal', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const mailbox = await lock(store, account);
      const given = [];
      for (let i = 0; i < 5; i++) {
        const params = await messageParams(store, account);
        given.push(params.emails[0]!.uidl);
        await store.write('accept', params);
      }
      assert.equal(
        await store.write('quitMaildrop', {
          account,
          token: 'token',
          at: 3,
          sessionId: 's',
          remove: [5, 2, 99],
          events: [],
        }),
        'done',
      );
      await store.write('accept', await messageParams(store, account));
      const all = await store.read('maildropSlice', { mailbox, afterUid: 0, limit: 1000 });
      assert.deepEqual(all.uids, [1, 3, 4, 6]);
      assert.deepEqual(all.uidls.slice(0, 3), [given[0], given[2], given[3]]);
      const slice = await store.read('maildropSlice', { mailbox, afterUid: 1, limit: 2 });
      assert.deepEqual(slice.uids, [3, 4]);
      assert.equal(new Set([...given, all.uidls[3]]).size, 6);
    });

    test('QUIT tells the journey what was retrieved, then what was removed', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const params = await messageParams(store, account);
      const message = params.message.id;
      await store.write('accept', { ...params, emails: [newEmail(account, { n: 7 })] });
      await lock(store, account);
      const facts = { kind: 'unreported', why: 'stands for a retrieval' } as const;
      const events = [{ message, n: 7, account, at: 2, facts }];
      await store.write('quitMaildrop', { account, token: 'token', at: 3, sessionId: 's', remove: [1, 1, 9], events });
      const told = await store.read('events', { message });
      assert.deepEqual(
        told.map(({ n, account: whose, at, facts: what }) => ({ n, whose, at, what })),
        [
          { n: 7, whose: account, at: 2, what: facts },
          { n: 7, whose: account, at: 3, what: { kind: 'removed', by: 'pop3', sessionId: 's' } },
        ],
      );
    });

    test('an email is its two prefixes and its content, counted as POP3 sends them', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const email = newEmail(account, { n: 4 });
      const message = newMessage(await contentOf(store, 'a\nb\r\nc'));
      await store.write('accept', { message, emails: [email], deliveries: [], events: [] });
      const found = (await store.read('email', { id: email.id }))!;
      const prefix = `${Buffer.from(email.deliveryPrefix).toString()}${Buffer.from(message.prefix).toString()}`;
      assert.equal(Buffer.from(found.prefix).toString(), prefix);
      assert.equal(found.popOctets, prefix.length + 'a\r\nb\r\nc\r\n'.length);
      assert.equal(found.n, 4);
      assert.equal(found.message, message.id);
      assert.equal(await textOf(store.content.read(found.content)), 'a\nb\r\nc');
      assert.equal((await store.read('account', { id: account }))?.usedOctets, found.popOctets);
      assert.equal(await store.read('email', { id: 'none' }), undefined);
    });

    test('[6856-2.1-sizes] a copy for clients that take only ASCII: listed and read beside the other, where it differs', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const mailbox = await lock(store, account);
      const content = await contentOf(store, 'Subject: ü\r\n\r\nü\r\n--b\r\nX: ü\r\nY: z\r\n\r\n');
      const downgraded = {
        prefix: Buffer.from('Received: x\r\n'),
        patches: [
          { at: 0, replaces: 13, with: Buffer.from('Subject: =?x?=\r\n') },
          { at: 24, replaces: 7, with: Buffer.from('X: ?\r\n') },
        ],
        popOctets: 13 + 16 + 11 + 6 + 8,
      };
      const utf8 = newEmail(account, { n: 2, deliveryPrefix: Buffer.from('Return-Path: <ü@bücher.test>\r\n') });
      const [plain, both, own] = [newEmail(account), newEmail(account), { ...utf8, id: 'own', uidl: 'own' }];
      const file = (message: NewMessage, emails: readonly NewEmail[]): Promise<void> =>
        store.write('accept', { message, emails, deliveries: [], events: [] });
      await file(newMessage(content, { downgraded, smtputf8: true }), [plain, { ...both, id: 'both' }, utf8]);
      await file(newMessage(content), [newEmail(account, { n: 1 }), own]);

      const slice = await store.read('maildropSlice', { mailbox, afterUid: 0, limit: 10 });
      assert.deepEqual(
        slice.downgradedOctets.map((octets, index) => octets === slice.octets[index]),
        [false, false, false, true, false],
      );
      const ascii = { downgraded: true };
      for (const [index, id] of slice.emails.entries()) {
        const email = (await store.read('email', { id }))!;
        assert.equal((await textOf(readEmailForPop(store.content, email))).length, slice.octets[index]);
        assert.equal(
          (await textOf(readEmailForPop(store.content, email, ascii))).length,
          slice.downgradedOctets[index],
        );
      }
      const read = async (id: string): Promise<string> =>
        textOf(readEmailForPop(store.content, (await store.read('email', { id }))!, ascii));
      const body = Buffer.from('\r\nü\r\n--b\r\n').toString('latin1');
      const nobody = 'Return-Path: <invalid@internationalized-address.invalid>\r\n';
      const form = `Received: x\r\nSubject: =?x?=\r\n${body}X: ?\r\nY: z\r\n\r\n`;
      assert.equal(await read(plain.id), `Return-Path: <sender@a.test>\r\n${form}`);
      assert.equal(await read(utf8.id), `${nobody}${form}`);
      const subject = Buffer.from('Subject: ü\r\n').toString('latin1');
      const part = Buffer.from('X: ü\r\nY: z\r\n\r\n').toString('latin1');
      assert.equal(await read('own'), `${nobody}Received: from test\r\n${subject}${body}${part}`);
    });

    test('an email moved out of the Inbox and back keeps its ticket and octets, and comes last', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const [one, two] = [await messageParams(store, account), await messageParams(store, account)];
      for (const params of [one, two]) await store.write('accept', params);
      const mailbox = await lock(store, account);
      const list = (): Promise<MaildropSlice> => store.read('maildropSlice', { mailbox, afterUid: 0, limit: 10 });
      const before = await list();
      const [id = '', other = ''] = before.emails;
      const place = (roles: readonly MailboxRole[]): Promise<readonly string[]> =>
        store.write('placeEmails', { account, emails: [id, 'nobody-has-it'], roles, at: 5 });
      assert.deepEqual(await place(['archive']), [id]);
      assert.deepEqual((await list()).emails, [other]);
      assert.deepEqual(await place(['inbox']), [id]);
      assert.deepEqual(await list(), {
        uids: [2, 3],
        emails: [other, id],
        octets: before.octets.toReversed(),
        downgradedOctets: before.downgradedOctets.toReversed(),
        uidls: before.uidls.toReversed(),
      });
    });

    test('what its owner removes while a session has the maildrop can be read by it, and goes with it', async (t) => {
      const directory = await engine.directory(t);
      const store = await engine.open(t, { directory });
      const account = await addAccount(store);
      const params = await messageParams(store, account, 'x'.repeat(20_000));
      await store.write('accept', params);
      const [email] = params.emails;
      assert.ok(email !== undefined);
      const mailbox = await lock(store, account);
      const remove = { account, emails: [email.id], roles: [], at: 5 };
      assert.deepEqual(await store.write('placeEmails', remove), [email.id]);
      assert.deepEqual(await store.write('placeEmails', remove), [], 'it is gone for its owner');
      assert.deepEqual((await store.read('maildropSlice', { mailbox, afterUid: 0, limit: 10 })).uids, []);
      const toRead = await store.read('email', { id: email.id });
      assert.ok(toRead !== undefined);
      assert.match(await textOf(readEmailForPop(store.content, toRead)), /x{20000}/);
      await store.write('quitMaildrop', { account, token: 'token', at: 6, sessionId: 's', remove: [1], events: [] });
      assert.equal(await store.read('email', { id: email.id }), undefined);
      assert.equal((await store.read('account', { id: account }))?.usedOctets, 0);
      await eventually(async () => (await engine.files(directory)).length === 0);
      const removed = (await store.read('events', { message: params.message.id })).map(({ facts }) => facts);
      assert.deepEqual(removed, [{ kind: 'removed', by: 'owner' }]);
    });

    test('without a session what its owner removes is gone at once; an email of somebody else is left alone', async (t) => {
      const store = await engine.open(t);
      const [bob, dora] = [await addAccount(store, 'bob'), await addAccount(store, 'dora')];
      const params = await messageParams(store, bob);
      await store.write('accept', params);
      const ids = params.emails.map(({ id }) => id);
      assert.deepEqual(await store.write('placeEmails', { account: dora, emails: ids, roles: [], at: 5 }), []);
      assert.deepEqual(await store.write('placeEmails', { account: bob, emails: ids, roles: [], at: 5 }), ids);
      assert.equal(await store.read('email', { id: ids[0] ?? '' }), undefined);
    });

    test('content goes with its last reference, and its file after that commit', async (t) => {
      const directory = await engine.directory(t);
      const store = await engine.open(t, { directory });
      const [bob, dora] = [await addAccount(store, 'bob'), await addAccount(store, 'dora')];
      const message = newMessage(await contentOf(store, 'x'.repeat(20_000)));
      await store.write('accept', {
        message,
        emails: [newEmail(bob), newEmail(dora, { n: 2 })],
        deliveries: [newDelivery({ n: 3 })],
        events: [],
      });
      for (const account of [bob, dora]) {
        await lock(store, account);
        await store.write('quitMaildrop', { account, token: 'token', at: 3, sessionId: 's', remove: [1], events: [] });
        assert.equal((await engine.files(directory)).length, 1);
      }
      await store.write('changeDeliveries', { message: message.id, numbers: [3], action: 'drop', at: 4, events: [] });
      await eventually(async () => (await engine.files(directory)).length === 0);
      const [left] = await store.read('findMessages', { id: message.id });
      assert.equal(left?.content.octets, 20_000);
      await assert.rejects(textOf(store.content.read(left!.content)), /gone/);
    });

    test('a removal of 5,000 commits a mark and is carried out before the next session looks', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const one = await messageParams(store, account);
      const emails = Array.from({ length: 5_000 }, (_, i) => newEmail(account, { n: i + 1 }));
      await store.write('accept', { ...one, emails });
      await lock(store, account);
      const remove = Array.from({ length: 4_999 }, (_, i) => i + 1);
      const facts = { kind: 'unreported', why: 'stands for a retrieval' } as const;
      const events: NewEvent[] = remove.map((n) => ({ message: one.message.id, n, account, at: 3, facts }));
      assert.equal(
        await store.write('quitMaildrop', { account, token: 'token', at: 3, sessionId: 's', remove, events }),
        'done',
      );
      const mailbox = await lock(store, account, 'next');
      assert.deepEqual((await store.read('maildropSlice', { mailbox, afterUid: 0, limit: 1000 })).uids, [5_000]);
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 1);
      assert.equal((await store.read('events', { message: one.message.id })).length, 2 * 4_999);
    });

    test('a slice holds at most 1,000 rows', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const one = await messageParams(store, account);
      await store.write('accept', {
        ...one,
        emails: Array.from({ length: 1_001 }, (_, i) => newEmail(account, { n: i + 1 })),
      });
      const mailbox = await lock(store, account);
      assert.equal((await store.read('maildropSlice', { mailbox, afterUid: 0, limit: 5_000 })).uids.length, 1_000);
    });
  });
}
