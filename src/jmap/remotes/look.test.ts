import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TroubleError } from '../../collect/index.ts';
import { StoreError } from '../../store/index.ts';
import { lookMethods } from './look.ts';
import { REMOTE } from './fake-remote.ts';
import type { RemotesParts } from './parts.ts';

test('servers are tried with the password that is kept: a locked keyring is told, a store that fails is no trouble of theirs', async () => {
  let why: Error = new TroubleError({ kind: 'keyring', what: 'Locked.', why: 'x', you: 'x', next: 'again' });
  const remotes = { get: async () => REMOTE, secretsOf: () => Promise.reject(why) };
  const [tried] = lookMethods({ remotes } as unknown as RemotesParts).filter(({ name }) => name === 'Remote/test');
  const server = { host: 'pop.a.test', port: 995, protection: 'implicit', pinned: null };
  const args = { accountId: 'a', id: 'r', pop3: server, smtp: server, pop3Login: 'bob', smtpLogin: 'bob' };
  const ask = async () => (await tried?.run(args, { account: { id: 'a' } } as never)) as Record<string, unknown>;
  assert.equal((await ask())['pop3']?.['kind' as never], 'keyring');
  why = new StoreError('The store is closed');
  await assert.rejects(ask(), StoreError);
});
