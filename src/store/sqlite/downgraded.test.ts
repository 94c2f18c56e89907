/** The form for clients that take only ASCII headers, in the tables: mail from before, and what is left behind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thisProcess } from '../../base/index.ts';
import type { EmailToRead, MaildropSlice } from '../maildrop.ts';
import { newDelivery, newEmail, newMessage } from '../testing.ts';
import type { Pause } from './begin.ts';
import { connectWriter, perform } from './connection.ts';
import type { Connection } from './connection.ts';
import { migrate, migrations } from './migrate.ts';

const pause: Pause = { sleep: () => undefined, ticks: () => 0 };
const content = {
  place: { kind: 'inline', bytes: Buffer.from('A: \xfc\r\n') },
  octets: 7,
  popOctets: 7,
  digest: '',
} as const;
const patches = [
  { at: 0, replaces: 3, with: Buffer.from('A: ') },
  { at: 3, replaces: 4, with: Buffer.from('?\r\n') },
];
const downgraded = { prefix: Buffer.alloc(0), patches, popOctets: 6 };

function open(all = migrations()): Connection {
  const connection = connectWriter({ path: ':memory:', durability: 'full' });
  migrate(connection, pause, all);
  return connection;
}

function sizes(connection: Connection): readonly (readonly number[])[] {
  const { octets, downgradedOctets } = perform(connection, 'maildropSlice', {
    mailbox: 1,
    afterUid: 0,
    limit: 10,
  }) as MaildropSlice;
  return [octets, downgradedOctets];
}

test('mail that was filed before there were two forms has one', () => {
  const connection = open(migrations().slice(0, 2));
  connection.exec("INSERT INTO memberships (mailbox, uid, email, octets, uidl, modseq) VALUES (1, 1, 'e', 70, 'u', 1)");
  migrate(connection, pause);
  assert.deepEqual(sizes(connection), [[70], [70]]);
  connection.close();
});

test('a form of before, in which prefix and header are one, is read as it was written', () => {
  const connection = open(migrations().slice(0, 3));
  connection.exec(`
    INSERT INTO messages (seq, id, prefix, octets, pop_octets, mail_from, body, smtputf8, received_at, source, refs, downgraded_octets)
      VALUES (1, 'm', x'503a0d0a', 7, 7, '', '8bitmime', 1, 1, 'smtp', 1, 10), (2, 'n', x'503a0d0a', 7, 7, '', '8bitmime', 1, 1, 'smtp', 1, 11);
    INSERT INTO contents (message, digest, body) VALUES (1, '', x'413a20fc0d0a0a'), (2, '', x'413a20fc0d0a0a');
    INSERT INTO downgraded (message, head, replaces) VALUES (1, x'503a0d0a413a203f0d0a', 6), (2, x'503f0d0a', 0);
    INSERT INTO emails (id, account, message, n, recipient, delivery_prefix, uidl, received_at, octets, modseq, mailboxes, downgraded_octets)
      VALUES ('e', 'a', 'm', 1, '', x'523a0d0a', 'u', 1, 15, 1, 1, 14), ('f', 'a', 'n', 1, '', x'523a0d0a', 'v', 1, 15, 1, 1, 15)`);
  migrate(connection, pause);
  const form = (id: string): unknown => (perform(connection, 'email', { id }) as EmailToRead).downgraded;
  assert.deepEqual(form('e'), {
    prefix: Buffer.from('R:\r\nP:\r\nA: ?\r\n'),
    patches: [{ at: 0, replaces: 6, with: new Uint8Array() }],
    popOctets: 14,
  });
  assert.deepEqual(form('f'), { prefix: Buffer.from('R:\r\nP?\r\n'), patches: [], popOctets: 15 });
  connection.close();
});

test('the form goes with the last copy, and copies that were held get it', () => {
  const connection = open();
  const [email, held] = [newEmail('a'), newEmail('a', { n: 2 })];
  const left = (): readonly number[] =>
    ['downgraded', 'patches'].map((table) => connection.rows({ sql: `SELECT 1 FROM ${table}`, values: [] }).length);
  const message = newMessage(content, { downgraded, smtputf8: true });
  perform(connection, 'addAccount', { id: 'a', local: 'a', domain: 'b.test', credentials: [], at: 1 });
  perform(connection, 'accept', { message, emails: [email], deliveries: [newDelivery({ n: 2 })], events: [] });
  const token = 't';
  const process = thisProcess();
  perform(connection, 'claimForOperator', { token, process, message: message.id, numbers: [2] });
  perform(connection, 'settle', {
    token,
    message: message.id,
    at: 1,
    deliveries: [{ n: 2, state: 'filed' }],
    attempts: [],
    events: [],
    reports: [],
    emails: [held],
  });
  const own = email.deliveryPrefix.byteLength;
  assert.deepEqual(sizes(connection), [
    [own + message.prefix.byteLength + 7, own + message.prefix.byteLength + 7],
    [own + 6, own + 6],
  ]);
  for (const uid of [1, 2]) {
    assert.deepEqual(left(), [1, 2]);
    perform(connection, 'lockMaildrop', { account: 'a', token, process, at: 1, peer: '' });
    perform(connection, 'quitMaildrop', { account: 'a', token, at: 1, sessionId: 's', remove: [uid], events: [] });
  }
  assert.deepEqual(left(), [0, 0]);
  connection.close();
});
