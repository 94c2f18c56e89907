import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TroubleError } from '../../collect/index.ts';
import type { Remote } from '../../collect/index.ts';
import { StoreError } from '../../store/index.ts';
import { lookMethods } from './look.ts';
import type { RemotesParts } from './parts.ts';

const at = (protocol: 'pop3' | 'smtp') => ({ protocol, protection: 'implicit', host: 'a.test', port: 995 }) as const;
const REMOTE: Remote = {
  id: 'r',
  account: 'a',
  address: 'bob@a.test',
  settings: {
    pop3: at('pop3'),
    smtp: at('smtp'),
    pop3Login: 'bob',
    smtpLogin: 'bob',
    leave: { kind: 'for-ever' },
    every: 10,
  },
  standing: { kind: 'never' },
  createdAt: 0,
};

test('servers are tried with the password that is kept: a locked keyring is told, a store that fails is no trouble of theirs', async () => {
  let why: Error = new TroubleError({ kind: 'keyring', what: 'Locked.', why: 'x', you: 'x', next: 'again' });
  const remotes = { get: async () => REMOTE, secretsOf: () => Promise.reject(why) };
  const [tried] = lookMethods({ remotes } as unknown as RemotesParts).filter(({ name }) => name === 'Remote/test');
  const server = { host: 'a.test', port: 995, protection: 'implicit', pinned: null };
  const args = { accountId: 'a', id: 'r', pop3: server, smtp: server, pop3Login: 'bob', smtpLogin: 'bob' };
  const ask = async () => (await tried?.run(args, { account: { id: 'a' } } as never)) as Record<string, unknown>;
  assert.equal((await ask())['pop3']?.['kind' as never], 'keyring');
  why = new StoreError('The store is closed');
  await assert.rejects(ask(), StoreError);
});
