/**
 * A note to the postmaster about mail that failed and of which its sender can't be told. A plain text;
 * like a report it comes from the null sender and says that a program wrote it (RFC 3834 §5).
 */
import { formatDate } from '../mail/index.ts';
import { dnsName, textPart } from './dsn.ts';

export interface NoteParts {
  /** Our id of the note: its Message-ID is `<id@hostname>`. */
  readonly id: string;
  readonly hostname: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Our id of the message that failed, and its sender; '' is the null one. */
  readonly message: string;
  readonly from: string;
  /** Whom it did not reach, and the last answer; at least one. */
  readonly failed: readonly { readonly address: string; readonly reply: string }[];
  /** How many failed like this since the note before. */
  readonly more: number;
}

const MOST_NAMED = 20;
const LONGEST = 500;

/** The whole message, CRLF line ends. */
export function composeNote(parts: NoteParts): Buffer {
  const host = dnsName(parts.hostname);
  const header = [
    `From: Mail Delivery System <MAILER-DAEMON@${host}>`,
    `To: <postmaster@${host}>`,
    'Subject: Mail failed, and its sender could not be told',
    `Date: ${formatDate(parts.at)}`,
    `Message-ID: <${dnsName(parts.id)}@${host}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
  ];
  return Buffer.from(`${header.join('\r\n')}\r\n${textPart(paragraphs(parts))}`);
}

function paragraphs({ message, from, failed, more, hostname }: NoteParts): readonly string[] {
  const why =
    from === ''
      ? 'it came from the null sender, which reports and receipts use and to which nobody reports'
      : `its sender's address ${flat(from)} leads nowhere`;
  return [
    `Message ${message} could not be delivered, and there is nobody to tell: ${why}.`,
    ...failed.slice(0, MOST_NAMED).map(({ address, reply }) => `${flat(address)}\n  ${flat(reply)}`),
    ...(failed.length > MOST_NAMED ? [`… and ${failed.length - MOST_NAMED} more recipients of it.`] : []),
    `"posthorn journey ${message}" tells the whole story.`,
    ...(more === 0
      ? []
      : [`${more === 1 ? 'One more delivery' : `${more} more deliveries`} failed like this since the note before.`]),
    `This note was written by the mail server ${hostname}, which writes at most one an hour. A few of them are nothing; many may mean that somebody uses a forged address of yours, or that a forward is broken.`,
  ];
}

/** What others wrote, on one line. */
function flat(text: string): string {
  return text
    .slice(0, LONGEST)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}
