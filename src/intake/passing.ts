/** A message without an envelope while it goes by to the store's content: what is noticed of it, and how it is filed. */
import { isUtf8 } from 'node:buffer';
import { newId, newTicket } from '../base/index.ts';
import {
  beginsMessage,
  fieldValue,
  HeaderScanner,
  isAscii,
  messageIdOf,
  readAddresses,
  threadIdsOf,
} from '../mail/index.ts';
import type { HeaderField } from '../mail/index.ts';
import { isAsciiOnly } from '../mime/index.ts';
import type { AppendParams, ContentRef, MessageSource } from '../store/index.ts';
import { DowngradedForm } from './downgraded.ts';

/** Where it is to lie, and how. */
export interface AppendedEmail {
  readonly account: string;
  readonly mailboxes: readonly number[];
  readonly keywords: readonly string[];
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** What it had before, where it comes from an account of ours; else it is given one. */
  readonly uidl?: string;
}

export class PassingMessage {
  readonly #header = new HeaderScanner();
  readonly #form = new DowngradedForm();
  #isSevenBit = true;

  write(octets: Buffer): void {
    if (this.#header.state === 'reading') this.#header.write(octets);
    this.#form.write(octets);
    this.#isSevenBit &&= isAsciiOnly(octets);
  }

  /** Whether it can be one at all; to be asked before its fields. */
  get isMessage(): boolean {
    return beginsMessage(this.#header);
  }

  /** Of its header, once it has gone by. */
  get fields(): readonly HeaderField[] {
    this.#header.end();
    return this.#header.fields;
  }

  /** All of it has gone by, and lies in `content`: what the store is to file, with nothing in front. */
  filed(
    { account, mailboxes, keywords, receivedAt, uidl = newTicket() }: AppendedEmail,
    { content, at, source }: { readonly content: ContentRef; readonly at: number; readonly source: MessageSource },
  ): AppendParams {
    const id = newId(at);
    const { fields } = this;
    const { bytes } = this.#header;
    const messageId = messageIdOf(fields);
    const prefix = Buffer.alloc(0);
    const isInternational = !isAsciiOnly(bytes) && isUtf8(bytes) && fields.some(hasUtf8Address);
    return {
      account,
      message: {
        id,
        content,
        prefix,
        ...(isInternational ? this.#form.finish({ prefix, content }) : {}),
        mailFrom: '',
        ...(messageId === undefined ? {} : { messageId }),
        threadIds: threadIdsOf(fields),
        body: this.#isSevenBit ? '7bit' : '8bitmime',
        smtputf8: isInternational,
        receivedAt: at,
        source,
        account,
      },
      email: { id: `${id}-1`, uidl, mailboxes, keywords, receivedAt },
    };
  }
}

const ADDRESSES = /^(?:resent-)?(?:from|sender|reply-to|to|cc|bcc)$/;

/**
 * What can only be said in UTF-8 is internationalised mail (RFC 6531), and has a form for those who can't read that.
 * Other octets beyond ASCII were announced by nobody: they go out as they came, to everyone.
 */
function hasUtf8Address(field: HeaderField): boolean {
  return ADDRESSES.test(field.name) && readAddresses(fieldValue(field)).some(({ email }) => !isAscii(email));
}
