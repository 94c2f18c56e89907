/**
 * Telling the sender: recipients of one settlement that share a kind of news go into one report,
 * composed here and committed together with the deliveries it speaks of. A message from `<>` is
 * never reported about (RFC 5321 §4.5.5): that is said in the journey, and to the postmaster (note.ts).
 */
import type { Clock } from '../base/index.ts';
import type { Composer } from '../intake/index.ts';
import { HeaderScanner, replyText } from '../mail/index.ts';
import type { EnhancedCode } from '../mail/index.ts';
import { composeReport, reportNeedsUtf8 } from '../mime/index.ts';
import type { ReportAction, ReportExplanation, ReportRecipient } from '../mime/index.ts';
import { reasonOf, SIDES } from '../reasons/index.ts';
import type { Reason } from '../reasons/index.ts';
import type { AcceptParams, Claim, ContentStore, NewEvent, QueuedMessage, Store } from '../store/index.ts';
import { explainOutcome } from './reason.ts';
import { startOf } from './schedule.ts';
import type { RetrySettings } from './schedule.ts';
import type { ReportedRecipient, ReportKind } from './settle.ts';

export interface ReportParts {
  readonly store: Store;
  readonly composer: Composer;
  readonly clock: Clock;
  readonly hostname: () => string;
}

export interface WrittenReports {
  readonly reports: readonly AcceptParams[];
  readonly events: readonly NewEvent[];
  /** Failures of which nobody could be told. */
  readonly untold: readonly ReportedRecipient[];
}

/** RET=FULL is honoured up to this size; above it the header comes back (RFC 3461 §4.3 allows it). */
const LARGEST_RETURNED = 1_000_000;
const LARGEST_HEADER = 65_536;

export async function writeReports(job: {
  readonly parts: ReportParts;
  readonly claim: Claim;
  readonly reported: readonly ReportedRecipient[];
  readonly settings: RetrySettings;
}): Promise<WrittenReports> {
  const reports: AcceptParams[] = [];
  const events: NewEvent[] = [];
  const untold: ReportedRecipient[] = [];
  for (const kind of ['bounce', 'delay', 'success', 'delivered'] as const) {
    const about = job.reported.filter((one) => one.kind === kind);
    if (about.length === 0) continue;
    const report = await composeOne(job, kind, about);
    if (report !== undefined) reports.push(report);
    else if (kind === 'bounce') untold.push(...about);
    events.push(...about.map((one) => toldEvent(job, one, report)));
  }
  return { reports, events, untold };
}

type Job = Parameters<typeof writeReports>[0];

/** Undefined when nobody can be told. */
async function composeOne(
  { parts, claim, settings }: Job,
  kind: ReportKind,
  about: readonly ReportedRecipient[],
): Promise<AcceptParams | undefined> {
  const { message } = claim;
  if (message.mailFrom === '') return undefined;
  const at = parts.clock.now();
  const full = kind === 'bounce' && message.ret === 'full' && message.content.octets <= LARGEST_RETURNED;
  const original = await readOriginal(parts.store.content, message, full);
  return parts.composer.compose({
    to: message.mailFrom,
    what: CALLED[kind],
    about: message.id,
    smtputf8: reportNeedsUtf8(message.mailFrom),
    write: (id) =>
      composeReport({
        id,
        hostname: parts.hostname(),
        at,
        to: message.mailFrom,
        arrivedAt: message.receivedAt,
        ...(message.envid === undefined ? {} : { envid: message.envid }),
        recipients: about.map((one) => reportRecipient(one, at, startOf(message) + settings.giveUp)),
        ...original,
      }),
  });
}

const ACTION: Readonly<Record<ReportKind, ReportAction>> = {
  bounce: 'failed',
  delay: 'delayed',
  success: 'relayed',
  delivered: 'delivered',
};

