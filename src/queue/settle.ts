/**
 * What follows from an attempt: for each recipient a new state, a record, an event, and perhaps a
 * report. One module, one table; the runner and the operator's commands both end here.
 *
 *   outcome   and                                 becomes   the sender hears
 *   relayed   the next server tells of success    relayed   nothing from us
 *   relayed   success is wanted, and it won't     relayed   a report that it was passed on (RFC 3461 §5.2.2)
 *   deferred  younger than give_up                waiting   a delay notice, once, from delay_notice on
 *   deferred  an attempt failed after give_up     failed    a bounce
 *   failed                                        failed    a bounce; from the null sender: the postmaster, a note (note.ts)
 *   unsure    on_unsure = retry (a host)          waiting   as deferred: a duplicate is the lesser harm (RFC 5321 §4.5.3.2.6 note)
 *   unsure    on_unsure = ask (a PC)              unsure    asked in person
 */
import { replyLines, replyText } from '../mail/index.ts';
import type { Reply } from '../mail/index.ts';
import type { AttemptResult, RecipientOutcome, Try } from '../outbound/index.ts';
import type {
  AttemptRecord,
  Claim,
  NewEvent,
  QueuedDelivery,
  ReplyFacts,
  SettledDelivery,
  Suppression,
  TlsFacts,
} from '../store/index.ts';
import { isNoticeDue, isTooOld, nextTry, startOf } from './schedule.ts';
import type { RetrySettings } from './schedule.ts';
import { explainOutcome } from './reason.ts';

/** `success`: passed on to a server that reports nothing. `delivered`: filed here after a hold. */
export type ReportKind = 'bounce' | 'delay' | 'success' | 'delivered';

/** One recipient to be spoken of in a report. */
export interface ReportedRecipient {
  readonly delivery: QueuedDelivery;
  readonly kind: ReportKind;
  readonly outcome: RecipientOutcome;
  /** The host that answered, where one did. */
  readonly host?: string;
  /** We gave up because of its age. */
  readonly expired: boolean;
}

export interface Settlement {
  readonly deliveries: readonly SettledDelivery[];
  readonly attempts: readonly AttemptRecord[];
  readonly events: readonly NewEvent[];
  readonly reports: readonly ReportedRecipient[];
  /** What was learned about addresses (suppress.ts). */
  readonly suppress?: readonly Suppression[];
  readonly lift?: { readonly account: string; readonly addresses: readonly string[] };
}

export function settleAttempt(claim: Claim, result: AttemptResult, settings: RetrySettings, now: number): Settlement {
  const decided = claim.deliveries.map((delivery) =>
    decide(claim, delivery, outcomeFor(delivery, result), { settings, now, result }),
  );
  return {
    deliveries: decided.map((one) => one.settled),
    attempts: withinBounds(decided.flatMap((one) => attemptRecord(one, result, now))),
    events: decided.flatMap((one) => [attemptEvent(claim, one, result, now), ...unreported(claim, one, now)]),
    reports: decided.flatMap((one) => reportFor(one, result)),
  };
}

interface Decided {
  readonly delivery: QueuedDelivery;
  readonly outcome: RecipientOutcome;
  readonly settled: SettledDelivery;
  readonly report: ReportKind | undefined;
  readonly expired: boolean;
}

/** An attempt answers for each recipient; one it forgot was not tried. */
function outcomeFor(delivery: QueuedDelivery, result: AttemptResult): RecipientOutcome {
  const found = result.outcomes.find((one) => one.n === delivery.n);
  if (found !== undefined) return found;
  const reply = { code: 451, enhanced: '4.3.0', lines: ['This recipient was not tried'] } as const;
  return { n: delivery.n, outcome: 'deferred', stage: 'connect', reply, remote: false };
}

interface Circumstances {
  readonly settings: RetrySettings;
  readonly now: number;
  readonly result: AttemptResult;
}

