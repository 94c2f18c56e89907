/** What servers say and do at each stage, and what follows from it (RFC 5321 §4.2.1, §3.1, §4.5.3.2.6). */
import assert from 'node:assert/strict';
import { DROP, offering } from '../../../src/outbound/testing.ts';
import type { ServerScript } from '../../../src/outbound/testing.ts';
import { LONG_TEXT, MINUTE } from '../scenario.ts';
import type { Scenario, Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const TAKEN = `${MX}: EHLO MAIL RCPT DATA . QUIT`;

type Stage = 'greeting' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'dot';

const AT: Readonly<Record<Stage, (answer: string) => ServerScript>> = {
  greeting: (answer) => ({ greeting: answer }),
  // A 5xx to EHLO means HELO, which is refused too.
  ehlo: (answer) => ({ ehlo: answer, helo: answer }),
  mail: (answer) => ({ mail: answer, rcpt: { '*': '503 5.5.1 MAIL first' }, data: '503 5.5.1 RCPT first' }),
  rcpt: (answer) => ({ rcpt: { '*': answer }, data: '503 5.5.1 RCPT first' }),
  data: (answer) => ({ data: answer }),
  dot: (answer) => ({ dot: answer }),
};

const NAMED: Readonly<Record<Stage, string>> = {
  greeting: 'instead of a greeting',
  ehlo: 'to EHLO',
  mail: 'to MAIL',
  rcpt: 'to RCPT',
  data: 'to DATA',
  dot: 'to the whole message',
};

/** The commands that a server hears which answers so at this stage; it takes them all in one go where they are pipelined. */
const SAID: Readonly<Record<Stage, string>> = {
  greeting: '',
  ehlo: 'EHLO',
  mail: 'EHLO MAIL RCPT DATA',
  rcpt: 'EHLO MAIL RCPT DATA',
  data: 'EHLO MAIL RCPT DATA',
  dot: 'EHLO MAIL RCPT DATA .',
};

/** Not now: the next try, a minute later, finds the server well. */
function refusedForNow(stage: Stage, answer: string, goodbye: string): Scenario {
  const code = answer.slice(0, 9);
  const what = answer.startsWith('421') ? 'A server that closes down (421)' : 'A temporary refusal (4xx)';
  return {
    rules: [answer.startsWith('421') ? '5321-3.8-client-421' : '5321-4.5.4.1-retry'],
    clause: `${what} ${NAMED[stage]} leaves the message waiting for the next try`,
    servers: { [MX]: [AT[stage](answer), {}] },
    moves: [['wait', 2 * MINUTE]],
    states: ['bob relayed 2'],
    attempts: [`bob 1 +0s ${MX} ${code}`, `bob 2 +1m ${MX} 250 2.0.0`],
    heard: [`${MX}: ${SAID[stage]}${goodbye}`.replace(/ +/g, ' ').trimEnd(), TAKEN],
  };
}

/** For good: the sender hears of it at once, in the server's own words. */
function refusedForGood(stage: Stage, answer: string, said = SAID[stage]): Scenario {
  const code = answer.slice(0, 9);
  return {
    rules: [stage === 'greeting' ? '5321-3.1-greeting-554' : '5321-4.2.1-permanent'],
    clause: `A permanent refusal (5xx) ${NAMED[stage]} is not repeated: the message comes back at once`,
    servers: { [MX]: AT[stage](answer) },
    states: ['bob failed 1'],
    attempts: [`bob 1 +0s ${MX} ${code}`],
    heard: [`${MX}: ${said} QUIT`.replace(/ +/g, ' ')],
    reports: [`failed to alice@a.test: bob@b.test ${code.slice(4)}`],
  };
}

const DOWN = '421 4.3.2 closing down for the night';
const QUIT = ' QUIT';

const THREE = { 'bob@b.test': '', 'carol@b.test': '', 'dave@b.test': '' };

export const ANSWERS: Scenarios = {
  'greeting-4xx': refusedForNow('greeting', '450 4.3.2 too busy', QUIT),
  'greeting-421': refusedForNow('greeting', DOWN, ''),
  'greeting-554': refusedForGood('greeting', '554 5.3.2 no mail server here'),
  'ehlo-4xx': refusedForNow('ehlo', '451 4.3.0 out of order', QUIT),
  'ehlo-421': refusedForNow('ehlo', DOWN, ''),
  'ehlo-5xx': refusedForGood('ehlo', '550 5.7.1 not from your network', 'EHLO HELO'),
  'mail-4xx': refusedForNow('mail', '451 4.7.1 greylisted, come again', QUIT),
  'mail-421': refusedForNow('mail', DOWN, ''),
  'mail-5xx': refusedForGood('mail', '550 5.7.1 not from this sender'),
  'rcpt-4xx': refusedForNow('rcpt', '450 4.2.1 mailbox busy', QUIT),
  'rcpt-421': refusedForNow('rcpt', DOWN, ''),
  'rcpt-5xx': refusedForGood('rcpt', '550 5.1.1 no such user here'),
  'data-4xx': refusedForNow('data', '451 4.3.1 no room', QUIT),
  'data-421': refusedForNow('data', DOWN, ''),
  'data-5xx': refusedForGood('data', '554 5.7.1 no message from you'),
  'dot-4xx': refusedForNow('dot', '452 4.3.1 disk full', QUIT),
  'dot-421': refusedForNow('dot', DOWN, ''),
  'dot-5xx': refusedForGood('dot', '554 5.7.1 looks like spam'),

  'each-recipient-apart': {
    clause: 'Each recipient of a message fares by itself: taken, refused for now, refused for good',
    servers: {
      [MX]: [{ rcpt: { 'carol@b.test': '450 4.2.2 mailbox full', 'dave@b.test': '550 5.1.1 no such user' } }, {}],
    },
    letters: [{ to: THREE }],
    moves: [['wait', 2 * MINUTE]],
    states: ['bob relayed 1', 'carol relayed 2', 'dave failed 1'],
    attempts: [
      `bob 1 +0s ${MX} 250 2.0.0`,
      `carol 1 +0s ${MX} 450 4.2.2`,
      `dave 1 +0s ${MX} 550 5.1.1`,
      `carol 2 +1m ${MX} 250 2.0.0`,
    ],
    heard: [`${MX}: EHLO MAIL RCPT RCPT RCPT DATA . QUIT`, TAKEN],
    reports: ['failed to alice@a.test: dave@b.test 5.1.1'],
    check: ({ lines }) =>
      assert.deepEqual(
        lines[1]?.filter((line) => line.startsWith('RCPT')),
        ['RCPT TO:<carol@b.test>'],
        'who has it does not get it again',
      ),
  },
  'too-many-recipients': {
    rules: ['5321-4.5.3.1.10-client-too-many'],
    clause: 'A server that takes fewer recipients at once gets the others in a transaction of their own',
    servers: { [MX]: { ehlo: offering('PIPELINING|LIMITS RCPTMAX=2') } },
    letters: [{ to: THREE }],
    states: ['bob relayed 1', 'carol relayed 1', 'dave relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`, `carol 1 +0s ${MX} 250 2.0.0`, `dave 1 +0s ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO MAIL RCPT RCPT DATA . MAIL RCPT DATA . QUIT`],
  },
  'drop-before-the-dot': {
    clause: 'A connection that breaks in the middle of the message has delivered nothing: it is tried again',
    servers: { [MX]: [{ text: { after: 1_000, act: DROP } }, {}] },
    letters: [{ text: LONG_TEXT }],
    moves: [['wait', 2 * MINUTE]],
    states: ['bob relayed 2'],
    attempts: [`bob 1 +0s ${MX} 451 4.4.2`, `bob 2 +1m ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO MAIL RCPT DATA`, TAKEN],
    check: ({ journey }) => assert.doesNotMatch(journey, /may have taken/),
  },
  'drop-after-the-dot': {
    rules: ['5321-4.5.3.2.6-unsure'],
    clause:
      'A connection that breaks behind the final dot leaves open whether the message arrived: it is tried again, and the journey says so',
    servers: { [MX]: [{ dot: DROP }, {}] },
    moves: [['wait', 2 * MINUTE]],
    states: ['bob relayed 2'],
    attempts: [`bob 1 +0s ${MX} 451 4.4.2`, `bob 2 +1m ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO MAIL RCPT DATA .`, TAKEN],
    check: ({ texts }) => assert.deepEqual(texts[0], texts[1]),
  },
  'odd-replies': {
    rules: ['5321-4.2.1-multiline'],
    clause:
      'Replies of many lines, without text, or with codes that differ are read as far as they make sense: the last line counts',
    servers: {
      [MX]: {
        greeting: '220-mx.b.test\r\n220-reads all your mail\r\n220 ready',
        mail: '250',
        rcpt: { '*': '250-2.1.5 well\r\n550-5.1.1 or not\r\n250 2.1.5 well' },
        data: '354',
        dot: '250-2.0.0 taken\r\n250 2.0.0 as 4711',
      },
    },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
  },
  'not-a-mail-server': {
    clause: 'What answers and speaks no SMTP is taken for a mistake that somebody will mend: the message waits',
    servers: { [MX]: { greeting: 'HTTP/1.1 400 Bad Request\r\nConnection: close' } },
    moves: [['wait', 30_000]],
    states: ['bob waiting 1'],
    attempts: [`bob 1 +0s ${MX} 451 4.5.0`],
    heard: [`${MX}:`],
  },
  'ehlo-unknown': {
    rules: ['5321-3.2-client-helo'],
    clause: 'A server that does not know EHLO is greeted with HELO, and nothing that it did not offer is used',
    servers: { [MX]: { ehlo: '502 5.5.1 unknown command' } },
    letters: [{ mail: 'RET=HDRS ENVID=x', to: { 'bob@b.test': 'NOTIFY=FAILURE' } }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO HELO MAIL RCPT DATA . QUIT`],
    check: ({ lines }) => assert.deepEqual(lines[0]?.slice(2, 4), ['MAIL FROM:<alice@a.test>', 'RCPT TO:<bob@b.test>']),
  },
};
