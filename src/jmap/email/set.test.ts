import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testMail } from './testing.ts';

const MESSAGE = 'From: a@a.test\r\nSubject: s\r\n\r\nbody\r\n';

test('[8621-4.6-keywords] keywords are replaced whole, or added and removed one by one', async (t) => {
  const { put, ok, email } = await testMail(t);
  const id = await put(MESSAGE, { keywords: ['$seen'] });
  const after = async (patch: Record<string, unknown>): Promise<unknown> => {
    const { updated } = await ok('Email/set', { update: { [id]: patch } });
    assert.deepEqual(updated, { [id]: null });
    return Object.keys((await email(id, ['keywords']))['keywords'] as object).toSorted();
  };
  assert.deepEqual(await after({ 'keywords/$flagged': true, 'keywords/Work~1Home': true }), ['$flagged', '$seen', 'work/home']); // prettier-ignore
  assert.deepEqual(await after({ 'keywords/$SEEN': null, 'keywords/none': null }), ['$flagged', 'work/home']);
  assert.deepEqual(await after({ keywords: { $Draft: true } }), ['$draft']);
  assert.deepEqual(await after({ keywords: null }), []);
});

test('[8621-4.6-mailboxes] an email lies in several mailboxes, and in one at least', async (t) => {
  const { put, ok, email, boxes } = await testMail(t);
  const id = await put(MESSAGE);
  const after = async (patch: Record<string, unknown>): Promise<unknown> => {
    await ok('Email/set', { update: { [id]: patch } });
    return Object.keys((await email(id, ['mailboxIds']))['mailboxIds'] as object).toSorted();
  };
  assert.deepEqual(await after({ [`mailboxIds/${boxes.archive}`]: true }), [boxes.inbox, boxes.archive].toSorted());
  assert.deepEqual(await after({ [`mailboxIds/${boxes.inbox}`]: null }), [boxes.archive]);
  assert.deepEqual(await after({ mailboxIds: { [boxes.trash]: true } }), [boxes.trash]);
});

const REFUSED: readonly (readonly [patch: Record<string, unknown>, type: string, properties?: readonly string[]])[] = [
  [{ mailboxIds: {} }, 'invalidProperties', ['mailboxIds']],
  [{ mailboxIds: null }, 'invalidProperties', ['mailboxIds']],
  [{ mailboxIds: { m999999: true } }, 'invalidProperties', ['mailboxIds']],
  [{ mailboxIds: { nothing: true } }, 'invalidProperties', ['mailboxIds']],
  [{ mailboxIds: { '#none': true } }, 'invalidProperties', ['mailboxIds']],
  [{ 'mailboxIds/m999999': true }, 'invalidProperties', ['mailboxIds']],
  [{ keywords: { a: false } }, 'invalidProperties', ['keywords']],
  [{ keywords: { 'a b': true } }, 'invalidProperties', ['keywords']],
  [{ 'keywords/a': false }, 'invalidProperties', ['keywords']],
  [{ 'keywords/a(b': true }, 'invalidProperties', ['keywords']],
  [{ keywords: {}, 'keywords/a': true }, 'invalidPatch'],
  [{ 'keywords/a/b': true }, 'invalidPatch'],
  [{ subject: 'other' }, 'invalidProperties', ['subject']],
  [{ receivedAt: '2020-01-01T00:00:00Z' }, 'invalidProperties', ['receivedAt']],
  [{ size: 1 }, 'invalidProperties', ['size']],
  [{ 'header:Subject': 'x' }, 'invalidProperties', ['header:Subject']],
  [{ nothing: 1 }, 'invalidProperties', ['nothing']],
];

test('[8621-4.6-refused] what can not be changed so is refused, and nothing of it is done', async (t) => {
  const { put, ok, email } = await testMail(t);
  const id = await put(MESSAGE);
  const before = await email(id, ['mailboxIds', 'keywords']);
  for (const [patch, type, properties] of REFUSED) {
    const { notUpdated, updated } = await ok('Email/set', { update: { [id]: patch } });
    const refused = (notUpdated as Record<string, Record<string, unknown>>)[id];
    assert.equal(refused?.['type'], type, JSON.stringify(patch));
    if (properties !== undefined) assert.deepEqual(refused?.['properties'], properties);
    assert.equal(updated, null);
  }
  assert.deepEqual(await email(id, ['mailboxIds', 'keywords']), before);
});

test('[8620-5.3-immutable] what never changes may be sent along as it is', async (t) => {
  const { put, ok, email } = await testMail(t);
  const id = await put(MESSAGE);
  const whole = await email(id, ['id', 'blobId', 'threadId', 'size', 'receivedAt', 'mailboxIds', 'keywords', 'subject', 'from', 'header:Subject', 'textBody', 'preview']); // prettier-ignore
  const { updated } = await ok('Email/set', { update: { [id]: { ...whole, keywords: { $seen: true } } } });
  assert.deepEqual(updated, { [id]: null });
});

