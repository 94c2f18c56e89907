import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SetError } from '../errors.ts';
import { REMOTE } from './fake-remote.ts';
import { settingsJson } from './kinds.ts';
import type { RemotesParts } from './parts.ts';
import { remoteSet } from './set.ts';

test('a password that is kept goes to the hosts that it was entered for, and to no other', async () => {
  const changed: unknown[] = [];
  const remotes = {
    get: async () => REMOTE,
    change: async (_: string, changes: object) => {
      changed.push(changes);
      return REMOTE;
    },
  };
  const parts = { remotes, refresh: async () => undefined } as unknown as RemotesParts;
  const current = settingsJson(REMOTE);
  const update = async (patch: object): Promise<unknown> => {
    const patched = { ...current, password: null, token: null, ...patch } as typeof current;
    const set = { account: 'a', more: { untried: true, confirm: null } } as never;
    const [outcome] = (await remoteSet(parts).update?.([{ id: 'r', current, patched, patch: [] }], set)) ?? [];
    return outcome;
  };
  const other = { pop3: { host: 'pop.evil.test', port: 995, protection: 'implicit', pinned: null } };
  const refused = await update(other);
  assert.ok(refused instanceof SetError);
  assert.deepEqual([refused.type, refused.more['properties']], ['invalidProperties', ['password']]);
  assert.equal(changed.length, 0);
  assert.ok(!((await update({ ...other, password: 'secret' })) instanceof SetError));
  const same = { smtp: { host: 'POP.a.test', port: 465, protection: 'implicit', pinned: null } };
  assert.ok(!((await update(same)) instanceof SetError));
  assert.equal(changed.length, 2);
});
