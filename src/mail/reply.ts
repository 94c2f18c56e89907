/**
 * A reply is a value: a code, an enhanced code, a sentence for people, the id of the rule that
 * decided, and a private cause for the log (RFC 5321 §4.2, RFC 3463). An error that crosses a seam
 * *is* a reply; one place (smtp/grammar) turns it into bytes.
 */

/** `class.subject.detail`, as "5.7.1" (RFC 3463 §2). */
export type EnhancedCode = `${2 | 4 | 5}.${number}.${number}`;

export interface Reply {
  /** Three digits, 200 to 599 (RFC 5321 §4.2). */
  readonly code: number;
  readonly enhanced?: EnhancedCode;
  /** At least one line; printable, no line ends. */
  readonly lines: readonly string[];
  /** The rule that decided, as it stands in the docs, the log and the journey. */
  readonly rule?: string;
  /** For the log only: what really happened. Never a password, never shown to a peer. */
  readonly cause?: unknown;
}

export interface ReplyDetails {
  readonly rule?: string;
  readonly cause?: unknown;
}

export function reply(
  code: number,
  enhanced: EnhancedCode | undefined,
  text: string | readonly string[],
  details: ReplyDetails = {},
): Reply {
  const lines = typeof text === 'string' ? [text] : text;
  return { code, ...(enhanced === undefined ? {} : { enhanced }), lines, ...details };
}

/** A refusal by a rule of ours: its id stands behind the words, for whoever wants to look it up. */
export function refusal(code: number, enhanced: EnhancedCode, text: string, rule: string): Reply {
  return reply(code, enhanced, `${text} (${rule})`, { rule });
}

export function isPositive(answer: Reply): boolean {
  return answer.code >= 200 && answer.code < 400;
}

export function isTransient(answer: Reply): boolean {
  return answer.code >= 400 && answer.code < 500;
}

export function isPermanent(answer: Reply): boolean {
  return answer.code >= 500;
}

/** The reply on one line, as it stands in the log, the journey and a report: "550 5.1.1 No such user". */
export function replyText(answer: Reply): string {
  return [String(answer.code), answer.enhanced, answer.lines.join(' ')].filter((part) => part !== undefined).join(' ');
}

/** The same with the reply's own line ends kept, as "\n": what `queue show` prints. */
export function replyLines(answer: Reply): string {
  return [String(answer.code), answer.enhanced, answer.lines.join('\n')].filter((part) => part !== undefined).join(' ');
}

/** A refusal on its way to the place that answers the peer. */
export class ReplyError extends Error {
  readonly reply: Reply;

  constructor(answer: Reply) {
    super(replyText(answer), { cause: answer.cause });
    this.name = 'ReplyError';
    this.reply = answer;
  }
}

/** What every unforeseen error becomes, in one place for each protocol (HOUSE P4). */
export function temporaryFailure(cause: unknown): Reply {
  return reply(451, '4.3.0', 'Something went wrong here; nothing was lost, please try again later', {
    rule: 'internal-error',
    cause,
  });
}
