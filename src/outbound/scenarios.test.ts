/**
 * The way out against servers that misbehave, one row for each thing that can happen at each stage:
 * what became of the recipients, which connections were tried, and what was said on them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptResult } from './outbound.ts';
import { DROP, offering, ONE_MX, SILENCE, STALL, testWorld, TWO_MX } from './testing.ts';
import type { Heard, TestJob, TestServer, WorldOptions } from './testing.ts';

interface Scenario {
  readonly name: string;
  readonly world?: WorldOptions;
  /** Short for a world with one MX and this server. */
  readonly server?: TestServer;
  /** Short for a world with two MX hosts and these servers. */
  readonly two?: readonly [TestServer, TestServer];
  readonly job?: TestJob;
  /** "outcome stage code enhanced", and "own" where the words are ours; one for each recipient. */
  readonly outcomes: readonly string[];
  /** "ip stage", with the server's code or "!" where none answered. */
  readonly tries: readonly string[];
  readonly check?: (heard: readonly Heard[], result: AttemptResult) => void;
}

const MX1 = '192.0.2.1';
const MX2 = '192.0.2.2';
const GOOD: TestServer = {};
const RELAYED = 'relayed dot 250 2.0.0';
const DOWN = '421 4.3.2 closing down';
const BOTH = ['bob@b.test', 'carol@b.test'];
const WITH_TLS = offering('PIPELINING|STARTTLS');

