import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../store/index.ts';
import { AddressBook } from './address-book.ts';
import { testDirectory } from './testing.ts';

/** The same store, counting what is asked of it. */
function counting(store: Store): { readonly store: Store; asked(): number } {
  let asked = 0;
  const read: Store['read'] = (name, params) => {
    if (name === 'addressesAt') asked += 1;
    return store.read(name, params);
  };
  return { store: { ...store, read, onChange: (listener) => store.onChange(listener) }, asked: () => asked };
}

const at = (local: string): { readonly domain: string; readonly locals: readonly string[] } => ({
  domain: 'a.test',
  locals: [local, '*'],
});

test('a known address is asked for once, until the directory changes; mail changes nothing', async (t) => {
  const { store, account, directory } = await testDirectory(t);
  await account('alice@a.test');
  const counted = counting(store);
  const book = new AddressBook(counted.store);
  for (let n = 0; n < 5; n++) assert.equal((await book.at(at('alice'))).accounts[0]?.local, 'alice');
  await store.write('recordRefusals', { rows: [], keep: 10 });
  await book.at(at('alice'));
  assert.equal(counted.asked(), 1);
  await directory.addAlias('team@a.test', ['alice@a.test'], false);
  await book.at(at('alice'));
  assert.equal(counted.asked(), 2);
});

test('what was changed here counts at once: an account closed, an alias that leads elsewhere', async (t) => {
  const { store, account, directory } = await testDirectory(t);
  const id = await account('alice@a.test');
  await directory.addAlias('team@a.test', ['x@b.test'], false);
  const book = new AddressBook(store);
  assert.deepEqual((await book.at(at('team'))).aliases[0]?.targets, ['x@b.test']);
  await directory.addAlias('team@a.test', ['y@b.test'], true);
  assert.deepEqual((await book.at(at('team'))).aliases[0]?.targets, ['y@b.test']);
  assert.equal((await book.at(at('alice'))).accounts.length, 1);
  await store.write('closeAccount', { account: id, at: 1 });
  assert.equal((await book.at(at('alice'))).accounts.length, 0);
});

test('an address nobody has is not remembered, and an account with a quota neither', async (t) => {
  const { store, account } = await testDirectory(t);
  await account('small@a.test', 1_000);
  const counted = counting(store);
  const book = new AddressBook(counted.store);
  for (const local of ['nobody', 'nobody', 'small', 'small']) await book.at(at(local));
  assert.equal(counted.asked(), 4);
  assert.equal(book.size, 0);
});

test('what was read before a change is not remembered after it', async (t) => {
  const { store, account } = await testDirectory(t);
  const id = await account('alice@a.test');
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let first = true;
  const read: Store['read'] = async (name, params) => {
    const found = await store.read(name, params);
    if (first) {
      first = false;
      await held;
    }
    return found;
  };
  const book = new AddressBook({ ...store, read, onChange: (listener) => store.onChange(listener) });
  const slow = book.at(at('alice'));
  await store.read('addressesAt', at('alice'));
  await store.write('closeAccount', { account: id, at: 1 });
  release();
  assert.equal((await slow).accounts.length, 1);
  assert.equal((await book.at(at('alice'))).accounts.length, 0);
});

test('what is remembered is bounded', async (t) => {
  const { store, directory } = await testDirectory(t);
  await directory.addAlias('*@a.test', ['x@b.test'], false);
  const book = new AddressBook({
    ...store,
    onChange: () => () => undefined,
    read: (async () => ({
      domain: true,
      accounts: [],
      aliases: [{ local: '*', domain: 'a.test', targets: ['x@b.test'], createdAt: 0 }],
    })) as unknown as Store['read'],
  });
  for (let n = 0; n < 10_005; n++) await book.at(at(`guess${n}`));
  assert.ok(book.size <= 10_000, `${book.size} are remembered`);
});
