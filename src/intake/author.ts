/**
 * Whose name stands on a submitted message (RFC 6409 §6.1, RFC 5322 §3.6.2): each address in From
 * and Sender must be the submitter's own or granted to them. That can only be said of fields that
 * were understood whole, so what can't be read is refused rather than let through.
 */
import { fieldValues, formatAddress, parseMailboxes, refusal } from '../mail/index.ts';
import type { Address, HeaderField, Reply } from '../mail/index.ts';

/** Who submits, and what they may call themselves. */
export interface Author {
  /** The login's address. */
  readonly name: string;
  maySendAs(address: Address): Promise<boolean>;
}

/** A From that names more people than this is not written by people. */
const MOST_AUTHORS = 100;

/** `fields` of the header as it will be filed. Undefined: everything it claims is the author's to claim. */
export async function authorRefusal(fields: readonly HeaderField[], author: Author): Promise<Reply | undefined> {
  const header = untilEmptyLine(fields);
  for (const field of ['From', 'Sender'] as const) {
    const named = addressesIn(field, fieldValues(header, field.toLowerCase()));
    if ('code' in named) return named;
    for (const address of named) if (!(await author.maySendAs(address))) return notYours(field, address, author);
  }
  return undefined;
}

/** Every address once; a reply when the field can't be trusted. Without the field: none, which only Sender may be. */
function addressesIn(field: 'From' | 'Sender', values: readonly string[]): readonly Address[] | Reply {
  if (values.length > 1)
    return refusal(
      554,
      '5.6.0',
      `The message has ${values.length} ${field} fields; it may have one`,
      'author-field-twice',
    );
  const [value] = values;
  if (value === undefined) return field === 'From' ? unreadable(field, 'is missing') : [];
  const { mailboxes, whole } = parseMailboxes(value);
  if (!whole) return unreadable(field, "can't be read as mail addresses");
  if (mailboxes.length === 0) return unreadable(field, 'names nobody');
  if (mailboxes.length > MOST_AUTHORS) return unreadable(field, `names more than ${MOST_AUTHORS} people`);
  if (field === 'Sender' && mailboxes.length > 1)
    return unreadable(field, 'names several people, and it is for the one who sends');
  return [...new Map(mailboxes.map(({ address }) => [formatAddress(address), address])).values()];
}

function unreadable(field: string, why: string): Reply {
  return refusal(
    554,
    '5.6.0',
    `The ${field} field ${why}, so nobody can say who wrote this message`,
    'author-unreadable',
  );
}

function notYours(field: string, address: Address, { name }: Author): Reply {
  const text =
    `The ${field} field says ${formatAddress(address)}, which is not an address of ${name}; ` +
    'use your own, or ask the keeper of this server to grant you that one';
  return refusal(550, '5.7.1', text, 'from-not-yours');
}

/** What stands behind an empty line is text, whatever it looks like. */
function untilEmptyLine(fields: readonly HeaderField[]): readonly HeaderField[] {
  const end = fields.findIndex(({ raw }) => /^\r?\n$/.test(raw.toString('latin1', 0, 3)));
  return end < 0 ? fields : fields.slice(0, end);
}
