/**
 * DeliveryReport/get (docs/jmap.md): an email that is a report, as a card: for each recipient what happened, why, and
 * what to do, and the submission it is about, so that its sender can correct an address and send again. A report that
 * fits a submission is linked to it when it is first read.
 */
import { ReportReader } from '../../mime/index.ts';
import type { ReadRecipient, ReadReport } from '../../mime/index.ts';
import { decodeHeaderText } from '../../mail/index.ts';
import { isReason, reasonOf } from '../../reasons/index.ts';
import type { Reason } from '../../reasons/index.ts';
import type { EmailRow, QueuedDelivery, Store, SubmissionRow } from '../../store/index.ts';
import { getMethod } from '../frames/get.ts';
import type { Method, Properties } from '../method.ts';
import { mailState } from '../state.ts';
import { OUTBOX } from './capability.ts';
import { utcDate } from './dates.ts';
import { reasonJson } from './outbox.ts';
import { isForwarded, keyOf, reasonOfReport } from './recipients.ts';
import type { ReportedFacts } from './recipients.ts';

export function reportMethods(store: Store): readonly Method[] {
  return [
    getMethod({
      type: 'DeliveryReport',
      capability: OUTBOX,
      properties: [
        'id',
        'kind',
        'reportingMta',
        'messageId',
        'subject',
        'submissionId',
        'emailId',
        'disposition',
        'recipients',
      ],
      takes: {},
      notAll: true,
      async find({ account, ids }) {
        const state = await mailState(store, account, 'email');
        const list: (Properties & { readonly id: string })[] = [];
        for (const row of await store.read('emailRows', { account, ids: ids ?? [] })) {
          const found = await readAndLink(store, account, row);
          if (found !== undefined) list.push(await cardOf(store, account, row, found));
        }
        return { state, list };
      },
    }),
  ];
}

interface Found {
  readonly report: ReadReport;
  readonly submission: SubmissionRow | undefined;
}

/** Octets of an email that are looked at: reports have their facts at the beginning. */
const MOST_READ = 2_000_000;

/** Undefined: the email is no report. */
async function readAndLink(store: Store, account: string, email: EmailRow): Promise<Found | undefined> {
  const stored = await store.read('email', { id: email.id });
  if (stored === undefined) return undefined;
  const reader = new ReportReader();
  const range = { start: 0, end: Math.min(stored.content.octets, MOST_READ) };
  for await (const piece of store.content.read(stored.content, range)) reader.write(piece);
  const report = reader.end();
  if (report === undefined) return undefined;
  const submission = await submissionFor(store, account, email, report);
  if (submission !== undefined) await link(store, { account, email: email.id, report, submission });
  return { report, submission };
}

/** Links an email to the submission that it is about, where it is a report about one. */
export async function linkReports(store: Store, account: string, email: EmailRow): Promise<void> {
  await readAndLink(store, account, email);
}

/** By the envelope id, else the Message-ID of what came back, else recipient and time. */
async function submissionFor(
  store: Store,
  account: string,
  email: EmailRow,
  { envid, messageId, recipients }: ReadReport,
): Promise<SubmissionRow | undefined> {
  const named = await store.read('submissionsOf', {
    account,
    ...(envid === undefined ? {} : { envid }),
    ...(messageId === undefined ? {} : { messageId }),
  });
  const about = new Set(recipients.flatMap(addressesOf).map(keyOf));
  const fits = (row: SubmissionRow): boolean => row.recipients.some((one) => about.has(keyOf(one)));
  if (named.length > 0) {
    const rows = await store.read('submissions', { account, ids: named });
    return rows.find(fits) ?? rows[0];
  }
  // A report that names the message is about that one, or about none of ours.
  return messageId === undefined ? lately(store, account, email.receivedAt, fits) : undefined;
}

/** How long before a report its message may have been sent, and how many are looked at. */
const LATELY = 7 * 24 * 60 * 60_000;
const MOST_LATELY = 100;

async function lately(
  store: Store,
  account: string,
  at: number,
  fits: (row: SubmissionRow) => boolean,
): Promise<SubmissionRow | undefined> {
  const ids = await store.read('querySubmissions', {
    account,
    filter: { after: at - LATELY, before: at + 1 },
    sort: [{ property: 'sentAt', isAscending: false }],
    limit: MOST_LATELY,
  });
  return (await store.read('submissions', { account, ids })).find(fits);
}

