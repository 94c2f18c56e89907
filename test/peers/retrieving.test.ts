/** What was sent is what real mail programs fetch, octet for octet behind our own lines: real messages and a large one. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { scratch, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { corpus, largeMessage, withLf } from './corpus.ts';
import type { CorpusMessage } from './corpus.ts';
import { assertStored, maildropCount } from './maildrop.ts';
import { requirePeer } from './peers.ts';
import { RECEIVERS } from './receivers.ts';
import type { Fetched, PoplibAnswer, Receiver } from './receivers.ts';
import { smtplibSends } from './senders.ts';

const BOB = 'bob@a.test';
/** Each mailbox is emptied once by a program that deletes what it fetched. */
const EMPTIED_BY: Readonly<Record<string, string>> = { mpop: 'carol@a.test', fetchmail: 'dave@a.test' };
const LARGE = 20_000_000;

/** Hands every message to all mailboxes, over the port for other servers. */
async function fill(
  t: TestContext,
  python: string,
  host: RunningHost,
  messages: readonly CorpusMessage[],
): Promise<void> {
  const directory = join(await scratch(t), 'sent');
  await mkdir(directory);
  const files = messages.map(({ name }) => join(directory, name));
  await Promise.all(messages.map(({ octets }, n) => writeFile(files[n] as string, octets)));
  const to = [BOB, ...Object.values(EMPTIED_BY)];
  const ran = await smtplibSends(python, host, { files, from: 'sender@b.test', to });
  assert.equal(ran.code, 0, `${ran.stdout}\n${ran.stderr}`);
}

/** Each message was fetched once and is what was sent; programs give their files names of their own. */
function assertFetched(receiver: Receiver, user: string, fetched: Fetched, sent: readonly CorpusMessage[]): void {
  assert.equal(fetched.ran.code, 0, `${fetched.ran.stdout}\n${fetched.ran.stderr}`);
  assert.equal(fetched.messages.length, sent.length);
  if (receiver.ownHeader === true) {
    const bodies = new Set(fetched.messages.map(bodyOf));
    for (const { name, octets } of sent.filter(hasHeaderSection)) assert.ok(bodies.has(bodyOf(withLf(octets))), name);
    return;
  }
  const left = new Set(fetched.messages);
  for (const { name, octets } of sent) {
    const wanted = receiver.written(octets);
    const candidates = [...left].sort((a, b) => distance(a, wanted) - distance(b, wanted));
    const found = candidates.find((one) => one.subarray(-wanted.length).equals(wanted)) ?? candidates[0];
    const prefix = assertStored(found, wanted, `${receiver.name}, ${name}`);
    assert.ok(prefix.replaceAll('\r\n', '\n').includes(`\nDelivered-To: ${user}\n`), prefix);
    if (found !== undefined) left.delete(found);
  }
}

/** Whether programs agree where its header section ends: all its lines are fields (RFC 5322 §2.2). */
function hasHeaderSection({ octets }: CorpusMessage): boolean {
  const [head = '', ...body] = octets.toString('latin1').split('\r\n\r\n');
  return body.length > 0 && head.split('\r\n').every((line) => /^[!-9;-~]+:|^[ \t]/.test(line));
}

/** The digest of what stands below the header section, whose lines end in LF. */
function bodyOf(message: Buffer): string {
  const end = message.indexOf('\n\n');
  const body = end < 0 ? '' : message.subarray(end + 2);
  return `${body.length} ${createHash('sha256').update(body).digest('hex')}`;
}

const distance = (stored: Buffer, sent: Buffer): number => Math.abs(stored.length - sent.length - 200);

test('mail programs fetch what was sent', async (t) => {
  const python = requirePeer(t, 'python3');
  if (python === undefined) return;
  const host = await startHost(t, { accounts: [BOB, ...Object.values(EMPTIED_BY)] });
  const sent = [...corpus(), largeMessage(LARGE)];
  await fill(t, python, host, sent);

  for (const receiver of RECEIVERS) {
    for (const tls of ['starttls', 'implicit'] as const) {
      await t.test(`${receiver.name}: ${sent.length} messages, TLS ${tls}`, async (t) => {
        const program = requirePeer(t, receiver.needs);
        if (program === undefined) return;
        const directory = await scratch(t);
        const wishes = { host, directory, user: BOB, tls, remove: false, count: sent.length };
        const fetched = await receiver.fetch(program, wishes);
        assertFetched(receiver, BOB, fetched, sent);
        assert.equal(await maildropCount(host, BOB), sent.length);
        if (receiver.name === 'Python poplib') assertNumbers(fetched);
        if (!receiver.canRemove) return;
        // It keeps a list of the UIDLs it has seen: the second time nothing is new.
        const again = await receiver.fetch(program, wishes);
        assert.equal(again.messages.length, sent.length);
      });
    }
  }

  for (const receiver of RECEIVERS.filter(({ canRemove }) => canRemove)) {
    await t.test(`${receiver.name}: fetches and deletes`, async (t) => {
      const program = requirePeer(t, receiver.needs);
      if (program === undefined) return;
      const user = EMPTIED_BY[receiver.name] as string;
      const directory = await scratch(t);
      const wishes = { host, directory, user, tls: 'implicit', remove: true, count: sent.length } as const;
      assertFetched(receiver, user, await receiver.fetch(program, wishes), sent);
      assert.equal(await maildropCount(host, user), 0);
    });
  }
});

/** STAT and LIST tell the octets that RETR gives (RFC 1939 §11), TOP 0 the header section, and no UIDL stands twice. */
function assertNumbers({ ran, messages }: Fetched): void {
  const answer = JSON.parse(ran.stdout) as PoplibAnswer;
  const sizes = (all: readonly number[]): readonly number[] => all.toSorted((a, b) => a - b);
  assert.deepEqual(sizes(answer.messages.map(({ size }) => size)), sizes(messages.map(({ length }) => length)));
  assert.equal(
    answer.octets,
    messages.reduce((sum, { length }) => sum + length, 0),
  );
  assert.equal(new Set(answer.messages.map(({ uidl }) => uidl)).size, messages.length);
  const headers = messages.map((one) => one.toString('latin1').replace(/(?:\r\n\r\n[^]*|\r\n)$/, '')).toSorted();
  const tops = answer.messages.map(({ top }) => top.replace(/\r\n$/, '')).toSorted();
  assert.deepEqual(tops, headers);
}
