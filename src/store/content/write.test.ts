import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { thisProcess } from '../../base/index.ts';
import { StoreError } from '../store.ts';
import { temporaryDirectory } from '../testing.ts';
import { ContentFiles } from './files.ts';
import { INLINE_LIMIT, FileOrInlineWriter } from './write.ts';

async function begin(
  t: Parameters<typeof temporaryDirectory>[0],
): Promise<{ readonly writer: FileOrInlineWriter; readonly folder: string }> {
  const folder = join(await temporaryDirectory(t), 'content');
  const files = await ContentFiles.open(folder, thisProcess());
  return { folder, writer: new FileOrInlineWriter({ files, isNamed: () => Promise.resolve(false) }) };
}

test('a small content has a buffer of exactly its size, copied from the source', async (t) => {
  const { writer } = await begin(t);
  const chunk = Buffer.from('hello');
  await writer.write(chunk);
  chunk.fill(0);
  const { place } = await writer.finish();
  assert.equal(place.kind, 'inline');
  if (place.kind === 'inline') {
    assert.equal(place.bytes.buffer.byteLength, 5);
    assert.equal(Buffer.from(place.bytes).toString(), 'hello');
  }
});

test('the source is held back while a block is being written: memory stays bounded', async (t) => {
  const { writer } = await begin(t);
  const chunk = Buffer.alloc(65_536);
  let held = 0;
  for (let i = 0; i < 64; i++) {
    const wait = writer.write(chunk);
    if (wait !== undefined) held += 1;
    await wait;
  }
  assert.ok(held >= 12, `held back ${String(held)} times`);
  assert.equal((await writer.finish()).octets, 64 * 65_536);
});

test('whatever pieces it comes in, the file holds the octets in their order', async (t) => {
  const whole = randomBytes(1_000_003);
  for (const sizes of [[1_000_003], [1, 16_383, 1], [65_536], [65_535, 2, 300_000], [16_384, 262_144], [777]]) {
    const { writer, folder } = await begin(t);
    for (let at = 0, n = 0; at < whole.length; n++) {
      const chunk = Buffer.from(whole.subarray(at, at + (sizes[n % sizes.length] as number)));
      at += chunk.length;
      await writer.write(chunk);
      chunk.fill(0);
    }
    const { place, digest } = await writer.finish();
    assert.ok(place.kind === 'file');
    const stored = await readFile(join(folder, place.name.slice(0, 2), place.name));
    assert.ok(stored.equals(whole), `in pieces of ${sizes.join(', ')}`);
    assert.equal(digest, createHash('sha256').update(whole).digest('hex'));
  }
});

test('a source that does not wait is an error, not a wrong message', async (t) => {
  const { writer } = await begin(t);
  const held = writer.write(Buffer.alloc(700_000));
  assert.ok(held instanceof Promise);
  assert.throws(() => writer.write(Buffer.alloc(1)), /held back/);
  await assert.rejects(writer.finish(), /held back/);
  await held;
  assert.equal((await writer.finish()).octets, 700_000);
});

test('given up while a block is on its way: nothing is left behind', async (t) => {
  const { writer, folder } = await begin(t);
  const held = writer.write(Buffer.alloc(700_000));
  await writer.abort();
  await held;
  assert.deepEqual(await readdir(join(folder, 'tmp')), []);
});

test('files and folders are private, and named after nothing', async (t) => {
  const { writer, folder } = await begin(t);
  await writer.write(Buffer.alloc(INLINE_LIMIT + 1));
  const { place } = await writer.finish();
  assert.ok(place.kind === 'file');
  const path = join(folder, place.name.slice(0, 2), place.name);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(folder, place.name.slice(0, 2)))).mode & 0o777, 0o700);
});

test('a file that cannot be written is a StoreError, and nothing is left behind', async (t) => {
  const { writer, folder } = await begin(t);
  await writer.write(Buffer.alloc(INLINE_LIMIT + 1));
  // Where a directory is expected stands a file: the rename fails whoever runs this test.
  for (const first of '01234567')
    for (const second of '0123456789abcdefghjkmnpqrstvwxyz') await writeFile(join(folder, first + second), '');
  await assert.rejects(writer.finish(), StoreError);
  assert.deepEqual(await readdir(join(folder, 'tmp')), []);
});

test('a folder that is gone is a StoreError at the block or at the end, and abort stays quiet', async (t) => {
  const { writer, folder } = await begin(t);
  await chmod(folder, 0o700);
  const { rm } = await import('node:fs/promises');
  await rm(join(folder, 'tmp'), { recursive: true });
  await assert.rejects(async () => {
    for (let i = 0; i < 20; i++) await writer.write(Buffer.alloc(65_536));
    await writer.finish();
  }, StoreError);
  await writer.abort();
});