function addressesOf({ originalRecipient, finalRecipient }: ReadRecipient): readonly string[] {
  return [originalRecipient, finalRecipient].filter((one) => one !== undefined);
}

/** RFC 3463 §3.2, RFC 7505 §4: nobody is there. */
const NOBODY = new Set(['5.1.1', '5.1.2', '5.1.10']);

async function link(
  store: Store,
  {
    account,
    email,
    report,
    submission,
  }: {
    readonly account: string;
    readonly email: string;
    readonly report: ReadReport;
    readonly submission: SubmissionRow;
  },
): Promise<void> {
  if (submission.reports.some((one) => one.email === email && one.facts !== undefined)) return;
  const written = new Set(submission.recipients.map(keyOf));
  const facts = report.recipients.flatMap((one): readonly ReportedFacts[] => {
    const recipient = addressesOf(one).find((address) => written.has(keyOf(address)));
    return recipient === undefined ? [] : [factsOf(recipient, one, report)];
  });
  await store.write('linkReport', {
    account,
    submission: submission.id,
    email,
    kind: report.kind,
    facts: JSON.stringify(facts),
    unknown: facts.flatMap(({ recipient, action, status = '' }) =>
      action === 'failed' && NOBODY.has(status) ? [keyOf(recipient)] : [],
    ),
  });
}

function factsOf(
  recipient: string,
  { action, status, diagnostic }: ReadRecipient,
  { disposition }: ReadReport,
): ReportedFacts {
  return {
    recipient,
    ...(action === undefined ? {} : { action }),
    ...(status === undefined ? {} : { status }),
    ...(diagnostic === undefined ? {} : { diagnostic: diagnostic.slice(0, LONGEST_KEPT) }),
    ...(disposition === undefined ? {} : { disposition }),
  };
}

/** Characters of another server's words that are kept with the submission. */
const LONGEST_KEPT = 500;

async function cardOf(
  store: Store,
  account: string,
  { id }: EmailRow,
  { report, submission }: Found,
): Promise<Properties & { readonly id: string }> {
  const { kind, reportingMta, messageId, subject, disposition, recipients } = report;
  const deliveries = submission === undefined ? [] : await store.read('deliveries', { message: submission.id });
  const [source] = submission === undefined ? [] : await store.read('emailRows', { account, ids: [submission.email] });
  return {
    id,
    kind,
    reportingMta: reportingMta ?? null,
    messageId: messageId ?? null,
    subject: subject === undefined ? null : decodeHeaderText(subject),
    submissionId: submission?.id ?? null,
    /** What can be opened again, corrected and sent. */
    emailId: source?.id ?? null,
    disposition: disposition ?? null,
    recipients: recipients.map((one) => recipientJson(one, submission, deliveries)),
  };
}

function recipientJson(
  one: ReadRecipient,
  submission: SubmissionRow | undefined,
  deliveries: readonly QueuedDelivery[],
): Properties {
  const written = submission?.recipients.find((email) => addressesOf(one).map(keyOf).includes(keyOf(email)));
  const own = deliveries.find(({ recipient, original }) => (original ?? recipient) === written);
  const reason = reasonFor(one, own);
  return {
    email: written ?? one.originalRecipient ?? one.finalRecipient ?? '',
    action: one.action ?? null,
    status: one.status ?? null,
    reason: reason === undefined ? null : reasonJson(reason),
    remoteMta: one.remoteMta ?? null,
    reply: one.diagnostic ?? null,
    willRetryUntil: one.willRetryUntil === undefined ? null : utcDate(one.willRetryUntil),
  };
}

/** Our own queue knows best why it gave up; of others there are the code and the words. */
function reasonFor(one: ReadRecipient, own: QueuedDelivery | undefined): Reason | undefined {
  if (one.action !== 'failed' && one.action !== 'delayed' && one.action !== undefined) return undefined;
  if (own?.state === 'failed' && own.reason !== undefined && isReason(own.reason))
    return reasonOf(isForwarded(own) ? 'forwarding-failed' : own.reason, false);
  return reasonOfReport(one);
}