function decide(
  claim: Claim,
  delivery: QueuedDelivery,
  outcome: RecipientOutcome,
  { settings, now, result }: Circumstances,
): Decided {
  const tried = outcome.try === undefined ? undefined : result.tries[outcome.try];
  const bounce = hearsOfFailure(claim, delivery) ? 'bounce' : undefined;
  const end = (state: SettledDelivery['state'], report?: ReportKind, expired = false): Decided => ({
    delivery,
    outcome,
    settled: { n: delivery.n, state, ...whatWasSaid(outcome), ...doubt(outcome) },
    report,
    expired,
  });
  const waitOrGiveUp = (): Decided =>
    isTooOld(settings, startOf(claim.message), now)
      ? end('failed', bounce, true)
      : wait(claim, delivery, outcome, settings, now);
  switch (outcome.outcome) {
    case 'relayed':
      return end('relayed', wants(delivery, 'success') && !tellsOfSuccess(delivery, tried) ? 'success' : undefined);
    case 'failed':
      return end('failed', bounce);
    case 'unsure':
      // A server that takes the text and always goes away without a word is given up on like one that never answers.
      return delivery.onUnsure === 'ask' ? end('unsure') : waitOrGiveUp();
    case 'deferred':
      return waitOrGiveUp();
  }
}

function wait(
  claim: Claim,
  delivery: QueuedDelivery,
  outcome: RecipientOutcome,
  settings: RetrySettings,
  now: number,
): Decided {
  const start = startOf(claim.message);
  const { attempts, nextAt: committed } = delivery;
  const notice =
    delivery.delayNotifiedAt === undefined && isNoticeDue(settings, start, now) && wants(delivery, 'delay');
  return {
    delivery,
    outcome,
    settled: {
      n: delivery.n,
      state: 'waiting',
      nextAt: nextTry(settings, { start, attempts, committed }, now),
      ...whatWasSaid(outcome),
      ...doubt(outcome),
      ...(notice ? { delayNotifiedAt: now } : {}),
    },
    report: notice ? 'delay' : undefined,
    expired: false,
  };
}

/** Behind the final dot nobody knows; what a report or an operator does later must not forget it. */
function doubt({ outcome }: RecipientOutcome): Pick<SettledDelivery, 'mayHaveLeft'> {
  return outcome === 'unsure' ? { mayHaveLeft: true } : {};
}

/** The null sender is told nothing whatever it asked for; the postmaster hears of it. */
function hearsOfFailure({ message }: Claim, delivery: QueuedDelivery): boolean {
  return message.mailFrom === '' ? delivery.onFailure === 'report' : wants(delivery, 'failure');
}

/** Servers may write novels; what is repeated for each recipient in each listing is short. */
const LONGEST_LAST_REPLY = 500;
/** Characters of a reply in the journey. */
const LONGEST_EVENT_REPLY = 2_000;
/** Characters kept of the reply of one try, line ends included. */
const LONGEST_REPLY = 8_192;
/** Characters of longer replies that are kept of one settlement: a server that writes novels writes one to each recipient in each try. */
const MOST_OF_LONG_REPLIES = 65_536;

