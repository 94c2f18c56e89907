/** What the keeper of a host does to the queue, and what a sender may wish (RFC 4865). */
import { HOUR, MINUTE } from '../scenario.ts';
import type { Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const TAKEN = `${MX}: EHLO MAIL RCPT DATA . QUIT`;
const ONCE_DEAD = { [MX]: ['refused', {}] } as const;
const FIRST = `bob 1 +0s ${MX} 451 4.4.1`;

export const KEEPER: Scenarios = {
  'keeper-holds-and-releases': {
    clause: 'A message that is held is not tried until it is released, and then at once',
    servers: ONCE_DEAD,
    moves: [
      ['wait', 30_000],
      ['order', 'hold'],
      ['wait', HOUR],
      ['order', 'release'],
      ['wait', MINUTE],
    ],
    states: ['bob relayed 2'],
    attempts: [FIRST, `bob 2 +1h30s ${MX} 250 2.0.0`],
    heard: [TAKEN],
  },
  'keeper-holds': {
    clause: 'A message that is held says so, and how to let it go',
    servers: ONCE_DEAD,
    moves: [
      ['wait', 30_000],
      ['order', 'hold'],
      ['wait', HOUR],
    ],
    states: ['bob held 1'],
    attempts: [FIRST],
    heard: [],
  },
  'keeper-retries': {
    clause: 'A message that waits can be tried now',
    servers: ONCE_DEAD,
    moves: [
      ['wait', 30_000],
      ['order', 'retry'],
      ['wait', 10_000],
    ],
    states: ['bob relayed 2'],
    attempts: [FIRST, `bob 2 +30s ${MX} 250 2.0.0`],
    heard: [TAKEN],
  },
  'keeper-fails': {
    clause: 'A message that is given up on by the keeper goes back to its sender, with a reason that is true',
    servers: { [MX]: 'refused' },
    moves: [
      ['wait', 30_000],
      ['order', 'fail'],
      ['wait', HOUR],
    ],
    states: ['bob failed 1'],
    attempts: [FIRST],
    heard: [],
    reports: ['failed to alice@a.test: bob@b.test 5.0.0'],
  },
  'keeper-drops': {
    clause: 'A message that is dropped is gone, and its sender is not told',
    servers: { [MX]: 'refused' },
    moves: [
      ['wait', 30_000],
      ['order', 'drop'],
      ['wait', HOUR],
    ],
    states: ['bob dropped 1'],
    attempts: [FIRST],
    heard: [],
  },
  'sender-holds': {
    rules: ['4865-4.2-held'],
    clause: 'A message that its sender wanted to leave later (HOLDFOR) leaves then, and is not late',
    servers: { [MX]: {} },
    letters: [{ mail: 'HOLDFOR=86400' }],
    moves: [['wait', 25 * HOUR]],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +1d ${MX} 250 2.0.0`],
    heard: [TAKEN],
  },
};
