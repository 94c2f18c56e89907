import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Store } from '../../store/index.ts';
import { messageParams } from '../../store/testing.ts';
import { testJmap } from '../testing.ts';
import type { Answered, Args, TestJmap } from '../testing.ts';
import { COUNTS } from './mailbox.ts';

interface World extends TestJmap {
  /** Makes mailboxes, each name → id; a parent is named by its own name, before its children. */
  make(tree: Readonly<Record<string, string | null>>): Promise<Readonly<Record<string, string>>>;
  set(args: Args): Promise<Answered>;
  list(): Promise<readonly Answered[]>;
  inbox(): Promise<Answered>;
  deliver(): Promise<void>;
  state(): Promise<string>;
}

/** An account with nothing but its Inbox. */
async function world(t: TestContext): Promise<World> {
  const parts = await testJmap(t);
  const { list: first } = await parts.ok('Mailbox/get', { properties: ['role'] });
  const others = first.filter(({ role }: Answered) => role !== 'inbox').map(({ id }: Answered) => id as string);
  await parts.ok('Mailbox/set', { destroy: others });
  const set = (args: Args): Promise<Answered> => parts.ok('Mailbox/set', args);
  const list = async (): Promise<readonly Answered[]> => (await parts.ok('Mailbox/get', { ids: null }))['list'];
  return {
    ...parts,
    set,
    list,
    inbox: async () => (await list()).find(({ role }) => role === 'inbox')!,
    state: async () => (await parts.ok('Mailbox/get', { ids: [] }))['state'],
    deliver: async () => parts.store.write('accept', await messageParams(parts.store, parts.account.id)),
    async make(tree) {
      const entries = Object.entries(tree);
      const keys = new Map(entries.map(([name], i) => [name, `k${i}`]));
      const create = entries.map(([name, parent]) => [
        keys.get(name)!,
        { name, ...(parent === null ? {} : { parentId: `#${keys.get(parent)}` }) },
      ]);
      const { created, notCreated } = await set({ create: Object.fromEntries(create) });
      assert.equal(notCreated, null, JSON.stringify(notCreated));
      return Object.fromEntries(entries.map(([name]) => [name, created[keys.get(name)!].id as string]));
    },
  };
}

// --- Mailbox/get ---

test('an account has its Inbox, with counts and rights [8621-2-object] [8621-2.1-get]', async (t) => {
  const { list, deliver } = await world(t);
  await deliver();
  const [inbox, ...others] = await list();
  assert.deepEqual(others, []);
  const { id, name, ...properties } = inbox!;
  assert.match(id, /^m\d+$/);
  assert.equal(name, 'Inbox');
  assert.deepEqual(properties, {
    parentId: null,
    role: 'inbox',
    sortOrder: 10,
    totalEmails: 1,
    unreadEmails: 1,
    totalThreads: 1,
    unreadThreads: 1,
    myRights: {
      mayReadItems: true,
      mayAddItems: true,
      mayRemoveItems: true,
      maySetSeen: true,
      maySetKeywords: true,
      mayCreateChild: true,
      mayRename: false,
      mayDelete: false,
      maySubmit: true,
    },
    isSubscribed: true,
  });
});

test('an account begins with a mailbox for each role [8621-2-role]', async (t) => {
  const { list } = await (await testJmap(t)).ok('Mailbox/get', { properties: ['name', 'role', 'parentId'] });
  const roles = list.map(({ name, role, parentId }: Answered) => [name, role, parentId]);
  assert.deepEqual(roles, [
    ['Inbox', 'inbox', null],
    ['Drafts', 'drafts', null],
    ['Sent', 'sent', null],
    ['Archive', 'archive', null],
    ['Junk', 'junk', null],
    ['Trash', 'trash', null],
  ]);
});