test('[8621-4.6-too-many] more keywords, or mailboxes, than an email may have', async (t) => {
  const { put, ok } = await testMail(t);
  const id = await put(MESSAGE);
  const keywords = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, true]));
  const { notUpdated } = await ok('Email/set', { update: { [id]: { keywords } } });
  assert.equal((notUpdated as Record<string, Record<string, unknown>>)[id]?.['type'], 'tooManyKeywords');
});

test('[8621-4.6-destroy] a destroyed email is gone from everywhere', async (t) => {
  const { put, ok, boxes, blob } = await testMail(t);
  const id = await put(MESSAGE);
  await ok('Email/set', { update: { [id]: { [`mailboxIds/${boxes.archive}`]: true } } });
  const { destroyed, notDestroyed } = await ok('Email/set', { destroy: [id, 'nobody'] });
  assert.deepEqual(destroyed, [id]);
  assert.deepEqual(notDestroyed, { nobody: { type: 'notFound' } });
  assert.deepEqual((await ok('Email/get', { ids: [id] }))['notFound'], [id]);
  assert.equal(await blob(`e-${id}`), undefined);
});

test('[8620-5.3-state-mismatch] changes are made in the state they were meant for, and told with the states before and after', async (t) => {
  const { put, ok, error } = await testMail(t);
  const id = await put(MESSAGE);
  const { state } = await ok('Email/get', { ids: [] });
  const update = { [id]: { 'keywords/a': true } };
  const done = await ok('Email/set', { ifInState: state, update });
  assert.equal(done['oldState'], state);
  assert.notEqual(done['newState'], state);
  assert.equal((await ok('Email/get', { ids: [] }))['state'], done['newState']);
  assert.equal((await error('Email/set', { ifInState: state, update }))['type'], 'stateMismatch');
  const changes = await ok('Email/changes', { sinceState: state });
  assert.deepEqual([changes['created'], changes['updated'], changes['destroyed']], [[], [id], []]);
});

test('an email can be moved into a mailbox that the same request makes', async (t) => {
  const { put, calls, account, email } = await testMail(t);
  const id = await put(MESSAGE);
  const accountId = account.id;
  const { methodResponses } = await calls([
    ['Mailbox/set', { accountId, create: { k: { name: 'New' } } }, 'a'],
    ['Email/set', { accountId, update: { [id]: { mailboxIds: { '#k': true } } } }, 'b'],
  ]);
  const made = (methodResponses as [string, Record<string, Record<string, { id: string }>>][])[0]?.[1]['created']?.[
    'k'
  ];
  assert.deepEqual((await email(id, ['mailboxIds']))['mailboxIds'], { [made?.id ?? '']: true });
});

test('nobody changes mail of another account', async (t) => {
  const mine = await testMail(t);
  const id = await mine.put(MESSAGE);
  const other = await testMail(t);
  const { notUpdated, notDestroyed } = await other.ok('Email/set', {
    update: { [id]: { 'keywords/a': true } },
    destroy: [id],
  });
  assert.equal((notUpdated as Record<string, { type: string }>)[id]?.type, 'notFound');
  assert.equal((notDestroyed as Record<string, { type: string }>)[id]?.type, 'notFound');
});

test('[8621-4.6-many] many emails are changed in slices, each email once, from the state that was named', async (t) => {
  const { put, ok, call, email } = await testMail(t);
  const ids: string[] = [];
  for (let n = 0; n < 450; n++) ids.push(await put(MESSAGE));
  const update = Object.fromEntries(ids.map((id) => [id, { 'keywords/x': true }]));
  const { state } = await ok('Email/get', { ids: [] });
  const { oldState, newState, updated } = await ok('Email/set', { ifInState: state, update });
  assert.equal(oldState, state);
  assert.deepEqual(Object.keys(updated as object), ids);
  const { state: after } = await ok('Email/get', { ids: [] });
  assert.equal(newState, after);
  for (const id of [ids[0], ids[200], ids[449]])
    assert.deepEqual((await email(id ?? '', ['keywords']))['keywords'], { x: true });
  assert.deepEqual(await call('Email/set', { ifInState: state, update }), ['error', { type: 'stateMismatch' }]);
  const { destroyed } = await ok('Email/set', { destroy: ids });
  assert.deepEqual(destroyed, ids);
});

test('[8621-4.6-others] who is told a newState that holds changes of others is told no oldState', async (t) => {
  const { put, deliver, ok, store } = await testMail(t);
  const ids: string[] = [];
  for (let n = 0; n < 201; n++) ids.push(await put(MESSAGE));
  const update = Object.fromEntries(ids.map((id) => [id, { 'keywords/x': true }]));
  const write = store.write.bind(store);
  let slices = 0;
  t.mock.method(store, 'write', async (...[name, params]: Parameters<typeof write>) => {
    if (name === 'changeEmails' && slices++ === 1) await deliver(MESSAGE);
    return await write(name, params);
  });
  const { oldState, updated } = await ok('Email/set', { update });
  assert.deepEqual([slices, oldState, Object.keys(updated as object).length], [2, null, 201]);
});
