/** Several messages over one connection (RFC 5321 §4.5.4.1), and when there is a new one. */
import assert from 'node:assert/strict';
import { DROP, offering } from '../../../src/outbound/testing.ts';
import type { Act } from '../../../src/outbound/testing.ts';
import { HOUR, MINUTE, SECOND } from '../scenario.ts';
import type { Scenario, Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const MX2 = '192.0.2.2';
const MESSAGE = 'MAIL RCPT DATA .';
const TAKEN = `bob 1 +0s ${MX} 250 2.0.0`;

/** Whatever the connection says to the second MAIL, the message goes over a new one. */
const gone = (clause: string, second: Act, heard: string): Scenario => ({
  rules: ['5321-4.5.4.1-reuse'],
  clause,
  servers: { [MX]: [{ mail: ['250 2.1.0 ok', second] }, {}] },
  letters: [{}, {}],
  states: ['bob relayed 1', 'bob relayed 1'],
  attempts: [TAKEN, TAKEN],
  heard: [`${MX}: EHLO ${MESSAGE} ${heard}`, `${MX}: EHLO ${MESSAGE} QUIT`],
});

export const CONNECTIONS: Scenarios = {
  'connection-reused': {
    rules: ['5321-4.5.4.1-reuse'],
    clause: 'Messages that follow each other soon go over one connection, each with its commands in one go',
    servers: { [MX]: {} },
    letters: [{}, {}, {}],
    states: ['bob relayed 1', 'bob relayed 1', 'bob relayed 1'],
    attempts: [TAKEN, TAKEN, TAKEN],
    heard: [`${MX}: EHLO ${MESSAGE} ${MESSAGE} ${MESSAGE} QUIT`],
    check: ({ groups }) => {
      const verbs = groups[0]?.map((group) => group.map((line) => line.split(' ')[0]).join(' '));
      assert.deepEqual(verbs, ['EHLO', 'MAIL RCPT DATA', 'MAIL RCPT DATA', 'MAIL RCPT DATA', 'QUIT']);
    },
  },
  'connection-reset': {
    rules: ['5321-4.5.4.1-reuse'],
    clause: 'A message that was refused is cleared away (RSET) before the next one goes over the same connection',
    servers: { [MX]: { ehlo: offering('SIZE 50000000'), rcpt: { 'carol@b.test': '550 5.1.1 no such user here' } } },
    letters: [{ to: { 'carol@b.test': '' } }, {}],
    states: ['carol failed 1', 'bob relayed 1'],
    attempts: [`carol 1 +0s ${MX} 550 5.1.1`, TAKEN],
    heard: [`${MX}: EHLO MAIL RCPT RSET ${MESSAGE} QUIT`],
    reports: ['failed to alice@a.test: carol@b.test 5.1.1'],
  },
  'connection-too-old': {
    rules: ['5321-4.5.4.1-reuse'],
    clause: 'A connection waits five seconds for the next message, and then takes its leave',
    servers: { [MX]: {} },
    moves: [
      ['wait', 6 * SECOND],
      ['letter', {}],
      ['wait', MINUTE],
    ],
    states: ['bob relayed 1', 'bob relayed 1'],
    attempts: [TAKEN, TAKEN],
    heard: [`${MX}: EHLO ${MESSAGE} QUIT`, `${MX}: EHLO ${MESSAGE} QUIT`],
  },
  'connection-died': gone(
    'A connection that turns out dead when the next message comes is replaced by a new one: that is no failure of the message',
    DROP,
    'MAIL',
  ),
  'connection-421': gone(
    'A connection that says 421 to the next message is replaced by a new one: that is no failure of the message',
    '421 4.4.2 idle for too long',
    'MAIL RCPT DATA',
  ),
  'connection-of-a-hundred': {
    rules: ['5321-4.5.4.1-reuse'],
    clause: 'After 100 messages a connection has had its turn, and a new one carries the others',
    servers: { [MX]: {} },
    queue: { mostPerDestination: 1 },
    letters: [{ crowd: 104 }],
    states: ['104 relayed'],
    attempts: [],
    heard: [`${MX}: EHLO (${MESSAGE}) ×100 QUIT`, `${MX}: EHLO (${MESSAGE}) ×4 QUIT`],
  },
  'connection-of-five-minutes': {
    rules: ['5321-4.5.4.1-reuse'],
    clause: 'After five minutes a connection has had its turn, however few messages it carried',
    servers: { [MX]: {} },
    letters: [{ crowd: 80, every: 4 * SECOND }],
    states: ['80 relayed'],
    attempts: [],
    heard: [`${MX}: EHLO (${MESSAGE}) ×76 QUIT`, `${MX}: EHLO (${MESSAGE}) ×4 QUIT`],
    check: ({ dialled: [first = 0, second = 0] }) =>
      assert.ok(second - first > 5 * MINUTE && second - first < 5 * MINUTE + 5 * SECOND),
  },
  'connection-open-and-equal-mx': {
    rules: ['5321-5.1-equal-preference'],
    clause: 'Chance decides among equal mail servers, whether a connection to one of them is open or not',
    zones: {
      'b.test': {
        mx: [
          [10, 'mx1.b.test'],
          [10, 'mx2.b.test'],
        ],
      },
      'mx1.b.test': { a: [MX] },
      'mx2.b.test': { a: [MX2] },
    },
    servers: { [MX]: {}, [MX2]: {} },
    order: [0.9, 0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1],
    letters: [{}, {}, {}, {}],
    moves: [['wait', HOUR]],
    states: ['bob relayed 1', 'bob relayed 1', 'bob relayed 1', 'bob relayed 1'],
    attempts: [`bob 1 +0s ${MX2} 250 2.0.0`, TAKEN, TAKEN, `bob 1 +0s ${MX2} 250 2.0.0`],
    heard: [`${MX2}: EHLO ${MESSAGE} ${MESSAGE} QUIT`, `${MX}: EHLO ${MESSAGE} ${MESSAGE} QUIT`],
  },
};
