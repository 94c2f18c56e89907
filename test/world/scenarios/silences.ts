/** Servers that stop talking: how long each step may take (RFC 5321 §4.5.3.2), and that the message waits then. */
import { SILENCE, STALL } from '../../../src/outbound/testing.ts';
import type { ServerScript } from '../../../src/outbound/testing.ts';
import { LONG_TEXT, MINUTE, SECOND } from '../scenario.ts';
import type { Scenario, Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';

interface Silent {
  readonly clause: string;
  readonly at: ServerScript;
  /** How long we wait for the server, in ms, and in words. */
  readonly lasts: number;
  readonly words: string;
  readonly heard: string;
  readonly text?: string;
}

/** The server is silent once; the next try, a minute later, finds it well. */
function silent({ clause, at, lasts, words, heard, text }: Silent): Scenario {
  return {
    rules: ['5321-4.5.3.2-client-timeouts'],
    clause,
    servers: { [MX]: [at, {}] },
    ...(text === undefined ? {} : { letters: [{ text }] }),
    moves: [['wait', lasts + 2 * MINUTE]],
    states: ['bob relayed 2'],
    attempts: [`bob 1 +0s ${MX} 451 4.4.2 (${words})`, `bob 2 +${later(words)} ${MX} 250 2.0.0`],
    heard: [`${MX}: ${heard}`.trimEnd(), `${MX}: EHLO MAIL RCPT DATA . QUIT`],
  };
}

const later = (minutes: string): string => `${Number.parseInt(minutes) + 1}m`;

export const SILENCES: Scenarios = {
  'silence-connecting': {
    rules: ['5321-4.5.3.2-client-timeouts'],
    clause: 'A server that can’t be reached is given up on after 30 seconds',
    servers: { [MX]: ['no-answer', {}] },
    moves: [['wait', 2 * MINUTE]],
    states: ['bob relayed 2'],
    attempts: [`bob 1 +0s ${MX} 451 4.4.1 (30s)`, `bob 2 +1m30s ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO MAIL RCPT DATA . QUIT`],
  },
  'silence-greeting': silent({
    clause: 'A server that does not greet is given up on after 5 minutes',
    at: { greeting: SILENCE },
    lasts: 5 * MINUTE,
    words: '5m',
    heard: '',
  }),
  'silence-ehlo': silent({
    clause: 'A server that does not answer EHLO is given up on after 5 minutes',
    at: { ehlo: SILENCE },
    lasts: 5 * MINUTE,
    words: '5m',
    heard: 'EHLO',
  }),
  'silence-mail': silent({
    clause: 'A server that does not answer MAIL is given up on after 5 minutes',
    at: { mail: SILENCE },
    lasts: 5 * MINUTE,
    words: '5m',
    heard: 'EHLO MAIL',
  }),
  'silence-rcpt': silent({
    clause: 'A server that does not answer RCPT is given up on after 5 minutes',
    at: { rcpt: { '*': SILENCE } },
    lasts: 5 * MINUTE,
    words: '5m',
    heard: 'EHLO MAIL RCPT',
  }),
  'silence-data': silent({
    clause: 'A server that does not answer DATA is given up on after 2 minutes',
    at: { data: SILENCE },
    lasts: 2 * MINUTE,
    words: '2m',
    heard: 'EHLO MAIL RCPT DATA',
  }),
  'silence-in-the-text': silent({
    clause: 'A server that stops reading in the middle of the message is given up on after 3 minutes',
    at: { text: { after: 1_000, act: STALL } },
    lasts: 3 * MINUTE,
    words: '3m',
    heard: 'EHLO MAIL RCPT DATA',
    text: LONG_TEXT,
  }),
  'silence-dot': {
    ...silent({
      clause:
        'A server that does not say whether it took the message is given up on after 10 minutes, and given it again: it may arrive twice rather than not at all',
      at: { dot: SILENCE },
      lasts: 10 * MINUTE,
      words: '10m',
      heard: 'EHLO MAIL RCPT DATA .',
    }),
    rules: ['5321-4.5.3.2-client-timeouts', '5321-4.5.3.2.6-unsure'],
  },
  'slow-but-alive': {
    clause: 'The next try counts from the end of the last one, however long that took',
    queue: { retry: [MINUTE] },
    servers: { [MX]: [{ greeting: SILENCE }, 'refused', {}] },
    moves: [['wait', 8 * MINUTE + 30 * SECOND]],
    states: ['bob relayed 3'],
    attempts: [`bob 1 +0s ${MX} 451 4.4.2 (5m)`, `bob 2 +6m ${MX} 451 4.4.1`, `bob 3 +7m ${MX} 250 2.0.0`],
    heard: [`${MX}:`, `${MX}: EHLO MAIL RCPT DATA . QUIT`],
  },
};
