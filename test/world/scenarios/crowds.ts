/** Many messages: how many attempts at once, how fast, and that nobody waits for somebody else's trouble. */
import assert from 'node:assert/strict';
import type { Zones } from '../../../src/dns/testing.ts';
import { offering, ONE_MX, SILENCE } from '../../../src/outbound/testing.ts';
import { MINUTE, SECOND } from '../scenario.ts';
import type { Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const DEAD = '192.0.2.66';
const MESSAGE = 'MAIL RCPT DATA .';
const TAKEN = `${MX}: EHLO ${MESSAGE} QUIT`;

const zone = (domain: string, address: string): Zones => ({
  [domain]: { mx: [[10, `mx.${domain}`]] },
  [`mx.${domain}`]: { a: [address] },
});
const WITH_DEAD: Zones = { ...zone('b.test', MX), ...zone('dead.test', DEAD) };
const TO_DEAD = { 'bob@dead.test': '' };

/** Six domains, each with a silent server. */
const SIX = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map((name, i) => [`${name}.test`, `192.0.2.${10 + i}`] as const);

const NO_SENDER = { '*': '503 5.5.1 MAIL first' } as const;
const NONE = '503 5.5.1 RCPT first';

/** Whole seconds between the connections that were tried. */
const gaps = (dialled: readonly number[]): readonly number[] =>
  dialled.slice(1).map((time, i) => Math.round((time - (dialled[i] ?? 0)) / SECOND));

/** Pauses, and then several connections at once; how many, chance decides: some may be used again before the next is made. */
function backToMore(dialled: readonly number[]): void {
  const all = gaps(dialled);
  assert.deepEqual(all.slice(0, 4), [0, 15, 30, 60]);
  const more = all.slice(4);
  assert.ok(more.length > 0 && more.every((gap) => gap === 0), `${more.join(', ')} s`);
}

export const CROWDS: Scenarios = {
  'crowd-for-a-dead-domain': {
    clause: 'However many messages wait for a domain that does not answer, one for another domain leaves at once',
    zones: WITH_DEAD,
    servers: { [DEAD]: 'no-answer', [MX]: {} },
    letters: [{ crowd: 200, to: TO_DEAD }, {}],
    moves: [['wait', 2 * MINUTE], ['list']],
    states: ['bob relayed 1', '200 waiting'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
  },
  'crowd-for-a-slow-domain': {
    clause:
      'However many messages wait for a domain whose server keeps each waiting for minutes, one for another domain leaves at once',
    zones: WITH_DEAD,
    servers: { [DEAD]: { dot: SILENCE }, [MX]: {} },
    letters: [{ crowd: 50, to: TO_DEAD }, {}],
    moves: [['wait', MINUTE], ['list']],
    states: ['bob relayed 1', '50 waiting'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [`${DEAD}: EHLO ${MESSAGE}`, `${DEAD}: EHLO ${MESSAGE}`, TAKEN],
  },
  'pauses-grow': {
    clause:
      'A domain that does not answer is asked by one message at a time, with pauses of 15 seconds up to 5 minutes between; when it is back, all leave',
    zones: WITH_DEAD,
    servers: { [DEAD]: [...Array.from({ length: 9 }, () => 'refused' as const), {}] },
    queue: { mostPerDestination: 1 },
    letters: [{ crowd: 30, to: TO_DEAD }],
    moves: [['wait', 10 * MINUTE], ['list'], ['wait', 50 * MINUTE]],
    states: ['30 relayed'],
    attempts: [],
    heard: [`${DEAD}: EHLO (${MESSAGE}) ×30 QUIT`],
    check: ({ dialled }) => assert.deepEqual(gaps(dialled), [0, 15, 30, 60, 120, 240, 300, 300, 300]),
  },
  'behind-a-pause': {
    clause: 'A message that waits for the pause of its domain has not been tried, and says so',
    zones: WITH_DEAD,
    servers: { [DEAD]: 'refused' },
    letters: [{ crowd: 5, to: TO_DEAD }, { to: TO_DEAD }],
    moves: [['wait', 10 * SECOND], ['list']],
    states: ['bob waiting 0', '5 waiting'],
    attempts: [],
    heard: [],
  },
  'retry-ends-the-pause': {
    clause: 'A person who has mended a server need not wait for the pause: `retry` ends it',
    zones: WITH_DEAD,
    servers: { [DEAD]: [...Array.from({ length: 6 }, () => 'refused' as const), {}] },
    queue: { mostPerDestination: 1 },
    letters: [{ crowd: 5, to: TO_DEAD }, { to: TO_DEAD }],
    moves: [['wait', 4 * MINUTE], ['list'], ['order', 'retry'], ['wait', 10 * SECOND]],
    states: ['bob relayed 2', '5 relayed'],
    attempts: [`bob 1 +3m45s ${DEAD} 451 4.4.1`, `bob 2 +4m ${DEAD} 250 2.0.0`],
  },
  'slower-after-421': {
    clause: 'A server that says 421 gets fewer connections at once, then pauses; each success brings it back to more',
    servers: { [MX]: [...Array.from({ length: 4 }, () => ({ greeting: '421 4.7.0 too many connections' })), {}] },
    letters: [{}, { crowd: 39 }],
    moves: [['wait', 20 * SECOND], ['list'], ['wait', 5 * MINUTE]],
    states: ['bob relayed 2', '39 relayed'],
    attempts: [`bob 1 +0s ${MX} 421 4.7.0`, `bob 2 +1m45s ${MX} 250 2.0.0`],
    check: ({ dialled, lines }) => {
      backToMore(dialled);
      assert.equal(lines.flat().filter((line) => line.startsWith('MAIL')).length, 40);
    },
  },
  'slower-after-4xx': {
    clause: 'A server that refuses senders for now (4xx to MAIL) is left alone in the same way',
    servers: {
      [MX]: [
        ...Array.from({ length: 4 }, () => ({
          mail: '451 4.7.1 too much mail, slow down',
          rcpt: NO_SENDER,
          data: NONE,
        })),
        {},
      ],
    },
    letters: [{ crowd: 20 }],
    moves: [['wait', 20 * SECOND], ['list'], ['wait', 5 * MINUTE]],
    states: ['20 relayed'],
    attempts: [],
    check: ({ dialled }) => {
      backToMore(dialled);
    },
  },
  'not-slower-after-one-mailbox': {
    clause: 'A mailbox that is busy says nothing about its domain: others’ mail to it goes on without a pause',
    servers: { [MX]: { ehlo: offering('SIZE 50000000'), rcpt: { 'bob@b.test': '450 4.2.2 mailbox full' } } },
    letters: [{ crowd: 20 }, { to: { 'carol@b.test': '' } }],
    moves: [['wait', 20 * SECOND], ['list']],
    states: ['carol relayed 1', '20 waiting'],
    attempts: [`carol 1 +0s ${MX} 250 2.0.0`],
  },
  'so-many-at-once': {
    clause:
      'No more attempts are made at once than were allowed in all, and a quarter of them is kept for domains that are known to take mail',
    zones: Object.assign({}, ONE_MX, ...SIX.map(([domain, address]) => zone(domain, address))) as Zones,
    servers: {
      [MX]: [{}, { greeting: SILENCE }],
      ...Object.fromEntries(SIX.map(([, address]) => [address, { greeting: SILENCE }])),
    },
    queue: { most: 4 },
    letters: [
      { crowd: 1, every: 10 * SECOND },
      ...SIX.map(([domain]) => ({ crowd: 1, to: { [`bob@${domain}`]: '' } })),
      { crowd: 2 },
    ],
    moves: [['wait', MINUTE], ['list']],
    states: ['8 waiting', '1 relayed'],
    attempts: [],
    heard: [TAKEN, ...SIX.slice(0, 3).map(([, address]) => `${address}:`), `${MX}:`],
  },
  'so-many-to-one': {
    clause: 'No more attempts are made at once to one domain than were allowed for each, however well it takes mail',
    servers: { [MX]: [{}, {}, {}, {}, { greeting: SILENCE }] },
    queue: { mostPerDestination: 3 },
    letters: [{ crowd: 4, every: 10 * SECOND }, { crowd: 10 }],
    moves: [['wait', MINUTE], ['list']],
    states: ['10 waiting', '4 relayed'],
    attempts: [],
    heard: [TAKEN, TAKEN, TAKEN, TAKEN, `${MX}:`, `${MX}:`, `${MX}:`],
  },
  'hundred-and-one-recipients': {
    clause: 'A message for more people of one domain than servers take at once goes there for 100 of them at a time',
    servers: { [MX]: {} },
    letters: [
      { crowd: 1, to: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`person${i + 1}@b.test`, ''])) },
    ],
    states: ['101 relayed'],
    attempts: [],
    heard: [`${MX}: EHLO MAIL RCPT ×100 DATA . QUIT`, TAKEN],
  },
};
