/** Ways that the keeper wrote down: a provider for a sender, a fixed way to a domain, a store behind LMTP (RFC 2033). */
import assert from 'node:assert/strict';
import type { Zones } from '../../../src/dns/testing.ts';
import { offering, ONE_MX } from '../../../src/outbound/testing.ts';
import type { ServerScript } from '../../../src/outbound/testing.ts';
import type { OutboundSettings } from '../../../src/outbound/index.ts';
import { MINUTE } from '../scenario.ts';
import type { Scenario, Scenarios } from '../scenario.ts';

type Route = OutboundSettings['routes'][number];

const MX = '192.0.2.1';
const HUB = '192.0.2.25';
const GATE = '192.0.2.26';
const X = '192.0.2.9';
const STORE = '192.0.2.24';
const TAKEN = 'EHLO MAIL RCPT DATA . QUIT';
const LOGGED_IN = 'EHLO STARTTLS EHLO AUTH MAIL RCPT DATA . QUIT';

const ZONES: Zones = {
  ...ONE_MX,
  'smtp.provider.test': { a: [HUB] },
  'gate.b.test': { a: [GATE] },
  'store.b.test': { a: [STORE] },
  'x.test': { mx: [[10, 'mx.x.test']] },
  'mx.x.test': { a: [X] },
  'c.test': { mx: [[10, 'mx.b.test']] },
};

/** What alice writes goes through her provider. */
const OF_ALICE: Route = {
  sender: 'alice@a.test',
  domain: '*',
  host: 'smtp.provider.test',
  port: 587,
  protocol: 'smtp',
  tls: 'required',
  login: { user: 'alice', password: 'open sesame' },
};
const TO_B: Route = { domain: 'b.test', host: 'gate.b.test', port: 25, protocol: 'smtp', tls: 'opportunistic' };
const PROVIDER: ServerScript = {
  ehlo: offering('PIPELINING|STARTTLS', 'smtp.provider.test'),
  ehloInTls: offering('PIPELINING|AUTH PLAIN', 'smtp.provider.test'),
};
const TO_TEAM = 'From: alice@a.test\nTo: team@a.test\nSubject: hello\n\nHow are you all?\n';

/** b.test is a store that speaks LMTP. */
const lmtp = (clause: string, script: ServerScript, rest: Omit<Scenario, 'clause'>): Scenario => ({
  clause,
  zones: ZONES,
  settings: { routes: [{ domain: 'b.test', host: 'store.b.test', port: 24, protocol: 'lmtp', tls: 'never' }] },
  servers: { [STORE]: [script, { dot: '250 2.1.5 carol has it\r\n250 2.1.5 dave has it' }] },
  letters: [{ to: { 'bob@b.test': '', 'carol@b.test': '', 'dave@b.test': '' } }],
  ...rest,
});