function reportRecipient(
  { delivery, kind, outcome, host, expired }: ReportedRecipient,
  at: number,
  until: number,
): ReportRecipient {
  return {
    address: delivery.original ?? delivery.recipient,
    ...(delivery.orcpt === undefined ? {} : { orcpt: delivery.orcpt }),
    action: ACTION[kind],
    status: statusOf(outcome.reply.enhanced, kind),
    ...why({ delivery, kind, outcome, ...(host === undefined ? {} : { host }) }),
    ...explained({ delivery, kind, outcome }),
    expired,
    lastAttemptAt: at,
    ...(kind === 'delay' ? { willRetryUntil: until } : {}),
  };
}

/** What another server says of an alias's target would tell the sender where the alias leads (RFC 5321 §7.2). */
function why({
  delivery,
  kind,
  outcome,
  host,
}: Pick<ReportedRecipient, 'delivery' | 'kind' | 'outcome' | 'host'>): Partial<ReportRecipient> {
  if (kind === 'delivered') return {};
  return delivery.original === undefined ? whoSaid(outcome, host) : {};
}

/** Why, for people: of an alias only that it led on, and not where to or what was said there. */
function explained({
  delivery,
  kind,
  outcome,
}: Pick<ReportedRecipient, 'delivery' | 'kind' | 'outcome'>): Partial<ReportRecipient> {
  if (kind === 'delivered' || kind === 'success') return {};
  const reason = delivery.original === undefined ? explainOutcome(outcome, true) : reasonOf('forwarding-failed');
  return { explanation: inReport(reason) };
}

function inReport({ happened, side, advice, wait }: Reason): ReportExplanation {
  return { happened, side: SIDES[side], advice, again: wait !== 'no' };
}

function whoSaid({ reply, remote }: ReportedRecipient['outcome'], host: string | undefined): Partial<ReportRecipient> {
  if (!remote) return { problem: `${reply.lines.join(' ')}.`.replace(/\.\.$/, '.') };
  return { diagnostic: replyText(reply), ...(host === undefined ? {} : { remoteMta: host }) };
}

const STATUS_CLASS: Readonly<Record<ReportKind, 2 | 4 | 5>> = { bounce: 5, delay: 4, success: 2, delivered: 2 };

/** What the journey calls the report. */
const CALLED: Readonly<Record<ReportKind, 'bounce' | 'delay' | 'success'>> = {
  bounce: 'bounce',
  delay: 'delay',
  success: 'success',
  delivered: 'success',
};

/** The class of the status follows from what became of it (RFC 3464 §2.3.4), whatever class the last answer had. */
function statusOf(enhanced: EnhancedCode | undefined, kind: ReportKind): EnhancedCode {
  const [, subject = '0', detail = '0'] = (enhanced ?? '').split('.');
  return `${STATUS_CLASS[kind]}.${Number(subject)}.${Number(detail)}`;
}

function toldEvent(
  { claim, parts }: Job,
  { delivery, kind }: ReportedRecipient,
  report: AcceptParams | undefined,
): NewEvent {
  const { message } = claim;
  const about = { message: message.id, n: delivery.n, at: parts.clock.now() };
  if (report !== undefined)
    return {
      ...about,
      facts: { kind: 'reported', what: CALLED[kind], report: report.message.id, to: message.mailFrom },
    };
  const why =
    message.mailFrom === ''
      ? 'it came from the null sender, to whom nobody reports'
      : `its sender's address ${message.mailFrom} leads nowhere`;
  return { ...about, facts: { kind: 'unreported', why } };
}

/** The header section, and the whole content where it is wanted. */
async function readOriginal(
  content: ContentStore,
  message: QueuedMessage,
  full: boolean,
): Promise<{ readonly header: Buffer; readonly content?: Buffer }> {
  const scanner = new HeaderScanner({ octets: LARGEST_HEADER, fields: 2_000 });
  const pieces: Buffer[] = [];
  for await (const piece of content.read(message.content)) {
    scanner.write(piece);
    if (full) pieces.push(piece);
    else if (scanner.state !== 'reading') break;
  }
  scanner.end();
  return { header: scanner.bytes, ...(full ? { content: Buffer.concat(pieces) } : {}) };
}
