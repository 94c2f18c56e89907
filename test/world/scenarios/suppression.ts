/** Addresses that turned out not to exist, and what is said when somebody writes to them again (docs/decisions/0006). */
import type { Zones } from '../../../src/dns/testing.ts';
import { ONE_MX } from '../../../src/outbound/testing.ts';
import type { TestServer } from '../../../src/outbound/testing.ts';
import { DAY, HOUR, MINUTE } from '../scenario.ts';
import type { Move, Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const REFUSED = `${MX}: EHLO MAIL RCPT DATA QUIT`;
const TAKEN = `${MX}: EHLO MAIL RCPT DATA . QUIT`;
const WITHOUT_BOB = {
  rcpt: { 'bob@b.test': '550 5.1.1 no such user here' },
  data: '503 5.5.1 RCPT first',
} as const;
const ONCE_WITHOUT_BOB: TestServer = [WITHOUT_BOB, {}];
const BOUNCED = 'failed to alice@a.test: bob@b.test 5.1.1';
const FAILED = `bob 1 +0s ${MX} 550 5.1.1`;
const RELAYED = `bob 1 +0s ${MX} 250 2.0.0`;

const later = (ms: number, again: Move = ['letter', {}]): readonly Move[] => [['wait', ms], again];

/** What somebody else may well write, and nobody believes. */
const FORGED = [
  'From: MAILER-DAEMON@mx.b.test',
  'To: alice@a.test',
  'Subject: Undelivered Mail Returned to Sender',
  'MIME-Version: 1.0',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  '',
  '--b',
  '',
  'bob@b.test does not exist.',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.b.test',
  '',
  'Final-Recipient: rfc822; bob@b.test',
  'Action: failed',
  'Status: 5.1.1',
  '--b--',
  '',
].join('\n');

const NOWHERE: Zones = { ...ONE_MX, 'null.test': { mx: [[0, '']] } };

export const SUPPRESSION: Scenarios = {
  'suppressed-told-at-once': {
    clause:
      'Who writes again to an address that did not exist is told so at once; sending again within the hour insists, and mail that gets there ends it',
    servers: { [MX]: ONCE_WITHOUT_BOB },
    moves: [...later(10 * MINUTE), ...later(10 * MINUTE), ...later(2 * HOUR), ['wait', MINUTE]],
    states: ['bob failed 1', 'bob relayed 1', 'bob relayed 1'],
    attempts: [FAILED, RELAYED, RELAYED],
    heard: [REFUSED, TAKEN, TAKEN],
    reports: [BOUNCED],
    told: ['RCPT bob 550 5.1.1'],
  },
  'suppressed-told-again': {
    clause: 'Who does not insist within the hour is told again the next time, and nothing leaves',
    servers: { [MX]: ONCE_WITHOUT_BOB },
    moves: [...later(10 * MINUTE), ...later(2 * HOUR)],
    states: ['bob failed 1'],
    attempts: [FAILED],
    heard: [REFUSED],
    reports: [BOUNCED],
    told: ['RCPT bob 550 5.1.1', 'RCPT bob 550 5.1.1'],
  },
  'suppressed-alone': {
    clause: 'Only the recipient who does not exist is refused: the others of the message get it',
    servers: { [MX]: ONCE_WITHOUT_BOB },
    moves: [...later(10 * MINUTE, ['letter', { to: { 'bob@b.test': '', 'carol@b.test': '' } }]), ['wait', MINUTE]],
    states: ['bob failed 1', 'carol relayed 1'],
    attempts: [FAILED, `carol 1 +0s ${MX} 250 2.0.0`],
    heard: [REFUSED, TAKEN],
    reports: [BOUNCED],
    told: ['RCPT bob 550 5.1.1'],
  },
  'suppressed-for-seven-days': {
    clause: 'After seven days an address is taken for what it was, and asked again',
    servers: { [MX]: ONCE_WITHOUT_BOB },
    moves: [...later(7 * DAY - 2 * HOUR), ...later(2 * HOUR), ['wait', MINUTE]],
    states: ['bob failed 1', 'bob relayed 1'],
    attempts: [FAILED, RELAYED],
    heard: [REFUSED, TAKEN],
    reports: [BOUNCED],
    told: ['RCPT bob 550 5.1.1'],
  },
  'suppressed-by-the-dns': {
    clause: 'A domain that does not exist (5.1.2), or takes no mail (5.1.10), is told at once the next time, too',
    zones: NOWHERE,
    letters: [{ to: { 'bob@gone.test': '', 'carol@null.test': '' } }],
    moves: later(10 * MINUTE, ['letter', { to: { 'bob@gone.test': '', 'carol@null.test': '' } }]),
    states: ['bob failed 1', 'carol failed 1'],
    attempts: ['bob 1 +0s - 550 5.1.2', 'carol 1 +0s - 556 5.1.10'],
    heard: [],
    reports: ['failed to alice@a.test: bob@gone.test 5.1.2', 'failed to alice@a.test: carol@null.test 5.1.10'],
    told: ['RCPT bob 550 5.1.2', 'RCPT carol 556 5.1.10'],
  },
  'not-suppressed': {
    clause: 'Other refusals are about this message or this day: nothing is remembered, and the next message is carried',
    servers: {
      [MX]: [
        {
          rcpt: { 'bob@b.test': '550 5.2.1 switched off', 'carol@b.test': '550 5.7.1 not from you' },
          data: '503 5.5.1 RCPT first',
        },
        {},
      ],
    },
    letters: [{ to: { 'bob@b.test': '', 'carol@b.test': '' } }],
    moves: [...later(10 * MINUTE, ['letter', { to: { 'bob@b.test': '', 'carol@b.test': '' } }]), ['wait', MINUTE]],
    states: ['bob failed 1', 'carol failed 1', 'bob relayed 1', 'carol relayed 1'],
    attempts: [`bob 1 +0s ${MX} 550 5.2.1`, `carol 1 +0s ${MX} 550 5.7.1`, RELAYED, `carol 1 +0s ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO MAIL RCPT RCPT DATA QUIT`, `${MX}: EHLO MAIL RCPT RCPT DATA . QUIT`],
    reports: ['failed to alice@a.test: bob@b.test 5.2.1, carol@b.test 5.7.1'],
  },
  'not-suppressed-by-a-report': {
    clause: 'A report that somebody sends us says nothing about an address: anybody can write one',
    servers: { [MX]: {} },
    letters: [{ from: '', to: { 'alice@a.test': '' }, text: FORGED, stranger: true }],
    moves: later(10 * MINUTE),
    states: ['bob relayed 1'],
    attempts: [RELAYED],
    heard: [TAKEN],
  },
};
