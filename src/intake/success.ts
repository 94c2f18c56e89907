/**
 * Success that is known the moment a message is taken (RFC 3461 §4.1, §5.2.6, §5.2.7): a copy lies in
 * a mailbox, or an address was expanded to several. The report is filed in the commit of the message,
 * so it is true. What is handed on is reported by the next server, or by queue/ when that one can't.
 */
import type { Clock } from '../base/index.ts';
import { formatAddress } from '../mail/index.ts';
import type { Envelope } from '../mail/index.ts';
import { composeReport, reportNeedsUtf8 } from '../mime/index.ts';
import type { ReportAction, ReportRecipient } from '../mime/index.ts';
import type { AcceptParams, NewEvent } from '../store/index.ts';
import type { RoutedRecipient } from './arrival.ts';
import type { Composer } from './compose.ts';

export interface Succeeded {
  readonly id: string;
  readonly envelope: Pick<Envelope, 'mailFrom' | 'envid'>;
  readonly at: number;
  /** The header section as it is filed. */
  readonly header: Uint8Array;
  readonly recipients: readonly RoutedRecipient[];
  /** The delivery numbers that a recipient became. */
  readonly numbers: (recipient: RoutedRecipient) => readonly number[];
  /** The copies for mailboxes here are filed later (RFC 4865), so nothing was delivered yet. */
  readonly held: boolean;
}

export interface SuccessParts {
  readonly composer: Composer;
  readonly clock: Clock;
  readonly hostname: () => string;
}

export interface SuccessReport {
  readonly reports: readonly AcceptParams[];
  readonly events: readonly NewEvent[];
}

const NOTHING: SuccessReport = { reports: [], events: [] };

/** What an address became, where its sender wants to hear of success and can. */
export async function reportSuccess(parts: SuccessParts, message: Succeeded): Promise<SuccessReport> {
  const { mailFrom, envid } = message.envelope;
  if (mailFrom === null) return NOTHING;
  const told = message.recipients.flatMap((recipient) => {
    const action = actionFor(recipient, message.held);
    return action === undefined ? [] : [{ recipient, action }];
  });
  if (told.length === 0) return NOTHING;
  const to = formatAddress(mailFrom);
  const report = await parts.composer.compose({
    to,
    what: 'success',
    about: message.id,
    smtputf8: reportNeedsUtf8(to),
    write: (id) =>
      composeReport({
        id,
        hostname: parts.hostname(),
        at: message.at,
        to,
        arrivedAt: message.at,
        ...(envid === undefined ? {} : { envid }),
        recipients: told.map(({ recipient, action }) => reported(recipient, action)),
        header: message.header,
      }),
  });
  const facts: NewEvent['facts'] =
    report === undefined
      ? { kind: 'unreported', why: `its sender's address ${to} leads nowhere` }
      : { kind: 'reported', what: 'success', report: report.message.id, to };
  const numbers = new Set(told.flatMap(({ recipient }) => message.numbers(recipient)));
  const events = [...numbers].map((n) => ({ message: message.id, n, at: message.at, facts }));
  return { reports: report === undefined ? [] : [report], events };
}

/** Undefined: nothing is wanted, or nothing is known yet. */
function actionFor({ recipient, targets }: RoutedRecipient, held: boolean): ReportAction | undefined {
  if (recipient.notify?.includes('success') !== true) return undefined;
  if (targets.length > 1) return 'expanded';
  return targets[0]?.kind === 'account' && !held ? 'delivered' : undefined;
}

/** The address as the sender wrote it, and never what it led to (RFC 5321 §7.2). */
function reported({ recipient }: RoutedRecipient, action: ReportAction): ReportRecipient {
  return {
    address: formatAddress(recipient.address),
    ...(recipient.orcpt === undefined ? {} : { orcpt: recipient.orcpt }),
    action,
    status: '2.1.5',
  };
}