test('a get gives what was asked for, each once, the id always [8620-5.1-ids] [8620-5.1-properties] [8620-5.1-not-found]', async (t) => {
  const { ok, error, inbox, make } = await world(t);
  const { id } = await inbox();
  const { Work } = await make({ Work: null });
  assert.deepEqual((await ok('Mailbox/get', { ids: [] }))['list'], []);
  const some = await ok('Mailbox/get', { ids: [id, id, 'm999', 'nobody', 'm999'], properties: ['name'] });
  assert.deepEqual([some['list'], some['notFound']], [[{ id, name: 'Inbox' }], ['m999', 'nobody']]);
  assert.deepEqual((await ok('Mailbox/get', { ids: [Work], properties: [] }))['list'], [{ id: Work }]);
  const all = await ok('Mailbox/get', { properties: ['id', 'role'] });
  assert.deepEqual(all['list'].length, 2);
  assert.deepEqual(all['notFound'], []);
  assert.equal((await error('Mailbox/get', { ids: [id], properties: ['nonsense'] }))['type'], 'invalidArguments');
  const many = Array.from({ length: 501 }, (_, i) => `m${i}`);
  assert.equal((await error('Mailbox/get', { ids: many }))['type'], 'requestTooLarge');
});

test('a creation id stands for what the same request made, in a get too [8620-5.1-creation-id]', async (t) => {
  const { calls, account } = await world(t);
  const accountId = account.id;
  const { methodResponses, createdIds } = await calls(
    [
      ['Mailbox/set', { accountId, create: { k: { name: 'New' } } }, 'a'],
      ['Mailbox/get', { accountId, ids: ['#k', '#nobody'], properties: ['name'] }, 'b'],
    ],
    { createdIds: { old: 'm7' } },
  );
  const { id } = methodResponses[0][1].created.k;
  assert.deepEqual(createdIds, { old: 'm7', k: id });
  assert.deepEqual(methodResponses[1][1].list, [{ id, name: 'New' }]);
  assert.deepEqual(methodResponses[1][1].notFound, ['#nobody']);
});

// --- Mailbox/set ---

test('a mailbox is made with its defaults [8621-2.5-create]', async (t) => {
  const { set, ok } = await world(t);
  const { created, oldState, newState } = await set({ create: { k: { name: 'Work' } } });
  const { id, myRights, ...others } = created.k;
  assert.deepEqual(others, {
    parentId: null,
    role: null,
    sortOrder: 0,
    isSubscribed: true,
    ...Object.fromEntries(COUNTS.map((name) => [name, 0])),
  });
  assert.equal(myRights.mayDelete, true);
  assert.notEqual(oldState, newState);
  const { list, state } = await ok('Mailbox/get', { ids: [id] });
  assert.deepEqual(list, [{ id, name: 'Work', myRights, ...others }]);
  assert.equal(state, newState);
});

test('all that a client may set is kept, and can be changed [8621-2.5-update]', async (t) => {
  const { set, ok, make } = await world(t);
  const { Top, Other } = await make({ Top: null, Other: null });
  const facts = { name: 'Sent things', parentId: Top, role: 'sent', sortOrder: 55, isSubscribed: false };
  const { created } = await set({ create: { k: facts } });
  const { id } = created.k;
  const read = async (): Promise<Answered> =>
    (await ok('Mailbox/get', { ids: [id], properties: Object.keys(facts) }))['list'][0];
  assert.deepEqual(await read(), { id, ...facts });
  const changed = { name: 'Y', parentId: Other, role: 'junk', sortOrder: 2 ** 31 - 1, isSubscribed: true };
  assert.deepEqual((await set({ update: { [id]: changed } }))['updated'], { [id]: null });
  assert.deepEqual(await read(), { id, ...changed });
  const defaults = { parentId: null, role: null, sortOrder: null, isSubscribed: null };
  assert.deepEqual((await set({ update: { [id]: defaults } }))['updated'], { [id]: null });
  assert.deepEqual(await read(), { id, name: 'Y', parentId: null, role: null, sortOrder: 0, isSubscribed: true });
});

