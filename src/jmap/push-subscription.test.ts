import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testJmap } from './testing.ts';
import type { Answered } from './testing.ts';

test('there are no push subscriptions, and who would make one is told what is wrong with it, or why not', async (t) => {
  const { calls } = await testJmap(t);
  const good = { deviceClientId: 'a', url: 'https://push.b.test/x' };
  const create = { good, clear: { ...good, url: 'http://push.b.test/x' }, nameless: { url: good.url } };
  const { methodResponses } = await calls([
    ['PushSubscription/get', { ids: null }, 'a'],
    ['PushSubscription/get', { ids: ['x', 'x'] }, 'b'],
    ['PushSubscription/set', { create, update: { x: {} }, destroy: ['y'] }, 'c'],
    ['PushSubscription/set', {}, 'd'],
    ['PushSubscription/get', { accountId: 'x' }, 'e'],
  ]);
  const [all, some, set = {}, nothing, wrong] = (methodResponses as [string, Answered][]).map(([, args]) => args);
  assert.deepEqual(
    [all, some],
    [
      { list: [], notFound: [] },
      { list: [], notFound: ['x'] },
    ],
  );
  const { good: refused, clear, nameless } = set['notCreated'] as Answered;
  assert.deepEqual([refused.type, clear.properties, nameless.properties], ['forbidden', ['url'], ['deviceClientId']]);
  assert.deepEqual([set['notUpdated'].x.type, set['notDestroyed'].y.type], ['notFound', 'notFound']);
  assert.ok(Object.values(nothing ?? {}).every((one) => one === null));
  assert.equal(wrong?.['type'], 'invalidArguments');
});
