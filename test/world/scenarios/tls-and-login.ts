/** Encryption as far as it can be had or as far as it is demanded (RFC 3207), and our login at a smarthost (RFC 4954). */
import assert from 'node:assert/strict';
import { offering } from '../../../src/outbound/testing.ts';
import type { ServerScript } from '../../../src/outbound/testing.ts';
import type { OutboundSettings } from '../../../src/outbound/index.ts';
import type { Scenario, Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const HUB = '192.0.2.25';
const WITH_TLS = offering('PIPELINING|STARTTLS');
const WITH_LOGIN = offering('PIPELINING|AUTH PLAIN', 'smtp.provider.test');
const HUB_ZONE = { 'smtp.provider.test': { a: [HUB] } };

const smarthost = (tls: 'required' | 'opportunistic' | 'implicit'): Partial<OutboundSettings> => ({
  routes: [
    {
      domain: '*',
      host: 'smtp.provider.test',
      port: tls === 'implicit' ? 465 : 587,
      protocol: 'smtp',
      tls,
      login: { user: 'alice', password: 'open sesame' },
    },
  ],
});

/** A smarthost with which something is wrong: the message waits, because people must mend it. */
const waits = (
  clause: string,
  hub: ServerScript,
  status: string,
  heard: string,
  tls: 'required' | 'opportunistic' = 'required',
): Scenario => ({
  clause,
  zones: HUB_ZONE,
  servers: { [HUB]: hub },
  settings: smarthost(tls),
  moves: [['wait', 30_000]],
  states: ['bob waiting 1'],
  attempts: [`bob 1 +0s ${HUB} ${status}`],
  heard: [`${HUB}: ${heard}`],
  check: ({ journey }) => assert.doesNotMatch(journey, /open sesame/),
});

export const TLS_AND_LOGIN: Scenarios = {
  starttls: {
    rules: ['3207-4-opportunistic', '3207-4.2-client-forget'],
    clause: 'Encryption is turned on wherever the next server offers it',
    servers: { [MX]: { ehlo: WITH_TLS } },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO STARTTLS EHLO MAIL RCPT DATA . QUIT`],
  },
  'starttls-broken': {
    rules: ['3207-4-opportunistic'],
    clause: 'Where encryption is offered and breaks, the message goes in clear: that is better than not at all',
    servers: { [MX]: { ehlo: WITH_TLS, handshake: 'drop' } },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} no answer`, `bob 1 +0s ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO STARTTLS`, `${MX}: EHLO MAIL RCPT DATA . QUIT`],
  },
  'starttls-refused': {
    rules: ['3207-4-opportunistic'],
    clause: 'Where encryption is offered and refused, the message goes in clear on the same connection',
    servers: { [MX]: { ehlo: WITH_TLS, starttls: '454 4.7.0 not just now' } },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO STARTTLS MAIL RCPT DATA . QUIT`],
  },
  'starttls-required-and-broken': {
    rules: ['3207-4.1-client-required'],
    ...waits(
      'Where encryption is required and breaks, nothing is sent: the message waits, and the journey says what to mend',
      { ehlo: WITH_TLS, handshake: 'garbage' },
      '451 4.7.5 (1m)',
      'EHLO STARTTLS',
    ),
    moves: [['wait', 90_000]],
  },
  'starttls-required-and-missing': {
    rules: ['3207-4.1-client-required'],
    ...waits(
      'Where encryption is required and not offered, nothing is sent: the message waits, and the journey says what to mend',
      { ehlo: WITH_LOGIN },
      '451 4.7.4',
      'EHLO QUIT',
    ),
  },
  smarthost: {
    rules: ['4954-4-client', '5321-4.5.4.1-reuse'],
    clause:
      'With a smarthost everything goes there, after a login under TLS, and what follows soon goes over the same connection',
    zones: HUB_ZONE,
    servers: { [HUB]: { implicitTls: true, ehlo: WITH_LOGIN, ehloInTls: WITH_LOGIN } },
    settings: smarthost('implicit'),
    letters: [{ to: { 'bob@b.test': '' } }, { to: { 'carol@c.test': '' } }],
    states: ['bob relayed 1', 'carol relayed 1'],
    attempts: [`bob 1 +0s ${HUB} 250 2.0.0`, `carol 1 +0s ${HUB} 250 2.0.0`],
    heard: [`${HUB}: EHLO AUTH MAIL RCPT DATA . MAIL RCPT DATA . QUIT`],
    check: ({ lines, journey }) => {
      const [, , response = ''] = lines[0]?.[1]?.split(' ') ?? [];
      assert.equal(Buffer.from(response, 'base64').toString(), '\0alice\0open sesame');
      assert.doesNotMatch(journey, /open sesame/);
    },
  },
  'smarthost-refuses-the-login': waits(
    'A smarthost that refuses our password is mended by people: the message waits, and the journey names the login',
    {
      ehlo: offering('STARTTLS'),
      ehloInTls: WITH_LOGIN,
      auth: ['535 5.7.8 wrong name or password'],
    },
    '535 5.7.8',
    'EHLO STARTTLS EHLO AUTH QUIT',
  ),
  'smarthost-without-tls': {
    rules: ['4954-4-client-clear'],
    ...waits(
      'A password is never sent in clear: without TLS at the smarthost the message waits, and the journey says why',
      { ehlo: WITH_LOGIN },
      '451 4.7.0',
      'EHLO QUIT',
      'opportunistic',
    ),
  },
};