test('a whole mailbox may be sent back [8620-5.3-server-set]', async (t) => {
  const { set, inbox } = await world(t);
  const whole = await inbox();
  assert.deepEqual((await set({ update: { [whole['id']]: { ...whole, sortOrder: 3 } } }))['updated'], {
    [whole['id']]: null,
  });
  assert.equal((await inbox())['sortOrder'], 3);
});

test('names are texts of 1 to 255 octets, without control characters, and become NFC [8621-2-name]', async (t) => {
  const { set } = await world(t);
  const names = ['', 'a\u0000', 'a\nb', '\u0085', 'x'.repeat(256), 'é'.repeat(128), 7, null];
  const { notCreated, created } = await set({
    create: Object.fromEntries(names.map((name, i) => [`k${i}`, { name }])),
  });
  assert.equal(created, null);
  for (const error of Object.values(notCreated as Answered)) {
    assert.deepEqual([error.type, error.properties], ['invalidProperties', ['name']]);
  }
  const good = await set({ create: { a: { name: 'x'.repeat(255) }, b: { name: 'a/b 💌 ' }, c: { name: 'e\u0301' } } });
  assert.equal(good['notCreated'], null);
  assert.equal(good['created'].c.name, '\u00e9');
  assert.ok(!('name' in good['created'].b));
});

test("siblings have different names, and a role is one mailbox's [8621-2-siblings] [8621-2-role]", async (t) => {
  const { set, make } = await world(t);
  const { A } = await make({ A: null });
  const { created, notCreated } = await set({
    create: {
      same: { name: 'A' },
      below: { name: 'A', parentId: A },
      composed: { name: 'E\u0301' },
      again: { name: '\u00c9' },
      archive: { name: 'Archive', role: 'archive' },
      second: { name: 'Second', role: 'archive' },
      inbox: { name: 'Third', role: 'inbox' },
      odd: { name: 'Odd', role: 'nonsense' },
    },
  });
  assert.deepEqual(Object.keys(created).toSorted(), ['archive', 'below', 'composed']);
  const wrong = Object.entries(notCreated as Answered).map(([key, error]) => [key, error.properties]);
  assert.deepEqual(Object.fromEntries(wrong), {
    again: ['name'],
    inbox: ['role'],
    odd: ['role'],
    same: ['name'],
    second: ['role'],
  });
  for (const [key, { type, existingId }] of Object.entries(notCreated as Answered)) {
    const holder = { same: A, again: created.composed.id as string }[key];
    assert.deepEqual([type, existingId], ['invalidProperties', holder]);
  }
});

test('two mailboxes may exchange their names, or names and roles may go on in a ring [8620-5.3-final-state]', async (t) => {
  const { set, make, list } = await world(t);
  const { A, B, C } = await make({ A: null, B: null, C: null });
  const { notUpdated } = await set({ update: { [A!]: { name: 'B' }, [B!]: { name: 'C' }, [C!]: { name: 'A' } } });
  assert.equal(notUpdated, null);
  const names = new Map((await list()).map(({ id, name }) => [id, name]));
  assert.deepEqual(
    [A, B, C].map((id) => names.get(id!)),
    ['B', 'C', 'A'],
  );
  const kept = await set({ update: { [A!]: { name: 'C' }, [B!]: { name: 'A' } } });
  assert.deepEqual(new Set(Object.keys(kept['notUpdated'])), new Set([A, B]));
  assert.deepEqual(new Map((await list()).map(({ id, name }) => [id, name])), names);
  const roles = await set({ update: { [A!]: { role: 'junk' }, [B!]: { role: 'sent' }, [C!]: { role: 'trash' } } });
  assert.equal(roles['notUpdated'], null);
  const exchanged = await set({
    update: { [A!]: { role: 'sent' }, [B!]: { role: 'junk', name: 'B' }, [C!]: { role: null } },
  });
  assert.deepEqual(Object.keys(exchanged['notUpdated']), [B]);
  const swapped = await set({ update: { [A!]: { role: 'sent', name: 'C' }, [B!]: { role: 'junk', name: 'B' } } });
  assert.equal(swapped['notUpdated'], null);
  const created = await set({ create: { k: { name: 'A' } }, destroy: [C] });
  assert.equal(created['notCreated'], null);
});

