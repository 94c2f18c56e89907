/** Whom a message is for, as people: the names its header gives them. */
import { createHash } from 'node:crypto';
import { canonicalAddress, decodeHeaderText, fieldValues, formatAddress, parseMailboxes } from '../../mail/index.ts';
import type { Address, HeaderField, Recipient } from '../../mail/index.ts';
import type { Meeting } from '../../store/index.ts';

/** More recipients are a list, and nobody one writes to. */
const MOST_PEOPLE = 50;
/** Characters of a name. */
const LONGEST_NAME = 200;
/** Writing to somebody says more than a letter from them. */
const WRITTEN = 4;

export function meetingsOf(
  fields: readonly HeaderField[],
  recipients: readonly Recipient[],
  { account, at }: { readonly account: string; readonly at: number },
): readonly Meeting[] {
  if (recipients.length > MOST_PEOPLE) return [];
  const names = namesIn(fields);
  return recipients.map(({ address }) => {
    const key = canonicalAddress(address);
    const name = names.get(key);
    return {
      key,
      id: personId(account, key),
      address: formatAddress(address),
      ...(name === undefined ? {} : { name }),
      at,
      weight: WRITTEN,
    };
  });
}

function namesIn(fields: readonly HeaderField[]): ReadonlyMap<string, string> {
  const mailboxes = ['to', 'cc', 'bcc'].flatMap((field) =>
    fieldValues(fields, field).flatMap((value) => parseMailboxes(value).mailboxes),
  );
  return new Map(mailboxes.flatMap(({ name, address }) => named(name, address)));
}

/** A name that is the address says nothing. */
function named(name: string | undefined, address: Address): readonly (readonly [string, string])[] {
  const plain = decodeHeaderText(name ?? '')
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME);
  return plain === '' || plain.includes('@') ? [] : [[canonicalAddress(address), plain]];
}

/** An address may have characters that no id has. */
export function personId(account: string, key: string): string {
  return createHash('sha256').update(`${account}\n${key}`).digest('base64url').slice(0, 22);
}
