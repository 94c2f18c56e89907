/** The whole of emails, loaded when somebody opens them. Bounded: what was opened longest ago is forgotten. */
import { signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { only } from '../jmap/api.ts';
import type { Api } from '../jmap/api.ts';
import type { Mail } from '../jmap/mail.ts';
import { asTrouble, Trouble } from '../jmap/trouble.ts';
import { ROW_PROPERTIES } from '../jmap/types.ts';
import type { FullEmail, GetResult, Id } from '../jmap/types.ts';
import { words } from '../words/index.ts';

export type Letter =
  | { readonly is: 'loading' }
  | { readonly is: 'there'; readonly email: FullEmail }
  | { readonly is: 'failed'; readonly trouble: Trouble };

/** Octets of one body value; more is loaded when asked for. */
export const SHOWN = 500_000;
/** Octets of a body value when all of it is asked for. */
const WHOLE = 8 * 1024 * 1024;
const MOST_KEPT = 60;

export const FULL_PROPERTIES = [
  ...ROW_PROPERTIES,
  'sentAt',
  'messageId',
  'inReplyTo',
  'references',
  'sender',
  'cc',
  'bcc',
  'replyTo',
  'textBody',
  'htmlBody',
  'attachments',
  'bodyValues',
  'header:Content-Type:asRaw',
];

/** Whether text is flowed (RFC 3676 §4) stands in no property of a part, but in its header. */
export const BODY_PROPERTIES = [
  'partId',
  'blobId',
  'size',
  'name',
  'type',
  'charset',
  'disposition',
  'cid',
  'header:Content-Type:asRaw',
];

/** A message that lies in no mailbox: inside another, or uploaded (Email/parse, RFC 8621 §4.9). Throws a Trouble where it is none. */
export async function parseLetter(
  api: Api,
  blob: Id,
  {
    maxBodyValueBytes = SHOWN,
    more = [],
  }: { readonly maxBodyValueBytes?: number; readonly more?: readonly string[] } = {},
): Promise<FullEmail> {
  const { parsed } = await api.call<{ readonly parsed: Readonly<Record<Id, FullEmail>> | null }>('Email/parse', {
    blobIds: [blob],
    properties: [...FULL_PROPERTIES, ...more],
    bodyProperties: BODY_PROPERTIES,
    fetchTextBodyValues: true,
    fetchHTMLBodyValues: true,
    maxBodyValueBytes,
  });
  const found = parsed?.[blob];
  if (found === undefined) throw new Trouble('refused', words.reader.inner.unread);
  // It lies in no mailbox and has no keywords of its own.
  return { ...found, id: found.id ?? blob, keywords: {}, mailboxIds: {}, receivedAt: found.sentAt ?? '' };
}

export class Letters {
  private readonly mail: Mail;
  private readonly known = new Map<Id, Signal<Letter>>();

  constructor(mail: Mail) {
    this.mail = mail;
  }

  of(id: Id): ReadonlySignal<Letter> {
    const found = this.known.get(id);
    if (found !== undefined) return found;
    const made = signal<Letter>({ is: 'loading' });
    this.known.set(id, made);
    void this.load(id, made, SHOWN);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MOST_KEPT) break;
      this.known.delete(oldest);
    }
    return made;
  }

  /** Asks again: it failed, or all of a long text is wanted. */
  async again(id: Id, whole = false): Promise<void> {
    const known = this.known.get(id);
    if (known !== undefined) await this.load(id, known, whole ? WHOLE : SHOWN);
  }

  private async load(id: Id, into: Signal<Letter>, maxBodyValueBytes: number): Promise<void> {
    try {
      const { list } = await this.mail.api.call<GetResult<FullEmail>>('Email/get', {
        ids: [id],
        properties: FULL_PROPERTIES,
        bodyProperties: BODY_PROPERTIES,
        fetchTextBodyValues: true,
        fetchHTMLBodyValues: true,
        maxBodyValueBytes,
      });
      const email = only(list);
      this.mail.records.putEmails([rowOf(email)]);
      into.value = { is: 'there', email };
    } catch (error) {
      into.value = { is: 'failed', trouble: asTrouble(error) };
    }
  }
}

/** The records hold rows; bodies would fill the memory. */
function rowOf(email: FullEmail): FullEmail {
  return Object.fromEntries(ROW_PROPERTIES.map((name) => [name, email[name]])) as unknown as FullEmail;
}
