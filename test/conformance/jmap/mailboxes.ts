/** Cases for mailboxes and their counts (RFC 8621 §2). */
import { fresh, group, holds, like, message, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';

const RIGHTS = [
  'mayReadItems',
  'mayAddItems',
  'mayRemoveItems',
  'maySetSeen',
  'maySetKeywords',
  'mayCreateChild',
  'mayRename',
  'mayDelete',
  'maySubmit',
];
const COUNTS = ['totalEmails', 'unreadEmails', 'totalThreads', 'unreadThreads'];

const refuses =
  (properties: Answered, named: string) =>
  async ({ ann }: JmapServer): Promise<void> =>
    like(
      await ann.notMade('Mailbox', { name: fresh('box'), ...properties }),
      { type: 'invalidProperties', properties: [named] },
      'error',
    );

async function counts(ann: User, mailbox: string): Promise<readonly number[]> {
  const got = await ann.one('Mailbox', mailbox, { properties: COUNTS });
  return COUNTS.map((name) => got[name] as number);
}

const reply = (id: string, more: readonly string[] = []): string =>
  message([`In-Reply-To: <${id}>`, `References: <${id}>`, 'Subject: Re: one thing', ...more]);
const first = (id: string): string => message([`Message-ID: <${id}>`, 'Subject: one thing']);

export const MAILBOXES = group('Mailboxes', [
  [
    '8621-2-object',
    'must',
    'A mailbox has all its properties',
    async ({ ann }) => {
      const inbox = await ann.one('Mailbox', ann.boxes['inbox'] ?? '');
      const names = ['id', 'name', 'parentId', 'role', 'sortOrder', ...COUNTS, 'myRights', 'isSubscribed'];
      same(Object.keys(inbox).toSorted(), names.toSorted(), 'names');
      for (const right of RIGHTS) same(typeof inbox['myRights'][right], 'boolean', right);
      for (const count of COUNTS) holds(Number.isSafeInteger(inbox[count]), count, inbox[count]);
    },
  ],
  [
    '8621-2-inbox',
    'must',
    'There is an inbox, and each role is there once',
    async ({ ann }) => {
      const roles = ((await ann.ok('Mailbox/get', { ids: null }))['list'] as Answered[]).flatMap(({ role }) =>
        role === null ? [] : [role as string],
      );
      holds(roles.includes('inbox'), 'inbox', roles);
      same(new Set(roles).size, roles.length, 'roles');
    },
  ],
  [
    '8621-2-usual',
    'should',
    'There are mailboxes for drafts, sent mail and trash',
    async ({ ann }) => {
      for (const role of ['drafts', 'sent', 'trash'])
        holds(ann.boxes[role] !== undefined, role, Object.keys(ann.boxes));
    },
  ],
  [
    '8621-2-name-missing',
    'must',
    'A mailbox has a name',
    async ({ ann }) =>
      like(await ann.notMade('Mailbox', {}), { type: 'invalidProperties', properties: ['name'] }, 'error'),
  ],
  ['8621-2-name-empty', 'must', 'A name is not empty', refuses({ name: '' }, 'name')],
  ['8621-2-name-type', 'must', 'A name is a text', refuses({ name: 5 }, 'name')],
  [
    '8621-2-name-long',
    'must',
    'A name is not longer than maxSizeMailboxName',
    async ({ ann }) => {
      const most = ann.session['accounts'][ann.account].accountCapabilities['urn:ietf:params:jmap:mail']
        .maxSizeMailboxName as number;
      await refuses({ name: 'x'.repeat(most + 1) }, 'name')({ ann } as JmapServer);
    },
  ],
  ['5198-3-control', 'must', 'A name has no control characters', refuses({ name: 'a\u0007b' }, 'name')],
  [
    '5198-3-nfc',
    'must',
    'A name that can be decomposed comes back composed, or as it was sent',
    async ({ ann }) => {
      const name = `${fresh('Gru')}\u0308n`;
      const id = await ann.mailbox({ name });
      same((await ann.one('Mailbox', id))['name'].normalize('NFC'), name.normalize('NFC'), 'name');
    },
  ],
  [
    '8621-2-siblings',
    'must',
    'Two mailboxes of the same parent do not have the same name',
    async ({ ann }) => {
      const name = fresh('box');
      const existingId = await ann.mailbox({ name });
      const error = await ann.notMade('Mailbox', { name });
      like(error, { type: 'invalidProperties', properties: ['name'] }, 'error');
      await ann.mailbox({ name, parentId: existingId });
    },
  ],
  [
    '8621-2-siblings-update',
    'must',
    'A mailbox can not take the name of its sibling, nor be moved beside one of its name',
    async ({ ann }) => {
      const name = fresh('box');
      const [parent, other] = [await ann.mailbox({ name }), await ann.mailbox()];
      like(await ann.notChanged('Mailbox', other, { name }), { properties: ['name'] }, 'name');
      const child = await ann.mailbox({ name, parentId: parent });
      await ann.notChanged('Mailbox', child, { parentId: null });
    },
  ],
  ['8621-2-parent-unknown', 'must', 'The parent of a mailbox is there', refuses({ parentId: 'none' }, 'parentId')],
  ['8621-2-parent-type', 'must', 'The parent of a mailbox is an id', refuses({ parentId: 5 }, 'parentId')],
  [
    '8621-2-circle',
    'must',
    'A mailbox does not lie in itself',
    async ({ ann }) => {
      const parent = await ann.mailbox();
      const child = await ann.mailbox({ parentId: parent });
      const wanted = { type: 'invalidProperties', properties: ['parentId'] };
      like(await ann.notChanged('Mailbox', parent, { parentId: child }), wanted, 'in its child');
      like(await ann.notChanged('Mailbox', parent, { parentId: parent }), wanted, 'in itself');
    },
  ],
  ['8621-2-role-unknown', 'must', 'A role is one of IANA’s registry', refuses({ role: 'colour' }, 'role')],
  ['8621-2-role-virtual', 'house', 'No mailbox gathers all emails', refuses({ role: 'all' }, 'role')],
  ['8621-2-role-subscribed', 'house', 'Being subscribed to is no role', refuses({ role: 'subscribed' }, 'role')],
  [
    '8621-2-role-others',
    'should',
    'A role of IANA’s registry that no mailbox has can be given, once, and taken away',
    async ({ ann }) => {
      const id = await ann.mailbox();
      await ann.changed('Mailbox', id, { role: 'important' });
      same((await ann.one('Mailbox', id))['role'], 'important', 'role');
      const { ids } = await ann.ok('Mailbox/query', { filter: { role: 'important' } });
      same(ids, [id], 'by role');
      like(await ann.notMade('Mailbox', { name: fresh('box'), role: 'important' }), { properties: ['role'] }, 'twice');
      await ann.changed('Mailbox', id, { role: null });
      same((await ann.one('Mailbox', id))['role'], null, 'no role');
    },
  ],
  ['8621-2-role-taken', 'must', 'A role is given once', refuses({ role: 'inbox' }, 'role')],
  [
    '8621-2-sort-order',
    'must',
    'sortOrder is below 2^31 and not negative',
    async (server) => {
      await refuses({ sortOrder: -1 }, 'sortOrder')(server);
      await refuses({ sortOrder: 2 ** 31 }, 'sortOrder')(server);
    },
  ],
  [
    '8621-2-subscribed',
    'must',
    'A mailbox is subscribed to or not, as its owner likes',
    async ({ ann }) => {
      const id = await ann.mailbox({ isSubscribed: false });
      same((await ann.one('Mailbox', id))['isSubscribed'], false, 'isSubscribed');
      await ann.changed('Mailbox', id, { isSubscribed: true });
      same((await ann.one('Mailbox', id))['isSubscribed'], true, 'isSubscribed');
    },
  ],
  [
    '8621-2-rights',
    'must',
    'What myRights forbid is refused: the inbox stays',
    async ({ ann }) => {
      const { id, myRights } = await ann.one('Mailbox', ann.boxes['inbox'] ?? '');
      if (myRights.mayRename !== true)
        same((await ann.notChanged('Mailbox', id as string, { name: fresh('box') }))['type'], 'forbidden', 'rename');
      if (myRights.mayDelete !== true)
        same(
          (await ann.notDestroyed('Mailbox', id as string, { onDestroyRemoveEmails: true }))['type'],
          'forbidden',
          'destroy',
        );
    },
  ],
  [
    '8621-2.5-has-child',
    'must',
    'A mailbox with children is not destroyed, with or without its emails',
    async ({ ann }) => {
      const parent = await ann.mailbox();
      const child = await ann.mailbox({ parentId: parent });
      same((await ann.notDestroyed('Mailbox', parent))['type'], 'mailboxHasChild', 'error');
      same(
        (await ann.notDestroyed('Mailbox', parent, { onDestroyRemoveEmails: true }))['type'],
        'mailboxHasChild',
        'error',
      );
      const { destroyed } = await ann.ok('Mailbox/set', { destroy: [parent, child] });
      same(destroyed.toSorted(), [parent, child].toSorted(), 'destroyed together');
    },
  ],
  [
    '8621-2.5-has-email',
    'must',
    'A mailbox with emails is not destroyed',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const email = await ann.letter(id, message(['Subject: stays']));
      same((await ann.notDestroyed('Mailbox', id))['type'], 'mailboxHasEmail', 'error');
      same((await ann.email(email, ['mailboxIds']))['mailboxIds'], { [id]: true }, 'mailboxIds');
    },
  ],
  [
    '8621-2.5-remove-emails',
    'must',
    'With onDestroyRemoveEmails, what was only there goes, the rest stays where else it is',
    async ({ ann }) => {
      const [id, other] = [await ann.mailbox(), await ann.mailbox()];
      const gone = await ann.letter(id, message(['Subject: goes']));
      const stays = await ann.letter(id, message(['Subject: stays']), { mailboxIds: { [id]: true, [other]: true } });
      await ann.destroyed('Mailbox', [id], { onDestroyRemoveEmails: true });
      const { list, notFound } = await ann.ok('Email/get', { ids: [gone, stays], properties: ['mailboxIds'] });
      same([list, notFound], [[{ id: stays, mailboxIds: { [other]: true } }], [gone]], 'emails');
    },
  ],
]);

