/**
 * The row of a verb: where it may stand, and what it does. "May I?" is read from the row in one
 * place (conversation.ts); a verb's file only does its work (HABITS 2, 8).
 */
import type { Reply } from '../../mail/index.ts';
import { isReply } from '../grammar/refusals.ts';
import type { Session } from './session.ts';
import type { StateName } from './state.ts';

/** What a verb answers; undefined when it has answered itself (STARTTLS). */
export type Answer = Reply | readonly Reply[] | undefined;

export interface VerbRow<Arguments> {
  readonly name: string;
  /** How HELP shows it. */
  readonly usage: string;
  /** The states in which it may be used; elsewhere 503 5.5.1. */
  readonly states: readonly StateName[];
  /** The protocol that has it; both when not set. */
  readonly protocol?: 'smtp' | 'lmtp';
  /** Usable before TLS on a listener where only TLS makes a login possible (RFC 3207 §4). */
  readonly beforeTls: boolean;
  /** Where logins exist: usable only after one (RFC 4954 §6, RFC 6409 §4.3). */
  readonly needsLogin: boolean;
  /** The client waits for the answer before it goes on (RFC 2920 §3.1), so it leaves at once. */
  readonly endsPipelinedGroup: boolean;
  /** Octets of its command line, when more than others' (RFC 4954 §4). */
  readonly longestLine?: number;
  /** What it adds to the list that EHLO answers. */
  readonly keywords?: (session: Session) => readonly string[];
  readonly parse: (text: string, session: Session) => Arguments | Reply;
  readonly run: (session: Session, args: Arguments) => Answer | Promise<Answer>;
}

/** A row as the session uses it: what `parse` and `run` hand to each other is nobody else's business. */
export interface Verb extends Omit<VerbRow<unknown>, 'parse' | 'run'> {
  readonly perform: (session: Session, text: string) => Promise<Answer>;
}

export function verb<Arguments>(row: VerbRow<Arguments>): Verb {
  const { parse, run, ...rest } = row;
  return {
    ...rest,
    async perform(session, text) {
      const args = parse(text, session);
      return isReply(args) ? args : run(session, args);
    },
  };
}

/** The states after a greeting. */
const GREETED: readonly StateName[] = ['greeted', 'mail', 'chunks'];

/** RFC 5321 §4.1.4: RSET, NOOP, VRFY, EXPN and HELP may be used at any time, before a greeting too. */
export const ANY_TIME: readonly StateName[] = ['connected', ...GREETED];
