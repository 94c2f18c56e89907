import assert from 'node:assert/strict';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
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
