/**
 * What an operation costs must not grow with what is stored: each statement finds its rows through an
 * index, and the listing of a maildrop never touches a body. Asked of SQLite's own plans.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thisProcess } from '../../base/index.ts';
import type { OperationName } from '../operations/index.ts';
import { newDelivery, newEmail, newMessage } from '../testing.ts';
import type { Pause } from './begin.ts';
import { connectWriter, perform } from './connection.ts';
import type { Connection } from './connection.ts';
import { migrate } from './migrate.ts';

const pause: Pause = { sleep: () => undefined, ticks: () => 0 };
const process = thisProcess();

/** Tables that grow with the mail. */
const GROWING =
  /\bSCAN (?:messages|m|contents|c|downgraded|patches|emails|e|memberships|s|deliveries|d|listings|l|names|threads|h|thread_mailboxes|t|keywords|k|cards|card_sorts|o|events|attempts|tombstones|grants|sent|correspondents|suppressions|destinations|sessions|identities|submissions|submission_reports|people|push_subscriptions)\b/;

function recorded(connection: Connection, into: Set<string>): Connection {
  return {
    inTransaction: false,
    exec: (sql) => {
      connection.exec(sql);
    },
    rows: (statement) => {
      into.add(statement.sql);
      return connection.rows(statement);
    },
    close: () => {
      connection.close();
    },
  };
}

const content = { place: { kind: 'file', name: 'f' }, octets: 1, popOctets: 1, digest: '' } as const;
const patches = [{ at: 0, replaces: 1, with: Buffer.from('A: b\r\n') }];
const downgraded = { prefix: Buffer.alloc(0), patches, popOctets: 6 };
const message = newMessage(content, { messageId: '<x>', threadIds: ['<x>'], downgraded });
const moved = newEmail('a', { n: 6 });
const claim = { token: 't', process, dueBy: 2e12, retryAt: [3e12], from: [{ destination: 'c.test', claims: 5 }] };
const learned = { destination: 'c.test', standing: 'troubled', notBefore: 3e12 };
const filter = { domain: 'c.test', sender: '@a.test', receivedBefore: 5e12 };

const suppression = { account: 'a', address: 'x@c.test', madeBy: 'answer', at: 1, until: 5 } as const;

const sentMessage = newMessage(content, { account: 'a', messageId: '<y>' });
const submission = {
  id: sentMessage.id,
  account: 'a',
  identity: 'own',
  email: moved.id,
  thread: 't1',
  envelope: '{}',
  recipients: [],
  sendAt: 1,
};
const person = { key: 'x@c.test', id: 'p', address: 'x@c.test', at: 1, weight: 1 };
const submitted = {
  accept: { message: sentMessage, emails: [], deliveries: [newDelivery({ n: 1 })], events: [] },
  submission,
  meetings: [person],
  at: 1,
};
const report = { account: 'a', submission: submission.id, email: moved.id, kind: 'delivery', facts: '[]' } as const;
const submissionFilter = { operator: 'OR', conditions: [{ emails: ['e'], undoStatus: 'final', before: 5 }] } as const;
const ofSubmissions = { account: 'a', since: 0, limit: 9 };
const own = { id: 'own', uidl: 'own', mailboxes: [1], keywords: [], receivedAt: 1 };
const said = { subject: 'a', from: '', to: '', cc: '', bcc: '', body: '', attachments: '', header: '' };
const card = { email: 'own', card: '', words: said, sort: { subject: '', from: '', to: '', hasAttachment: true } };
const window = { sort: [], collapseThreads: false, position: 3, limit: 9, calculateTotal: true };
const arrived = { property: 'receivedAt', isAscending: true };
const anchor = { email: 'own', offset: 0 };
const inInbox = { inMailbox: 1 };
const queries = [
  window,
  { ...window, filter: inInbox, anchor },
  { ...window, filter: inInbox, collapseThreads: true, anchor },
  { ...window, filter: inInbox, sort: [arrived], anchor },
  {
    ...window,
    filter: {
      ...inInbox,
      hasKeyword: 'k',
      allInThreadHaveKeyword: '$seen',
      inMailboxOtherThan: [2],
      text: 'a',
      header: ['x'],
    },
  },
];