test('a mailbox does not lie in itself, nor in what is not there, nor too deep [8621-2-tree] [8621-1.3.1-depth]', async (t) => {
  const { set, make } = await world(t);
  const { A, B, C } = await make({ A: null, B: 'A', C: 'B' });
  const refused = async (id: string, parentId: unknown): Promise<void> => {
    const { notUpdated } = await set({ update: { [id]: { parentId } } });
    assert.deepEqual([notUpdated?.[id].type, notUpdated?.[id].properties], ['invalidProperties', ['parentId']]);
  };
  await refused(A!, A);
  await refused(A!, C);
  await refused(A!, 'm999');
  await refused(A!, 'nonsense');
  await refused(A!, 7);
  const names = Array.from({ length: 9 }, (_, i) => `d${i}`);
  const deep = await make(Object.fromEntries(names.map((name, i) => [name, i === 0 ? null : names[i - 1]!])));
  const { notCreated, created } = await set({
    create: { ten: { name: 'ten', parentId: deep['d8'] }, eleven: { name: 'eleven', parentId: '#ten' } },
  });
  assert.deepEqual(Object.keys(created), ['ten']);
  assert.deepEqual(notCreated.eleven.properties, ['parentId']);
  await refused(B!, deep['d8']);
  assert.equal((await set({ update: { [C!]: { parentId: deep['d7'] } } }))['notUpdated'], null);
});

test('the Inbox stays [8621-2-inbox]', async (t) => {
  const { set, inbox, make } = await world(t);
  const { id } = await inbox();
  const { A } = await make({ A: null });
  for (const patch of [{ name: 'Mine' }, { parentId: A }, { role: null }]) {
    assert.equal((await set({ update: { [id]: patch } }))['notUpdated']?.[id].type, 'forbidden', JSON.stringify(patch));
  }
  const { notDestroyed } = await set({ destroy: [id], onDestroyRemoveEmails: true });
  assert.equal(notDestroyed[id].type, 'forbidden');
});

test('a mailbox goes when nothing lies in it, or with what does [8621-2.5-has-child] [8621-2.5-has-email] [8621-2.5-remove-emails]', async (t) => {
  const { set, make, deliver, store, account, list } = await world(t);
  const { A, B } = await make({ A: null, B: 'A' });
  assert.equal((await set({ destroy: [A] }))['notDestroyed'][A!].type, 'mailboxHasChild');
  assert.deepEqual((await set({ destroy: [A, B] }))['destroyed'], [B, A]);

  const { created } = await set({ create: { k: { name: 'Old', role: 'archive' } } });
  const { id } = created.k;
  await deliver();
  const { created: emails } = (await store.read('emailChanges', { account: account.id, since: 0, limit: 10 })) ?? {
    created: [],
  };
  const at = Date.UTC(2026, 0, 1);
  await store.write('placeEmails', { account: account.id, emails, roles: ['archive'], at });
  assert.equal((await set({ destroy: [id] }))['notDestroyed'][id].type, 'mailboxHasEmail');
  assert.deepEqual((await set({ destroy: [id], onDestroyRemoveEmails: true }))['destroyed'], [id]);
  assert.deepEqual(await store.read('emailRows', { account: account.id, ids: emails }), []);
  assert.deepEqual(
    (await list()).map(({ role, totalEmails }) => [role, totalEmails]),
    [['inbox', 0]],
  );
});

