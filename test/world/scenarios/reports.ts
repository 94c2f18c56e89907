/** What the sender is told, and what not (RFC 3461, RFC 3464, RFC 5321 §4.5.5 and §7.2). */
import assert from 'node:assert/strict';
import { DROP, offering, ONE_MX } from '../../../src/outbound/testing.ts';
import type { Zones } from '../../../src/dns/testing.ts';
import { MINUTE, SECOND } from '../scenario.ts';
import type { Letter, Scenario, Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const X = '192.0.2.9';
const TAKEN = `${MX}: EHLO MAIL RCPT DATA . QUIT`;
const NOBODY = '550 5.1.1 no such user here';
const REFUSED = `${MX}: EHLO MAIL RCPT DATA QUIT`;
const TEXT =
  'From: alice@a.test\nTo: bob@b.test\nSubject: hello\nMessage-ID: <hello@a.test>\n\nThis line is the text.\n';

/** The next server knows nobody. */
const nobodyThere = (
  clause: string,
  rule: string,
  letter: Letter,
  reports: readonly string[],
  check?: Scenario['check'],
): Scenario => ({
  rules: [rule],
  clause,
  servers: { [MX]: { rcpt: { '*': NOBODY }, data: '503 5.5.1 RCPT first' } },
  letters: [letter],
  states: ['bob failed 1'],
  attempts: [`bob 1 +0s ${MX} 550 5.1.1`],
  heard: [REFUSED],
  reports,
  ...(check === undefined ? {} : { check }),
});

const BOUNCED = ['failed to alice@a.test: bob@b.test 5.1.1'];

const WITH_X: Zones = { ...ONE_MX, 'x.test': { mx: [[10, 'mx.x.test']] }, 'mx.x.test': { a: [X] } };
const TO_TEAM = 'From: xenia@x.test\nTo: team@a.test\nSubject: hello\n\nHow are you all?\n';
/** A stranger writes to an alias of ours that leads elsewhere. */
const FROM_X = { from: 'xenia@x.test', to: { 'team@a.test': '' }, text: TO_TEAM, stranger: true } as const;

export const REPORTS: Scenarios = {
  'ret-hdrs': nobodyThere(
    'A report brings back the header of the message, and not its text, when the sender asked so (RET=HDRS)',
    '3461-6.2-ret',
    { text: TEXT, mail: 'RET=HDRS' },
    BOUNCED,
    ({ reports: [report = ''] }) => {
      assert.match(report, /Content-Type: text\/rfc822-headers/);
      assert.doesNotMatch(report, /This line is the text/);
    },
  ),
  'ret-full': nobodyThere(
    'A report of failure brings back the whole message when the sender asked so (RET=FULL)',
    '3461-6.2-ret',
    { text: TEXT, mail: 'RET=FULL' },
    BOUNCED,
    ({ reports: [report = ''] }) =>
      assert.match(report, /Content-Type: message\/rfc822[^]*Subject: hello[^]*This line is the text/),
  ),
  'notify-never': nobodyThere(
    'A sender who wants to hear nothing (NOTIFY=NEVER) hears nothing, and the journey says so',
    '3461-5.2.1-onward',
    { to: { 'bob@b.test': 'NOTIFY=NEVER' } },
    [],
  ),
  'envid-and-orcpt': nobodyThere(
    'A report carries the sender’s own mark (ENVID) and the address as the sender first wrote it (ORCPT)',
    '3464-2.2-message-fields',
    { mail: 'ENVID=order+2B4711', to: { 'bob@b.test': 'ORCPT=rfc822;robert+40b.test' } },
    BOUNCED,
    ({ reports: [report = ''] }) => {
      assert.match(report, /\r\nOriginal-Envelope-Id: order\+4711\r\n/);
      assert.match(
        report,
        /\r\nOriginal-Recipient: rfc822; robert@b\.test\r\nFinal-Recipient: rfc822; bob@b\.test\r\n/,
      );
    },
  ),
  'success-relayed': {
    rules: ['3461-5.2.2-relayed'],
    clause: 'Where success is to be told and the next server tells nothing, we tell that we passed the message on',
    servers: { [MX]: { ehlo: offering('PIPELINING') } },
    letters: [{ to: { 'bob@b.test': 'NOTIFY=SUCCESS' } }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
    reports: ['relayed to alice@a.test: bob@b.test 2.0.0'],
  },
  'success-delivered': {
    rules: ['3461-5.2.6-delivered'],
    clause: 'Where success is to be told and the mailbox is here, we tell that the message lies in it',
    letters: [{ to: { 'alice@a.test': 'NOTIFY=SUCCESS' } }],
    states: [],
    attempts: [],
    heard: [],
    reports: ['delivered to alice@a.test: alice@a.test 2.1.5'],
  },
  'success-of-a-list': {
    rules: ['3461-5.2.7.3-expanded'],
    clause: 'An address that stands for several is told as passed on to a list, and none of its members is named',
    servers: { [MX]: {} },
    aliases: { 'team@a.test': ['bob@b.test', 'carol@b.test'] },
    letters: [{ to: { 'team@a.test': 'NOTIFY=SUCCESS' }, text: TO_TEAM.replace('xenia@x.test', 'alice@a.test') }],
    states: ['bob relayed 1', 'carol relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`, `carol 1 +0s ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO MAIL RCPT RCPT DATA . QUIT`],
    reports: ['expanded to alice@a.test: team@a.test 2.1.5'],
    check: ({ reports: [report = ''] }) => assert.doesNotMatch(report, /bob@|carol@/),
  },
  'alias-target-not-told': {
    rules: ['5321-7.2-alias'],
    clause: 'A report about a message to an alias names the alias, and never where it leads',
    zones: WITH_X,
    servers: { [MX]: { rcpt: { '*': '550 5.1.1 no bob here' }, data: '503 5.5.1 RCPT first' }, [X]: {} },
    aliases: { 'team@a.test': ['bob@b.test'] },
    letters: [FROM_X],
    states: ['bob failed 1'],
    attempts: [`bob 1 +0s ${MX} 550 5.1.1`],
    heard: [REFUSED, `${X}: EHLO MAIL RCPT DATA . QUIT`],
    reports: ['failed to xenia@x.test: team@a.test 5.1.1'],
    check: ({ reports: [report = ''], lines, texts }) => {
      assert.doesNotMatch(report, /bob/);
      assert.doesNotMatch(texts[1]?.join('') ?? 'bob', /bob/);
      assert.match(lines[1]?.[1] ?? '', /^MAIL FROM:<>/);
    },
  },
  'report-undeliverable': {
    rules: ['5321-4.5.5-null-reports'],
    clause:
      'A report that can’t be delivered ends there: nobody is sent a report about it, and the postmaster gets a note',
    zones: WITH_X,
    servers: {
      [MX]: { rcpt: { '*': NOBODY }, data: '503 5.5.1 RCPT first' },
      [X]: { dot: '554 5.7.1 no reports, please' },
    },
    aliases: { 'team@a.test': ['bob@b.test'] },
    letters: [FROM_X],
    states: ['bob failed 1'],
    attempts: [`bob 1 +0s ${MX} 550 5.1.1`],
    heard: [REFUSED, `${X}: EHLO MAIL RCPT DATA . QUIT`],
    reports: ['failed to xenia@x.test: team@a.test 5.1.1'],
  },
  'no-report-about-a-report': {
    rules: ['5321-4.5.5-null-reports', '3461-6.1-never-to-null'],
    clause:
      'Nobody is ever sent a report about a message from the null sender, or it would go on for ever: the postmaster gets a note',
    servers: { [MX]: { rcpt: { '*': NOBODY }, data: '503 5.5.1 RCPT first' } },
    aliases: { 'team@a.test': ['bob@b.test'] },
    letters: [{ ...FROM_X, from: '' }],
    states: ['bob failed 1'],
    attempts: [`bob 1 +0s ${MX} 550 5.1.1`],
    heard: [REFUSED],
  },
  'long-line-in-a-report': {
    rules: ['5322-2.1.1-long-lines'],
    clause:
      'A report has no line of more than 998 octets: a message with such a line comes back as its header alone, even where the whole was wished for',
    zones: WITH_X,
    servers: { [MX]: { rcpt: { '*': NOBODY }, data: '503 5.5.1 RCPT first' }, [X]: {} },
    aliases: { 'team@a.test': ['bob@b.test'] },
    letters: [{ ...FROM_X, mail: 'RET=FULL', text: `${TO_TEAM}${'x'.repeat(1_200)}\n` }],
    states: ['bob failed 1'],
    attempts: [`bob 1 +0s ${MX} 550 5.1.1`],
    heard: [REFUSED, `${X}: EHLO MAIL RCPT DATA . QUIT`],
    reports: ['failed to xenia@x.test: team@a.test 5.1.1'],
    check: ({ texts }) => {
      const [report = ''] = texts[1] ?? [];
      assert.match(report, /Content-Type: text\/rfc822-headers/);
      assert.ok(report.split('\r\n').every((line) => line.length <= 998));
    },
  },
  'notes-are-few': {
    rules: ['5321-4.5.5-null-reports'],
    clause:
      'However many messages from the null sender fail, the postmaster gets one note an hour at most, and the next one counts those in between',
    servers: { [MX]: { rcpt: { '*': NOBODY }, data: '503 5.5.1 RCPT first' } },
    aliases: { 'team@a.test': ['bob@b.test'] },
    letters: [
      { ...FROM_X, from: '' },
      { ...FROM_X, from: '' },
    ],
    moves: [
      ['wait', 30 * MINUTE],
      ['letter', { ...FROM_X, from: '', crowd: 3, every: 10 * SECOND }],
      ['wait', 40 * MINUTE],
      ['letter', { ...FROM_X, from: '' }],
      ['wait', MINUTE],
    ],
    states: ['bob failed 1', 'bob failed 1', 'bob failed 1', '3 failed'],
    attempts: [`bob 1 +0s ${MX} 550 5.1.1`, `bob 1 +0s ${MX} 550 5.1.1`, `bob 1 +0s ${MX} 550 5.1.1`],
    heard: [`${MX}: EHLO MAIL RCPT DATA RSET MAIL RCPT DATA QUIT`, REFUSED, REFUSED, REFUSED, REFUSED],
  },
  'unsure-on-a-host': {
    rules: ['5321-4.5.3.2.6-unsure'],
    clause: 'A host that can’t know whether a message arrived tries again: once too often is the lesser harm',
    servers: { [MX]: [{ dot: DROP }, { dot: DROP }, {}] },
    policy: { onUnsure: 'retry' },
    moves: [['wait', 10 * MINUTE]],
    states: ['bob relayed 3'],
    attempts: [`bob 1 +0s ${MX} 451 4.4.2`, `bob 2 +1m ${MX} 451 4.4.2`, `bob 3 +6m ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO MAIL RCPT DATA .`, `${MX}: EHLO MAIL RCPT DATA .`, TAKEN],
  },
  'unsure-on-a-pc': {
    rules: ['5321-4.5.3.2.6-unsure'],
    clause:
      'On a PC a person decides whether a message that may have arrived is sent again: it waits, and nobody is told',
    servers: { [MX]: [{ dot: DROP }, {}] },
    policy: { onUnsure: 'ask' },
    states: ['bob unsure 1'],
    attempts: [`bob 1 +0s ${MX} 451 4.4.2`],
    heard: [`${MX}: EHLO MAIL RCPT DATA .`],
  },
  'failure-on-a-pc': {
    clause: 'On a PC a failure is shown with the message, and no report is written about it',
    servers: { [MX]: { rcpt: { '*': NOBODY }, data: '503 5.5.1 RCPT first' } },
    policy: { onFailure: 'state' },
    states: ['bob failed 1'],
    attempts: [`bob 1 +0s ${MX} 550 5.1.1`],
    heard: [REFUSED],
  },
};
