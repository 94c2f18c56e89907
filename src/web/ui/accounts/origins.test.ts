import assert from 'node:assert/strict';
import test from 'node:test';
import type { Api } from '../jmap/api.ts';
import { Origins } from './origins.ts';
import type { Origin } from './origins.ts';
import { REMOTES } from './types.ts';

const header = (emailId: string, more: Partial<Origin> = {}): Origin => ({
  emailId,
  remoteId: 'r',
  uidl: `u-${emailId}`,
  size: 9,
  isHeaderOnly: true,
  restWanted: false,
  isGoneThere: false,
  ...more,
});

/** Answers with what stands in `known` by then. */
function server(known: Map<string, Origin>, extension = REMOTES) {
  const calls: (readonly [string, Record<string, unknown>])[] = [];
  const call = async (name: string, args: Record<string, unknown>): Promise<object> => {
    calls.push([name, args]);
    const all = [...known.values()];
    if (name === 'Remote/emails') return { list: all.filter(({ uidl }) => (args['uidls'] as string[]).includes(uidl)) };
    return { list: all.filter(({ emailId }) => (args['emailIds'] as string[]).includes(emailId)) };
  };
  const api = { call, speaks: (name: string) => name === extension, limits: { inGet: 2, inSet: 2 } };
  return { api: api as unknown as Api, calls };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('rows that come into view in one moment are asked for together, and no more at a time than the server takes', async () => {
  const { api, calls } = server(new Map([['a', header('a')]]));
  const origins = new Origins(api, () => undefined);
  const [a, b] = ['a', 'b', 'c', 'a'].map((id) => origins.of(id));
  await settled();
  assert.deepEqual(
    calls.map(([name, args]) => [name, args['emailIds']]),
    [
      ['Remote/origins', ['a', 'b']],
      ['Remote/origins', ['c']],
    ],
  );
  assert.deepEqual([a?.value?.isHeaderOnly, b?.value], [true, undefined]);
});

test('the whole in the place of its header is told once, when it is here', async () => {
  const known = new Map([['a', header('a')]]);
  const { api } = server(known);
  const told: string[] = [];
  const origins = new Origins(api, (before, now) => told.push(`${before} → ${now}`));
  const shown = origins.of('a');
  await settled();
  known.set('a', header('a', { restWanted: true }));
  await origins.wantRest('a');
  assert.equal(shown.value?.restWanted, true);
  await origins.look();
  assert.deepEqual(told, []);
  known.delete('a');
  known.set('whole', header('whole', { uidl: 'u-a', isHeaderOnly: false }));
  await origins.look();
  await origins.look();
  await settled();
  assert.deepEqual(told, ['a → whole']);
  assert.equal(shown.value, undefined);
});

test('where nobody collects from providers, nothing is asked', async () => {
  const { api, calls } = server(new Map(), 'urn:another');
  const origins = new Origins(api, () => undefined);
  origins.of('a');
  await settled();
  await origins.look();
  assert.deepEqual(calls, []);
});
