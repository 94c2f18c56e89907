/** A large mailbox as an mbox with its index, for `posthorn mail import`: letters of a harbour's log, some in conversations. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** In every letter. */
export const COMMON = 'harbour';
/** In one of twenty. */
export const MIDDLING = 'lantern';
/** In one of a hundred. */
export const RARE = 'walrus';

const PEOPLE = [
  'Bob Stone <bob@b.test>',
  'Carla Reyes <carla@c.test>',
  'Ann Lee <ann@g.test>',
  'Ivo Berg <ivo@h.test>',
];
const WORDS = 'wind west knots calm rain berth rope mast sail anchor tide current buoy light fog horn deck crew cargo ledger fee letter visit repair paint oil engine pump bell map chart course speed north south east gull seal net catch ice salt'.split(' '); // prettier-ignore

/** The n-th of a sequence that looks like chance and is the same each time. */
const pick = (n: number, of: number): number => ((n * 2_654_435_761) % 4_294_967_296) % of;

function letter(n: number, at: number): string {
  const words = Array.from({ length: 80 }, (_, k) => WORDS[pick(n * 80 + k, WORDS.length)] ?? '');
  const answers = n % 4 === 3 ? [`In-Reply-To: <log-${n - 1}@seed.test>`] : [];
  const lines = Array.from({ length: 8 }, (_, k) => words.slice(k * 10, k * 10 + 10).join(' '));
  return [
    `From: ${PEOPLE[pick(n, PEOPLE.length)] ?? ''}`,
    'To: alice@a.test',
    `Subject: Log ${n} of the ${COMMON}`,
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <log-${n}@seed.test>`,
    ...answers,
    '',
    ...(n % 20 === 0 ? [`The ${MIDDLING} was lit.`] : []),
    ...(n % 100 === 0 ? [`A ${RARE} was seen.`] : []),
    ...lines,
    '',
  ].join('\r\n');
}

function keywords(n: number): readonly string[] {
  return [
    ...(n % 5 === 0 ? [] : ['$seen']),
    ...(n % 10 === 0 ? ['$flagged'] : []),
    ...(n % 7 === 0 ? ['holiday'] : []),
  ];
}

const INBOX = { path: ['Inbox'], role: 'inbox' };
const ARCHIVE = { path: ['Archive'], role: 'archive' };

/** Some lie in two mailboxes, some in a folder of their own. */
function folders(n: number): readonly object[] {
  if (n % 50 === 1) return [INBOX, ARCHIVE];
  return n % 50 === 2 ? [{ path: ['Work', 'Old'] }] : [INBOX];
}

/** Writes `path` and `path.index.jsonl`; each letter is ten minutes older than the one behind it. */
export async function writeMany(path: string, count: number, now = Date.now()): Promise<void> {
  const [mbox, index] = [createWriteStream(path), createWriteStream(`${path}.index.jsonl`)];
  const file = path.slice(path.lastIndexOf('/') + 1);
  for (let n = 0; n < count; n++) {
    const at = now - (count - n) * 600_000;
    const octets = letter(n, at);
    await put(mbox, `From export@posthorn.invalid Thu Jan  1 00:00:00 1970\n${octets}\n`);
    const row = { file, n, uidl: `many-${n}`, folders: folders(n), keywords: keywords(n), receivedAt: new Date(at).toISOString(), octets: octets.length }; // prettier-ignore
    await put(index, `${JSON.stringify(row)}\n`);
  }
  await Promise.all([ended(mbox), ended(index)]);
}

async function put(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

async function ended(stream: Writable): Promise<void> {
  stream.end();
  await once(stream, 'close');
}
