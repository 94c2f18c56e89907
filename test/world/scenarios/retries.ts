/** Time: when it is tried again, who is told, when it is given up on, what a wrong clock and a restart change (RFC 5321 §4.5.4.1). */
import assert from 'node:assert/strict';
import { SILENCE } from '../../../src/outbound/testing.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../scenario.ts';
import type { Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const TAKEN = `${MX}: EHLO MAIL RCPT DATA . QUIT`;
const DEAD = { [MX]: 'refused' } as const;

/** "bob 1 +0s …", "bob 2 +1m …", … */
const tries = (times: readonly string[], answer = '451 4.4.1', from = 1): readonly string[] =>
  times.map((time, i) => `bob ${from + i} +${time} ${MX} ${answer}`);

/** 1, 5, 15 minutes, an hour, then every four hours. */
const FIRST = ['0s', '1m', '6m', '21m', '1h21m'];
const FIVE_DAYS = [
  ...FIRST,
  ...'5h21m 9h21m 13h21m 17h21m 21h21m'.split(' '),
  ...[1, 2, 3, 4].flatMap((day) => [1, 5, 9, 13, 17, 21].map((hour) => `${day}d${hour}h21m`)),
  '5d',
];

/** Milliseconds between the connections that were tried. */
const gaps = (dialled: readonly number[]): readonly number[] =>
  dialled.slice(1).map((time, i) => time - (dialled[i] ?? 0));

const DELAYED = 'delayed to alice@a.test: bob@b.test 4.4.1';
const BOUNCED = 'failed to alice@a.test: bob@b.test 5.4.1';

export const RETRIES: Scenarios = {
  greylisting: {
    rules: ['5321-4.5.4.1-retry'],
    clause: 'A server that wants to see us again later (greylisting) takes the message at the next try',
    servers: {
      [MX]: [{ rcpt: { '*': '450 4.7.1 greylisted, try again in a minute' }, data: '503 5.5.1 RCPT first' }, {}],
    },
    moves: [['wait', 5 * MINUTE]],
    states: ['bob relayed 2'],
    attempts: [...tries(['0s'], '450 4.7.1'), ...tries(['1m'], '250 2.0.0', 2)],
    heard: [`${MX}: EHLO MAIL RCPT DATA QUIT`, TAKEN],
  },
  'five-days': {
    rules: ['5321-4.5.4.1-retry'],
    clause:
      'It is tried after 1, 5 and 15 minutes, 1 hour, then every 4 hours; the sender is told of the delay once, and after 5 days that it is given up on',
    servers: DEAD,
    moves: [['wait', 7 * DAY]],
    states: [`bob failed ${FIVE_DAYS.length}`],
    attempts: tries(FIVE_DAYS),
    heard: [],
    reports: [DELAYED, BOUNCED],
  },
  jitter: {
    clause:
      'No wait is shorter than it was set, and none more than a tenth longer: what failed together does not come back together',
    servers: DEAD,
    stretch: 0.95,
    moves: [['wait', 90 * MINUTE]],
    states: ['bob waiting 5'],
    attempts: tries(['0s', '1m6s', '6m34s', '23m', '1h28m42s']),
    heard: [],
    check: ({ dialled }) => {
      for (const [i, wait] of [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR].entries()) {
        const gap = gaps(dialled)[i] ?? 0;
        assert.ok(gap >= wait && gap <= wait * 1.1 + SECOND, `${gap} ms instead of ${wait}`);
      }
    },
  },
  'delay-told-once': {
    clause: 'The sender is told of a delay once, and no more when the message has arrived',
    servers: { [MX]: ['refused', 'refused', 'refused', 'refused', 'refused', 'refused', 'refused', {}] },
    moves: [['wait', DAY]],
    states: ['bob relayed 8'],
    attempts: [...tries([...FIRST, '5h21m', '9h21m']), ...tries(['13h21m'], '250 2.0.0', 8)],
    heard: [TAKEN],
    reports: [DELAYED],
  },
  'clock-a-day-ahead': {
    clause:
      'A clock that is set a day ahead brings nothing back before its time: the message is a day older, and is tried on',
    servers: DEAD,
    moves: [
      ['wait', 2 * MINUTE],
      ['jump', DAY],
      ['wait', 10 * MINUTE],
    ],
    states: ['bob waiting 3'],
    attempts: [...tries(['0s', '1m', '1d6m'])],
    heard: [],
    reports: [DELAYED],
    check: ({ dialled }) => assert.deepEqual(gaps(dialled).map(Math.round), [MINUTE, 5 * MINUTE]),
  },
  'clock-a-day-back': {
    clause:
      'A clock that is set a day back leaves no message waiting for a day: what is due too far ahead is tried when its wait is over',
    servers: { [MX]: ['refused', 'refused', {}] },
    moves: [
      ['wait', 2 * MINUTE],
      ['jump', -DAY],
      ['wait', 5 * HOUR],
    ],
    states: ['bob relayed 3'],
    attempts: [...tries(['0s', '1m']), `bob 3 -23h54m ${MX} 250 2.0.0`],
    heard: [TAKEN],
  },
  restart: {
    clause:
      'A program that ends as it should and starts again goes on where it was: no try is lost, and none is made twice',
    servers: { [MX]: ['refused', 'refused', {}] },
    moves: [['wait', 2 * MINUTE], ['restart'], ['wait', 10 * MINUTE]],
    states: ['bob relayed 3'],
    attempts: [...tries(['0s', '1m']), ...tries(['6m'], '250 2.0.0', 3)],
    heard: [TAKEN],
  },
  'stopped-in-a-try': {
    clause:
      'A program that is stopped while a server keeps it waiting gives that try up, and makes it again after the next start',
    servers: { [MX]: [{ mail: SILENCE }, {}] },
    moves: [['wait', MINUTE], ['restart'], ['wait', 10 * MINUTE]],
    states: ['bob relayed 2'],
    attempts: [`bob 1 +0s ${MX} no answer (1m1s)`, ...tries(['2m1s'], '250 2.0.0', 2)],
    heard: [`${MX}: EHLO MAIL`, TAKEN],
  },
  'killed-behind-the-dot': {
    rules: ['5321-4.5.3.2.6-unsure'],
    clause:
      'A program that is killed while the next server has the whole message tries again after the next start, and the journey says that it may arrive twice',
    servers: { [MX]: [{ dot: SILENCE }, {}] },
    moves: [['wait', 30 * SECOND], ['kill'], ['wait', 10 * MINUTE]],
    states: ['bob relayed 2'],
    attempts: tries(['1m'], '250 2.0.0', 2),
    heard: [`${MX}: EHLO MAIL RCPT DATA .`, TAKEN],
  },
};
