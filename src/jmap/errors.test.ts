import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLog } from '../base/index.ts';
import { StoreError } from '../store/index.ts';
import { dispatch } from './dispatch.ts';
import { MethodError } from './errors.ts';
import type { Method } from './method.ts';
import { Turns } from './turns.ts';

interface Tried {
  readonly responses: readonly unknown[];
  readonly lines: readonly string[];
}

/** One request to methods that fail in every way. */
async function tried(methods: readonly Method[], name: string): Promise<Tried> {
  const lines: string[] = [];
  const log = openLog('info', (line) => void lines.push(line));
  const dispatcher = {
    methods: new Map(methods.map((one) => [one.name, one])),
    capabilities: new Set(['x']),
    log,
    turns: new Turns(),
  };
  const request = Buffer.from(JSON.stringify({ using: ['x'], methodCalls: [[name, { body: 'secret' }, 'a']] }));
  const answer = await dispatch(dispatcher, { id: 'account', name: 'bob@b.test' }, request);
  assert.ok('response' in answer);
  return { responses: answer.response.methodResponses, lines };
}

function failing(error: Error, how: 'throws' | 'rejects' = 'rejects'): Method {
  return {
    name: 'Foo/get',
    capability: 'x',
    run() {
      if (how === 'throws') throw error;
      return Promise.reject(error);
    },
  };
}

test('a defect is serverFail: a sentence for the client, the cause for the log [8620-3.6.2-server-fail]', async () => {
  for (const how of ['throws', 'rejects'] as const) {
    const { responses, lines } = await tried([failing(new TypeError('x is not a function'), how)], 'Foo/get');
    assert.deepEqual(responses, [
      ['error', { type: 'serverFail', description: 'Something went wrong on the server; its log has the cause.' }, 'a'],
    ]);
    assert.equal(lines.length, 1);
    const { method, account, cause } = JSON.parse(lines[0] ?? '') as Record<string, string>;
    assert.deepEqual([method, account, cause], ['Foo/get', 'account', 'x is not a function']);
    assert.ok(!lines.join('').includes('secret'));
  }
});

test('a store that can not now is serverUnavailable [8620-3.6.2-server-unavailable]', async () => {
  const { responses, lines } = await tried([failing(new StoreError('the disk is full'))], 'Foo/get');
  const description = 'The server can not store or read this now. Try again later.';
  assert.deepEqual(responses, [['error', { type: 'serverUnavailable', description }, 'a']]);
  assert.equal(lines.length, 1);
});

test('what a method refuses is no defect, and not logged', async () => {
  const { responses, lines } = await tried([failing(new MethodError('forbidden', 'No.', { more: 1 }))], 'Foo/get');
  assert.deepEqual(responses, [['error', { type: 'forbidden', description: 'No.', more: 1 }, 'a']]);
  assert.deepEqual(lines, []);
});

test('implicit calls answer under the id of the call that made them [8620-3.2-implicit-calls]', async () => {
  const inner: Method = { name: 'Foo/inner', capability: 'another', run: (args) => Promise.resolve({ got: args }) };
  const outer: Method = {
    name: 'Foo/outer',
    capability: 'x',
    async run(_args, call) {
      const made = [...(await call.call('Foo/inner', { n: 1 })), ...(await call.call('Foo/unknown', {}))];
      return [{ name: 'Foo/outer', arguments: { done: true } }, ...made];
    },
  };
  const { responses } = await tried([inner, outer], 'Foo/outer');
  assert.deepEqual(responses, [
    ['Foo/outer', { done: true }, 'a'],
    ['Foo/inner', { got: { n: 1 } }, 'a'],
    ['error', { type: 'unknownMethod' }, 'a'],
  ]);
});
