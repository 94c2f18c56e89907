/** Where a message goes: MX, addresses, and the reasons why there is nowhere (RFC 5321 §5.1, RFC 7505). */
import type { Zones } from '../../../src/dns/testing.ts';
import { TWO_MX } from '../../../src/outbound/testing.ts';
import { SECOND } from '../scenario.ts';
import type { Scenario, Scenarios } from '../scenario.ts';

const MX1 = '192.0.2.1';
const MX2 = '192.0.2.2';
const MX3 = '192.0.2.3';
const SIX = '2a00:1450::1';
const TAKEN = 'EHLO MAIL RCPT DATA . QUIT';

/** A domain to which no message can go, and what the sender is told. */
const nowhere = (clause: string, zones: Zones, status: string): Scenario => ({
  clause,
  zones,
  states: ['bob failed 1'],
  attempts: [`bob 1 +0s - ${status === '5.1.10' ? 556 : 550} ${status}`],
  heard: [],
  reports: [`failed to alice@a.test: bob@b.test ${status}`],
});

/** A domain about which nobody can say anything just now. */
const unknown = (clause: string, fails: 'servfail' | 'silence'): Scenario => ({
  clause,
  zones: { 'b.test': { fails } },
  moves: [['wait', 90 * SECOND]],
  states: ['bob waiting 2'],
  attempts: ['bob 1 +0s - 451 4.4.3', 'bob 2 +1m - 451 4.4.3'],
  heard: [],
});

