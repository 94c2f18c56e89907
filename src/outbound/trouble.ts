/**
 * What a failure on the way out means. This is the only place that decides it (HABITS 12): every
 * other file reports where it stood and what happened, and acts on the verdict it gets here.
 *
 * A verdict answers two questions. What becomes of the recipient: `deferred` (try again later),
 * `failed` (for good) or `unsure` (the server may have taken it)? And is that the last word of this
 * attempt (`settled`), or may another host of the same domain still do better?
 *
 *   stage      a 4xx        a 5xx        no answer: lost, late, garbled
 *   ---------  -----------  -----------  ------------------------------
 *   connect    –            –            next host, else deferred
 *   greeting   next, defer  next, fail   next host, else deferred
 *   ehlo       next, defer  next, fail   next host, else deferred
 *   tls        next, defer  next, defer  next host, else deferred
 *   auth       next, defer  next, defer  next host, else deferred
 *   mail       next, defer  failed       next host, else deferred
 *   rcpt       next, defer  failed       next host, else deferred
 *   data       next, defer  failed       next host, else deferred
 *   dot        next, defer  failed       unsure
 *
 * Why so:
 * - A temporary refusal, or none at all, says something about this host now; another MX may be
 *   well (RFC 5321 §5.1). Its words are kept, in case no other host does better.
 * - A 5xx to MAIL, RCPT, DATA or the final dot is about the message or the recipient. The domain has
 *   spoken, whichever of its hosts did, so nobody else is asked (§4.2.1: the client SHOULD NOT repeat).
 * - A 5xx instead of a greeting (554, or 521 of RFC 7504) or to EHLO and HELO says that *this host*
 *   takes no mail. Others are tried; only when every host that was reached said so is it final. One
 *   that could not be reached leaves the question open, and the message waits.
 * - A 500 or 502 to LHLO says that the host speaks SMTP where a route says LMTP: the route is wrong, and waits for
 *   who wrote it.
 * - TLS and login are between us and the host: that a certificate is wrong or our password refused
 *   is no fault of the message, and is mended by people. It waits, with words that say what to mend.
 * - Behind the final dot the message is the server's as soon as it says so; when its answer is lost,
 *   nobody here can know (RFC 1047). Another host is never tried then: that would make the duplicate certain.
 * - 552 to RCPT means "too many recipients" (§4.5.3.1.10) and is treated like 452.
 * - What the server does not offer and the message needs (size, 8 bits, UTF-8) is known before a
 *   single octet is sent: failed, unless another host offers it.
 * - A server that offers CHUNKING and doesn't understand BDAT (500 to 504) has said nothing about the message: the
 *   same address is asked again, with DATA.
 * - When our own side can't read the message, it waits, and no other host is asked: they would get no more.
 */
import { isTransient, reply, replyText } from '../mail/index.ts';
import type { EnhancedCode, Reply } from '../mail/index.ts';
import type { ClientTrouble, RecipientAnswer } from '../smtp/index.ts';
import type { RecipientOutcome, Stage } from './outbound.ts';

export interface Verdict {
  readonly outcome: Exclude<RecipientOutcome['outcome'], 'relayed'>;
  /** No other host is asked for this recipient. */
  readonly settled: boolean;
  readonly stage: Stage;
  readonly reply: Reply;
  /** The reply is the server's own words. */
  readonly remote: boolean;
  /** What went wrong when no server answered; a sentence. */
  readonly problem?: string;
}

type Row = Readonly<Record<'transient' | 'permanent' | 'silent', Pick<Verdict, 'outcome' | 'settled'>>>;

const LATER = { outcome: 'deferred', settled: false } as const;
const HERE_NEVER = { outcome: 'failed', settled: false } as const;
const NEVER = { outcome: 'failed', settled: true } as const;
const UNKNOWN = { outcome: 'unsure', settled: true } as const;

const POLICY: Readonly<Record<Stage, Row>> = {
  dns: { transient: LATER, permanent: NEVER, silent: LATER },
  connect: { transient: LATER, permanent: LATER, silent: LATER },
  greeting: { transient: LATER, permanent: HERE_NEVER, silent: LATER },
  ehlo: { transient: LATER, permanent: HERE_NEVER, silent: LATER },
  tls: { transient: LATER, permanent: LATER, silent: LATER },
  auth: { transient: LATER, permanent: LATER, silent: LATER },
  mail: { transient: LATER, permanent: NEVER, silent: LATER },
  rcpt: { transient: LATER, permanent: NEVER, silent: LATER },
  data: { transient: LATER, permanent: NEVER, silent: LATER },
  dot: { transient: LATER, permanent: NEVER, silent: UNKNOWN },
};

