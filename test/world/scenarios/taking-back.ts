/** Taking a message back: what has left, has left; what has not, stops; and the answer says which. */
import type { Zones } from '../../../src/dns/testing.ts';
import { SILENCE, TWO_MX } from '../../../src/outbound/testing.ts';
import { HOUR, MINUTE, SECOND } from '../scenario.ts';
import type { Move, Scenario, Scenarios } from '../scenario.ts';

const B = '192.0.2.1';
const C = '192.0.2.2';
const D = '192.0.2.3';
const zone = (domain: string, address: string): Zones => ({
  [domain]: { mx: [[10, `mx.${domain}`]] },
  [`mx.${domain}`]: { a: [address] },
});

/** bob's server has the message, carol's wants to see us later, dave's has not answered yet. */
const under = (clause: string, dave: 'mail' | 'dot', moves: readonly Move[], rest: Partial<Scenario>): Scenario => ({
  clause,
  zones: { ...zone('b.test', B), ...zone('c.test', C), ...zone('d.test', D) },
  servers: {
    [B]: {},
    [C]: { rcpt: { '*': '450 4.7.1 greylisted, try again later' }, data: '503 5.5.1 RCPT first' },
    [D]: { [dave]: SILENCE },
  },
  letters: [{ to: { 'bob@b.test': '', 'carol@c.test': '', 'dave@d.test': '' } }],
  moves: [['wait', 30 * SECOND], ['take-back'], ...moves],
  states: ['bob relayed 1', 'carol dropped 1', 'dave dropped 1'],
  attempts: [],
  heard: [
    `${B}: EHLO MAIL RCPT DATA . QUIT`,
    `${C}: EHLO MAIL RCPT DATA QUIT`,
    `${D}: EHLO MAIL${dave === 'dot' ? ' RCPT DATA .' : ''}`,
  ],
  ...rest,
});

const TRIED = [`carol 1 +0s ${C} 450 4.7.1`, `bob 1 +0s ${B} 250 2.0.0`];
const ASKED = ['take-back bob left', 'take-back carol stopped', 'take-back dave leaving'];

export const TAKING_BACK: Scenarios = {
  'taken-back': under(
    'A message that is taken back has left for one recipient, stops for another, and for the one it is being sent to it ends with that try',
    'mail',
    [['wait', HOUR], ['take-back']],
    {
      attempts: [...TRIED, `dave 1 +0s ${D} 451 4.4.2 (5m)`],
      told: [...ASKED, 'take-back bob left', 'take-back carol stopped', 'take-back dave stopped'],
    },
  ),
  'taken-back-too-late': under(
    'A message that is taken back while the next server has it may have left: nobody knows, and that is what is said',
    'dot',
    [['wait', HOUR], ['take-back']],
    {
      attempts: [...TRIED, `dave 1 +0s ${D} 451 4.4.2 (10m)`],
      told: [...ASKED, 'take-back bob left', 'take-back carol stopped', 'take-back dave unknown'],
    },
  ),
  'taken-back-and-killed': under(
    'A message that was taken back stays so when the program is killed while sending it: nothing leaves after the next start',
    'dot',
    [['kill'], ['wait', HOUR], ['take-back']],
    {
      attempts: TRIED,
      told: [...ASKED, 'take-back bob left', 'take-back carol stopped', 'take-back dave unknown'],
    },
  ),
  'taken-back-between-servers': {
    clause: 'A message that is taken back while one server of the domain does not answer is not given to the next one',
    zones: TWO_MX,
    servers: { [B]: 'no-answer', [C]: {} },
    moves: [['wait', 10 * SECOND], ['take-back'], ['wait', 10 * MINUTE], ['take-back']],
    states: ['bob dropped 1'],
    attempts: [`bob 1 +0s ${B} 451 4.4.1 (30s)`],
    heard: [],
    told: ['take-back bob leaving', 'take-back bob stopped'],
  },
};
