/**
 * A reason: why mail was not taken, for people who never saw a mail server. What happened, whose side
 * it is on, what they can do now, and whether to wait. The ids are for programs: they never change.
 */
import type { REASONS } from './reasons.ts';

export type ReasonId = keyof typeof REASONS;

/** Who can mend it. "You" is the sender, "your mail server" the one that tried to hand the message on. */
export type Side = 'you' | 'your-server' | 'your-domain' | 'network' | 'their-server' | 'recipient' | 'unknown';

/**
 * - `we-try-again`: it is not over; the queue goes on by itself.
 * - `later-again`: it is over, but the same message may get through at another time.
 * - `no`: the same message would be refused again; something must be mended first.
 */
export type Wait = 'we-try-again' | 'later-again' | 'no';

/** What is written down of each reason. */
export interface ReasonWords {
  /** A few words, for lists: no capital, no full stop. */
  readonly title: string;
  readonly side: Side;
  /** A sentence. */
  readonly happened: string;
  /** What the sender can do now: one sentence or two. Whether to send again is said by {@link Wait}. */
  readonly advice: string;
  /** The same message, unchanged, may be taken at another time. */
  readonly again: boolean;
}

export interface Reason extends Omit<ReasonWords, 'again'> {
  readonly id: ReasonId;
  readonly wait: Wait;
}

/** Where in the conversation it was said; as outbound/ names it. */
export const STAGES = ['dns', 'connect', 'greeting', 'ehlo', 'tls', 'auth', 'mail', 'rcpt', 'data', 'dot'] as const;
export type Stage = (typeof STAGES)[number];

/** Whose side it is on, as a sentence. */
export const SIDES: Readonly<Record<Side, string>> = {
  you: 'Yours: it is about the message, or how it was sent.',
  'your-server': 'That of your own mail server; whoever runs it can mend it.',
  'your-domain': 'That of the domain you write from; whoever runs it can mend it.',
  network: 'Neither: it is on the way between the two mail servers.',
  'their-server': 'That of the other mail server.',
  recipient: "The recipient's: it is about their address or mailbox.",
  unknown: 'The other mail server did not say.',
};

/** What happened, whose side it is on, what to do: a line each, without line ends. */
export function reasonInWords({ happened, side, advice }: Reason): readonly string[] {
  return [`What happened: ${happened}`, `Whose side: ${SIDES[side]}`, `What you can do: ${advice}`];
}
