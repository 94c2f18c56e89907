import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { zipOctets, zipSize } from './zip.ts';
import type { ZipFile } from './zip.ts';

const AT = Date.UTC(2026, 10, 26, 19, 30, 58);

function file(name: string, ...pieces: readonly (string | Buffer)[]): ZipFile {
  const octets = pieces.map((piece) => Buffer.from(piece));
  return {
    name,
    octets: octets.reduce((sum, { length }) => sum + length, 0),
    async *read() {
      for (const piece of octets) yield await Promise.resolve(piece);
    },
  };
}

async function zipped(files: readonly ZipFile[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of zipOctets(files, AT)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** What the directory at the end says, and what lies where it points. (A real unzip reads it in test/browser/files.test.ts.) */
function entriesOf(zip: Buffer) {
  const end = zip.length - 22;
  assert.equal(zip.readUInt32LE(end), 0x06054b50);
  const [count, length, start] = [zip.readUInt16LE(end + 10), zip.readUInt32LE(end + 12), zip.readUInt32LE(end + 16)];
  assert.equal(start + length, end);
  const entries = [];
  for (let at = start, n = 0; n < count; n += 1) {
    assert.equal(zip.readUInt32LE(at), 0x02014b50);
    const size = zip.readUInt32LE(at + 24);
    const nameLength = zip.readUInt16LE(at + 28);
    const offset = zip.readUInt32LE(at + 42);
    const body = offset + 30 + nameLength;
    assert.equal(zip.readUInt32LE(offset), 0x04034b50);
    // Version, flags, method, time, checksum, sizes and the name's length are said twice, alike.
    assert.deepEqual(zip.subarray(offset + 4, offset + 30), zip.subarray(at + 6, at + 32));
    assert.equal(crc32(zip.subarray(body, body + size)), zip.readUInt32LE(at + 16));
    entries.push({
      name: zip.subarray(at + 46, at + 46 + nameLength).toString(),
      flags: zip.readUInt16LE(at + 8),
      time: [zip.readUInt16LE(at + 14), zip.readUInt16LE(at + 12)],
      octets: zip.subarray(body, body + size).toString('latin1'),
    });
    at += 46 + nameLength;
  }
  return entries;
}

test('files lie in it as they are, under names in UTF-8, and its size was known before', async () => {
  const files = [file('a.txt', 'one', 'two'), file('leer'), file('ünï – 日本.bin', Buffer.from([0, 255, 13, 10]))];
  const zip = await zipped(files);
  assert.equal(zip.length, zipSize(files));
  // 2026-11-26 19:30:58 as §4.4.6 packs it.
  const known = { flags: 0x0800, time: [(46 << 9) | (11 << 5) | 26, (19 << 11) | (30 << 5) | 29] };
  assert.deepEqual(entriesOf(zip), [
    { name: 'a.txt', ...known, octets: 'onetwo' },
    { name: 'leer', ...known, octets: '' },
    { name: 'ünï – 日本.bin', ...known, octets: '\0\xff\r\n' },
  ]);
});

test('what is too much for this form is refused before anything is read', () => {
  const half = { name: 'x', octets: 0x8000_0000 };
  assert.equal(zipSize([half, { ...half, octets: 0x7fff_ffff }]), undefined);
  assert.equal(zipSize([half, { ...half, octets: 0x7fff_fe00 }]), 0xffff_fe00 + 22 + 2 * (30 + 46 + 2));
  assert.equal(zipSize(Array.from({ length: 65_535 }, () => ({ name: '', octets: 0 }))), undefined);
});

test('a file that is not as long as it said breaks the whole off', async () => {
  await assert.rejects(zipped([file('a', 'x'), { ...file('b', 'abc'), octets: 4 }]), /3 octets instead of 4/);
});

test('nothing is read before somebody wants it, and only a piece at a time', async () => {
  let [read, given] = [0, 0];
  const large: ZipFile = {
    name: 'large',
    octets: 64 * 1_000,
    async *read() {
      for (let n = 0; n < 1_000; n += 1) {
        read += 1;
        yield await Promise.resolve(Buffer.alloc(64));
      }
    },
  };
  const pieces = zipOctets([large], AT);
  assert.equal(read, 0);
  await pieces.next();
  assert.equal(read, 1_000, 'once, for its checksum');
  for (; given < 10; given += 1) await pieces.next();
  assert.equal(read, 1_010);
  await pieces.return(undefined);
});
