/** Domains, accounts, credentials, aliases. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import { addAccount, messageParams } from '../testing.ts';

const bob = {
  id: 'b1',
  local: 'bob',
  domain: 'b.test',
  credentials: [{ kind: 'argon2id', value: 'v' }] as const,
  at: 5,
};

export function directoryContract(engine: Engine): void {
  describe(`${engine.name}: the directory`, () => {
    test('a domain is added once, listed, and removed only while nothing lies in it', async (t) => {
      const store = await engine.open(t);
      assert.equal(await store.write('addDomain', { name: 'b.test', at: 1 }), 'done');
      assert.equal(await store.write('addDomain', { name: 'b.test', at: 2 }), 'exists');
      assert.deepEqual(await store.read('listDomains', {}), [{ name: 'b.test', createdAt: 1 }]);
      await store.write('addAccount', bob);
      assert.equal(await store.write('removeDomain', { name: 'b.test' }), 'in-use');
      await store.write('closeAccount', { account: 'b1', at: 9 });
      await store.write('putAlias', { local: 'x', domain: 'b.test', targets: ['y@c.test'], at: 1, replace: false });
      assert.equal(await store.write('removeDomain', { name: 'b.test' }), 'in-use');
      await store.write('removeAlias', { local: 'x', domain: 'b.test' });
      assert.equal(await store.write('removeDomain', { name: 'b.test' }), 'done');
      assert.equal(await store.write('removeDomain', { name: 'b.test' }), 'missing');
    });

    test('an address belongs to one open account or alias; a closed account frees it', async (t) => {
      const store = await engine.open(t);
      assert.equal(await store.write('addAccount', bob), 'done');
      assert.equal(await store.write('addAccount', { ...bob, id: 'b2' }), 'exists');
      assert.equal(
        await store.write('putAlias', { local: 'bob', domain: 'b.test', targets: ['x@c.test'], at: 1, replace: true }),
        'exists',
      );
      assert.equal(await store.write('closeAccount', { account: 'b1', at: 9 }), 'done');
      assert.equal(await store.write('closeAccount', { account: 'b1', at: 10 }), 'missing');
      assert.equal(await store.write('addAccount', { ...bob, id: 'b2' }), 'done');
      assert.equal(
        await store.write('putAlias', { local: 'al', domain: 'b.test', targets: ['x@c.test'], at: 1, replace: false }),
        'done',
      );
      assert.equal(await store.write('addAccount', { ...bob, id: 'b3', local: 'al' }), 'exists');
    });

    test('accounts are found by address, by name and by id, open ones only where mail or a login asks', async (t) => {
      const store = await engine.open(t);
      await store.write('addAccount', { ...bob, quota: 1000 });
      await store.write('addAccount', { ...bob, id: 'b2', domain: 'c.test', at: 3 });
      const found = await store.read('accountAt', { local: 'bob', domain: 'b.test' });
      assert.deepEqual(found, {
        account: {
          id: 'b1',
          local: 'bob',
          domain: 'b.test',
          createdAt: 5,
          quota: 1000,
          usedOctets: 0,
          usedMessages: 0,
        },
        credentials: [{ kind: 'argon2id', value: 'v' }],
      });
      assert.equal((await store.read('accountsNamed', { local: 'bob' })).length, 2);
      assert.equal((await store.read('firstAccount', {}))?.id, 'b2');
      assert.equal((await store.read('listAccounts', { domain: 'b.test', closed: false })).length, 1);
      await store.write('closeAccount', { account: 'b1', at: 9 });
      assert.equal(await store.read('accountAt', { local: 'bob', domain: 'b.test' }), undefined);
      assert.deepEqual(
        (await store.read('accountsNamed', { local: 'bob' })).map(({ account }) => account.id),
        ['b2'],
      );
      assert.equal((await store.read('account', { id: 'b1' }))?.closedAt, 9);
      assert.deepEqual(
        (await store.read('listAccounts', { closed: true })).map(({ id }) => id),
        ['b1', 'b2'],
      );
      assert.deepEqual(
        (await store.read('listAccounts', { closed: false })).map(({ id }) => id),
        ['b2'],
      );
    });

    test('credentials and quota change for open accounts only; closing forgets the credentials', async (t) => {
      const store = await engine.open(t);
      await store.write('addAccount', bob);
      const scram = [{ kind: 'scram-sha-256', value: 's' }] as const;
      assert.equal(await store.write('setCredentials', { account: 'b1', credentials: scram }), 'done');
      assert.deepEqual((await store.read('accountAt', bob))?.credentials, scram);
      assert.equal(await store.write('setQuota', { account: 'b1', quota: 7 }), 'done');
      assert.equal((await store.read('account', { id: 'b1' }))?.quota, 7);
      await store.write('setQuota', { account: 'b1', quota: null });
      assert.equal((await store.read('account', { id: 'b1' }))?.quota, undefined);
      await store.write('closeAccount', { account: 'b1', at: 9 });
      assert.equal(await store.write('setCredentials', { account: 'b1', credentials: scram }), 'missing');
      assert.equal(await store.write('setQuota', { account: 'b1', quota: 7 }), 'missing');
      assert.equal(await store.write('setQuota', { account: 'nobody', quota: 7 }), 'missing');
    });

    test('what stands at several local parts of a domain is told in one read', async (t) => {
      const store = await engine.open(t);
      await store.write('addDomain', { name: 'b.test', at: 1 });
      await store.write('addAccount', bob);
      await store.write('putAlias', { local: '*', domain: 'b.test', targets: ['bob@b.test'], at: 2, replace: false });
      const found = await store.read('addressesAt', { domain: 'b.test', locals: ['bob+tag', 'bob', '*'] });
      assert.equal(found.domain, true);
      assert.deepEqual(
        found.accounts.map(({ id }) => id),
        ['b1'],
      );
      assert.deepEqual(found.aliases, [{ local: '*', domain: 'b.test', targets: ['bob@b.test'], createdAt: 2 }]);
      assert.deepEqual(await store.read('addressesAt', { domain: 'other.test', locals: ['bob'] }), {
        domain: false,
        accounts: [],
        aliases: [],
      });
    });

    test('an alias is replaced only when that is asked for', async (t) => {
      const store = await engine.open(t);
      const alias = { local: 'team', domain: 'b.test', targets: ['a@b.test'], at: 1 };
      assert.equal(await store.write('putAlias', { ...alias, replace: false }), 'done');
      assert.equal(await store.write('putAlias', { ...alias, targets: [], replace: false }), 'exists');
      assert.equal(await store.write('putAlias', { ...alias, targets: ['c@c.test'], replace: true }), 'done');
      assert.deepEqual((await store.read('listAliases', { domain: 'b.test' }))[0]?.targets, ['c@c.test']);
      assert.deepEqual(await store.read('listAliases', { domain: 'c.test' }), []);
      assert.equal((await store.read('listAliases', {})).length, 1);
      assert.equal(await store.write('removeAlias', { local: 'team', domain: 'b.test' }), 'done');
      assert.equal(await store.write('removeAlias', { local: 'team', domain: 'b.test' }), 'missing');
    });

    test('a closed account keeps its mail until it is purged, slice by slice', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const accepted = [
        await messageParams(store, account),
        await messageParams(store, account),
        await messageParams(store, account),
      ];
      for (const params of accepted) await store.write('accept', params);
      assert.equal(await store.write('purgeAccount', { account, at: 8, limit: 2 }), 'missing');
      await store.write('closeAccount', { account, at: 9 });
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 3);
      assert.equal(await store.write('purgeAccount', { account, at: 10, limit: 2 }), 'more');
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 1);
      assert.equal(await store.write('purgeAccount', { account, at: 10, limit: 2 }), 'done');
      assert.equal(await store.read('account', { id: account }), undefined);
      assert.equal(await store.read('email', { id: accepted[0]!.emails[0]!.id }), undefined);
      assert.equal(await store.write('purgeAccount', { account, at: 10, limit: 2 }), 'missing');
    });
  });
}
