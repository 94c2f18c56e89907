/**
 * The one door, for mail that its owner puts there: a draft, an import. There is no envelope and nothing is asked of it;
 * the octets are filed as they are, with nothing in front, and found again by POP3 and JMAP.
 */
import { isUtf8 } from 'node:buffer';
import { newId, newTicket } from '../base/index.ts';
import type { Clock } from '../base/index.ts';
import { HeaderScanner, messageIdOf, threadIdsOf } from '../mail/index.ts';
import { isAsciiOnly } from '../mime/index.ts';
import type { AppendParams, ContentRef, Store } from '../store/index.ts';
import { DowngradedForm } from './downgraded.ts';

/** Where it is to lie, and how. */
export interface AppendedEmail {
  readonly account: string;
  readonly mailboxes: readonly number[];
  readonly keywords: readonly string[];
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

export interface Appended {
  /** The email's id. */
  readonly id: string;
  readonly thread: string;
  /** Octets of it, as they are. */
  readonly octets: number;
}

/**
 * Takes the whole message from `octets` and files it: in one commit, or not at all. Rejects with what the source or the
 * store rejects with; nothing is kept then.
 */
export async function append(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  email: AppendedEmail,
  octets: AsyncIterable<Uint8Array>,
): Promise<Appended | 'over-quota' | 'no-mailbox'> {
  const writer = store.content.create();
  try {
    const seen = new Seen();
    for await (const piece of octets) {
      seen.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      await writer.write(piece);
    }
    const content = await writer.finish();
    const params = paramsOf(email, { content, seen, at: clock.now() });
    const filed = await store.write('append', params);
    if (typeof filed === 'string') {
      await writer.abort();
      return filed;
    }
    return { id: params.email.id, thread: filed.thread, octets: content.octets };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** What is noticed of a message while it goes by. */
class Seen {
  readonly header = new HeaderScanner();
  readonly form = new DowngradedForm();
  isSevenBit = true;

  write(octets: Buffer): void {
    if (this.header.state === 'reading') this.header.write(octets);
    this.form.write(octets);
    this.isSevenBit &&= isAsciiOnly(octets);
  }
}

function paramsOf(
  { account, mailboxes, keywords, receivedAt }: AppendedEmail,
  { content, seen, at }: { readonly content: ContentRef; readonly seen: Seen; readonly at: number },
): AppendParams {
  const id = newId(at);
  seen.header.end();
  const { bytes, fields } = seen.header;
  const messageId = messageIdOf(fields);
  const prefix = Buffer.alloc(0);
  // Octets that are no UTF-8 were announced by nobody: they go out as they came, to everyone.
  const isInternational = !isAsciiOnly(bytes) && isUtf8(bytes);
  return {
    account,
    message: {
      id,
      content,
      prefix,
      ...(isUtf8(bytes) ? seen.form.finish({ prefix, content }) : {}),
      mailFrom: '',
      ...(messageId === undefined ? {} : { messageId }),
      threadIds: threadIdsOf(fields),
      body: seen.isSevenBit ? '7bit' : '8bitmime',
      smtputf8: isInternational,
      receivedAt: at,
      source: 'composed',
      account,
    },
    email: { id: `${id}-1`, uidl: newTicket(), mailboxes, keywords, receivedAt },
  };
}
