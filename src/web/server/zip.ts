/**
 * Several files as one ZIP (PKWARE's APPNOTE 6.3), written while it is sent: nothing is compressed, since what is attached to
 * mail mostly is already, and each file is read twice, first for its checksum, so that the size of the whole is known
 * before and no reader has to look for the end of a file. Memory is that of one piece and of the names.
 */
import { crc32 } from 'node:zlib';

export interface ZipFile {
  /** A name in one folder: no path. */
  readonly name: string;
  readonly octets: number;
  /** From the beginning, each time the same. */
  read(): AsyncIterable<Uint8Array>;
}

/** Beyond these the older form has no numbers; the newer one (zip64) is not read everywhere. */
const MOST_FILES = 0xffff - 1;
const MOST_OCTETS = 0xffff_ffff - 1;

const LOCAL = 30;
const CENTRAL = 46;
const END = 22;

/** Octets of the whole; undefined: too many or too large for a ZIP of this form. */
export function zipSize(files: readonly Omit<ZipFile, 'read'>[]): number | undefined {
  let size = END;
  for (const { name, octets } of files) size += octets + LOCAL + CENTRAL + 2 * Buffer.byteLength(name);
  return files.length > MOST_FILES || size > MOST_OCTETS ? undefined : size;
}

interface Entry {
  readonly name: Buffer;
  readonly octets: number;
  readonly crc: number;
  readonly offset: number;
}

/** Exactly `zipSize` octets; throws when a file has not as many as it said. `at` in ms since the epoch. */
export async function* zipOctets(files: readonly ZipFile[], at: number): AsyncGenerator<Uint8Array> {
  const time = dosTime(at);
  const entries: Entry[] = [];
  let offset = 0;
  for (const file of files) {
    const entry = { name: Buffer.from(file.name), octets: file.octets, crc: await checksum(file), offset };
    entries.push(entry);
    const header = localHeader(entry, time);
    yield header;
    yield* file.read();
    offset += header.length + file.octets;
  }
  const directory = Buffer.concat(entries.map((entry) => centralHeader(entry, time)));
  yield directory;
  yield endOfDirectory(entries.length, directory.length, offset);
}

async function checksum({ octets, read }: ZipFile): Promise<number> {
  let [crc, length] = [0, 0];
  for await (const piece of read()) {
    crc = crc32(piece, crc);
    length += piece.length;
  }
  if (length !== octets) throw new Error(`a file has ${String(length)} octets instead of ${String(octets)}`);
  return crc;
}

/** §4.4.4: names are UTF-8. */
const UTF8 = 0x0800;
/** §4.4.3: 1.0, and 2.0 for who reads the flag. */
const NEEDED = 20;
/** §4.4.2: made on Unix, so that the permissions below are those of a file. */
const MADE_BY = (3 << 8) | 63;
/** A plain file that its owner may write and everybody read. */
const PERMISSIONS = 0o100_644 * 0x1_0000;

/** §4.3.7. */
function localHeader(entry: Entry, time: number): Buffer {
  const header = Buffer.alloc(LOCAL);
  header.writeUInt32LE(0x04034b50, 0);
  writeFacts(header, 4, entry, time);
  return Buffer.concat([header, entry.name]);
}

/** §4.3.12. */
function centralHeader(entry: Entry, time: number): Buffer {
  const header = Buffer.alloc(CENTRAL);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(MADE_BY, 4);
  writeFacts(header, 6, entry, time);
  header.writeUInt32LE(PERMISSIONS, 38);
  header.writeUInt32LE(entry.offset, 42);
  return Buffer.concat([header, entry.name]);
}

/** What both headers say alike: stored as it is, without extra fields. */
function writeFacts(header: Buffer, at: number, { name, octets, crc }: Entry, time: number): void {
  header.writeUInt16LE(NEEDED, at);
  header.writeUInt16LE(UTF8, at + 2);
  header.writeUInt32LE(time, at + 6);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(octets, at + 14);
  header.writeUInt32LE(octets, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}

/** §4.3.16. */
function endOfDirectory(count: number, length: number, offset: number): Buffer {
  const end = Buffer.alloc(END);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** §4.4.6: years from 1980 to 2107, seconds in twos; no zone, so UTC. */
function dosTime(at: number): number {
  const date = new Date(at);
  const year = Math.min(127, Math.max(0, date.getUTCFullYear() - 1980));
  const day = (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return day * 0x1_0000 + time;
}