/** In the listing: the answer, and for what did not get there the reason that stands in it. */
function whatWasSaid(outcome: RecipientOutcome): Pick<SettledDelivery, 'lastReply' | 'reason'> {
  const lastReply = shortened(replyText(outcome.reply), LONGEST_LAST_REPLY);
  return outcome.outcome === 'relayed' ? { lastReply } : { lastReply, reason: explainOutcome(outcome).id };
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** NOTIFY decides; without it failures and delays are told (RFC 3461 §4.1). */
export function wants(delivery: QueuedDelivery, what: 'failure' | 'delay' | 'success'): boolean {
  if (delivery.onFailure === 'state') return false;
  return delivery.notify === undefined ? what !== 'success' : delivery.notify.includes(what);
}

/** Whether the next server was asked to: not where its report would tell where an alias leads (RFC 3461 §5.2.7.4). */
function tellsOfSuccess(delivery: QueuedDelivery, tried: Try | undefined): boolean {
  return tried?.dsn === true && delivery.original === undefined;
}

function reportFor(one: Decided, result: AttemptResult): readonly ReportedRecipient[] {
  if (one.report === undefined) return [];
  const tried = one.outcome.try === undefined ? undefined : result.tries[one.outcome.try];
  // A socket has a path and no address; where it lies is nobody's business.
  const host = tried?.ip === undefined ? undefined : tried.host;
  return [
    {
      delivery: one.delivery,
      kind: one.report,
      outcome: one.outcome,
      expired: one.expired,
      ...(host === undefined ? {} : { host }),
    },
  ];
}

/** A failure nobody hears of is said in the journey (HOUSE P5). */
function unreported(claim: Claim, one: Decided, now: number): readonly NewEvent[] {
  if (one.settled.state !== 'failed' || one.report !== undefined) return [];
  const why = whyUnreported(one);
  return [{ message: claim.message.id, n: one.delivery.n, at: now, facts: { kind: 'unreported', why } }];
}

function whyUnreported({ delivery }: Decided): string {
  if (delivery.onFailure === 'state') return 'the failure is shown with the message itself';
  return 'the sender asked for no report (NOTIFY)';
}

/** One row for each connection tried; a recipient nobody was asked about has one without a host. */
function attemptRecord(one: Decided, result: AttemptResult, now: number): readonly AttemptRecord[] {
  const about = { n: one.delivery.n, attempt: one.delivery.attempts };
  if (result.tries.length === 0)
    return [{ ...about, reply: wholeReply(one.outcome.reply), startedAt: now, endedAt: now }];
  return result.tries.map((tried, index) => {
    const reply =
      index === one.outcome.try
        ? wholeReply(one.outcome.reply)
        : tried.reply === undefined
          ? tried.problem
          : wholeReply(tried.reply);
    return {
      ...about,
      ...(tried.host === undefined ? {} : { host: tried.host }),
      ...(tried.ip === undefined ? {} : { ip: tried.ip }),
      ...(tried.port === undefined ? {} : { port: tried.port }),
      ...(tried.tls === undefined ? {} : { tls: `${tried.tls.version} ${tried.tls.cipher}` }),
      ...(reply === undefined ? {} : { reply }),
      startedAt: tried.startedAt,
      endedAt: tried.endedAt,
    };
  });
}

/** The first ones whole; behind them the beginning has to do. */
function withinBounds(records: readonly AttemptRecord[]): readonly AttemptRecord[] {
  let room = MOST_OF_LONG_REPLIES;
  return records.map((record) => {
    const { reply = '' } = record;
    if (reply.length <= LONGEST_LAST_REPLY) return record;
    room -= reply.length;
    return room >= 0 ? record : { ...record, reply: shortened(reply, LONGEST_LAST_REPLY) };
  });
}

function wholeReply(reply: Reply): string {
  return shortened(replyLines(reply), LONGEST_REPLY);
}

function attemptEvent(claim: Claim, one: Decided, result: AttemptResult, now: number): NewEvent {
  const tried = one.outcome.try === undefined ? result.tries.at(-1) : result.tries[one.outcome.try];
  const { reply, remote } = one.outcome;
  const tls: TlsFacts | undefined =
    tried?.tls === undefined
      ? undefined
      : { version: tried.tls.version, cipher: tried.tls.cipher, verified: tried.tls.verified ? 'pkix' : 'none' };
  return {
    message: claim.message.id,
    n: one.delivery.n,
    at: now,
    facts: {
      kind: 'attempt',
      attempt: one.delivery.attempts,
      recipient: one.delivery.recipient,
      destination: claim.destination,
      server: {
        ...(tried?.host === undefined ? {} : { name: tried.host }),
        ...(tried?.ip === undefined ? {} : { ip: tried.ip }),
        ...(tried?.port === undefined ? {} : { port: tried.port }),
      },
      ...(result.route === undefined ? {} : { route: result.route }),
      ...(result.considered.length === 0 ? {} : { considered: result.considered }),
      ...(tried?.protocol === undefined ? {} : { protocol: tried.protocol }),
      ...(tls === undefined ? {} : { tls }),
      ...(tried?.login === undefined ? {} : { login: tried.login }),
      ...(tried?.reencoded === undefined ? {} : { reencoded: tried.reencoded }),
      ...(tried?.reused === undefined ? {} : { reused: tried.reused }),
      stage: one.outcome.stage,
      outcome: one.settled.state === 'failed' ? 'failed' : one.outcome.outcome,
      ...(remote ? { reply: replyFacts(one.outcome) } : { problem: reply.lines.join(' ') }),
      ...(reply.rule === undefined ? {} : { rule: reply.rule }),
      startedAt: tried?.startedAt ?? now,
      endedAt: tried?.endedAt ?? now,
      ...(one.settled.nextAt === undefined ? {} : { nextAt: one.settled.nextAt }),
    },
  };
}

function replyFacts({ reply }: RecipientOutcome): ReplyFacts {
  return {
    code: reply.code,
    ...(reply.enhanced === undefined ? {} : { enhanced: reply.enhanced }),
    text: shortened(reply.lines.join(' '), LONGEST_EVENT_REPLY),
  };
}
