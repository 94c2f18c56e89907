import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, parseAddress } from '../mail/index.ts';
import type { Address } from '../mail/index.ts';
import type { Router } from './routing.ts';
import { testDirectory } from './testing.ts';

function address(text: string): Address {
  return parseAddress(text, { utf8: true }) ?? { local: text, domain: '' };
}

/** "rule: target, target" or the kind of the answer. */
async function routed(router: Router, text: string): Promise<string> {
  const routing = await router.route(address(text));
  if (routing.kind !== 'targets') return routing.kind;
  const targets = routing.targets.map(
    (target) => `${target.kind === 'account' ? 'mailbox' : 'relay'} ${formatAddress(target.address)}`,
  );
  return `${routing.rule}: ${targets.join(', ')}`;
}

test('[5321-3.4-routing-order] the first rule that fits decides: account, alias, subaddress, catch-all, postmaster', async (t) => {
  const { account, directory, router } = await testDirectory(t);
  await account('alice@a.test');
  await account('exact+tag@a.test');
  await account('exact@a.test');
  await directory.addAlias('team@a.test', ['alice@a.test', 'bob@b.test'], false);
  const table: Readonly<Record<string, string>> = {
    'alice@a.test': 'account: mailbox alice@a.test',
    'ALICE@A.TEST': 'account: mailbox ALICE@a.test',
    'alice+news@a.test': 'subaddress: mailbox alice+news@a.test',
    'exact+tag@a.test': 'account: mailbox exact+tag@a.test',
    'exact+other@a.test': 'subaddress: mailbox exact+other@a.test',
    'team@a.test': 'alias: mailbox alice@a.test, relay bob@b.test',
    'team+x@a.test': 'subaddress: mailbox alice@a.test, relay bob@b.test',
    'nobody@a.test': 'unknown',
    '+@a.test': 'unknown',
    'bob@b.test': 'not-ours',
    'alice@sub.a.test': 'not-ours',
    'postmaster@a.test': 'postmaster: mailbox alice@a.test',
    'Abuse@a.test': 'postmaster: mailbox alice@a.test',
    postmaster: 'postmaster: mailbox alice@a.test',
  };
  for (const [text, expected] of Object.entries(table)) assert.equal(await routed(router, text), expected, text);
});

test('a catch-all takes what nobody else has, before the postmaster rule', async (t) => {
  const { account, directory, router } = await testDirectory(t);
  await account('alice@a.test');
  await directory.addAlias('*@a.test', ['alice@a.test'], false);
  assert.equal(await routed(router, 'anything@a.test'), 'catch-all: mailbox alice@a.test');
  assert.equal(await routed(router, 'alice+x@a.test'), 'subaddress: mailbox alice+x@a.test');
  assert.equal(await routed(router, 'abuse@a.test'), 'catch-all: mailbox alice@a.test');
});

test('local parts compare in lower-case NFC, domains as A-labels', async (t) => {
  const { account, store, clock, router } = await testDirectory(t);
  await store.write('addDomain', { name: 'xn--bcher-kva.test', at: clock.now() });
  await account('jos\u00e9@xn--bcher-kva.test');
  assert.match(await routed(router, 'JOSE\u0301@b\u00fccher.test'), /^account: mailbox/);
});

test('the postmaster may be named, here or elsewhere', async (t) => {
  const elsewhere = await testDirectory(t, { postmaster: 'pm@b.test' });
  assert.equal(await routed(elsewhere.router, 'postmaster'), 'postmaster: relay pm@b.test');
  const here = await testDirectory(t, { postmaster: 'carol@a.test' });
  await here.account('alice@a.test');
  await here.account('carol@a.test');
  assert.equal(await routed(here.router, 'postmaster@a.test'), 'postmaster: mailbox carol@a.test');
});

test('a postmaster who leads nowhere, or only to postmaster@, is the first account instead', async (t) => {
  for (const postmaster of ['ghost@a.test', 'postmaster@a.test', 'abuse@a.test', 'ops@a.test']) {
    const { account, directory, router } = await testDirectory(t, { postmaster });
    await directory.addAlias('ops@a.test', ['postmaster@a.test'], false);
    assert.equal(await routed(router, 'postmaster'), 'unknown', postmaster);
    await account('alice@a.test');
    assert.equal(await routed(router, 'postmaster'), 'postmaster: mailbox alice@a.test', postmaster);
    assert.equal(await routed(router, 'abuse@a.test'), 'postmaster: mailbox alice@a.test', postmaster);
    assert.equal(await routed(router, 'ops@a.test'), 'alias: mailbox alice@a.test', postmaster);
  }
});

