import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api, downloadUrl, ref } from './api.ts';
import { MethodError } from './trouble.ts';
import type { Invocation, Session } from './types.ts';

const SESSION: Session = {
  username: 'anna@a.test',
  apiUrl: '/jmap/api',
  downloadUrl: '/jmap/download/{accountId}/{blobId}/{name}?type={type}',
  uploadUrl: '/jmap/upload/{accountId}/',
  eventSourceUrl: '',
  state: '1',
  capabilities: { 'urn:ietf:params:jmap:core': { maxCallsInRequest: 3 }, 'urn:ietf:params:jmap:mail': {} },
  accounts: { A: { name: 'anna@a.test', isReadOnly: false, accountCapabilities: {} } },
  primaryAccounts: { 'urn:ietf:params:jmap:mail': 'A' },
};

interface Request {
  readonly using: readonly string[];
  readonly methodCalls: readonly Invocation[];
}

/** An api whose server answers each call with its own arguments, or with what `answers` has for the method. */
function echoing(answers: Readonly<Record<string, Invocation>> = {}) {
  const requests: Request[] = [];
  const api = new Api(SESSION, (_, body) => {
    requests.push(body as Request);
    const methodResponses = (body as Request).methodCalls.map(([method, args, call]): Invocation => {
      const [name, other] = answers[method] ?? [method, args];
      return [name, other, call];
    });
    return Promise.resolve({ methodResponses });
  });
  return { api, requests };
}

test('api: what is asked in the same moment is one request', async () => {
  const { api, requests } = echoing();
  const results = await Promise.all([api.call('Email/get', { ids: ['1'] }), api.call('Thread/get', { ids: ['2'] })]);
  assert.equal(requests.length, 1);
  assert.deepEqual(results, [
    { accountId: 'A', ids: ['1'] },
    { accountId: 'A', ids: ['2'] },
  ]);
});

test('api: references stay inside their group, and groups are never torn apart', async () => {
  const { api, requests } = echoing();
  const group: readonly Invocation[] = [
    ['Email/query', {}, 'q'],
    ['Email/get', { '#ids': ref('q', 'Email/query', '/ids') }, 'g'],
  ];
  await Promise.all([api.group(group), api.group(group)]);
  assert.deepEqual(
    requests.map(({ methodCalls }) => methodCalls.length),
    [2, 2],
  );
  assert.equal(requests[0]!.methodCalls[1]![2], '0.g');
  assert.deepEqual((requests[0]!.methodCalls[1]![1] as Record<string, unknown>)['#ids'], {
    resultOf: '0.q',
    name: 'Email/query',
    path: '/ids',
  });
});

test('api: an error of one method is its own; a failed request is everybody’s', async () => {
  const { api } = echoing({ 'Email/queryChanges': ['error', { type: 'cannotCalculateChanges' }, ''] });
  const [bad, good] = await api.settled([
    ['Email/queryChanges', {}, 'a'],
    ['Email/get', {}, 'b'],
  ]);
  assert.ok(bad instanceof MethodError && bad.type === 'cannotCalculateChanges');
  assert.deepEqual(good, { accountId: 'A' });
  await assert.rejects(api.call('Email/queryChanges', {}), { type: 'cannotCalculateChanges' });

  const broken = new Api(SESSION, () => Promise.reject(new Error('gone')));
  const outcomes = await Promise.allSettled([broken.call('a', {}), broken.call('b', {})]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

test('api: a call that was not answered is an error, not nothing', async () => {
  const api = new Api(SESSION, () => Promise.resolve({ methodResponses: [] }));
  await assert.rejects(api.call('Email/get', {}), { type: 'serverFail' });
});

test('api: names of files can’t break out of a download address', () => {
  assert.equal(
    downloadUrl(SESSION, 'A', 'p-1-2', '../a?b&c/{type}.html', 'text/html'),
    '/jmap/download/A/p-1-2/..%2Fa%3Fb%26c%2F%7Btype%7D.html?type=text%2Fhtml',
  );
});