/** A server's refusal. */
export function refusedBy(stage: Stage, words: Reply): Verdict {
  const temporary = isTransient(words) || (stage === 'rcpt' && words.code === 552);
  return { ...POLICY[stage][temporary ? 'transient' : 'permanent'], stage, reply: words, remote: true };
}

/** A refusal of the LHLO that a route wants: of a server that doesn't know it, no message should pay for the route. */
export function noLmtp(refused: Verdict): Verdict {
  const { code } = refused.reply;
  return refused.stage === 'ehlo' && (code === 500 || code === 502) ? { ...refused, ...LATER } : refused;
}

/** No answer, or none that makes sense. `where` names the server as people know it. */
export function brokenAt(stage: Stage, trouble: Pick<ClientTrouble, 'what' | 'problem'>, where: string): Verdict {
  const problem = `${withoutDot(trouble.problem)} (${where})`;
  const ours = trouble.what === 'content';
  const fate = ours ? { outcome: 'deferred' as const, settled: true } : POLICY[stage].silent;
  const doubt = fate.outcome === 'unsure' ? '; the server may have taken the message' : '';
  const details = { rule: RULES[trouble.what], cause: problem };
  const answer = reply(451, codeOf(stage, trouble.what), `${problem}${doubt}`, details);
  return { ...fate, stage, reply: answer, remote: false, problem };
}

const RULES: Readonly<Record<ClientTrouble['what'], string>> = {
  lost: 'connection-lost',
  timeout: 'connection-timeout',
  garbled: 'not-smtp',
  tls: 'tls-failed',
  content: 'message-unreadable',
};

/** RFC 3463 §3.5: 4.4.1 no answer from host, 4.4.2 bad connection; §3.6, §3.8, §3.4. */
function codeOf(stage: Stage, what: ClientTrouble['what']): EnhancedCode {
  if (what === 'tls') return '4.7.5';
  if (what === 'garbled') return '4.5.0';
  if (what === 'content') return '4.3.0';
  return stage === 'connect' ? '4.4.1' : '4.4.2';
}

/** What we see ourselves after EHLO: another host may offer what this one doesn't. */
export function notOffered(code: EnhancedCode, rule: string, text: string): Verdict {
  return { ...HERE_NEVER, stage: 'ehlo', reply: reply(554, code, text, { rule }), remote: false, problem: text };
}

/** TLS or a login that we insist on and can't have here. */
export function insecure(stage: 'tls' | 'auth', code: EnhancedCode, rule: string, text: string): Verdict {
  return { ...LATER, stage, reply: reply(451, code, text, { rule }), remote: false, problem: text };
}

/** The attempt was cut short here. */
export function cutShort(stage: Stage): Verdict {
  const text = 'The attempt was stopped here before it was decided; it will be made again';
  return {
    outcome: 'deferred',
    settled: true,
    stage,
    reply: reply(451, '4.3.2', text, { rule: 'attempt-stopped' }),
    remote: false,
    problem: text,
  };
}

/** What one recipient was told in a transaction; undefined: the next server has taken responsibility. */
export function verdictOn(result: RecipientAnswer, where: string): Verdict | undefined {
  const stage = stageOf(result.state);
  if (result.answer.kind === 'trouble') return brokenAt(stage, result.answer, where);
  const words = result.answer.reply;
  if (result.state === 'bdat') return brokenAt(stage, { what: 'garbled', problem: bdatUnknown(words) }, where);
  if (words.code >= 400) return refusedBy(stage, words);
  return undefined;
}

function stageOf(state: RecipientAnswer['state']): Stage {
  return state === 'text' || state === 'bdat' ? 'data' : state;
}

/** No refusal of the message: with DATA the same server may take it. */
function bdatUnknown(words: Reply): string {
  return `The server offers CHUNKING and does not understand BDAT: it answered ${replyText(words)}`;
}

/**
 * The better known of two verdicts of different hosts, when neither settled it: what is temporary
 * leaves hope, so it goes before what is final; a server's own words go before ours; then the later.
 */
export function prefer(before: Verdict | undefined, now: Verdict): Verdict {
  return before === undefined || now.settled || weight(now) >= weight(before) ? now : before;
}

function weight(verdict: Verdict): number {
  return (verdict.outcome === 'deferred' ? 2 : 0) + (verdict.remote ? 1 : 0);
}

function withoutDot(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