/** In an order that makes each find something. */
const calls: readonly (readonly [OperationName, unknown])[] = [
  ['addAccount', { id: 'a', local: 'a', domain: 'b.test', credentials: [{ kind: 'argon2id', value: 'v' }], at: 1 }],
  [
    'accept',
    {
      message,
      emails: [newEmail('a'), newEmail('a', { n: 2 }), moved],
      deliveries: [newDelivery({ n: 3 }), newDelivery({ n: 4 }), newDelivery({ n: 5, nextAt: 9e12 })],
      events: [],
      sent: { account: 'a', day: 1, who: ['x'] },
    },
  ],
  ['submit', submitted],
  ['submissions', { account: 'a', ids: [submission.id] }],
  ['querySubmissions', { account: 'a', filter: submissionFilter, sort: [], limit: 9 }],
  ['submissionChanges', ofSubmissions],
  ['outbox', { account: 'a', failedSince: 0, limit: 9 }],
  ['submissionsOf', { account: 'a', envid: 'x', messageId: '<y>' }],
  ['linkReport', { ...report, unknown: ['k'] }],
  ['correspondents', { account: 'a', words: [], limit: 9 }],
  ['meet', { account: 'a', meetings: [{ ...person, key: 'y' }], most: 1 }],
  ['forgetCorrespondents', { account: 'a', ids: ['p'] }],
  ['putIdentity', { account: 'a', id: 'own', identity: { email: '', facts: '{}' }, how: 'own', most: 9, at: 1 }],
  ['identityChanges', ofSubmissions],
  ['identities', { account: 'a' }],
  ['cancelSubmission', { account: 'a', id: submission.id, at: 1, by: { by: 'sender' } }],
  ['forgetSubmission', { account: 'a', id: submission.id, at: 1 }],
  ['putGrant', { account: 'a', local: 'x', domain: 'c.test', at: 1 }],
  ['isGranted', { account: 'a', domain: 'c.test', locals: ['x', '*'] }],
  ['listGrants', { account: 'a' }],
  ['sentBy', { account: 'a', day: 1, who: 'x' }],
  ['listQueue', { filter, limit: 10, after: { message: '', n: 0 } }],
  ['listQueue', { filter: { message: message.id, states: ['relayed', 'waiting'] }, limit: 10 }],
  ['queueGroups', { filter: {} }],
  ['queueGroups', { filter }],
  ['changeDeliveries', { message: message.id, numbers: [4], action: 'drop', at: 1, events: [] }],
  ['nextReady', { after: 0 }],
  ['readyDestinations', { now: 2e12, limit: 9 }],
  ['hasAstray', { now: 2e12, longest: 1e9 }],
  ['bringBack', { now: 2e12, longest: 1e9 }],
  ['claimDue', claim],
  [
    'settle',
    {
      token: 't',
      message: message.id,
      at: 1,
      deliveries: [{ n: 3, state: 'relayed' }],
      attempts: [],
      events: [],
      reports: [],
      suppress: [suppression],
      lift: { account: 'a', addresses: ['x@c.test'] },
      learned,
    },
  ],
  ['suppressionOf', { account: 'a', address: 'x@c.test', now: 1 }],
  ['toldSuppressed', { account: 'a', address: 'x@c.test', at: 1 }],
  ['listSuppressions', { now: 1, account: 'a', after: { address: '' }, limit: 9 }],
  ['removeSuppressions', { address: 'x@c.test' }],
  ['removeSuppressions', { address: 'x@c.test', account: 'a' }],
  ['suppress', { entries: [suppression] }],
  ['sweepSuppressions', { before: 9, limit: 9 }],
  ['openSession', { digest: 'd', account: 'a', verifier: 'v', at: 1, most: 0 }],
  ['openSession', { digest: 'd', account: 'a', verifier: 'v', at: 1, most: 1 }],
  ['touchSession', { digest: 'd', at: 2 }],
  ['session', { digest: 'd' }],
  ['sweepSessions', { before: 9, limit: 9 }],
  ['endSession', { digest: 'd' }],
  ['addPushSubscription', { id: 'p', account: 'a', device: '', url: '', code: '', expiresAt: 9, most: 9 }],
  ['changePushSubscription', { account: 'a', id: 'p', verified: { told: {} } }],
  ['notePush', { id: 'p', failures: 0, dueAt: 0 }],
  ['pushSubscriptions', { account: 'a' }],
  ['removePushSubscription', { account: 'a', id: 'p' }],
  ['takeBack', { message: message.id, numbers: [3], at: 1, by: { by: 'keeper' } }],
  ['claimForOperator', { token: 'o', process, message: message.id, numbers: [5] }],
  ['freeProcesses', { gone: [process], at: 5 }],
  ['lockMaildrop', { account: 'a', token: 't', process, at: 1, peer: '' }],
  ['placeEmails', { account: 'a', emails: [moved.id], roles: ['archive'], at: 1 }],
  ['placeEmails', { account: 'a', emails: [moved.id], roles: [], at: 1 }],
  ['mailState', { account: 'a' }],
  ...['mailbox', 'thread', 'email', 'identity', 'submission', 'delivery'].map(
    (type): readonly [OperationName, unknown] => ['mailState', { account: 'a', type }],
  ),
  ['listMailboxes', { account: 'a' }],
  ['append', { account: 'a', message: { ...message, id: 'own', threadIds: ['<x>'] }, email: own }],
  ['changeEmails', { account: 'a', changes: [{ email: 'own', keywords: { is: ['$seen', 'k'] } }], destroy: [], at: 1 }],
  ['changeEmails', { account: 'a', changes: [{ email: 'own', mailboxes: { is: [1, 4] } }], destroy: [], at: 1 }],
  ['unreadCards', { limit: 9 }],
  ['putCards', { cards: [card] }],
  ['putCards', { cards: [card] }],
  ['emailRows', { account: 'a', ids: ['own', 'x'] }],
  ['filedEmails', { account: 'a', after: 0, limit: 9 }],
  ['threads', { account: 'a', ids: ['t1', 't2'] }],
  ['emailChanges', { account: 'a', since: 3, limit: 9 }],
  ['threadChanges', { account: 'a', since: 3, limit: 9 }],
  ['mailboxChanges', { account: 'a', since: 3, limit: 9 }],
  ...queries.map((query): readonly [OperationName, unknown] => ['queryEmails', { ...query, account: 'a' }]),
  ['createMailbox', { account: 'a', name: 'x', parent: null, role: null, sortOrder: 1, isSubscribed: true, at: 1 }],
  ['updateMailbox', { account: 'a', mailbox: 2, name: 'y', at: 1 }],
  ['destroyMailbox', { account: 'a', mailbox: 4, removeEmails: true, limit: 9, at: 1 }],
  ['changeEmails', { account: 'a', changes: [], destroy: ['own'], at: 1 }],
  ['putUpload', { account: 'a', id: 'u', type: '', content, at: 1, most: { octets: 9, number: 1 } }],
  ['putUpload', { account: 'a', id: 'v', type: '', content, at: 1, most: { octets: 9, number: 1 } }],
  ['upload', { account: 'a', id: 'v' }],
  ['sweepUploads', { before: 9, limit: 9 }],
  ['maildropSlice', { mailbox: 1, afterUid: 0, limit: 10 }],
  ['quitMaildrop', { account: 'a', token: 't', at: 1, sessionId: 's', remove: [1], events: [] }],
  ['removePart', { account: 'a' }],
  ['findMessages', { id: message.id, messageId: '<x>' }],
  ['deliveries', { message: message.id }],
  ['events', { message: message.id }],
  ['attempts', { message: message.id }],
  ['email', { id: 'x' }],
  ['namedFiles', { files: ['f'] }],
  ['sweepTombstones', { before: 9, limit: 9 }],
  ['forgetDestinations', { before: 9, limit: 9 }],
  ['closeAccount', { account: 'a', at: 1 }],
  ['purgeAccount', { account: 'a', at: 1, limit: 9 }],
  ['changeDeliveries', { message: message.id, numbers: [5], action: 'drop', at: 1, events: [] }],
  ['sweepJourney', { before: 9, at: 99, limit: 9 }],
  ['garbage', { limit: 9 }],
];

