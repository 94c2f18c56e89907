/**
 * What is sent in these tests: real messages from the test data of other projects (origin and
 * licence of each stand in test/corpus/manifest.json), and one that is made here because it is large.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const FOLDER = new URL('../corpus/', import.meta.url);

export interface CorpusMessage {
  readonly name: string;
  /** Every line ends in CRLF, the last one too, as SMTP carries it. */
  readonly octets: Buffer;
}

interface Manifest {
  readonly messages: readonly { readonly file: string; readonly sha256: string; readonly onTheWire?: boolean }[];
}

/** Messages with a NUL or a CR that ends no line: no Internet messages (RFC 5322 §2.3), so they are refused. */
const UNFIT = new Set(['mail-parser-005___.eml', 'rspamd-numeric_urls.eml']);

function read(): readonly CorpusMessage[] {
  const { messages } = JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8')) as Manifest;
  return messages
    .filter(({ onTheWire }) => onTheWire === true)
    .map(({ file, sha256 }) => {
      const octets = readFileSync(new URL(file, FOLDER));
      if (createHash('sha256').update(octets).digest('hex') !== sha256) throw new Error(`${file} has been changed`);
      return { name: file.replace(/^.*\//, ''), octets: withCrlf(octets) };
    });
}

/** The messages that any mail server must take and give back as they are. */
export function corpus(): readonly CorpusMessage[] {
  return read().filter(({ name }) => !UNFIT.has(name));
}

export function unfitMessages(): readonly CorpusMessage[] {
  return read().filter(({ name }) => UNFIT.has(name));
}

/** Files keep their lines in the way of the system they came from; on the wire a line ends in CRLF (RFC 5321 §2.3.8). */
export function withCrlf(octets: Buffer): Buffer {
  const text = octets.toString('latin1').replace(/\r?\n/g, '\r\n');
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1');
}

/** What is left of the octets in a file of a system whose lines end in LF. */
export function withLf(octets: Buffer): Buffer {
  return Buffer.from(octets.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

/** A message of about `size` octets, no line longer than 998 (RFC 5322 §2.1.1), some of them beginning with dots. */
export function largeMessage(size: number, from = 'sender@b.test'): CorpusMessage {
  const head = [
    `From: ${from}`,
    'To: bob@a.test',
    'Subject: large',
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    'Message-ID: <large@client.test>',
    '\r\n',
  ].join('\r\n');
  const lines: string[] = [head];
  let length = head.length;
  for (let n = 0; length < size; n++) {
    const start = '.'.repeat(n % 4);
    const line = `${start}${n} ${'abcdefghij'.repeat(n % 98)}\r\n`;
    lines.push(line);
    length += line.length;
  }
  return { name: 'large', octets: Buffer.from(lines.join(''), 'latin1') };
}