test("ids that are not there, and a state that is not now's [8620-5.3-not-found] [8620-5.3-state-mismatch]", async (t) => {
  const { set, error, state, list } = await world(t);
  const now = await state();
  const answer = await set({ update: { nosuchmailbox: { name: 'x' } }, destroy: ['m999'], ifInState: now });
  assert.equal(answer['notUpdated'].nosuchmailbox.type, 'notFound');
  assert.equal(answer['notDestroyed'].m999.type, 'notFound');
  assert.deepEqual([answer['oldState'], answer['newState']], [now, now]);
  assert.equal(
    (await error('Mailbox/set', { ifInState: 'no', create: { k: { name: 'x' } } }))['type'],
    'stateMismatch',
  );
  assert.equal((await list()).length, 1);
});

test('who changes something is not told a state before it where others came in between [8620-5.3-old-state]', async (t) => {
  let meanwhile = (): Promise<void> => Promise.resolve();
  const between = (store: Store): Store => ({
    ...store,
    content: store.content,
    read: (name, params) => store.read(name, params),
    onChange: (listener) => store.onChange(listener),
    close: () => store.close(),
    async write(name, params) {
      await meanwhile();
      return store.write(name, params);
    },
  });
  const { ok, store, account } = await testJmap(t, { between });
  const quiet = await ok('Mailbox/set', { create: { k: { name: 'A' } } });
  assert.equal(typeof quiet['oldState'], 'string');
  meanwhile = async () => store.write('accept', await messageParams(store, account.id));
  const loud = await ok('Mailbox/set', { create: { k: { name: 'B' } } });
  assert.equal(loud['oldState'], null);
  const { updated, created } = await ok('Mailbox/changes', { sinceState: quiet['newState'] });
  assert.deepEqual([updated.length, created], [1, [loud['created'].k.id]]);
});

// --- Mailbox/changes ---

test('changes tell what was made, changed and destroyed, in steps of any length [8620-5.2-changes] [8620-5.2-max-changes]', async (t) => {
  const { ok, error, set, make, state } = await world(t);
  const start = await state();
  const none = {
    oldState: start,
    newState: start,
    hasMoreChanges: false,
    created: [],
    updated: [],
    destroyed: [],
    updatedProperties: null,
  };
  const { accountId: _, ...unchanged } = await ok('Mailbox/changes', { sinceState: start });
  assert.deepEqual(unchanged, none);
  const { A } = await make({ A: null });
  const { B } = await make({ B: null });
  const end = await state();
  const first = await ok('Mailbox/changes', { sinceState: start, maxChanges: 1 });
  assert.deepEqual([first['created'], first['hasMoreChanges'], first['oldState']], [[A], true, start]);
  const second = await ok('Mailbox/changes', { sinceState: first['newState'], maxChanges: 1 });
  assert.deepEqual([second['created'], second['hasMoreChanges'], second['newState']], [[B], false, end]);
  await set({ update: { [A!]: { name: 'X' } }, destroy: [B] });
  const later = await ok('Mailbox/changes', { sinceState: end });
  assert.deepEqual([later['created'], later['updated'], later['destroyed']], [[], [A], [B]]);
  assert.equal(later['updatedProperties'], null);
  assert.equal((await error('Mailbox/changes', { sinceState: start, maxChanges: 0 }))['type'], 'invalidArguments');
  assert.equal((await error('Mailbox/changes', { sinceState: start, maxChanges: -1 }))['type'], 'invalidArguments');
  for (const sinceState of ['', 'nonsense', '0', '1-999999', '999-1']) {
    assert.equal((await error('Mailbox/changes', { sinceState }))['type'], 'cannotCalculateChanges', sinceState);
  }
});