test('an expansion holds no address twice and ends where aliases meet again', async (t) => {
  const { account, directory, router } = await testDirectory(t);
  await account('alice@a.test');
  await directory.addAlias('inner@a.test', ['alice@a.test', 'bob@b.test'], false);
  await directory.addAlias('outer@a.test', ['inner@a.test', 'alice@a.test', 'inner@a.test', 'bob@b.test'], false);
  assert.equal(await routed(router, 'outer@a.test'), 'alias: mailbox alice@a.test, relay bob@b.test');
});

test('a loop that came about all the same is unusable, not endless', async (t) => {
  const { store, clock, router } = await testDirectory(t);
  const at = clock.now();
  // Past the check that is made when an alias is added.
  await store.write('putAlias', { local: 'x', domain: 'a.test', targets: ['y@a.test'], at, replace: false });
  await store.write('putAlias', { local: 'y', domain: 'a.test', targets: ['x@a.test'], at, replace: false });
  assert.equal(await routed(router, 'x@a.test'), 'unusable');
});

test('an alias that stands for too many, or goes too deep, is unusable', async (t) => {
  const { store, clock, router } = await testDirectory(t);
  const at = clock.now();
  const many = Array.from({ length: 1_001 }, (_, i) => `m${i}@b.test`);
  await store.write('putAlias', { local: 'many', domain: 'a.test', targets: many, at, replace: false });
  assert.equal(await routed(router, 'many@a.test'), 'unusable');
  for (let i = 0; i < 12; i++) {
    await store.write('putAlias', {
      local: `d${i}`,
      domain: 'a.test',
      targets: [`d${i + 1}@a.test`],
      at,
      replace: false,
    });
  }
  assert.equal(await routed(router, 'd0@a.test'), 'unusable');
});

test('a domain added by another process counts within a blink', async (t) => {
  const { store, clock, router, account } = await testDirectory(t);
  assert.equal(await routed(router, 'x@new.test'), 'not-ours');
  await store.write('addDomain', { name: 'new.test', at: clock.now() });
  await account('x@new.test');
  assert.match(await routed(router, 'x@new.test'), /^account/);
});

test('an account may send as what is its own, and as what was granted to it', async (t) => {
  const { account, directory, router } = await testDirectory(t);
  const alice = await account('alice@a.test');
  const carol = await account('carol@a.test');
  const may = async (text: string, who = alice): Promise<boolean> => router.maySendAs(address(text), who);
  assert.equal(await directory.grant('alice@a.test', 'Sales@B.test'), 'sales@b.test');
  assert.equal(await directory.grant('alice@a.test', 'carol@a.test'), 'carol@a.test');
  assert.equal(await directory.grant('carol@a.test', '*@c.test'), '*@c.test');
  for (const own of ['alice@a.test', 'alice+x@a.test', 'sales@b.test', 'SALES+q3@b.test', 'Carol@a.test'])
    assert.equal(await may(own), true, own);
  for (const other of ['x@b.test', 'sales@sub.b.test', 'x@c.test', 'dora@a.test'])
    assert.equal(await may(other), false, other);
  assert.equal(await may('anybody@c.test', carol), true);
  assert.equal(await may('sales@b.test', carol), false);
  assert.equal(await directory.revoke('alice@a.test', 'sales@b.test'), 'sales@b.test');
  assert.equal(await may('sales@b.test'), false);
});

test('an address belongs to the account it is delivered to', async (t) => {
  const { account, directory, router } = await testDirectory(t);
  const alice = await account('alice@a.test');
  const carol = await account('carol@a.test');
  await directory.addAlias('team@a.test', ['alice@a.test'], false);
  for (const own of ['alice@a.test', 'alice+x@a.test', 'team@a.test']) {
    assert.equal(await router.belongsTo(address(own), alice), true, own);
    assert.equal(await router.belongsTo(address(own), carol), false, own);
  }
  assert.equal(await router.belongsTo(address('x@b.test'), alice), false);
});
