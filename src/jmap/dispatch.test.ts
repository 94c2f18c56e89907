import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS, notJson, overLimit } from './index.ts';
import { testJmap, USING } from './testing.ts';

const PROBLEM = 'urn:ietf:params:jmap:error:';

test('Core/echo gives back what it was given [8620-4-echo]', async (t) => {
  const { calls } = await testJmap(t);
  const args = { hello: true, high: 5, nested: { list: [1, null, 'x'] } };
  const { methodResponses } = await calls([['Core/echo', args, 'b3ff']]);
  assert.deepEqual(methodResponses, [['Core/echo', args, 'b3ff']]);
});

test('what is not I-JSON is refused whole [8620-3.6.1-not-json]', async (t) => {
  const { problem } = await testJmap(t);
  assert.deepEqual(await problem(''), notJson('The text is not JSON.'));
  for (const body of ['nonsense', '{"using":[],"using":[],"methodCalls":[]}', Buffer.from([0xff])]) {
    const { type, status } = await problem(body);
    assert.deepEqual({ type, status }, { type: `${PROBLEM}notJSON`, status: 400 });
  }
});

test('what is JSON but no Request is refused whole [8620-3.6.1-not-request]', async (t) => {
  const { problem } = await testJmap(t);
  const bad = [
    [],
    'x',
    null,
    {},
    { using: USING },
    { methodCalls: [] },
    { using: 'urn:ietf:params:jmap:core', methodCalls: [] },
    { using: [1], methodCalls: [] },
    { using: USING, methodCalls: {} },
    { using: USING, methodCalls: [['Core/echo', {}]] },
    { using: USING, methodCalls: [['Core/echo', {}, 'a', 'b']] },
    { using: USING, methodCalls: [['Core/echo', [], 'a']] },
    { using: USING, methodCalls: [['Core/echo', {}, 1]] },
    { using: USING, methodCalls: [[1, {}, 'a']] },
    { using: USING, methodCalls: [], createdIds: null },
    { using: USING, methodCalls: [], createdIds: { a: 1 } },
  ];
  for (const body of bad) {
    const { type, status } = await problem(JSON.stringify(body));
    assert.deepEqual({ type, status }, { type: `${PROBLEM}notRequest`, status: 400 }, JSON.stringify(body));
  }
});

test('a capability that is not there is refused whole, unknown properties are passed over [8620-3.6.1-unknown-capability] [8620-3.3-other-properties]', async (t) => {
  const { problem, calls } = await testJmap(t);
  const using = [...USING, 'https://example.com/apis/foobar'];
  const { type, status, detail } = await problem(JSON.stringify({ using, methodCalls: [] }));
  assert.deepEqual({ type, status }, { type: `${PROBLEM}unknownCapability`, status: 400 });
  assert.match(detail, /https:\/\/example\.com\/apis\/foobar/);
  assert.deepEqual((await calls([], { future: 1 })).methodResponses, []);
});

test('limits of a request name themselves [8620-3.6.1-limit]', async (t) => {
  const { problem, calls, jmap, account } = await testJmap(t);
  const echo = ['Core/echo', {}, 'a'] as const;
  const most = Array.from({ length: LIMITS.maxCallsInRequest }, () => echo);
  assert.equal((await calls(most)).methodResponses.length, most.length);
  const over = await problem(JSON.stringify({ using: USING, methodCalls: [...most, echo] }));
  assert.deepEqual([over.type, over.limit, over.status], [`${PROBLEM}limit`, 'maxCallsInRequest', 400]);
  const large = await problem(Buffer.alloc(LIMITS.maxSizeRequest + 1, ' '));
  assert.deepEqual(large, overLimit('maxSizeRequest', large.detail));
  assert.deepEqual([large.type, large.limit, large.status], [`${PROBLEM}limit`, 'maxSizeRequest', 400]);

  const request = Buffer.from(JSON.stringify({ using: USING, methodCalls: [echo] }));
  const all = Array.from({ length: LIMITS.maxConcurrentRequests + 1 }, () => jmap.request(account, request));
  const limits = (await Promise.all(all)).map((one) => ('problem' in one ? one.problem.limit : 'taken'));
  assert.equal(limits.filter((one) => one === 'taken').length, LIMITS.maxConcurrentRequests);
  assert.equal(limits.at(-1), 'maxConcurrentRequests');
  assert.ok('response' in (await jmap.request(account, request)), 'counted down again');
});

test('a method whose capability is not used, or that is not there, is unknown; the others go on [8620-3.3-using] [8620-3.6.2-unknown-method] [8620-3.6.2-go-on]', async (t) => {
  const { calls, account } = await testJmap(t);
  const get = ['Thread/get', { accountId: account.id, ids: [] }, 'a'] as const;
  const { methodResponses } = await calls([get, ['Foo/get', {}, 'b'], ['Core/echo', {}, 'c']], {
    using: ['urn:ietf:params:jmap:core'],
  });
  assert.deepEqual(methodResponses, [
    ['error', { type: 'unknownMethod' }, 'a'],
    ['error', { type: 'unknownMethod' }, 'b'],
    ['Core/echo', {}, 'c'],
  ]);
});

test('arguments that are unknown, missing or of another type are refused with a description [8620-3.6.2-invalid-arguments]', async (t) => {
  const { error } = await testJmap(t);
  for (const args of [
    { ids: [], nonsense: 1 },
    { ids: 'x' },
    { ids: [1] },
    { ids: ['not an id'] },
    { ids: [], properties: 'id' },
    { ids: [], properties: ['nonsense'] },
    { ids: [], accountId: 1 },
    { ids: [], accountId: null },
  ]) {
    const { type, description } = await error('Thread/get', args);
    assert.equal(type, 'invalidArguments', JSON.stringify(args));
    assert.match(description, /\w/);
  }
  assert.equal((await error('Thread/changes', {})).type, 'invalidArguments');
});

test('only the own account is there [8620-3.6.2-account]', async (t) => {
  const { error, calls } = await testJmap(t);
  assert.deepEqual(await error('Thread/get', { accountId: 'another', ids: [] }), { type: 'accountNotFound' });
  const { methodResponses } = await calls([['Thread/get', { ids: [] }, 'a']]);
  assert.equal(methodResponses[0][1].type, 'invalidArguments');
});

test('creation ids come in and go out, when they were given [8620-3.3-created-ids]', async (t) => {
  const { calls } = await testJmap(t);
  assert.ok(!('createdIds' in (await calls([]))));
  assert.deepEqual((await calls([], { createdIds: {} })).createdIds, {});
  assert.deepEqual((await calls([], { createdIds: { k1: 'm1' } })).createdIds, { k1: 'm1' });
});

test('nothing is copied from another account: a login has one [8620-6.3-blob-copy]', async (t) => {
  const { error } = await testJmap(t);
  const { type } = await error('Blob/copy', { fromAccountId: 'another', blobIds: ['u-1'] });
  assert.equal(type, 'fromAccountNotFound');
});
