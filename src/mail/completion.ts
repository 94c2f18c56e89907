/**
 * What submission changes in a header, once, before anything is stored (RFC 6409 §8, RFC 5322
 * §3.6): Bcc is taken out, missing Date and Message-ID are put in. Each change is told, so that it
 * can stand in the journey (HOUSE P2, P5).
 */
import { formatDate } from './date.ts';
import { fieldValues, parseHeaderSection } from './header.ts';
import type { HeaderField } from './header.ts';
import { parseMailboxes } from './mailboxes.ts';

export interface HeaderEdit {
  /** As it stands in the journey. */
  readonly rule: 'bcc-removed' | 'date-added' | 'message-id-added' | 'from-added' | 'sender-added' | 'header-ended';
  /** For people. */
  readonly what: string;
}

export interface CompletedHeader {
  /** What goes in front of the rest of the content, which starts with the empty line. */
  readonly bytes: Buffer;
  readonly edits: readonly HeaderEdit[];
}

export interface HeaderCompletion {
  /** For a missing Date, in milliseconds since the epoch. */
  readonly date: number;
  /** For a missing Message-ID: its value with the angle brackets, "<id@host>". */
  readonly messageId: string;
  /** For a missing From: the address as text, where it is to be completed at all. */
  readonly from?: string;
  /** For a missing Sender where From names several people (RFC 5322 §3.6.2): who submitted it. */
  readonly sender?: string;
}

/**
 * `header` is the section as {@link HeaderScanner} keeps it. Fields that are left stay as they are,
 * octet for octet; new ones go in front, where they can't run into a broken line.
 */
export function completeHeader(header: Uint8Array, completion: HeaderCompletion): CompletedHeader {
  const fields = parseHeaderSection(header);
  const kept = fields.filter((field) => !isBcc(field));
  const additions = missingFields(isBody(fields[0]) ? [] : fields, completion);
  const edits: HeaderEdit[] = additions.map((addition) => addition.edit);
  if (kept.length < fields.length) edits.push({ rule: 'bcc-removed', what: 'The Bcc field was removed' });
  const pieces = [...additions.map((addition) => Buffer.from(addition.line)), ...kept.map((field) => field.raw)];
  if (isBody(fields[0])) {
    // Text that starts without any header: what we add must not turn its first lines into fields.
    pieces.splice(additions.length, 0, Buffer.from('\r\n'));
    edits.push({ rule: 'header-ended', what: 'The message had no header; an empty line was put before its text' });
  }
  return { bytes: Buffer.concat(pieces), edits };
}

/** RFC 5322 §3.6.3 and §3.6.6. */
function isBcc(field: HeaderField): boolean {
  return field.name === 'bcc' || field.name === 'resent-bcc';
}

/** A first line that is no field means that there is no header; but an mbox "From " line is only a line too many. */
function isBody(first: HeaderField | undefined): boolean {
  return first?.name === '' && !/^>?From /.test(first.raw.toString('latin1', 0, 6));
}

function missingFields(
  fields: readonly HeaderField[],
  completion: HeaderCompletion,
): readonly { readonly line: string; readonly edit: HeaderEdit }[] {
  const names = new Set(fields.map((field) => field.name));
  const added: { line: string; edit: HeaderEdit }[] = [];
  if (completion.from !== undefined && !names.has('from')) {
    added.push({
      line: `From: ${oneLine(completion.from)}\r\n`,
      edit: { rule: 'from-added', what: 'The missing From field was added' },
    });
  }
  if (completion.sender !== undefined && !names.has('sender') && hasSeveralAuthors(fields)) {
    added.push({
      line: `Sender: ${oneLine(completion.sender)}\r\n`,
      edit: { rule: 'sender-added', what: 'The Sender field was added: From names several people' },
    });
  }
  if (!names.has('date')) {
    added.push({
      line: `Date: ${formatDate(completion.date)}\r\n`,
      edit: { rule: 'date-added', what: 'The missing Date field was added' },
    });
  }
  if (!names.has('message-id')) {
    added.push({
      line: `Message-ID: ${oneLine(completion.messageId)}\r\n`,
      edit: { rule: 'message-id-added', what: 'The missing Message-ID field was added' },
    });
  }
  return added;
}

function hasSeveralAuthors(fields: readonly HeaderField[]): boolean {
  return fieldValues(fields, 'from').some((value) => parseMailboxes(value).mailboxes.length > 1);
}

function oneLine(text: string): string {
  return text.replace(/[\0-\x1f\x7f]/g, '');
}
