import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../jmap/api.ts';
import { FakeServer } from '../jmap/fake-server.ts';
import type { Invocation } from '../jmap/types.ts';
import { pieces, Snippets } from './snippet-store.ts';

test('snippets: only the mark is markup', () => {
  assert.deepEqual(pieces('a <mark>b</mark> c'), [
    { text: 'a ', marked: false },
    { text: 'b', marked: true },
    { text: ' c', marked: false },
  ]);
  assert.deepEqual(pieces('&lt;script&gt; &amp;amp; <img src=x>'), [
    { text: '<script> &amp; <img src=x>', marked: false },
  ]);
  assert.deepEqual(pieces('<mark>whole</mark>'), [{ text: 'whole', marked: true }]);
});

test('snippets: rows that come into view together are asked for together, each once', async () => {
  const asked: unknown[] = [];
  const api = new Api(new FakeServer([]).session, (_, body) => {
    const [method, args, call] = (body as { methodCalls: readonly Invocation[] }).methodCalls[0]!;
    asked.push(args);
    const list = [{ emailId: 'a', subject: '<mark>x</mark>', preview: null }];
    return Promise.resolve({ methodResponses: [[method, { list }, call]] });
  });
  const snippets = new Snippets(api, { text: 'x' });
  const [a, b] = [snippets.of('a'), snippets.of('b')];
  snippets.of('a');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked, [{ accountId: 'A', filter: { text: 'x' }, emailIds: ['a', 'b'] }]);
  assert.equal(a.value?.subject, '<mark>x</mark>');
  assert.equal(b.value, undefined);
});
