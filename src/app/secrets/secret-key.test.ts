import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { TroubleError } from '../../collect/index.ts';
import { FakeKeyring } from './keyring/fake-keyring.ts';
import { replaceSecretFile } from './secret-file.ts';
import { SecretKey } from './secret-key.ts';

async function made(t: TestContext, keyring: FakeKeyring | undefined = new FakeKeyring()) {
  const folder = await mkdtemp(join(tmpdir(), 'posthorn-key-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'secret.key');
  return {
    folder,
    path,
    keyring: keyring ?? new FakeKeyring(),
    file: () => readFile(path, 'utf8'),
    /** As another start of the program has it. */
    start: (of: FakeKeyring | undefined = keyring) => new SecretKey({ path, keyring: of }),
  };
}

/** What was sealed at one start opens at another: it is the same key. */
async function sealed(key: SecretKey): Promise<string> {
  return (await key.seal()).seal('a password', 'remote 1');
}
async function opened(key: SecretKey, text: string): Promise<string | undefined> {
  return (await key.seal()).open(text, 'remote 1');
}

async function trouble(key: SecretKey, ask?: AbortSignal): Promise<string> {
  const error: unknown = await key.seal(ask).catch((reason: unknown) => reason);
  assert.ok(error instanceof TroubleError, String(error));
  assert.deepEqual([error.trouble.kind, error.trouble.next], ['keyring', 'again']);
  return `${error.trouble.what} ${error.trouble.you}`;
}

test('a new key goes to the keyring where there is one, and the file says only where it is', async (t) => {
  const { start, file, keyring, path } = await made(t);
  const key = start();
  assert.deepEqual(await key.place(), { place: 'none' });
  assert.deepEqual(await key.settle('auto'), []);
  const secret = await sealed(key);
  assert.equal(keyring.kept.size, 1);
  const [[mark, kept] = ['', '']] = keyring.kept;
  assert.equal(await file(), `keyring secret-service ${mark} ${mark}\n`);
  assert.ok(!(await file()).includes(kept));
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await opened(start(), secret), 'a password');
  assert.deepEqual(await start().place(), { place: 'keyring', name: 'the keyring of this desktop', state: 'found' });
});

test('without a keyring the key lies in a file, and it is said why', async (t) => {
  const { start, file, keyring, path, folder } = await made(t);
  keyring.refuses = 'the program secret-tool is not installed';
  const key = start();
  assert.deepEqual(await key.settle('auto'), [
    `The key to the passwords of your providers lies in the file ${path}, because no keyring takes it: the program secret-tool is not installed.`,
  ]);
  const secret = await sealed(key);
  assert.match(await file(), /^[\w-]{43}\n$/);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  keyring.refuses = undefined;
  assert.deepEqual(await start().settle('auto'), [], 'an old one stays where it is');
  assert.equal(await opened(start(), secret), 'a password');
  assert.deepEqual([await start().place(), keyring.kept.size], [{ place: 'file' }, 0]);
  assert.deepEqual(await readdir(folder), ['secret.key'], 'nothing else is left behind');
});

test('moved into the keyring and back, it is the same key, and it is in one place', async (t) => {
  const { start, file, keyring } = await made(t);
  const secret = await sealed(start());
  const inFile = await file();
  assert.deepEqual(await start().settle('on'), [
    'The key to the passwords of your providers lies in the keyring of this desktop now.',
  ]);
  assert.match(await file(), /^keyring secret-service /);
  assert.equal(await opened(start(), secret), 'a password');
  assert.deepEqual(await start().settle('on'), []);
  assert.deepEqual(await start().settle('auto'), []);
  assert.match((await start().settle('off')).join(' '), /lies in .*secret\.key now/);
  assert.equal(await file(), inFile);
  assert.equal(keyring.kept.size, 0);
  assert.equal(await opened(start(), secret), 'a password');
});

test('a keyring that takes the key and does not give it back gets nothing', async (t) => {
  const { start, file, keyring } = await made(t);
  const secret = await sealed(start());
  const before = await file();
  keyring.says = { kind: 'locked' };
  assert.match((await start().settle('on')).join(' '), /did not come out again/);
  keyring.says = undefined;
  keyring.keep = async () => ({ reference: 'elsewhere' });
  assert.match((await start().settle('on')).join(' '), /did not come out again/);
  assert.equal(await file(), before);
  assert.equal(await opened(start(), secret), 'a password');
});

test('wherever a move is cut off, the key is found again', async (t) => {
  const { start, keyring } = await made(t);
  const secret = await sealed(start());
  const cutOff = (step: 'keep' | 'look' | 'forget', behind: boolean): (() => void) => {
    const before = keyring[step].bind(keyring) as (...args: never[]) => Promise<never>;
    Object.assign(keyring, {
      [step]: async (...args: never[]) => {
        if (behind) await before(...args);
        throw new Error('the program died here');
      },
    });
    return () => void Object.assign(keyring, { [step]: before });
  };
  for (const wish of ['on', 'off'] as const) {
    for (const step of ['keep', 'look', 'forget'] as const) {
      for (const behind of [false, true]) {
        const mend = cutOff(step, behind);
        await start()
          .settle(wish)
          .catch(() => undefined);
        mend();
        assert.equal(await opened(start(), secret), 'a password', `${wish}, ${step}`);
      }
    }
    await start().settle(wish);
    assert.equal((await start().place()).place, wish === 'on' ? 'keyring' : 'file');
  }
});

test('a keyring that is locked, gone or without the key is a state with words, and no new key is made', async (t) => {
  const { start, file, keyring } = await made(t);
  const first = start();
  await first.settle('auto');
  const secret = await sealed(first);
  const before = await file();
  keyring.says = { kind: 'locked' };
  const late = start();
  assert.match(await trouble(late), /^The keyring is locked\. Unlock it/);
  assert.match((await late.settle('off')).join(' '), /can’t be moved to a file now. The keyring is locked/);
  assert.deepEqual(await late.settle('auto'), []);
  assert.equal(await opened(first, secret), 'a password', 'who has it goes on');
  keyring.says = { kind: 'absent', why: 'nobody answered in time' };
  assert.match(await trouble(late), /^The keyring does not answer/);
  assert.match(await trouble(start(undefined)), /^The keyring does not answer/, 'another system');
  keyring.says = undefined;
  const [mark = ''] = keyring.kept.keys();
  const kept = keyring.kept.get(mark) ?? '';
  keyring.kept.set(mark, Buffer.alloc(32).toString('base64url'));
  assert.match(await trouble(late), /^The key is not in the keyring/, 'another key under its name is not ours');
  keyring.kept.delete(mark);
  assert.match(await trouble(late), /^The key is not in the keyring\. If it is gone for good/);
  assert.equal(await file(), before);
  assert.equal(keyring.kept.size, 0);
  keyring.kept.set(mark, kept);
  assert.equal(await opened(late, secret), 'a password', 'and when it is back, it goes on');
});

test('a person is asked once it is wished, and what they unlock is taken', async (t) => {
  const { start, keyring } = await made(t);
  await start().settle('auto');
  const secret = await sealed(start());
  keyring.says = { kind: 'locked' };
  const key = start();
  await trouble(key);
  assert.equal(keyring.asked, 0);
  keyring.unlocksWhenAsked = true;
  await key.seal(new AbortController().signal);
  assert.deepEqual([keyring.asked, await opened(key, secret)], [1, 'a password']);
});

test('a key that could not be put in its place does not stay beside it', async (t) => {
  const { folder, path } = await made(t);
  await mkdir(join(path, 'in the way'), { recursive: true });
  await assert.rejects(replaceSecretFile(path, 'the key'));
  assert.deepEqual(await readdir(folder), ['secret.key']);
});

test('two that start at once have one key', async (t) => {
  const { start, keyring, file } = await made(t);
  const both = [start(), start()];
  await Promise.all(both.map((one) => one.settle('auto')));
  const [one = '', other = ''] = await Promise.all(both.map(sealed));
  assert.deepEqual([await opened(start(), one), await opened(start(), other)], ['a password', 'a password']);
  assert.equal(keyring.kept.size, 1, await file());
});

test('what is no key is not written over', async (t) => {
  const { start, path, file } = await made(t);
  for (const text of ['', 'too short\n', 'keyring secret-service\n']) {
    await writeFile(path, text);
    await assert.rejects(start().seal(), /is no key\. Restore it from a backup/);
    await assert.rejects(start().settle('on'), /is no key/);
    assert.equal(await file(), text);
  }
});