test('when only mail came, the counts are named [8621-2.2-updated-properties]', async (t) => {
  const { ok, calls, account, inbox, deliver, state } = await world(t);
  const { id } = await inbox();
  const start = await state();
  await deliver();
  const changes = await ok('Mailbox/changes', { sinceState: start });
  assert.deepEqual([changes['updated'], changes['updatedProperties']], [[id], COUNTS]);
  const at = (path: string): Args => ({ resultOf: 'a', name: 'Mailbox/changes', path });
  const accountId = account.id;
  const { methodResponses } = await calls([
    ['Mailbox/changes', { accountId, sinceState: start }, 'a'],
    ['Mailbox/get', { accountId, '#ids': at('/updated'), '#properties': at('/updatedProperties') }, 'b'],
  ]);
  const counts = Object.fromEntries(COUNTS.map((name) => [name, 1]));
  assert.deepEqual(methodResponses[1][1].list, [{ id, ...counts }]);
});

// --- Mailbox/query ---

async function tree(
  t: TestContext,
): Promise<World & { query(args?: Args): Promise<readonly string[]>; readonly ids: Readonly<Record<string, string>> }> {
  const parts = await world(t);
  const ids = await parts.make({ b: null, a: null, b2: 'b', b1: 'b', a1: 'a', C: null });
  await parts.set({ update: { [ids['a']!]: { sortOrder: 9, isSubscribed: false }, [ids['C']!]: { role: 'archive' } } });
  const names = new Map((await parts.list()).map(({ id, name }) => [id, name]));
  const query = async (args: Args = {}): Promise<readonly string[]> =>
    (await parts.ok('Mailbox/query', args))['ids'].map((id: string) => names.get(id));
  return { ...parts, ids, query };
}

const BY_NAME = [{ property: 'name' }];

test('results are filtered by each condition, and by all of them together [8621-2.3-filter] [8620-5.5-operators]', async (t) => {
  const { query, ids } = await tree(t);
  const filtered = (filter: Args): Promise<readonly string[]> => query({ filter, sort: BY_NAME });
  assert.deepEqual(await filtered({}), ['a', 'a1', 'b', 'b1', 'b2', 'C', 'Inbox']);
  assert.deepEqual(await filtered({ parentId: null }), ['a', 'b', 'C', 'Inbox']);
  assert.deepEqual(await filtered({ parentId: ids['b'] }), ['b1', 'b2']);
  assert.deepEqual(await filtered({ name: 'B' }), ['b', 'b1', 'b2', 'Inbox']);
  assert.deepEqual(await filtered({ role: 'inbox' }), ['Inbox']);
  assert.deepEqual(await filtered({ role: null, parentId: null }), ['a', 'b']);
  assert.deepEqual(await filtered({ hasAnyRole: true }), ['C', 'Inbox']);
  assert.deepEqual(await filtered({ hasAnyRole: false }), ['a', 'a1', 'b', 'b1', 'b2']);
  assert.deepEqual(await filtered({ isSubscribed: false }), ['a']);
  const conditions = [{ name: '1' }, { parentId: ids['b'] }];
  assert.deepEqual(await filtered({ operator: 'AND', conditions }), ['b1']);
  assert.deepEqual(await filtered({ operator: 'OR', conditions }), ['a1', 'b1', 'b2']);
  assert.deepEqual(await filtered({ operator: 'NOT', conditions }), ['a', 'b', 'C', 'Inbox']);
  const inner = { operator: 'NOT', conditions: [{ hasAnyRole: true }] };
  assert.deepEqual(await filtered({ operator: 'AND', conditions: [inner, { parentId: null }] }), ['a', 'b']);
});

