import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openSeal, silentLog, thisProcess } from '../../base/index.ts';
import type { Seal } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import { TroubleError } from '../../collect/index.ts';
import type { RemoteSettings } from '../../collect/index.ts';
import { addAccount, eventually, temporaryStore } from '../../store/testing.ts';
import type { Store } from '../../store/index.ts';
import type { Core } from '../core.ts';
import { openRemoteHouse } from './remote-house.ts';
import type { SecretKey } from '../secrets/secret-key.ts';

const LOCKED = new TroubleError({ kind: 'keyring', what: 'It is locked.', why: 'x', you: 'x', next: 'again' });
const server = { host: 'a.test', port: 995, protection: 'implicit' } as const;
const SETTINGS: RemoteSettings = {
  pop3: { ...server, protocol: 'pop3' },
  smtp: { ...server, protocol: 'smtp' },
  pop3Login: 'bob',
  smtpLogin: 'bob',
  leave: { kind: 'for-ever' },
  every: 10,
};

/** A house with one account, whose key is given out as the test says. */
async function world(t: TestContext) {
  const store = await temporaryStore(t);
  const seal = openSeal(randomBytes(32));
  const made = { seal: (): Promise<Seal> => Promise.resolve(seal), fails: false };
  const read: Store['read'] = (name, params) =>
    made.fails ? Promise.reject(new Error('The store is closed')) : store.read(name, params);
  const core = {
    store: Object.create(store, {
      read: { value: read },
      write: { value: store.write.bind(store) },
      onChange: { value: store.onChange.bind(store) },
    }) as Store,
    clock: new FakeClock(),
    log: silentLog,
    process: thisProcess(),
    config: () => ({ dns: { servers: [] } }),
  } as unknown as Core;
  const key = { seal: () => made.seal() } as unknown as SecretKey;
  const house = await openRemoteHouse(core, { key, collects: false });
  t.after(() => house.close(0));
  const account = await addAccount(store);
  const secrets = { password: 'secret' };
  const remote = await house.remotes.add({ account, address: 'bob@a.test', settings: SETTINGS, secrets });
  assert.ok(typeof remote === 'object');
  await house.refresh();
  return { house, made, remote, open: made.seal };
}

test('a key that comes back while the ways are being read is used for all of them', async (t) => {
  const { house, made, remote, open } = await world(t);
  const waiting: ((error: Error) => void)[] = [];
  made.seal = () => new Promise((_, reject) => waiting.push(reject));
  await house.remotes.change(remote.id, { settings: { every: 7 } });
  await eventually(() => waiting.length > 0);
  const back = house.keyIsBack();
  made.seal = open;
  for (const reject of waiting) reject(LOCKED);
  await back;
  assert.deepEqual(
    house.routes().map(({ locked, login }) => [locked, login]),
    [[undefined, { user: 'bob', password: 'secret' }]],
  );
});

test('a key that comes back while the program ends brings nobody down', async (t) => {
  const { house, made } = await world(t);
  made.fails = true;
  await house.keyIsBack();
});