function bodyOf(heard: readonly Heard[], i = 0): string {
  return heard[i]?.texts[0] ?? '';
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'all is well', server: GOOD, outcomes: [RELAYED], tries: [`${MX1} dot 250`] },

  // Connecting.
  {
    name: 'nobody listens',
    server: 'refused',
    outcomes: ['deferred connect 451 4.4.1 own'],
    tries: [`${MX1} connect !`],
  },
  {
    name: 'no way there',
    server: 'unreachable',
    outcomes: ['deferred connect 451 4.4.1 own'],
    tries: [`${MX1} connect !`],
  },
  {
    name: 'nobody answers in time',
    server: 'no-answer',
    outcomes: ['deferred connect 451 4.4.1 own'],
    tries: [`${MX1} connect !`],
  },
  {
    name: '[5321-5.1-next-host] the first host is dead, the second takes it',
    two: ['refused', GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} connect !`, `${MX2} dot 250`],
  },

  {
    name: 'a message that is taken back for one of two while a host is tried goes to the next host for the other',
    two: ['refused', GOOD],
    job: { to: BOTH, takenBack: [0] },
    outcomes: ['deferred connect 451 4.4.1 own', RELAYED],
    tries: [`${MX1} connect !`, `${MX2} dot 250`],
    check: (heard) => assert.ok(!heard.some(({ lines }) => lines.some((line) => line.includes('bob@')))),
  },
  {
    name: 'a message that is taken back for all is given to no other host',
    two: ['refused', GOOD],
    job: { to: BOTH, takenBack: [0, 1] },
    outcomes: ['deferred connect 451 4.4.1 own', 'deferred connect 451 4.4.1 own'],
    tries: [`${MX1} connect !`],
  },

  // The greeting.
  {
    name: '[5321-3.1-greeting-554] a 554 greeting of every host is final',
    two: [{ greeting: '554 5.3.2 no SMTP here' }, { greeting: '554 no' }],
    outcomes: ['failed greeting 554 -'],
    tries: [`${MX1} greeting 554`, `${MX2} greeting 554`],
    check: (heard) =>
      assert.ok(
        heard.every(({ quit }) => quit),
        'QUIT follows a 554 greeting (RFC 5321 §3.1)',
      ),
  },
  {
    name: 'a 554 greeting leaves the question open while another host is down',
    two: [{ greeting: '554 5.3.2 no SMTP here' }, 'refused'],
    outcomes: ['deferred connect 451 4.4.1 own'],
    tries: [`${MX1} greeting 554`, `${MX2} connect !`],
  },
  {
    name: 'a 554 greeting, and the next host is well',
    two: [{ greeting: '554 no' }, GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} greeting 554`, `${MX2} dot 250`],
  },
  {
    name: 'a 421 greeting',
    server: { greeting: DOWN },
    outcomes: ['deferred greeting 421 4.3.2'],
    tries: [`${MX1} greeting 421`],
  },
  {
    name: 'a drop instead of a greeting',
    server: { greeting: DROP },
    outcomes: ['deferred greeting 451 4.4.2 own'],
    tries: [`${MX1} greeting !`],
  },
  {
    name: '[5321-4.5.3.2-client-timeouts] no greeting for five minutes',
    server: { greeting: SILENCE },
    outcomes: ['deferred greeting 451 4.4.2 own'],
    tries: [`${MX1} greeting !`],
    check: (_, result) => assert.equal(result.tries[0]!.endedAt - result.tries[0]!.startedAt, 300_000),
  },
  {
    name: 'a greeting that is not SMTP',
    server: { greeting: 'HTTP/1.1 400 Bad Request' },
    outcomes: ['deferred greeting 451 4.5.0 own'],
    tries: [`${MX1} greeting !`],
  },
  {
    name: 'a greeting of many lines',
    server: { greeting: '220-mx.b.test\r\n220-reads your mail\r\n220 ready' },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
  },

  // EHLO.
  {
    name: '[5321-3.2-client-helo] EHLO is refused: HELO, and nothing of ESMTP is used',
    server: { ehlo: '502 5.5.1 what?' },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard, result) => {
      assert.deepEqual(heard[0]?.lines.slice(0, 4), [
        'EHLO mx.a.test',
        'HELO mx.a.test',
        'MAIL FROM:<alice@a.test>',
        'RCPT TO:<bob@b.test>',
      ]);
      assert.deepEqual(
        heard[0]?.groups.map((group) => group.length),
        [1, 1, 1, 1, 1, 1],
      );
      assert.equal(result.tries[0]?.protocol, 'smtp');
    },
  },
  {
    name: 'EHLO and HELO are refused',
    server: { ehlo: '500 what?', helo: '550 5.7.1 not you' },
    outcomes: ['failed ehlo 550 5.7.1'],
    tries: [`${MX1} ehlo 550`],
  },
  {
    name: 'EHLO is refused for now',
    server: { ehlo: '451 4.3.0 later' },
    outcomes: ['deferred ehlo 451 4.3.0'],
    tries: [`${MX1} ehlo 451`],
  },
  {
    name: 'a drop at EHLO',
    server: { ehlo: DROP },
    outcomes: ['deferred ehlo 451 4.4.2 own'],
    tries: [`${MX1} ehlo !`],
  },
  {
    name: 'EHLO is answered 421',
    two: [{ ehlo: DOWN }, GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} ehlo 421`, `${MX2} dot 250`],
  },
  {
    name: 'EHLO is answered 354',
    server: { ehlo: '354 go on' },
    outcomes: ['deferred ehlo 451 4.5.0 own'],
    tries: [`${MX1} ehlo !`],
  },

  // TLS as far as it can be had.
  {
    name: '[3207-4-opportunistic] STARTTLS is used where it is offered, and EHLO said again',
    server: { ehlo: WITH_TLS },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250 tls`],
    check: (heard) => assert.deepEqual(heard[0]?.lines.slice(0, 3), ['EHLO mx.a.test', 'STARTTLS', 'EHLO mx.a.test']),
  },
  {
    name: '[3207-4.2-client-forget] what was offered in clear is not used under TLS',
    server: { ehlo: offering('SIZE|DSN|STARTTLS'), ehloInTls: offering('PIPELINING') },
    job: { message: { envid: 'x' } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250 tls`],
    check: (heard) => assert.ok(heard[0]?.lines.includes('MAIL FROM:<alice@a.test>')),
  },
  {
    name: 'STARTTLS is refused: in clear on the same connection',
    server: { ehlo: WITH_TLS, starttls: '454 4.7.0 not now' },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
  },
  {
    name: 'the handshake is garbage: again in clear',
    server: { ehlo: WITH_TLS, handshake: 'garbage' },
    outcomes: [RELAYED],
    tries: [`${MX1} tls !`, `${MX1} dot 250`],
  },
  {
    name: 'a drop in the handshake: again in clear',
    server: { ehlo: WITH_TLS, handshake: 'drop' },
    outcomes: [RELAYED],
    tries: [`${MX1} tls !`, `${MX1} dot 250`],
  },
  {
    name: 'a drop at STARTTLS: again in clear',
    server: { ehlo: WITH_TLS, starttls: DROP },
    outcomes: [RELAYED],
    tries: [`${MX1} tls !`, `${MX1} dot 250`],
  },
  {
    name: 'a drop at EHLO under TLS: again in clear',
    server: { ehlo: WITH_TLS, ehloInTls: DROP },
    outcomes: [RELAYED],
    tries: [`${MX1} ehlo ! tls`, `${MX1} dot 250`],
  },
  {
    name: 'the handshake is garbage, and in clear the message can not be taken: that is what counts',
    server: { ehlo: offering('SIZE 50|STARTTLS'), handshake: 'garbage' },
    outcomes: ['failed ehlo 554 5.3.4 own'],
    tries: [`${MX1} tls !`, `${MX1} ehlo !`],
  },
  {
    name: 'the handshake is garbage, and then nobody answers',
    server: [{ ehlo: WITH_TLS, handshake: 'garbage' }, { greeting: DROP }],
    outcomes: ['deferred greeting 451 4.4.2 own'],
    tries: [`${MX1} tls !`, `${MX1} greeting !`],
  },
  {
    name: 'STARTTLS is answered 421',
    two: [{ ehlo: WITH_TLS, starttls: DOWN }, GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} tls 421`, `${MX2} dot 250`],
  },

  // MAIL.
  {
    name: '[5321-4.2.1-permanent] a 5xx to MAIL is final, and no other host is asked',
    two: [{ mail: '550 5.7.1 not from you' }, GOOD],
    job: { to: BOTH },
    outcomes: ['failed mail 550 5.7.1', 'failed mail 550 5.7.1'],
    tries: [`${MX1} mail 550`],
  },
  {
    name: 'a 4xx to MAIL: the next host',
    two: [{ mail: '451 4.7.1 greylisted' }, GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} mail 451`, `${MX2} dot 250`],
  },
  { name: 'a 421 to MAIL', server: { mail: DOWN }, outcomes: ['deferred mail 421 4.3.2'], tries: [`${MX1} mail 421`] },
  {
    name: 'a drop at MAIL',
    server: { mail: DROP },
    outcomes: ['deferred mail 451 4.4.2 own'],
    tries: [`${MX1} mail !`],
  },
  {
    name: 'silence at MAIL',
    server: { mail: SILENCE },
    outcomes: ['deferred mail 451 4.4.2 own'],
    tries: [`${MX1} mail !`],
  },
  {
    name: 'MAIL is refused without pipelining: nothing more is said',
    server: { ehlo: offering(''), mail: '550 no' },
    outcomes: ['failed mail 550 -'],
    tries: [`${MX1} mail 550`],
    check: (heard) => assert.deepEqual(heard[0]?.lines, ['EHLO mx.a.test', 'MAIL FROM:<alice@a.test>', 'QUIT']),
  },
  {
    name: 'MAIL is refused and the pipelined DATA gets a 354: nothing is delivered, we hang up',
    server: { mail: '550 5.7.1 no', rcpt: { '*': '503 mail first' } },
    outcomes: ['failed mail 550 5.7.1'],
    tries: [`${MX1} mail 550`],
    check: (heard) => assert.deepEqual([heard[0]?.texts, heard[0]?.quit], [[], false]),
  },

  // RCPT.
  {
    name: 'a 5xx to RCPT is final',
    two: [{ rcpt: { '*': '550 5.1.1 nobody' }, data: '554 5.5.1 no recipients' }, GOOD],
    outcomes: ['failed rcpt 550 5.1.1'],
    tries: [`${MX1} rcpt 550`],
  },
  {
    name: 'a 4xx to RCPT: the next host',
    two: [{ rcpt: { '*': '450 4.2.0 greylisted' }, data: '554 no' }, GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} rcpt 450`, `${MX2} dot 250`],
  },
  {
    name: 'a 4xx to RCPT everywhere: the words of a server go before a dead host',
    two: [{ rcpt: { '*': '450 4.2.0 greylisted' }, data: '554 no' }, 'refused'],
    outcomes: ['deferred rcpt 450 4.2.0'],
    tries: [`${MX1} rcpt 450`, `${MX2} connect !`],
  },
  {
    name: 'a 421 to RCPT',
    server: { rcpt: { '*': DOWN } },
    outcomes: ['deferred rcpt 421 4.3.2'],
    tries: [`${MX1} rcpt 421`],
  },
  {
    name: 'a drop at RCPT',
    server: { rcpt: { '*': DROP } },
    outcomes: ['deferred rcpt 451 4.4.2 own'],
    tries: [`${MX1} rcpt !`],
  },
  {
    name: 'a 551 to RCPT',
    server: { rcpt: { '*': '551 5.1.6 moved' }, data: '554 no' },
    outcomes: ['failed rcpt 551 5.1.6'],
    tries: [`${MX1} rcpt 551`],
  },
  {
    name: 'a 252 to RCPT is a yes',
    server: { rcpt: { '*': '252 will see' } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
  },
  {
    name: 'one of two recipients is refused',
    server: { rcpt: { 'bob@b.test': '550 5.1.1 nobody' } },
    job: { to: BOTH },
    outcomes: ['failed rcpt 550 5.1.1', RELAYED],
    tries: [`${MX1} dot 250`],
  },
  {
    name: 'one is taken, one refused for now: the next host gets that one only',
    two: [{ rcpt: { 'bob@b.test': '450 4.2.1 full' } }, GOOD],
    job: { to: BOTH },
    outcomes: [RELAYED, RELAYED],
    tries: [`${MX1} dot 250`, `${MX2} dot 250`],
    check: (heard) =>
      assert.deepEqual(
        heard[1]?.lines.filter((line) => line.startsWith('RCPT')),
        ['RCPT TO:<bob@b.test>'],
      ),
  },
  {
    name: 'each of three recipients fares differently',
    server: { rcpt: { 'bob@b.test': '550 5.1.1 nobody', 'carol@b.test': '451 4.2.0 later' } },
    job: { to: [...BOTH, 'dave@b.test'] },
    outcomes: ['failed rcpt 550 5.1.1', 'deferred rcpt 451 4.2.0', RELAYED],
    tries: [`${MX1} dot 250`],
  },
  {
    name: '[2920-3.1-lone-dot] all are refused and the pipelined DATA gets a 354: a lone dot',
    server: { rcpt: { '*': '550 5.1.1 nobody' }, dot: '554 5.5.1 no valid recipients' },
    outcomes: ['failed rcpt 550 5.1.1'],
    tries: [`${MX1} rcpt 550`],
    check: (heard) => assert.deepEqual([heard[0]?.texts, heard[0]?.quit], [['.\r\n'], true]),
  },
  {
    name: '[2920-3.1-lone-dot] even a 250 to the lone dot relays nothing',
    server: { rcpt: { '*': '550 5.1.1 nobody' } },
    outcomes: ['failed rcpt 550 5.1.1'],
    tries: [`${MX1} rcpt 550`],
  },
  {
    name: 'all are refused without pipelining: no DATA',
    server: { ehlo: offering(''), rcpt: { '*': '550 no' } },
    job: { to: BOTH },
    outcomes: ['failed rcpt 550 -', 'failed rcpt 550 -'],
    tries: [`${MX1} rcpt 550`],
    check: (heard) => assert.ok(!heard[0]?.lines.includes('DATA')),
  },
  {
    name: '[5321-4.5.3.1.10-client-too-many] too many recipients: the rest follows on the same connection',
    server: { rcpt: { 'carol@b.test': '452 4.5.3 too many', 'dave@b.test': '552 5.5.3 too many' } },
    job: { to: ['carol@b.test', 'dave@b.test', 'bob@b.test'] },
    outcomes: ['deferred rcpt 452 4.5.3', 'deferred rcpt 552 5.5.3', RELAYED],
    tries: [`${MX1} rcpt 552`],
    check: (heard) => assert.equal(heard[0]?.lines.filter((line) => line === 'RCPT TO:<carol@b.test>').length, 2),
  },
  {
    name: 'a limit of recipients that the server told is kept',
    server: { ehlo: offering('PIPELINING|LIMITS RCPTMAX=2') },
    job: { to: ['r1@b.test', 'r2@b.test', 'r3@b.test', 'r4@b.test', 'r5@b.test'] },
    outcomes: [RELAYED, RELAYED, RELAYED, RELAYED, RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) => assert.equal(heard[0]?.texts.length, 3),
  },

  {
    name: 'a full mailbox is not too many recipients: the message goes out once',
    server: { rcpt: { 'carol@b.test': '452 4.2.2 full' } },
    job: { to: ['carol@b.test', 'bob@b.test'] },
    outcomes: ['deferred rcpt 452 4.2.2', RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) => assert.equal(heard[0]?.lines.filter((line) => line.startsWith('RCPT')).length, 2),
  },
  {
    name: 'an address that holds a line end is not sent',
    two: [GOOD, GOOD],
    job: { to: ['bob@b.test>\r\nRCPT TO:<eve@b.test'] },
    outcomes: ['deferred mail 451 4.3.0 own'],
    tries: [`${MX1} mail !`],
    check: (heard) => assert.ok(!heard[0]?.lines.some((line) => line.includes('eve'))),
  },

  // DATA.
  {
    name: 'a 5xx to DATA is final',
    two: [{ data: '554 5.7.1 no' }, GOOD],
    outcomes: ['failed data 554 5.7.1'],
    tries: [`${MX1} data 554`],
  },
  {
    name: 'a 4xx to DATA: the next host',
    two: [{ data: '451 4.3.0 busy' }, GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} data 451`, `${MX2} dot 250`],
  },
  { name: 'a 421 to DATA', server: { data: DOWN }, outcomes: ['deferred data 421 4.3.2'], tries: [`${MX1} data 421`] },
  {
    name: 'a drop at DATA',
    server: { data: DROP },
    outcomes: ['deferred data 451 4.4.2 own'],
    tries: [`${MX1} data !`],
  },
  {
    name: 'DATA is answered 250',
    server: { data: '250 2.0.0 fine' },
    outcomes: ['deferred data 451 4.5.0 own'],
    tries: [`${MX1} data !`],
    check: (heard) => assert.deepEqual(heard[0]?.texts, []),
  },
  {
    name: 'silence at DATA for two minutes',
    server: { data: SILENCE },
    outcomes: ['deferred data 451 4.4.2 own'],
    tries: [`${MX1} data !`],
    check: (_, result) => assert.equal(result.tries[0]!.endedAt - result.tries[0]!.startedAt, 120_000),
  },

  // The text.
  {
    name: 'a drop in the middle of the text: the next host',
    two: [{ text: { after: 1000, act: DROP } }, GOOD],
    job: { text: 'x'.repeat(70).concat('\r\n').repeat(3000) },
    outcomes: [RELAYED],
    tries: [`${MX1} data !`, `${MX2} dot 250`],
  },
  {
    name: 'a refusal in the middle of the text, and a drop: its words count',
    server: { text: { after: 1000, act: { drop: true, reply: '552 5.3.4 too big' } } },
    job: { text: 'x'.repeat(70).concat('\r\n').repeat(30_000) },
    outcomes: ['failed data 552 5.3.4'],
    tries: [`${MX1} data 552`],
  },
  {
    name: 'the server stops reading for three minutes',
    server: { text: { after: 1000, act: STALL } },
    job: { text: 'x'.repeat(70).concat('\r\n').repeat(30_000) },
    outcomes: ['deferred data 451 4.4.2 own'],
    tries: [`${MX1} data !`],
    check: (_, result) => assert.equal(result.tries[0]!.endedAt - result.tries[0]!.startedAt, 180_000),
  },

  // The final dot.
  {
    name: 'a 5xx to the final dot is final',
    two: [{ dot: '554 5.7.1 spam' }, GOOD],
    job: { to: BOTH },
    outcomes: ['failed dot 554 5.7.1', 'failed dot 554 5.7.1'],
    tries: [`${MX1} dot 554`],
  },
  {
    name: 'a 4xx to the final dot: the next host',
    two: [{ dot: '451 4.3.0 disk full' }, GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} dot 451`, `${MX2} dot 250`],
  },
  {
    name: 'a 421 to the final dot',
    server: { dot: DOWN },
    outcomes: ['deferred dot 421 4.3.2'],
    tries: [`${MX1} dot 421`],
  },
  {
    name: '[5321-4.5.3.2.6-unsure] a drop behind the final dot: unsure, and no other host is tried',
    two: [{ dot: DROP }, GOOD],
    job: { to: BOTH },
    outcomes: ['unsure dot 451 4.4.2 own', 'unsure dot 451 4.4.2 own'],
    tries: [`${MX1} dot !`],
    check: (_, result) =>
      assert.match(result.tries[0]?.problem ?? '', /while we waited for the answer to the final dot/),
  },
  {
    name: 'silence behind the final dot for ten minutes: unsure',
    server: { dot: SILENCE },
    outcomes: ['unsure dot 451 4.4.2 own'],
    tries: [`${MX1} dot !`],
    check: (_, result) => assert.equal(result.tries[0]!.endedAt - result.tries[0]!.startedAt, 600_000),
  },
  {
    name: 'rubbish behind the final dot: unsure',
    server: { dot: 'taken!' },
    outcomes: ['unsure dot 451 4.5.0 own'],
    tries: [`${MX1} dot !`],
  },
  {
    name: 'the answer to the final dot breaks off',
    server: { dot: { drop: true, reply: '250-taken' } },
    outcomes: ['unsure dot 451 4.4.2 own'],
    tries: [`${MX1} dot !`],
  },
  {
    name: 'a drop right behind the 250',
    server: { dot: { drop: true, reply: '250 2.0.0 taken' } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
  },

  // Odd replies.
  {
    name: 'codes that differ between the lines: the last one counts',
    server: { mail: '250-2.1.0 well\r\n550 5.7.1 no' },
    outcomes: ['failed mail 550 5.7.1'],
    tries: [`${MX1} mail 550`],
  },
  {
    name: 'replies without text',
    server: { greeting: '220', mail: '250', rcpt: { '*': '250' }, data: '354', dot: '250' },
    outcomes: ['relayed dot 250 -'],
    tries: [`${MX1} dot 250`],
  },
  {
    name: 'an endless reply',
    server: { mail: '250-more\r\n'.repeat(2000) },
    outcomes: ['deferred mail 451 4.5.0 own'],
    tries: [`${MX1} mail !`],
  },
  {
    name: 'a line without end',
    server: { mail: `250 ${'x'.repeat(100_000)}` },
    outcomes: ['deferred mail 451 4.5.0 own'],
    tries: [`${MX1} mail !`],
  },

  // What is offered, and what is needed.
  {
    name: '[5321-4.1.1.11-offered-only] parameters are used when they are offered',
    server: { ehlo: offering('SIZE|8BITMIME|SMTPUTF8|DSN') },
    job: {
      text: 'Subject: ü\r\n\r\nü\r\n',
      message: { body: '8bitmime', smtputf8: true, ret: 'hdrs', envid: 'a+b' },
      to: [{ address: 'bob@b.test', notify: ['failure', 'delay'], orcpt: 'rfc822;b+b@b.test' }],
    },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) =>
      assert.deepEqual(heard[0]?.lines.slice(1, 3), [
        'MAIL FROM:<alice@a.test> SIZE=19 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb',
        'RCPT TO:<bob@b.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;b+2Bb@b.test',
      ]),
  },
  {
    name: '[1870-6.1-too-big] a message that is too big is not sent',
    two: [{ ehlo: offering('SIZE 50') }, { ehlo: offering('SIZE 60') }],
    outcomes: ['failed ehlo 554 5.3.4 own'],
    tries: [`${MX1} ehlo !`, `${MX2} ehlo !`],
    check: (heard) => assert.ok(heard.every(({ lines }) => lines.length === 2)),
  },
  {
    name: '[1870-6.1-refused-at-mail] a size that is refused at MAIL: not an octet of the message is sent',
    server: { ehlo: offering('SIZE|PIPELINING'), mail: '552 5.3.4 too big', rcpt: { '*': '503 no' }, data: '503 no' },
    outcomes: ['failed mail 552 5.3.4'],
    tries: [`${MX1} mail 552`],
    check: (heard) => {
      assert.equal(heard[0]?.lines[1], 'MAIL FROM:<alice@a.test> SIZE=68');
      assert.deepEqual(heard[0]?.texts, []);
    },
  },
  {
    name: 'too big for the first host, not for the second',
    two: [{ ehlo: offering('SIZE 50') }, GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} ehlo !`, `${MX2} dot 250`],
  },
  {
    name: 'SIZE without a limit',
    server: { ehlo: offering('SIZE 0') },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
  },
  {
    name: '[6152-3-client-reencode] 8-bit text where 8BITMIME is not offered is re-encoded for that host',
    two: [{ ehlo: offering('SIZE'), dot: '451 4.3.0 not now' }, GOOD],
    job: { text: 'Subject: x\r\n\r\n.ü\r\n', message: { body: '8bitmime' } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 451`, `${MX2} dot 250`],
    check: (heard, { tries }) => {
      const encoded =
        'Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=unknown-8bit\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n.=C3=BC\r\n';
      assert.equal(bodyOf(heard, 0), `${encoded.replace('\r\n.', '\r\n..')}.\r\n`);
      assert.equal(heard[0]?.lines[1], `MAIL FROM:<alice@a.test> SIZE=${encoded.length}`);
      assert.equal(Buffer.from(bodyOf(heard, 1), 'latin1').toString(), 'Subject: x\r\n\r\n..ü\r\n.\r\n');
      assert.equal(heard[1]?.lines[1], 'MAIL FROM:<alice@a.test> SIZE=19 BODY=8BITMIME');
      assert.deepEqual(
        tries.map(({ reencoded }) => reencoded),
        [{ dkim: false }, undefined],
      );
    },
  },
  {
    name: '[6152-3-client-reencode] 8-bit text that nobody declared is re-encoded too',
    server: { ehlo: '502 no', helo: '250 mx.b.test' },
    job: { text: 'DKIM-Signature: v=1\r\n\r\nü' },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard, { tries }) => {
      assert.match(bodyOf(heard), /\r\n\r\n=C3=BC\r\n\.\r\n$/);
      assert.deepEqual(tries[0]?.reencoded, { dkim: true });
    },
  },
  {
    name: '[1870-6.1-too-big] what is too big only when it is re-encoded is not sent either',
    server: { ehlo: offering('SIZE 100') },
    job: { text: 'Subject: x\r\n\r\nü\r\n', message: { body: '8bitmime' } },
    outcomes: ['failed ehlo 554 5.3.4 own'],
    tries: [`${MX1} ehlo !`],
    check: (_, { outcomes }) => assert.match(outcomes[0]?.reply.lines[0] ?? '', /has 134 octets; .* takes at most 100/),
  },
  {
    name: '[6152-3-client-not-offered] [1847-2.1-opaque] signed 8-bit text where 8BITMIME is not offered: the sender is told why',
    two: [{ ehlo: offering('') }, { ehlo: offering('SIZE') }],
    job: { text: 'Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nü\r\n--b--\r\n' },
    outcomes: ['failed ehlo 554 5.6.3 own'],
    tries: [`${MX1} ehlo !`, `${MX2} ehlo !`],
    check: (heard, { outcomes }) => {
      assert.ok(heard.every(({ lines }) => lines.length === 2));
      assert.equal(
        outcomes[0]?.reply.lines[0],
        "The message has 8-bit text, mx2.b.test [192.0.2.2]:25 doesn't offer 8BITMIME, and the message can't be re-encoded: that would break the signature over its text (multipart/signed)",
      );
    },
  },
  {
    name: 'signed 8-bit text, and another host offers 8BITMIME',
    two: [{ ehlo: offering('') }, GOOD],
    job: { text: 'Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nü\r\n--b--\r\n' },
    outcomes: [RELAYED],
    tries: [`${MX1} ehlo !`, `${MX2} dot 250`],
  },
  {
    name: '[5322-2.1.1-long-lines] a line over 998 that others wrote is sent unchanged',
    server: GOOD,
    job: { text: `Subject: x\r\n\r\n${'x'.repeat(1500)}\r\n` },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) => assert.equal(bodyOf(heard), `Subject: x\r\n\r\n${'x'.repeat(1500)}\r\n.\r\n`),
  },
  {
    name: '[5322-2.1.1-long-lines] a line over 998 that we composed is encoded on its way',
    server: GOOD,
    job: { text: `Subject: x\r\n\r\n${'x'.repeat(1500)}\r\n`, message: { composed: true } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) => {
      assert.ok(
        bodyOf(heard)
          .split('\r\n')
          .every((line) => line.length <= 76),
      );
      assert.equal(bodyOf(heard).replaceAll('=\r\n', '').split('\r\n').at(-3), 'x'.repeat(1500));
    },
  },
  {
    name: 'what we composed in UTF-8 stays so where it can, and is one message of one encoding where it can not',
    two: [{ ehlo: offering(''), dot: '451 4.3.0 not now' }, GOOD],
    job: { text: 'Subject: x\r\n\r\nü\r\n', message: { composed: true, body: '8bitmime' } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 451`, `${MX2} dot 250`],
    check: (heard, { tries }) => {
      assert.match(bodyOf(heard, 0), /=C3=BC/);
      assert.deepEqual(
        tries.map(({ reencoded }) => reencoded),
        [{ dkim: false }, undefined],
      );
    },
  },
  {
    name: 'where SMTPUTF8 is offered without 8BITMIME, against RFC 6531 §3.1, other 8-bit text is re-encoded',
    server: { ehlo: offering('SMTPUTF8') },
    job: { text: 'Subject: x\r\n\r\nü\r\n' },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (_, { tries }) => assert.deepEqual(tries[0]?.reencoded, { dkim: false }),
  },
  {
    name: 'and what is announced with SMTPUTF8 is left as it is',
    server: { ehlo: offering('SMTPUTF8') },
    job: { text: 'Subject: ü\r\n\r\nü\r\n', message: { smtputf8: true } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (_, { tries }) => assert.equal(tries[0]?.reencoded, undefined),
  },
  {
    name: '[6152-3-client-not-offered] raw octets in a header that ASCII can not say',
    server: { ehlo: offering('') },
    job: { text: Buffer.from('Subject: \xfc\r\n\r\nx\r\n', 'latin1') },
    outcomes: ['failed ehlo 554 5.6.3 own'],
    tries: [`${MX1} ehlo !`],
  },
  {
    name: '8-bit text that was only declared',
    server: { ehlo: offering('') },
    job: { message: { body: '8bitmime', smtputf8: true } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
  },
  {
    name: '[6531-3.2-not-offered] a UTF-8 header where SMTPUTF8 is not offered',
    server: { ehlo: offering('8BITMIME') },
    job: { text: 'Subject: ü\r\n\r\nx\r\n', message: { smtputf8: true } },
    outcomes: ['failed ehlo 554 5.6.7 own'],
    tries: [`${MX1} ehlo !`],
  },
  {
    name: '[6531-3.2-not-offered] a UTF-8 address where SMTPUTF8 is not offered',
    server: { ehlo: offering('8BITMIME') },
    job: { to: ['jürgen@b.test'] },
    outcomes: ['failed ehlo 554 5.6.7 own'],
    tries: [`${MX1} ehlo !`],
  },
  {
    name: '[6531-3.2-only-who-needs-it] of several recipients only those fail whose own address needs SMTPUTF8',
    server: { ehlo: offering('8BITMIME|PIPELINING') },
    job: { to: ['bob@b.test', 'jürgen@b.test', 'carol@b.test'] },
    outcomes: [RELAYED, 'failed ehlo 554 5.6.7 own', RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard, { outcomes }) => {
      assert.deepEqual(heard[0]?.lines.slice(1, 4), [
        'MAIL FROM:<alice@a.test>',
        'RCPT TO:<bob@b.test>',
        'RCPT TO:<carol@b.test>',
      ]);
      assert.equal(
        outcomes[1]?.reply.lines[0],
        "The address jürgen@b.test has characters outside ASCII, which takes SMTPUTF8, and mx.b.test [192.0.2.1]:25 doesn't offer it",
      );
    },
  },
  {
    name: '[6531-3.2-only-who-needs-it] and they go to a host that offers it',
    two: [{ ehlo: offering('') }, GOOD],
    job: { to: ['bob@b.test', 'jürgen@b.test'] },
    outcomes: [RELAYED, RELAYED],
    tries: [`${MX1} dot 250`, `${MX2} dot 250`],
    check: (heard) => {
      assert.deepEqual(heard[1]?.lines.slice(1, 3), [
        `MAIL FROM:<alice@a.test> SIZE=${heard[1]?.texts[0]?.length === undefined ? 0 : heard[1].texts[0].length - 3} SMTPUTF8`,
        `RCPT TO:<${Buffer.from('jürgen@b.test').toString('latin1')}>`,
      ]);
    },
  },
  {
    name: "[6531-3.2-only-who-needs-it] a sender in UTF-8 is everybody's need",
    server: { ehlo: offering('8BITMIME') },
    job: { to: ['bob@b.test', 'carol@b.test'], message: { mailFrom: 'jürgen@a.test' } },
    outcomes: ['failed ehlo 554 5.6.7 own', 'failed ehlo 554 5.6.7 own'],
    tries: [`${MX1} ehlo !`],
  },
  {
    name: '[6531-3.2-a-labels] a domain in U-labels goes as A-labels, and needs no SMTPUTF8',
    server: { ehlo: offering('8BITMIME') },
    job: { to: ['bob@bücher.test'], message: { mailFrom: 'alice@münchen.test' } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) =>
      assert.deepEqual(heard[0]?.lines.slice(1, 3), [
        'MAIL FROM:<alice@xn--mnchen-3ya.test>',
        'RCPT TO:<bob@xn--bcher-kva.test>',
      ]),
  },

  {
    name: '[3030-2-client-chunks] in chunks where CHUNKING is offered',
    server: { ehlo: offering('CHUNKING|PIPELINING|SIZE') },
    job: { text: '.x\r\n' },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) => {
      assert.deepEqual(heard[0]?.lines.slice(3), ['BDAT 4 LAST', 'QUIT']);
      assert.deepEqual(heard[0]?.texts, ['.x\r\n']);
    },
  },
  {
    name: '[5321-4.5.3.2.6-unsure] a drop behind the last chunk: unsure, and no other host is tried',
    two: [{ ehlo: offering('CHUNKING|PIPELINING'), dot: DROP }, GOOD],
    outcomes: ['unsure dot 451 4.4.2 own'],
    tries: [`${MX1} dot !`],
  },
  {
    name: '[3030-2-client-unknown] CHUNKING that is offered and not understood: the same host gets DATA',
    two: [{ ehlo: offering('CHUNKING|PIPELINING'), bdat: '502 5.5.1 what?' }, GOOD],
    outcomes: [RELAYED],
    tries: [`${MX1} data !`, `${MX1} dot 250`],
    check: (heard, { tries }) => {
      assert.match(
        tries[0]?.problem ?? '',
        /offers CHUNKING and does not understand BDAT: it answered 502 5\.5\.1 what\?/,
      );
      assert.deepEqual(
        heard.map(({ lines }) => lines.find((line) => /^(BDAT|DATA)/.test(line))),
        ['BDAT 68 LAST', 'DATA'],
      );
    },
  },
  {
    name: 'and a host that understands neither waits',
    server: { ehlo: offering('CHUNKING|PIPELINING'), bdat: '502 what?', data: '451 4.3.0 not now' },
    outcomes: ['deferred data 451 4.3.0'],
    tries: [`${MX1} data !`, `${MX1} data 451`],
  },
  {
    name: '[3030-2-client-refused] a chunk that is refused for good',
    two: [{ ehlo: offering('CHUNKING|PIPELINING'), bdat: { drop: true, reply: '552 5.3.4 too big' } }, GOOD],
    outcomes: ['failed dot 552 5.3.4'],
    tries: [`${MX1} dot 552`],
  },

  // Our own end.
  {
    name: 'the message cannot be read: no half message is sent, and no other host is troubled',
    two: [GOOD, GOOD],
    job: { message: { content: broken } },
    outcomes: ['deferred data 451 4.3.0 own'],
    tries: [`${MX1} data !`],
    check: (heard) => assert.deepEqual([heard[0]?.texts, heard.length], [[], 1]),
  },
  {
    name: 'a stop while a host does not answer',
    two: ['no-answer', GOOD],
    job: { abortAfter: 10 },
    outcomes: ['deferred connect 451 4.3.2 own'],
    tries: [`${MX1} connect !`],
  },
  {
    name: 'a stop before the final dot',
    server: { mail: SILENCE },
    job: { abortAfter: 10 },
    outcomes: ['deferred connect 451 4.3.2 own'],
    tries: [`${MX1} mail !`],
  },
  {
    name: 'a stop behind the final dot: unsure, as it is',
    two: [{ dot: SILENCE }, GOOD],
    job: { abortAfter: 10 },
    outcomes: ['unsure dot 451 4.4.2 own'],
    tries: [`${MX1} dot !`],
  },
  {
    name: '[5321-4.5.2-client-stuffing] dots are doubled and bare line ends mended on the wire',
    server: GOOD,
    job: { text: '.\r\n..\r\na.\r\nb\n.\r\rc\r.\n\r\nend' },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) => assert.equal(bodyOf(heard), '..\r\n...\r\na.\r\nb\r\n..\r\n\r\nc\r\n..\r\n\r\nend\r\n.\r\n'),
  },
  {
    name: 'an empty message',
    server: GOOD,
    job: { text: '' },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) => assert.equal(bodyOf(heard), '.\r\n'),
  },
  {
    name: 'the null reverse-path',
    server: GOOD,
    job: { message: { mailFrom: '' } },
    outcomes: [RELAYED],
    tries: [`${MX1} dot 250`],
    check: (heard) => assert.match(heard[0]?.lines[1] ?? '', /^MAIL FROM:<>/),
  },
];

async function* broken(): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from('Subject: half\r\n'));
  throw new Error('disk on fire');
}

function worldOf(scenario: Scenario): WorldOptions {
  if (scenario.two !== undefined) return { zones: TWO_MX, servers: { [MX1]: scenario.two[0], [MX2]: scenario.two[1] } };
  return scenario.world ?? { zones: ONE_MX, servers: { [MX1]: scenario.server ?? GOOD } };
}

function outcomeText(result: AttemptResult): readonly string[] {
  return result.outcomes.map(({ outcome, stage, reply, remote }) =>
    [outcome, stage, reply.code, reply.enhanced ?? '-', ...(remote ? [] : ['own'])].join(' '),
  );
}

function triesText(result: AttemptResult): readonly string[] {
  return result.tries.map(({ ip, stage, reply, tls }) =>
    [ip, stage, reply?.code ?? '!', ...(tls === undefined ? [] : ['tls'])].join(' '),
  );
}

for (const scenario of SCENARIOS) {
  test(scenario.name, async () => {
    const world = testWorld(worldOf(scenario));
    const result = await world.send(scenario.job);
    assert.deepEqual(outcomeText(result), scenario.outcomes);
    assert.deepEqual(triesText(result), scenario.tries);
    scenario.check?.(world.heard, result);
    assert.equal(world.clock.pending, 0, 'a timer is left');
  });
}

test('[3030-2-client-unknown] the next message for a server that does not understand BDAT goes behind DATA at once', async () => {
  const world = testWorld(
    worldOf({ name: '', server: { ehlo: offering('CHUNKING'), bdat: '500 what?' }, outcomes: [], tries: [] }),
  );
  assert.deepEqual(triesText(await world.send()), [`${MX1} data !`, `${MX1} dot 250`]);
  assert.deepEqual(triesText(await world.send()), [`${MX1} dot 250`]);
});