test('filters and sorts that are none, or not supported, are refused [8620-5.5-refused]', async (t) => {
  const { error } = await tree(t);
  const type = async (args: Args): Promise<string> => (await error('Mailbox/query', args))['type'];
  for (const filter of [
    [],
    'x',
    { name: 1 },
    { operator: 'XOR', conditions: [] },
    { operator: 'AND' },
    { operator: 'AND', conditions: [], name: 'x' },
  ]) {
    assert.equal(await type({ filter }), 'invalidArguments', JSON.stringify(filter));
  }
  assert.equal(await type({ filter: { nonsense: 1 } }), 'unsupportedFilter');
  for (const sort of [{}, [1], [{}], [{ property: 'name', isAscending: 1 }], [{ property: 'name', odd: 1 }]]) {
    assert.equal(await type({ sort }), 'invalidArguments', JSON.stringify(sort));
  }
  assert.equal(await type({ sort: [{ property: 'totalEmails' }] }), 'unsupportedSort');
  assert.equal(await type({ sort: [{ property: 'name', collation: 'i;nonsense' }] }), 'unsupportedSort');
  for (const args of [{ limit: -1 }, { position: 1.5 }, { anchor: 7 }, { calculateTotal: 1 }, { nonsense: 1 }]) {
    assert.equal(await type(args), 'invalidArguments', JSON.stringify(args));
  }
});

test('results are sorted, and as a tree [8621-2.3-sort] [8621-2.3-tree] [8620-5.5-collation]', async (t) => {
  const { query } = await tree(t);
  assert.deepEqual(await query({ sort: [{ property: 'name', isAscending: false }] }), [
    'Inbox',
    'C',
    'b2',
    'b1',
    'b',
    'a1',
    'a',
  ]);
  assert.deepEqual(await query({ sort: [{ property: 'sortOrder', isAscending: false }, ...BY_NAME] }), [
    'Inbox',
    'a',
    'a1',
    'b',
    'b1',
    'b2',
    'C',
  ]);
  assert.deepEqual(await query({ sort: [{ property: 'name', collation: 'i;ascii-casemap' }] }), [
    'a',
    'a1',
    'b',
    'b1',
    'b2',
    'C',
    'Inbox',
  ]);
  const asTree = { sortAsTree: true };
  assert.deepEqual(await query({ ...asTree, sort: [{ property: 'name', isAscending: false }] }), [
    'Inbox',
    'C',
    'b',
    'b2',
    'b1',
    'a',
    'a1',
  ]);
  const filter = { operator: 'NOT', conditions: [{ name: 'b', parentId: null, hasAnyRole: false }] };
  assert.deepEqual(await query({ filter, sort: BY_NAME }), ['a', 'a1', 'b1', 'b2', 'C', 'Inbox']);
  assert.deepEqual(await query({ filter, sort: BY_NAME, filterAsTree: true }), ['a', 'a1', 'C', 'Inbox']);
});

test('a window is counted from the start, the end or an anchor [8620-5.5-position] [8620-5.5-anchor] [8620-5.5-limit] [8620-5.5-total]', async (t) => {
  const { ok, error, ids, list } = await tree(t);
  const names = new Map((await list()).map(({ id, name }) => [id, name]));
  const window = async (args: Args): Promise<Answered> => {
    const { ids: found, position, total, limit } = await ok('Mailbox/query', { sort: BY_NAME, ...args });
    return [found.map((id: string) => names.get(id)), position, total, limit];
  };
  // a a1 b b1 b2 C Inbox
  assert.deepEqual(await window({ position: 1, limit: 2, calculateTotal: true }), [['a1', 'b'], 1, 7, undefined]);
  assert.deepEqual(await window({ position: -2, limit: 1 }), [['C'], 5, undefined, undefined]);
  assert.deepEqual(await window({ position: -99, limit: 1 }), [['a'], 0, undefined, undefined]);
  assert.deepEqual(await window({ position: 7, limit: 5 }), [[], 7, undefined, undefined]);
  assert.deepEqual(await window({ limit: 0, calculateTotal: true }), [[], 0, 7, undefined]);
  assert.deepEqual(await window({ position: 6 }), [['Inbox'], 6, undefined, 1_000]);
  assert.deepEqual(await window({ position: 6, limit: 5_000 }), [['Inbox'], 6, undefined, 1_000]);
  assert.deepEqual(await window({ anchor: ids['b'], limit: 2, position: 5 }), [['b', 'b1'], 2, undefined, undefined]);
  assert.deepEqual(await window({ anchor: ids['b'], anchorOffset: -1, limit: 2 }), [
    ['a1', 'b'],
    1,
    undefined,
    undefined,
  ]);
  assert.deepEqual(await window({ anchor: ids['b'], anchorOffset: -9, limit: 1 }), [['a'], 0, undefined, undefined]);
  assert.deepEqual(await window({ anchor: ids['b'], anchorOffset: 99, limit: 1 }), [[], 101, undefined, undefined]);
  assert.deepEqual(await window({ anchorOffset: 3, limit: 1 }), [['a'], 0, undefined, undefined]);
  assert.equal((await error('Mailbox/query', { anchor: 'm999' }))['type'], 'anchorNotFound');
  assert.equal((await ok('Mailbox/query', {}))['canCalculateChanges'], true);
});