export const ROUTES: Scenarios = {
  'route-of-a-sender': {
    rules: ['4954-4-client'],
    clause: 'A sender’s own provider carries what that sender writes, after a login under TLS',
    zones: ZONES,
    servers: { [HUB]: PROVIDER },
    settings: { routes: [OF_ALICE] },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${HUB} 250 2.0.0`],
    heard: [`${HUB}: ${LOGGED_IN}`],
    check: ({ journey }) => assert.doesNotMatch(journey, /open sesame/),
  },
  'route-of-a-sender-forged': {
    clause:
      'Whoever writes a sender’s address without having logged in gets nothing through that sender’s provider: such mail goes the usual way',
    zones: ZONES,
    servers: { [HUB]: PROVIDER, [MX]: {} },
    settings: { routes: [OF_ALICE] },
    aliases: { 'team@a.test': ['bob@b.test'] },
    letters: [{ to: { 'team@a.test': '' }, text: TO_TEAM, stranger: true }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [`${MX}: ${TAKEN}`],
  },
  'route-of-a-sender-and-a-report': {
    rules: ['5321-4.5.5-null-reports'],
    clause:
      'A report belongs to nobody: it goes the usual way, past the provider that everybody’s own mail goes through',
    zones: ZONES,
    servers: {
      [HUB]: PROVIDER,
      [MX]: { rcpt: { '*': '550 5.1.1 no such user here' }, data: '503 5.5.1 RCPT first' },
      [X]: {},
    },
    settings: {
      routes: [OF_ALICE, { ...OF_ALICE, sender: '@a.test' }, { ...OF_ALICE, sender: 'xenia@x.test' }],
    },
    aliases: { 'team@a.test': ['bob@b.test'] },
    letters: [
      { from: 'xenia@x.test', to: { 'team@a.test': '' }, text: TO_TEAM.replace('alice@a', 'xenia@x'), stranger: true },
    ],
    states: ['bob failed 1'],
    attempts: [`bob 1 +0s ${MX} 550 5.1.1`],
    heard: [`${MX}: EHLO MAIL RCPT DATA QUIT`, `${X}: ${TAKEN}`],
    reports: ['failed to xenia@x.test: team@a.test 5.1.1'],
  },
  'route-of-a-domain': {
    clause: 'A fixed way to a domain goes before a sender’s provider, which carries the rest',
    zones: ZONES,
    servers: { [HUB]: PROVIDER, [GATE]: {} },
    settings: { routes: [OF_ALICE, TO_B] },
    letters: [{ to: { 'bob@b.test': '', 'carol@c.test': '' } }],
    states: ['bob relayed 1', 'carol relayed 1'],
    attempts: [`bob 1 +0s ${GATE} 250 2.0.0`, `carol 1 +0s ${HUB} 250 2.0.0`],
    heard: [`${GATE}: ${TAKEN}`, `${HUB}: ${LOGGED_IN}`],
  },
  'route-of-a-sender-refuses-the-login': {
    clause:
      'A provider that refuses a sender’s password makes that sender’s mail wait, and says so; others’ mail to the same domain goes on',
    zones: ZONES,
    servers: { [HUB]: { ...PROVIDER, auth: ['535 5.7.8 wrong name or password'] }, [MX]: {} },
    settings: { routes: [OF_ALICE] },
    aliases: { 'team@a.test': ['bob@b.test'] },
    letters: [{}, { from: 'xenia@x.test', to: { 'team@a.test': '' }, text: TO_TEAM, stranger: true }],
    moves: [['wait', 30_000], ['list']],
    states: ['bob waiting 1', 'bob relayed 1'],
    attempts: [`bob 1 +0s ${HUB} 535 5.7.8`, `bob 1 +0s ${MX} 250 2.0.0`],
    heard: [`${HUB}: EHLO STARTTLS EHLO AUTH QUIT`, `${MX}: ${TAKEN}`],
  },
  lmtp: lmtp(
    'A store behind LMTP answers for each recipient behind the dot: who is refused there fails alone',
    { dot: "250 2.1.5 bob has it\r\n552 5.2.2 carol's mailbox is full\r\n250 2.1.5 dave has it" },
    {
      states: ['bob relayed 1', 'carol failed 1', 'dave relayed 1'],
      attempts: [`bob 1 +0s ${STORE} 250 2.1.5`, `carol 1 +0s ${STORE} 552 5.2.2`, `dave 1 +0s ${STORE} 250 2.1.5`],
      heard: [`${STORE}: LHLO MAIL RCPT RCPT RCPT DATA . QUIT`],
      reports: ['failed to alice@a.test: carol@b.test 5.2.2'],
    },
  ),
  'lmtp-lost-between-the-answers': lmtp(
    'A store that goes away between its answers leaves open whether the others have it: only they are given it again',
    { dot: { drop: true, reply: '250 2.1.5 bob has it' } },
    {
      moves: [['wait', 2 * MINUTE]],
      states: ['bob relayed 1', 'carol relayed 2', 'dave relayed 2'],
      attempts: [
        `bob 1 +0s ${STORE} 250 2.1.5`,
        `carol 1 +0s ${STORE} 451 4.4.2`,
        `dave 1 +0s ${STORE} 451 4.4.2`,
        `carol 2 +1m ${STORE} 250 2.1.5`,
        `dave 2 +1m ${STORE} 250 2.1.5`,
      ],
      heard: [`${STORE}: LHLO MAIL RCPT RCPT RCPT DATA .`, `${STORE}: LHLO MAIL RCPT RCPT DATA . QUIT`],
    },
  ),
};
