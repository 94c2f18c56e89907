import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { addAccount, textOf } from '../store/testing.ts';
import type { UploadOutcome } from './index.ts';
import { LIMITS } from './limits.ts';
import { testJmap } from './testing.ts';
import type { TestJmap } from './testing.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

interface World extends TestJmap {
  upload(type: string | undefined, ...texts: readonly string[]): Promise<UploadOutcome>;
  /** The blob's id. */
  put(text: string): Promise<string>;
}

async function world(t: TestContext): Promise<World> {
  const parts = await testJmap(t);
  const { jmap, account } = parts;
  const upload: World['upload'] = (type, ...texts) =>
    jmap.upload(account, {
      accountId: account.id,
      stream: pieces(...texts),
      ...(type === undefined ? {} : { type }),
    });
  return {
    ...parts,
    upload,
    async put(text) {
      const outcome = await upload('text/plain', text);
      assert.ok(typeof outcome === 'object' && 'uploaded' in outcome);
      return outcome.uploaded.blobId;
    },
  };
}

test('an upload is a blob, with its type and size, and comes back as it went [8620-6.1-upload] [8620-6.2-download]', async (t) => {
  const { upload, jmap, account } = await world(t);
  const large = 'x'.repeat(60_000);
  for (const texts of [['one', '', 'two'], [], [large, large]]) {
    const outcome = await upload('text/plain; charset=utf-8', ...texts);
    assert.ok(typeof outcome === 'object' && 'uploaded' in outcome);
    const { blobId, ...facts } = outcome.uploaded;
    const size = texts.join('').length;
    assert.deepEqual(facts, { accountId: account.id, type: 'text/plain; charset=utf-8', size });
    const blob = await jmap.download(account, { accountId: account.id, blobId, name: 'a name.txt' });
    assert.ok(blob);
    const { stream, ...told } = blob;
    assert.deepEqual(told, { octets: size, type: 'text/plain; charset=utf-8', name: 'a name.txt' });
    assert.equal(await textOf(stream), texts.join(''));
  }
});

test('the type of a download is what the client wishes, and always fit for a header [8620-6.2-type]', async (t) => {
  const { upload, put, jmap, account } = await world(t);
  const blobId = await put('x');
  const typeOf = async (type?: string): Promise<string | undefined> => {
    const wish = { accountId: account.id, blobId, ...(type === undefined ? {} : { type }) };
    return (await jmap.download(account, wish))?.type;
  };
  assert.equal(await typeOf(), 'text/plain');
  assert.equal(await typeOf('image/png'), 'image/png');
  for (const bad of ['', 'nonsense', 'text/plain\r\nX: y', 'text/pl\u00e4in', '/', 'a/b; x=\n']) {
    assert.equal(await typeOf(bad), 'text/plain', bad);
  }
  const outcome = await upload('text/plain\r\nX: y', 'x');
  assert.ok(typeof outcome === 'object' && 'uploaded' in outcome);
  assert.equal(outcome.uploaded.type, 'application/octet-stream');
});

test("a blob is its owner's alone [8620-6-owner]", async (t) => {
  const { put, jmap, account, store } = await world(t);
  const blobId = await put('secret');
  const other = { id: await addAccount(store, 'eve'), name: 'eve@b.test' };
  assert.equal(await jmap.download(other, { accountId: other.id, blobId }), undefined);
  assert.equal(await jmap.download(other, { accountId: account.id, blobId }), undefined);
  assert.equal(await jmap.upload(other, { accountId: account.id, stream: pieces('x') }), 'no-account');
  for (const id of ['', 'u-', 'u-nothing', 'x-1', blobId.slice(2), `${blobId}\n`, 'u-../x']) {
    assert.equal(await jmap.download(account, { accountId: account.id, blobId: id }), undefined, id);
  }
});

test('what is too large, or one too many at a time, is refused and leaves nothing [8620-6.1-limits]', async (t) => {
  const { upload, jmap, account } = await world(t);
  const over = await upload('text/plain', 'x'.repeat(600_000), 'x'.repeat(400_001));
  const unread = new Error('it was read');
  const announced = jmap.upload(account, { accountId: account.id, octets: 1_000_001, stream: failing(unread) });
  assert.deepEqual(await announced, over, 'what is said to be too large is not read');
  assert.ok(typeof over === 'object' && 'problem' in over);
  const { type, limit, status } = over.problem;
  assert.deepEqual([type, limit, status], ['urn:ietf:params:jmap:error:limit', 'maxSizeUpload', 413]);

  const gates: (() => void)[] = [];
  const slow = async function* (): AsyncGenerator<Uint8Array> {
    await new Promise<void>((resolve) => gates.push(resolve));
    yield Buffer.from('x');
  };
  const under = Array.from({ length: LIMITS.maxConcurrentUpload }, () =>
    jmap.upload(account, { accountId: account.id, stream: slow() }),
  );
  const one = await upload('text/plain', 'x');
  assert.ok(typeof one === 'object' && 'problem' in one);
  assert.deepEqual([one.problem.limit, one.problem.status], ['maxConcurrentUpload', 429]);
  for (const open of gates) open();
  await Promise.all(under);
  const next = await upload('text/plain', 'x');
  assert.ok(typeof next === 'object' && 'uploaded' in next);
});

test('a stream that breaks off leaves nothing, and is not counted for ever', async (t) => {
  const { jmap, account, upload } = await world(t);
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x');
    await Promise.reject(new Error('gone'));
  };
  for (let i = 0; i <= LIMITS.maxConcurrentUpload; i++) {
    await assert.rejects(jmap.upload(account, { accountId: account.id, stream: broken() }), /gone/);
  }
  const next = await upload('text/plain', 'x');
  assert.ok(typeof next === 'object' && 'uploaded' in next);
});

test('beyond what an account may have the oldest uploads go [8620-6-oldest-first]', async (t) => {
  const { put, clock, store, account } = await world(t);
  const kept: string[] = [];
  for (const text of ['a', 'b', 'c']) {
    clock.jump(1_000);
    kept.push((await put(text)).slice(2));
  }
  const there = async (): Promise<readonly boolean[]> =>
    Promise.all(kept.map(async (id) => (await store.read('upload', { account: account.id, id })) !== undefined));
  const writer = store.content.create();
  await writer.write(Buffer.from('dddd'));
  const content = await writer.finish();
  const put2 = (id: string, most: { readonly octets: number; readonly number: number }): Promise<string> =>
    store.write('putUpload', { account: account.id, id, type: 'x/y', content, at: clock.now(), most });
  assert.equal(await put2('d', { octets: 3, number: 9 }), 'too-many');
  assert.deepEqual(await there(), [true, true, true]);
  assert.equal(await put2('d', { octets: 100, number: 3 }), 'done');
  assert.deepEqual(await there(), [false, true, true]);
  assert.equal(await put2('e', { octets: 9, number: 9 }), 'done');
  assert.deepEqual(await there(), [false, false, true]);
});

test('Blob/copy knows no other account to copy from [8620-6.3-blob-copy]', async (t) => {
  const { put, error, account } = await world(t);
  const blobIds = [await put('x')];
  const type = async (fromAccountId: string): Promise<unknown> =>
    (await error('Blob/copy', { fromAccountId, blobIds }))['type'];
  assert.deepEqual([await type(account.id), await type('another')], ['invalidArguments', 'fromAccountNotFound']);
});

async function* failing(error: Error): AsyncIterable<Uint8Array> {
  await Promise.reject(error);
  yield Buffer.alloc(0);
}
