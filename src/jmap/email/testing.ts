/** Mailboxes with mail in them, for tests of emails. */
import assert from 'node:assert/strict';
import { append } from '../../intake/index.ts';
import type { AppendedEmail } from '../../intake/index.ts';
import { contentOf, newEmail, newMessage } from '../../store/testing.ts';
import { testJmap } from '../testing.ts';
import type { TestJmap } from '../testing.ts';

interface Context {
  after(fn: () => Promise<void>): void;
}

export interface TestMail extends TestJmap {
  /** Ids of mailboxes by their roles. */
  readonly boxes: Readonly<Record<'inbox' | 'archive' | 'drafts' | 'sent' | 'junk' | 'trash', string>>;
  /** Puts a message there as its owner would (LF or CRLF line ends, as they are); the email's id. */
  put(message: string | Uint8Array, changes?: Partial<Omit<AppendedEmail, 'account'>>): Promise<string>;
  /** The message comes in from outside, into the Inbox; the email's id. */
  deliver(message: string): Promise<string>;
  /** An upload; its blob's id. */
  upload(octets: string | Uint8Array, type?: string): Promise<string>;
  /** The octets of a blob; undefined where there is none. */
  blob(blobId: string): Promise<Buffer | undefined>;
  /** One email, with these properties. */
  email(id: string, properties?: readonly string[], more?: Readonly<Record<string, unknown>>): Promise<Email>;
}

// oxlint-disable-next-line typescript/no-explicit-any
export type Email = Record<string, any>;

export async function testMail(t: Context): Promise<TestMail> {
  const made = await testJmap(t);
  const { store, clock, account, jmap, ok } = made;
  const { list } = await ok('Mailbox/get', { ids: null });
  const boxes = Object.fromEntries(
    (list as { role: string; id: string }[]).map(({ role, id }) => [role, id]),
  ) as TestMail['boxes'];
  const octetsOf = async function* (message: string | Uint8Array): AsyncIterable<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from(message);
  };
  return {
    ...made,
    boxes,
    async put(message, changes = {}) {
      const inbox = Number(boxes.inbox.slice(1));
      const email = { account: account.id, mailboxes: [inbox], keywords: [], receivedAt: clock.now(), ...changes };
      const filed = await append({ store, clock }, email, octetsOf(message));
      assert.ok(typeof filed === 'object', JSON.stringify(filed));
      return filed.id;
    },
    async deliver(message) {
      const email = newEmail(account.id);
      const content = await contentOf(store, message);
      await store.write('accept', { message: newMessage(content), emails: [email], deliveries: [], events: [] });
      return email.id;
    },
    async upload(octets, type = 'message/rfc822') {
      const outcome = await jmap.upload(account, { accountId: account.id, type, stream: octetsOf(octets) });
      assert.ok(typeof outcome === 'object' && 'uploaded' in outcome, JSON.stringify(outcome));
      return outcome.uploaded.blobId;
    },
    async blob(blobId) {
      const found = await jmap.download(account, { accountId: account.id, blobId });
      if (found === undefined) return undefined;
      const pieces: Uint8Array[] = [];
      for await (const piece of found.stream) pieces.push(piece);
      const octets = Buffer.concat(pieces);
      assert.equal(octets.length, found.octets, 'the size that was told is that of the octets');
      return octets;
    },
    async email(id, properties, more = {}) {
      const got = await ok('Email/get', { ids: [id], ...(properties === undefined ? {} : { properties }), ...more });
      assert.deepEqual(got['notFound'], []);
      return (got['list'] as Email[])[0] as Email;
    },
  };
}
