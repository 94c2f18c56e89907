/** The form for clients that take only ASCII headers, in the tables: mail from before, and what is left behind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thisProcess } from '../../base/index.ts';
import type { MaildropSlice } from '../store.ts';
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
const downgraded = { head: Buffer.from('A: ?\r\n'), replaces: 7, popOctets: 6 };

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

test('the form goes with the last copy, and copies that were held get it', () => {
  const connection = open();
  const [email, held] = [newEmail('a'), newEmail('a', { n: 2 })];
  const left = (): number => connection.rows({ sql: 'SELECT head FROM downgraded', values: [] }).length;
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
    assert.equal(left(), 1);
    perform(connection, 'lockMaildrop', { account: 'a', token, process, at: 1, peer: '' });
    perform(connection, 'quitMaildrop', { account: 'a', token, at: 1, sessionId: 's', remove: [uid], events: [] });
  }
  assert.equal(left(), 0);
  connection.close();
});
