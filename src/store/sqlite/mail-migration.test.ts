/** Mail from before there were threads, keywords and counts: all of it is there, and what must hold of mail holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EmailRow, MailboxRow } from '../mail.ts';
import type { QueuedMessage } from '../message.ts';
import type { Pause } from './begin.ts';
import { connectWriter, perform } from './connection.ts';
import { MAIL_RULES } from './mail-rules.ts';
import { migrate, migrations } from './migrate.ts';

const pause: Pause = { sleep: () => undefined, ticks: () => 0 };

test('mail of before has its mailboxes, its counts and threads of its own; answers find them', () => {
  const connection = connectWriter({ path: ':memory:', durability: 'full' });
  migrate(
    connection,
    pause,
    migrations().filter(({ version }) => version < 8),
  );
  connection.exec(`
    INSERT INTO accounts (id, local, domain, created_at, used_octets, used_messages, modseq, epoch) VALUES ('a', 'a', 'x', 5000, 50, 4, 4, 1), ('b', 'b', 'x', 9000, 0, 0, 1, 1);
    INSERT INTO mailboxes (id, account, role, uid_validity, next_uid) VALUES (1, 'a', 'inbox', 5, 4), (2, 'b', 'inbox', 9, 1), (3, 'a', 'archive', 5, 2), (9, 'a', 'leaving', 5, 2);
    INSERT INTO messages (seq, id, prefix, octets, pop_octets, mail_from, message_id, body, smtputf8, received_at, source, refs)
      VALUES (1, 'm', x'5a', 10, 12, '', '<1@a>', '7bit', 0, 1, 'smtp', 4);
    INSERT INTO contents (message, digest, body) VALUES (1, '', x'00');
    INSERT INTO emails (id, account, message, n, recipient, delivery_prefix, uidl, received_at, octets, modseq, mailboxes)
      VALUES ('e1', 'a', 'm', 1, '', x'5a', 'u1', 7, 14, 2, 1), ('e2', 'a', 'm', 2, '', x'5a', 'u2', 6, 14, 2, 2), ('e3', 'a', 'm', 3, '', x'5a', 'u3', 9, 14, 2, 1);
    INSERT INTO memberships (mailbox, uid, email, octets, uidl, modseq) VALUES (1, 1, 'e1', 14, 'u1', 2), (1, 2, 'e2', 14, 'u2', 2), (3, 1, 'e2', 14, 'u2', 2), (9, 1, 'e3', 14, 'u3', 2);
    INSERT INTO tombstones (account, modseq, email, at) VALUES ('a', 3, 'gone', 1)`);
  migrate(connection, pause);
  for (const [rule, sql] of Object.entries(MAIL_RULES))
    assert.deepEqual(connection.rows({ sql, values: [] }), [], rule);
  const boxes = perform(connection, 'listMailboxes', { account: 'a' }) as readonly MailboxRow[];
  assert.deepEqual(
    boxes.map(({ name, totalEmails, unreadThreads }) => [name, totalEmails, unreadThreads]),
    [
      ['Inbox', 2, 2],
      ['Drafts', 0, 0],
      ['Sent', 0, 0],
      ['Archive', 1, 1],
      ['Junk', 0, 0],
      ['Trash', 0, 0],
    ],
  );
  assert.equal((perform(connection, 'listMailboxes', { account: 'b' }) as readonly MailboxRow[]).length, 6);
  const read = (ids: readonly string[]): readonly EmailRow[] =>
    perform(connection, 'emailRows', { account: 'a', ids }) as readonly EmailRow[];
  assert.deepEqual(read(['e3']), [], 'what is leaving stays hidden');
  const [old, other] = [...read(['e1']), ...read(['e2'])];
  assert.deepEqual([old?.octets, old?.keywords, other?.mailboxes.length], [12, [], 2]);
  assert.notEqual(old?.thread, other?.thread);
  assert.equal((perform(connection, 'findMessages', { messageId: '<1@a>' }) as readonly QueuedMessage[]).length, 1);
  const content = { place: { kind: 'inline', bytes: Buffer.alloc(1) }, octets: 1, popOctets: 1, digest: '' };
  const message = {
    id: 'm2',
    content,
    prefix: Buffer.alloc(0),
    mailFrom: '',
    threadIds: ['<2@a>', '<1@a>'],
    body: '7bit',
    smtputf8: false,
    receivedAt: 9,
    source: 'composed',
  };
  const email = { id: 'e4', uidl: 'u4', mailboxes: [1], keywords: [], receivedAt: 9 };
  const answer = perform(connection, 'append', { account: 'a', message, email });
  assert.ok([old?.thread, other?.thread].includes((answer as { readonly thread: string }).thread));
  for (const [rule, sql] of Object.entries(MAIL_RULES))
    assert.deepEqual(connection.rows({ sql, values: [] }), [], rule);
  connection.close();
});
