/**
 * Real messages through the program: each is imported, listed and opened over JMAP, its octets come back as they were,
 * and POP3 has the same with CRLF line ends. What three other readers agree on (subject, sender, attachments) holds here.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fetchMail } from '../conversation.ts';
import { jmapClient } from '../jmap-client.ts';
import type { JmapClient } from '../jmap-client.ts';
import { PASSWORD, startHost } from '../program.ts';

const CORPUS = process.env['CORPUS'] ?? fileURLToPath(new URL('../corpus', import.meta.url));

interface Entry {
  readonly file: string;
  readonly sha256: string;
  readonly expect?: {
    readonly subject: string;
    readonly subject_votes: number;
    readonly from_first: string;
    readonly from_votes: number;
    readonly attachment_names: readonly string[];
    readonly attachment_votes: number;
    readonly attachments: readonly { readonly name: string; readonly sha256: string; readonly votes: number }[];
  };
}

/** All of them: what fewer readers agree on is a matter of taste. */
const FIRM = 3;

interface Imported extends Entry {
  readonly octets: Buffer;
  readonly id: string;
}

async function importAll(client: JmapClient): Promise<readonly Imported[]> {
  const { messages } = JSON.parse(await readFile(join(CORPUS, 'manifest.json'), 'utf8')) as { messages: Entry[] };
  const { list } = await client.call('Mailbox/get', { ids: null });
  const inbox = (list as { id: string; role: string }[]).find(({ role }) => role === 'inbox')?.id ?? '';
  const all: Imported[] = [];
  for (const entry of messages) {
    const octets = await readFile(join(CORPUS, entry.file));
    const emails = { m: { blobId: await client.upload(octets), mailboxIds: { [inbox]: true } } };
    const { created, notCreated } = await client.call('Email/import', { emails });
    assert.equal(notCreated, null, `${entry.file}: ${JSON.stringify(notCreated)}`);
    all.push({ ...entry, octets, id: created.m.id });
  }
  return all;
}

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const collapsed = (text: string): string => text.replace(/\s+/g, ' ').trim();

// oxlint-disable-next-line typescript/no-explicit-any
type Email = Record<string, any>;

async function openAll(client: JmapClient, all: readonly Imported[]): Promise<ReadonlyMap<string, Email>> {
  const emails = new Map<string, Email>();
  for (let at = 0; at < all.length; at += 50) {
    const ids = all.slice(at, at + 50).map(({ id }) => id);
    const properties = ['subject', 'from', 'header:From:asAddresses:all', 'preview', 'size', 'attachments', 'textBody', 'htmlBody', 'bodyValues', 'bodyStructure', 'headers']; // prettier-ignore
    const { list } = await client.call('Email/get', { ids, properties, fetchAllBodyValues: true });
    for (const email of list as Email[]) emails.set(email['id'] as string, email);
  }
  return emails;
}

async function leavesOf(client: JmapClient, part: Email): Promise<readonly Email[]> {
  const subParts = (part['subParts'] ?? []) as readonly Email[];
  if (subParts.length > 0) {
    const all: Email[] = [];
    for (const one of subParts) all.push(...(await leavesOf(client, one)));
    return all;
  }
  if (part['type'] !== 'message/rfc822') return [part];
  const { parsed } = await client.call('Email/parse', { blobIds: [part['blobId']], properties: ['bodyStructure'] });
  const inner = parsed?.[part['blobId'] as string]?.bodyStructure as Email | undefined;
  return [part, ...(inner === undefined ? [] : await leavesOf(client, inner))];
}

/** What isn't as it should be. */
async function differencesOf(
  client: JmapClient,
  { octets, id, expect }: Imported,
  email: Email,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const same = (what: string, is: unknown, should: unknown): void => {
    if (is !== should) wrong.push(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
  };
  same('size', email['size'], octets.length);
  same('octets', sha256(await client.download(`e-${id}`)), sha256(octets));
  if (expect === undefined) return wrong;
  // Raw octets of an old charset we can read, and they could not.
  if (expect.subject_votes >= FIRM && !expect.subject.includes('\ufffd'))
    same('subject', collapsed(email['subject'] ?? ''), collapsed(expect.subject));
  // Of several fields JMAP tells the last; of capital letters they say nothing.
  const authors = (email['header:From:asAddresses:all'] as { email: string }[][]).map(([first]) => first?.email ?? '');
  const from = expect.from_first === '' ? (email['from']?.[0]?.email ?? '') : authors.map((one) => one.toLowerCase());
  if (expect.from_votes >= FIRM) same('from', [from].flat().includes(expect.from_first), true);
  if (expect.attachment_votes < FIRM) return wrong;
  // What is shown in its place is an attachment to them, and what is attached to an attached message, too.
  const parts = await leavesOf(client, email['bodyStructure'] as Email);
  for (const { name, votes, sha256: digest } of expect.attachments) {
    if (votes < FIRM) continue;
    const named = parts.filter((part) => (part['name'] ?? '') === name);
    const digests = await Promise.all(named.map(async ({ blobId }) => sha256(await client.download(blobId as string))));
    if (!digests.includes(digest))
      wrong.push(`attachment ${JSON.stringify(name)}: there are ${JSON.stringify(parts.map((part) => part['name']))}`);
  }
  return wrong;
}

/** RFC 1939 §11: every line ends in CRLF. */
function asPop(octets: Buffer): string {
  const text = octets.toString('latin1').replace(/\r\n|\r|\n/g, '\r\n');
  return text.endsWith('\r\n') ? text.slice(0, -2) : text;
}

test('every message of the corpus: imported, listed, opened, and its octets given back over JMAP and POP3', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test'], args: ['--only', 'web,pop3'] });
  const client = await jmapClient(host, 'alice@a.test');
  const all = await importAll(client);
  const { ids, total } = await client.call('Email/query', { calculateTotal: true, filter: { operator: 'NOT', conditions: [{ text: 'neverthere' }] } }); // prettier-ignore
  assert.equal(total, all.length);
  assert.deepEqual((ids as string[]).toSorted(), all.map(({ id }) => id).toSorted());
  const emails = await openAll(client, all);
  const wrong: string[] = [];
  for (const one of all)
    for (const what of await differencesOf(client, one, emails.get(one.id) ?? {})) wrong.push(`${one.file}: ${what}`);
  assert.deepEqual(wrong, []);
  const login = { user: 'alice@a.test', password: PASSWORD, tls: true };
  const fetched = await fetchMail(host.port('pop3', 'implicit'), login);
  for (const [n, { file, octets }] of all.entries()) {
    const lines = (fetched[n] ?? '').replaceAll('\n', '\r\n');
    assert.equal(
      sha256(Buffer.from(lines, 'latin1')),
      sha256(Buffer.from(asPop(octets), 'latin1')),
      `${file} over POP3`,
    );
  }
});