export const MAILBOX_COUNTS = group('Counts of mailboxes', [
  [
    '8621-2-counts',
    'must',
    'Emails and threads are counted; drafts and what was seen are not unread',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const root = `${fresh('t')}@a.test`;
      await ann.letter(id, first(root), { keywords: { $seen: true } });
      same(await counts(ann, id), [1, 0, 1, 0], 'one that was seen');
      const unread = await ann.letter(id, reply(root));
      same(await counts(ann, id), [2, 1, 1, 1], 'with an unread answer');
      await ann.letter(id, message(['Subject: other']), { keywords: { $draft: true } });
      same(await counts(ann, id), [3, 1, 2, 1], 'with a draft');
      await ann.changed('Email', unread, { 'keywords/$seen': true });
      same(await counts(ann, id), [3, 0, 2, 0], 'all seen');
    },
  ],
  [
    '8621-2-unread-elsewhere',
    'should',
    'A thread is unread where any of it lies, though the unread email lies elsewhere',
    async ({ ann }) => {
      const [here, there] = [await ann.mailbox(), await ann.mailbox()];
      const root = `${fresh('t')}@a.test`;
      await ann.letter(here, first(root), { keywords: { $seen: true } });
      await ann.letter(there, reply(root));
      same(
        [await counts(ann, here), await counts(ann, there)],
        [
          [1, 0, 1, 1],
          [1, 1, 1, 1],
        ],
        'counts',
      );
    },
  ],
  [
    '8621-2-unread-in-trash',
    'should',
    'What is unread in the trash only makes no thread unread elsewhere, and the other way round',
    async ({ ann }) => {
      const [here, trash] = [await ann.mailbox(), ann.boxes['trash'] ?? ''];
      const before = await counts(ann, trash);
      const root = `${fresh('t')}@a.test`;
      const seen = await ann.letter(here, first(root), { keywords: { $seen: true } });
      const thrown = await ann.letter(trash, reply(root));
      same(await counts(ann, here), [1, 0, 1, 0], 'counts');
      await ann.changed('Email', seen, { 'keywords/$seen': null });
      await ann.changed('Email', thrown, { 'keywords/$seen': true });
      const after = await counts(ann, trash);
      same([after[2], after[3]], [(before[2] ?? 0) + 1, before[3]], 'threads of the trash');
      await ann.destroyed('Email', [thrown]);
    },
  ],
  [
    '8621-2-moved',
    'must',
    'Counts follow an email that is moved, copied to another mailbox, destroyed',
    async ({ ann }) => {
      const [a, b] = [await ann.mailbox(), await ann.mailbox()];
      const email = await ann.letter(a, message(['Subject: moves']));
      await ann.changed('Email', email, { mailboxIds: { [b]: true } });
      same(
        [await counts(ann, a), await counts(ann, b)],
        [
          [0, 0, 0, 0],
          [1, 1, 1, 1],
        ],
        'moved',
      );
      await ann.changed('Email', email, { [`mailboxIds/${a}`]: true });
      same(
        [await counts(ann, a), await counts(ann, b)],
        [
          [1, 1, 1, 1],
          [1, 1, 1, 1],
        ],
        'in both',
      );
      await ann.destroyed('Email', [email]);
      same(
        [await counts(ann, a), await counts(ann, b)],
        [
          [0, 0, 0, 0],
          [0, 0, 0, 0],
        ],
        'destroyed',
      );
    },
  ],
  [
    '8621-2.2-counts-change',
    'must',
    'A new email changes its mailbox; where only counts changed, their names are told',
    async ({ ann }) => {
      const [id] = [await ann.mailbox(), await ann.mailbox()];
      const state = await ann.state('Mailbox');
      await ann.letter(id, message(['Subject: comes']));
      const { updated, updatedProperties } = await ann.since('Mailbox', state);
      same(updated, [id], 'updated');
      holds(
        updatedProperties === null || updatedProperties.every((name: string) => COUNTS.includes(name)),
        'updatedProperties',
        updatedProperties,
      );
    },
  ],
  [
    '8621-2.2-more-than-counts',
    'must',
    'Where more than counts changed, updatedProperties is null',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const state = await ann.state('Mailbox');
      await ann.letter(id, message(['Subject: comes']));
      await ann.changed('Mailbox', id, { sortOrder: 8 });
      like(await ann.since('Mailbox', state), { updated: [id], updatedProperties: null }, 'changes');
    },
  ],
  [
    '8621-2.2-updated-properties-referred',
    'must',
    'updatedProperties can be the properties of a Mailbox/get in the same request',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const state = await ann.state('Mailbox');
      await ann.letter(id, message(['Subject: comes']));
      const of = (path: string): Answered => ({ resultOf: 'a', name: 'Mailbox/changes', path });
      const [, second] = await ann.calls(
        ['Mailbox/changes', { sinceState: state }, 'a'],
        ['Mailbox/get', { '#ids': of('/updated'), '#properties': of('/updatedProperties') }, 'b'],
      );
      like(second?.[1]['list'], [{ id, totalEmails: 1 }], 'list');
    },
  ],
]);