test('no statement walks through a table that grows', () => {
  const connection = connectWriter({ path: ':memory:', durability: 'full' });
  migrate(connection, pause);
  const statements = new Set<string>();
  for (const [name, params] of calls) perform(recorded(connection, statements), name, params);
  assert.ok(statements.size > 60, `only ${String(statements.size)} statements were seen`);
  for (const sql of statements) {
    const values = Array.from(sql.matchAll(/\?/g), () => null);
    const plan = connection.rows({ sql: `EXPLAIN QUERY PLAN ${sql}`, values }).map((row) => String(row['detail']));
    for (const line of plan) {
      if (GROWING.test(line))
        assert.match(
          line,
          /USING (?:COVERING )?INDEX (?:deliveries_(?:open|waiting)|emails_unread)/,
          `${sql}\n${plan.join('\n')}`,
        );
      // A sorter reads all rows before the first; only the few events and attempts of one message may need one,
      // and what one account has sent, which is asked for in any order.
      if (line.includes('USE TEMP B-TREE'))
        assert.match(
          sql,
          /(?:FROM|JOIN) (?:accounts|aliases|domains|processes|deliveries|mailboxes|uploads|submissions|identities)/,
          `${sql}\n${plan.join('\n')}`,
        );
    }
  }
  connection.close();
});

test('the listing of a maildrop reads one table, in order', () => {
  const connection = connectWriter({ path: ':memory:', durability: 'full' });
  migrate(connection, pause);
  const statements = new Set<string>();
  perform(recorded(connection, statements), 'maildropSlice', { mailbox: 1, afterUid: 0, limit: 10 });
  const [sql] = [...statements];
  const plan = connection.rows({ sql: `EXPLAIN QUERY PLAN ${sql!}`, values: [1, 0, 10] }).map((row) => row['detail']);
  assert.deepEqual(plan, ['SEARCH memberships USING PRIMARY KEY (mailbox=? AND uid>?)']);
  connection.close();
});
