/**
 * The steps of an attempt at which the program may be killed, and what must come of each. The test reads
 * this table, and docs/crash-points.md is written from it.
 */
import { offering, SILENCE, STALL } from '../../src/outbound/testing.ts';
import type { Heard, ServerScript } from '../../src/outbound/testing.ts';

export interface CrashPoint {
  /** Mail for `<name>.test` stands there when the program is killed. */
  readonly name: string;
  /** Completes "killed …", for the page. */
  readonly when: string;
  /** What the next server does at the first connection, so that the attempt stands still; later ones find it well. */
  readonly server: ServerScript;
  /** Nobody says where the next server is. */
  readonly lookingUp?: true;
  /** Whether the server has seen that the attempt stands there. */
  readonly stands: (seen: Standing) => boolean;
  /** Said to the program while it is stopped (SIGSTOP), so that it lies unread in its socket at the kill. */
  readonly lastWords?: string;
  /** What the next server had of the message at the kill. */
  readonly had: 'nothing' | 'the beginning' | 'the whole message';
  /** The state of the delivery in the store of the dead program. */
  readonly left: 'sending' | 'relayed';
  /** How often the next server has got the whole message when everything is over. */
  readonly got: 1 | 2;
}

/** What one server has heard, and how much it has not read yet. */
export interface Standing {
  readonly heard: readonly Heard[];
  readonly unread: number;
}

/** No pipelining: each command waits for the answer to the one before. */
const PLAIN = { ehlo: offering('SIZE 50000000') };

const said =
  (verb: string) =>
  ({ heard: [first] }: Standing): boolean =>
    first?.lines.at(-1)?.startsWith(verb) === true;
const hasTheWhole = ({ heard: [first] }: Standing): boolean => first?.texts.length === 1;

export const POINTS: readonly CrashPoint[] = [
  {
    name: 'claimed',
    when: 'after the claim, before a connection: the name server is being asked',
    server: {},
    lookingUp: true,
    stands: () => true,
    had: 'nothing',
    left: 'sending',
    got: 1,
  },
  {
    name: 'connected',
    when: 'connected, before the greeting',
    server: { greeting: SILENCE },
    stands: ({ heard }) => heard.length === 1,
    had: 'nothing',
    left: 'sending',
    got: 1,
  },
  {
    name: 'ehlo',
    when: 'after EHLO',
    server: { ehlo: SILENCE },
    stands: said('EHLO'),
    had: 'nothing',
    left: 'sending',
    got: 1,
  },
  {
    name: 'starttls',
    when: 'after STARTTLS',
    server: { ehlo: offering('STARTTLS'), starttls: SILENCE },
    stands: said('STARTTLS'),
    had: 'nothing',
    left: 'sending',
    got: 1,
  },
  {
    name: 'mail',
    when: 'after MAIL',
    server: { ...PLAIN, mail: SILENCE },
    stands: said('MAIL'),
    had: 'nothing',
    left: 'sending',
    got: 1,
  },
  {
    name: 'rcpt',
    when: 'after RCPT',
    server: { ...PLAIN, rcpt: { '*': SILENCE } },
    stands: said('RCPT'),
    had: 'nothing',
    left: 'sending',
    got: 1,
  },
  {
    name: 'data',
    when: 'after DATA, before the 354',
    server: { ...PLAIN, data: SILENCE },
    stands: said('DATA'),
    had: 'nothing',
    left: 'sending',
    got: 1,
  },
  {
    name: 'text',
    when: 'after the 354, in the middle of the text',
    server: { ...PLAIN, text: { after: 1_000, act: STALL } },
    stands: (seen) => said('DATA')(seen) && seen.unread > 0,
    had: 'the beginning',
    left: 'sending',
    got: 1,
  },
  {
    name: 'dot',
    when: 'after the final dot, before the answer to it',
    server: { ...PLAIN, dot: SILENCE },
    stands: hasTheWhole,
    had: 'the whole message',
    left: 'sending',
    got: 2,
  },
  {
    name: 'answered',
    when: 'after the 250 of the next server, before our commit of it',
    server: { ...PLAIN, dot: SILENCE },
    stands: hasTheWhole,
    lastWords: '250 2.0.0 taken\r\n',
    had: 'the whole message',
    left: 'sending',
    got: 2,
  },
  {
    name: 'committed',
    when: 'after our commit of it',
    server: PLAIN,
    stands: hasTheWhole,
    had: 'the whole message',
    left: 'relayed',
    got: 1,
  },
];
