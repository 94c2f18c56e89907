/** What clients may write into the properties of an Email (RFC 8621 §4.1, §4.6). */
import { anything, flag, id, listOf, mapOf, nullable, object, text } from '../arguments.ts';
import type { Kind } from '../arguments.ts';
import { parseUtcDate } from '../dates.ts';
import type { PropertyRule, Rules } from '../frames/properties.ts';
import { isObject, own } from '../json.ts';
import type { Json } from '../json.ts';
import { mailboxNumber } from '../mailbox/mailbox.ts';
import { CONVENIENT, convenientField, parseHeaderProperty } from './header-property.ts';
import type { HeaderProperty } from './header-property.ts';
import { membersOf, parseKeywords } from './keywords.ts';

/** In lower case, each once. */
const keywords: Kind<readonly string[]> = {
  is: 'an object of keywords, each with the value true',
  read: (value) => parseKeywords(value),
};

/** An email lies somewhere (§4.1.1). */
const mailboxIds: Kind<readonly number[]> = {
  is: 'an object of the ids of mailboxes, one at least, each with the value true',
  read(value) {
    const numbers = membersOf(value)?.map(mailboxNumber);
    return numbers === undefined || numbers.length === 0 || numbers.includes(undefined)
      ? undefined
      : (numbers as readonly number[]);
  },
};

const utcDate: Kind<number> = { is: 'a time in UTC such as "2026-01-31T12:00:00Z"', read: parseUtcDate };

/** Date (RFC 8620 §1.4). */
const date: Kind<string> = {
  is: 'a time such as "2026-01-31T12:00:00+01:00"',
  read: (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
      ? value
      : undefined,
};

export interface GivenAddress {
  readonly name: string | null;
  readonly email: string;
}

/** EmailAddress (§4.1.2.3). */
const address: Kind<GivenAddress> = {
  is: 'an object with `email`, and `name` or null',
  read(value) {
    if (!isObject(value)) return undefined;
    const name = own(value, 'name') ?? null;
    const email = own(value, 'email');
    const known = Object.keys(value).every((one) => one === 'name' || one === 'email');
    return known && typeof email === 'string' && (name === null || typeof name === 'string')
      ? { name, email }
      : undefined;
  },
};

export interface GivenGroup {
  readonly name: string | null;
  readonly addresses: readonly GivenAddress[];
}

/** EmailAddressGroup (§4.1.2.4). */
const group: Kind<GivenGroup> = {
  is: 'an object with `name` or null, and `addresses`',
  read(value) {
    if (!isObject(value)) return undefined;
    const name = own(value, 'name') ?? null;
    const addresses = listOf(address).read(own(value, 'addresses') ?? null);
    return addresses !== undefined && (name === null || typeof name === 'string') ? { name, addresses } : undefined;
  },
};

/** A value of each form, as it is set. */
export interface FormValues {
  readonly Raw: string;
  readonly Text: string;
  readonly Addresses: readonly GivenAddress[];
  readonly GroupedAddresses: readonly GivenGroup[];
  readonly MessageIds: readonly string[];
  readonly Date: string;
  readonly URLs: readonly string[];
}

const FORMS: { readonly [Form in keyof FormValues]: Kind<FormValues[Form]> } = {
  Raw: text,
  Text: text,
  Addresses: listOf(address),
  GroupedAddresses: listOf(group),
  MessageIds: listOf(text),
  Date: date,
  URLs: listOf(text),
};

/** The value of a field, in the form that its property names; null: the field is not to be there. */
export function kindOfField({ form, all }: HeaderProperty): Kind<unknown> {
  return all ? listOf<unknown>(FORMS[form]) : nullable<unknown>(FORMS[form]);
}

function byServer(kind: Kind<unknown>): PropertyRule {
  return { by: 'server', kind };
}

/** Once, at its creation; what it looks like in detail is the draft's to check. */
function byCreator(kind: Kind<unknown>): PropertyRule {
  return { by: 'creator', kind, optional: true };
}

/** What of an email is its mailboxes' and its reader's; an import sets the same. */
export const STATE_RULES = {
  mailboxIds: { by: 'client', kind: mailboxIds, refers: 'ids' },
  keywords: { by: 'client', kind: keywords, default: {} },
  receivedAt: byCreator(utcDate),
} satisfies Rules['properties'];

export const EMAIL_RULES: Rules = {
  properties: {
    ...STATE_RULES,
    id: byServer(id),
    blobId: byServer(id),
    threadId: byServer(id),
    size: byServer(anything),
    hasAttachment: byServer(flag),
    preview: byServer(text),
    headers: byServer(anything),
    ...Object.fromEntries(CONVENIENT.map((name) => [name, byCreator(kindOfConvenience(name))])),
    bodyStructure: byCreator(object),
    textBody: byCreator(nullable(listOf(object))),
    htmlBody: byCreator(nullable(listOf(object))),
    attachments: byCreator(nullable(listOf(object))),
    bodyValues: byCreator(nullable(mapOf(text, object))),
  },
  others(name) {
    const field = parseHeaderProperty(name);
    return field && byCreator(kindOfField(field));
  },
};

function kindOfConvenience(name: string): Kind<unknown> {
  const field = convenientField(name);
  return field === undefined ? anything : kindOfField(field);
}

/** Read from what the rules have let through. */
export function stateOf(properties: Readonly<Record<string, Json>>): {
  readonly mailboxes: readonly number[];
  readonly keywords: readonly string[];
  readonly receivedAt: number | undefined;
} {
  return {
    mailboxes: mailboxIds.read(properties['mailboxIds'] ?? null) ?? [],
    keywords: keywords.read(properties['keywords'] ?? null) ?? [],
    receivedAt: parseUtcDate(properties['receivedAt']),
  };
}
