import assert from 'node:assert/strict';
import test from 'node:test';
import type { Api } from '../jmap/api.ts';
import { Identities } from './identities.ts';

/** Knows what stands in `list` by then; undefined: it does not answer. */
function server(state: { list: readonly string[] | undefined }) {
  let asked = 0;
  const call = async (): Promise<object> => {
    asked += 1;
    if (state.list === undefined) throw new Error('nobody answers');
    return { list: state.list.map((email) => ({ id: email, email })) };
  };
  return { identities: new Identities({ call } as unknown as Api), asked: () => asked };
}

test('identities are asked for once, and anew when they may have changed', async () => {
  const state = { list: [] as readonly string[] };
  const { identities, asked } = server(state);
  assert.deepEqual(await identities.load(), []);
  state.list = ['bob@b.test'];
  assert.deepEqual(await identities.load(), []);
  assert.equal(asked(), 1);
  identities.mayHaveChanged();
  assert.deepEqual(
    (await identities.load()).map(({ email }) => email),
    ['bob@b.test'],
  );
});

test('while nobody answers, one writes as those that are known', async () => {
  const state: { list: readonly string[] | undefined } = { list: undefined };
  const { identities } = server(state);
  await assert.rejects(identities.load());
  state.list = ['bob@b.test'];
  await identities.load();
  identities.mayHaveChanged();
  state.list = undefined;
  assert.equal((await identities.load()).length, 1);
  await assert.rejects(identities.load(true));
});