// --- Mailbox/queryChanges ---

/** As RFC 8620 §5.6 has clients do it. */
function spliced(old: readonly string[], { removed, added, total }: Answered): readonly string[] {
  const ids = old.filter((id) => !removed.includes(id));
  for (const { id, index } of added) ids.splice(index, 0, id);
  return total === undefined ? ids : ids.slice(0, total);
}

test('changes of the results bring a client to what a query gives [8620-5.6-query-changes] [8620-5.6-total]', async (t) => {
  const { ok, set, ids, deliver, make } = await tree(t);
  const queries: readonly Args[] = [
    { sort: BY_NAME },
    { sort: BY_NAME, filter: { name: 'b' } },
    { sort: [{ property: 'sortOrder' }, ...BY_NAME], sortAsTree: true },
    { filter: { isSubscribed: true }, filterAsTree: true },
  ];
  const steps: readonly (() => Promise<unknown>)[] = [
    () => Promise.resolve(),
    deliver,
    () => make({ aa: null }),
    () => set({ update: { [ids['b']!]: { name: 'zz' }, [ids['a']!]: { isSubscribed: true } } }),
    () => set({ update: { [ids['b1']!]: { parentId: ids['a'] } }, destroy: [ids['b2']] }),
    () =>
      set({
        update: { [ids['a']!]: { isSubscribed: false, sortOrder: 1 } },
        create: { k: { name: 'b', parentId: ids['a'] } },
      }),
  ];
  const known = await Promise.all(queries.map((query) => ok('Mailbox/query', query)));
  const since = known.map(({ queryState, ids: found }) => ({
    queryState: queryState as string,
    found: found as readonly string[],
  }));
  for (const step of steps) {
    await step();
    for (const [i, query] of queries.entries()) {
      const { queryState: sinceQueryState, found } = since[i]!;
      const changes = await ok('Mailbox/queryChanges', { ...query, sinceQueryState, calculateTotal: true });
      const { ids: now, queryState } = await ok('Mailbox/query', query);
      assert.deepEqual(spliced(found, changes), now, JSON.stringify({ query, changes }));
      assert.deepEqual([changes['oldQueryState'], changes['newQueryState']], [sinceQueryState, queryState]);
      assert.equal(changes['total'], now.length);
      since[i] = { queryState, found: now };
    }
  }
});

test('more changes than wanted, and states that are not known, are errors [8620-5.6-too-many] [8620-5.6-cannot]', async (t) => {
  const { ok, error, make } = await world(t);
  const { queryState: sinceQueryState } = await ok('Mailbox/query', {});
  await make({ A: null, B: null });
  const changes = await ok('Mailbox/queryChanges', { sinceQueryState, maxChanges: 2 });
  assert.deepEqual([changes['removed'], changes['added'].length, 'total' in changes], [[], 2, false]);
  assert.equal((await error('Mailbox/queryChanges', { sinceQueryState, maxChanges: 1 }))['type'], 'tooManyChanges');
  assert.equal((await error('Mailbox/queryChanges', { sinceQueryState: 'x' }))['type'], 'cannotCalculateChanges');
});