export const HOSTS: Scenarios = {
  'mx-by-preference': {
    rules: ['5321-5.1-preference', '5321-5.1-next-host'],
    clause:
      'The mail servers of a domain are tried by preference, the lowest number first, until one takes the message',
    zones: TWO_MX,
    servers: { [MX1]: 'refused', [MX2]: {} },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX1} no answer`, `bob 1 +0s ${MX2} 250 2.0.0`],
    heard: [`${MX2}: ${TAKEN}`],
  },
  'mx-equal-in-turn': {
    rules: ['5321-5.1-equal-preference'],
    clause: 'Among mail servers of equal preference chance decides which is tried first',
    zones: {
      'b.test': {
        mx: [
          [10, 'mx1.b.test'],
          [10, 'mx2.b.test'],
        ],
      },
      'mx1.b.test': { a: [MX1] },
      'mx2.b.test': { a: [MX2] },
    },
    servers: { [MX1]: {}, [MX2]: {} },
    order: [0.9, 0.1, 0.1, 0.9],
    letters: [{}, {}],
    states: ['bob relayed 1', 'bob relayed 1'],
    attempts: [`bob 1 +0s ${MX2} 250 2.0.0`, `bob 1 +0s ${MX1} 250 2.0.0`],
    heard: [`${MX2}: ${TAKEN}`, `${MX1}: ${TAKEN}`],
  },
  'no-mx': {
    rules: ['5321-5.1-implicit-mx'],
    clause: 'A domain without MX is its own mail server, at its A and AAAA addresses',
    zones: { 'b.test': { aaaa: [SIX], a: [MX1] } },
    servers: { [SIX]: 'refused', [MX1]: {} },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${SIX} no answer`, `bob 1 +0s ${MX1} 250 2.0.0`],
    heard: [`${MX1}: ${TAKEN}`],
  },
  'null-mx': {
    rules: ['7505-3-no-attempt'],
    ...nowhere(
      'A domain that says it takes no mail (null MX) is not asked: the message comes back at once',
      { 'b.test': { mx: [[0, '']], a: [MX1] } },
      '5.1.10',
    ),
  },
  cname: {
    clause: 'An alias in the DNS (CNAME) is followed to the domain it stands for',
    zones: {
      'b.test': { cname: 'c.test' },
      'c.test': { mx: [[10, 'mx.c.test']] },
      'mx.c.test': { cname: 'host.c.test' },
      'host.c.test': { a: [MX1] },
    },
    servers: { [MX1]: {} },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX1} 250 2.0.0`],
    heard: [`${MX1}: ${TAKEN}`],
    check: ({ lines }) => {
      // The envelope says what the sender wrote, whatever the name stands for.
      if (lines[0]?.[2]?.startsWith('RCPT TO:<bob@b.test>') !== true) throw new Error(lines[0]?.[2]);
    },
  },
  'ipv6-then-ipv4': {
    clause: 'A server with IPv6 and IPv4 addresses is tried at both',
    zones: { 'b.test': { mx: [[10, 'mx.b.test']] }, 'mx.b.test': { aaaa: [SIX], a: [MX1] } },
    servers: { [SIX]: 'unreachable', [MX1]: {} },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${SIX} no answer`, `bob 1 +0s ${MX1} 250 2.0.0`],
    heard: [`${MX1}: ${TAKEN}`],
  },
  'ipv6-only': {
    clause: 'A server that has an IPv6 address alone is reached there',
    zones: { 'b.test': { mx: [[10, 'mx.b.test']] }, 'mx.b.test': { aaaa: [SIX] } },
    servers: { [SIX]: {} },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${SIX} 250 2.0.0`],
    heard: [`${SIX}: ${TAKEN}`],
  },
  'own-entry': {
    rules: ['5321-5.1-own-entry'],
    clause: 'Where we are a mail server of the domain ourselves, only those more preferred than us are tried',
    zones: {
      'b.test': {
        mx: [
          [10, 'mx1.b.test'],
          [20, 'mx.a.test'],
          [20, 'mx2.b.test'],
          [30, 'mx3.b.test'],
        ],
      },
      'mx1.b.test': { a: [MX1] },
      'mx.a.test': { a: ['203.0.113.1'] },
      'mx2.b.test': { a: [MX2] },
      'mx3.b.test': { a: [MX3] },
    },
    servers: { [MX1]: ['refused', {}], [MX2]: {}, [MX3]: {} },
    states: ['bob relayed 2'],
    attempts: [`bob 1 +0s ${MX1} 451 4.4.1`, `bob 2 +1m ${MX1} 250 2.0.0`],
    heard: [`${MX1}: ${TAKEN}`],
  },
  'own-entry-first': {
    rules: ['5321-5.1-own-entry'],
    ...nowhere(
      'Where we are the most preferred mail server of a domain that is not ours, the message would come back to us for ever: it fails',
      {
        'b.test': {
          mx: [
            [10, 'mx.a.test'],
            [20, 'mx2.b.test'],
          ],
        },
        'mx.a.test': { a: ['203.0.113.1'] },
        'mx2.b.test': { a: [MX2] },
      },
      '5.4.6',
    ),
  },
  'dns-servfail': {
    rules: ['5321-5.1-dns-temporary'],
    ...unknown('A name server that can’t find out (SERVFAIL) is asked again later: the message waits', 'servfail'),
  },
  'dns-no-answer': {
    rules: ['5321-5.1-dns-temporary'],
    ...unknown('Name servers that don’t answer in time are asked again later: the message waits', 'silence'),
  },
  'no-such-domain': nowhere('A domain that does not exist (NXDOMAIN) fails at once', { 'c.test': {} }, '5.1.2'),
  'domain-without-mail': nowhere(
    'A domain that exists, with neither MX nor address, fails at once',
    { 'b.test': { txt: ['we have no mail'] } },
    '5.1.2',
  ),
  'mx-without-address': nowhere(
    'Mail servers that are named and have no address anywhere fail at once',
    { 'b.test': { mx: [[10, 'gone.b.test']] } },
    '5.4.4',
  ),
  'mx-at-home': nowhere(
    'A domain elsewhere can’t point us at machines of our own network',
    { 'b.test': { mx: [[10, 'mx.b.test']] }, 'mx.b.test': { a: ['127.0.0.1', '10.0.0.7'] } },
    '5.4.4',
  ),
  'address-literal': {
    clause: 'An address literal is its own destination: nothing is looked up',
    zones: {},
    servers: { [MX1]: {} },
    letters: [{ to: { [`bob@[${MX1}]`]: '' } }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX1} 250 2.0.0`],
    heard: [`${MX1}: ${TAKEN}`],
  },
  route: {
    clause: 'A route of the keeper goes before the DNS',
    zones: { ...TWO_MX, 'gate.b.test': { a: [MX3] } },
    servers: { [MX3]: {} },
    settings: { routes: [{ domain: 'b.test', host: 'gate.b.test', port: 2525, protocol: 'smtp', tls: 'never' }] },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX3} 250 2.0.0`],
    heard: [`${MX3}: ${TAKEN}`],
  },
};
