/** What other servers really say, and what our people read of it: in the journey, in the queue and in the report. */
import type { ServerScript } from '../../../src/outbound/testing.ts';
import { DAY, HOUR, SECOND } from '../scenario.ts';
import type { Scenario, Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const TAKEN = `${MX}: EHLO MAIL RCPT DATA . QUIT`;

const atRcpt = (answer: string): ServerScript => ({ rcpt: { '*': answer }, data: '503 5.5.1 RCPT first' });

/** Refused for good, and explained. */
const refused = (clause: string, script: ServerScript, code: string, heard: string): Scenario => ({
  clause,
  servers: { [MX]: script },
  moves: [['wait', HOUR], ['list']],
  states: ['bob failed 1'],
  attempts: [`bob 1 +0s ${MX} ${code}`],
  heard: [`${MX}: EHLO MAIL RCPT DATA${heard} QUIT`],
  reports: [`failed to alice@a.test: bob@b.test ${code.slice(4)}`],
});

export const EXPLANATIONS: Scenarios = {
  'explained-greylisting': {
    clause: 'Greylisting is explained as what it is, a usual check, and needs nobody’s doing',
    servers: {
      [MX]: [
        atRcpt(
          '450 4.7.1 <bob@b.test>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/b.test.html',
        ),
        {},
      ],
    },
    moves: [['wait', 30 * SECOND], ['list'], ['wait', HOUR], ['list']],
    states: ['bob relayed 2'],
    attempts: [`bob 1 +0s ${MX} 450 4.7.1`, `bob 2 +1m ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO MAIL RCPT DATA QUIT`, TAKEN],
  },
  'explained-full-mailbox': {
    clause:
      'A full mailbox may be emptied: the message waits, its sender hears of it after four hours, and in the end why it came back',
    servers: { [MX]: atRcpt('452 4.2.2 The email account that you tried to reach is over quota') },
    queue: { retry: [DAY] },
    moves: [['wait', 5 * HOUR], ['list'], ['wait', 6 * DAY], ['list']],
    states: ['bob failed 6'],
    attempts: [0, 1, 2, 3, 4, 5].map((day) => `bob ${day + 1} +${day === 0 ? '0s' : `${day}d`} ${MX} 452 4.2.2`),
    heard: Array.from({ length: 6 }, () => `${MX}: EHLO MAIL RCPT DATA QUIT`),
    reports: ['delayed to alice@a.test: bob@b.test 4.2.2', 'failed to alice@a.test: bob@b.test 5.2.2'],
  },
  'explained-unknown-user': refused(
    'An address that does not exist is explained to its sender as one to be checked, letter by letter',
    atRcpt(
      "550-5.1.1 The email account that you tried to reach does not exist. Please try\r\n550-5.1.1 double-checking the recipient's email address for typos or\r\n550 5.1.1 unnecessary spaces.",
    ),
    '550 5.1.1',
    '',
  ),
  'explained-dmarc': refused(
    'A refusal because of DMARC is explained as a matter of the sender’s own domain',
    { dot: "550 5.7.26 Unauthenticated email from a.test is not accepted due to domain's DMARC policy." },
    '550 5.7.26',
    ' .',
  ),
  'explained-blocklist': refused(
    'A refusal because of a blocklist is explained as a matter of our own server, whatever code stands with it',
    atRcpt(
      '554 5.7.1 Service unavailable; Client host [203.0.113.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/203.0.113.1',
    ),
    '554 5.7.1',
    '',
  ),
};
