/**
 * The properties of an Email and of its body parts (RFC 8621 §4.1), and what it takes to tell each: the row that the
 * store keeps, the card that the reader made of its octets, or these octets themselves.
 */
import { invalidArguments } from '../errors.ts';
import { CONVENIENT, convenientField, parseHeaderProperty } from './header-property.ts';
import type { HeaderProperty } from './header-property.ts';

/**
 * - row: what the store knows of it.
 * - card: the row, and the card.
 * - header: the header section, from the octets.
 * - body: the octets of its text parts.
 */
export type Source = 'row' | 'card' | 'header' | 'body';

const EMAIL: Readonly<Record<string, Source>> = {
  id: 'row',
  blobId: 'row',
  threadId: 'row',
  mailboxIds: 'row',
  keywords: 'row',
  size: 'row',
  receivedAt: 'row',
  messageId: 'card',
  inReplyTo: 'card',
  references: 'card',
  sender: 'card',
  from: 'card',
  to: 'card',
  cc: 'card',
  bcc: 'card',
  replyTo: 'card',
  subject: 'card',
  sentAt: 'card',
  hasAttachment: 'card',
  preview: 'card',
  headers: 'header',
  bodyStructure: 'card',
  textBody: 'card',
  htmlBody: 'card',
  attachments: 'card',
  bodyValues: 'body',
};

/** Those that are of the mail store, not of the message (§4.1.1). */
const METADATA: readonly string[] = Object.keys(EMAIL).filter((property) => EMAIL[property] === 'row');

/** RFC 8621 §4.2. */
export const DEFAULT_PROPERTIES: readonly string[] = [
  'id',
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'size',
  'receivedAt',
  'messageId',
  'inReplyTo',
  'references',
  'sender',
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'subject',
  'sentAt',
  'hasAttachment',
  'preview',
  'bodyValues',
  'textBody',
  'htmlBody',
  'attachments',
];

/** RFC 8621 §4.9: what Email/parse tells where nothing is asked for. */
export const DEFAULT_PARSED: readonly string[] = DEFAULT_PROPERTIES.filter((property) => !METADATA.includes(property));

/** RFC 8621 §4.2. */
const DEFAULT_BODY_PROPERTIES: readonly string[] = [
  'partId',
  'blobId',
  'size',
  'name',
  'type',
  'charset',
  'disposition',
  'cid',
  'language',
  'location',
];

/** All that a body part has (RFC 8621 §4.1.4). */
const BODY_PROPERTIES: readonly string[] = [...DEFAULT_BODY_PROPERTIES, 'headers', 'subParts'];

/** Of an Email, header:… ones included. */
export function isEmailProperty(property: string): boolean {
  return Object.hasOwn(EMAIL, property) || parseHeaderProperty(property) !== undefined;
}

/** What is to be told of a body part. */
export interface WantedOfParts {
  readonly properties: readonly string[];
  /** header:… properties among them. */
  readonly fields: readonly HeaderProperty[];
  /** Some of it stands in the part's header only. */
  readonly needsHeader: boolean;
}

/** The convenience property with the same value as a header:… property, if there is one. */
export function convenienceOf(property: string): string | undefined {
  const asked = parseHeaderProperty(property);
  if (asked === undefined || asked.all) return undefined;
  return CONVENIENT.find((one) => {
    const field = convenientField(one);
    return field?.field === asked.field && field.form === asked.form;
  });
}

/** What it takes to tell one property of an email. */
export function sourceOf(property: string): Source {
  return EMAIL[property] ?? (convenienceOf(property) === undefined ? 'header' : 'card');
}

/** More names than this say the same twice. */
const MOST_PROPERTIES = 200;

/** Names of properties of an email. Those of header fields may be written in many capitals, and each is told. Throws a MethodError. */
export function notTooMany(properties: ReadonlySet<string>): readonly string[] {
  if (properties.size > MOST_PROPERTIES) throw invalidArguments(`More than ${MOST_PROPERTIES} properties of emails.`);
  return [...properties];
}

/** `bodyProperties` as the client gave them; null: the default. Throws a MethodError. */
export function wantedOfParts(given: readonly string[] | null): WantedOfParts {
  // A tree is none without its branches, so they are told where nobody says what is wanted.
  const properties = given === null ? [...DEFAULT_BODY_PROPERTIES, 'subParts'] : [...new Set(given)];
  if (properties.length > MOST_PROPERTIES) throw invalidArguments(`More than ${MOST_PROPERTIES} properties of parts.`);
  const fields: HeaderProperty[] = [];
  for (const property of properties) {
    if (BODY_PROPERTIES.includes(property)) continue;
    const field = parseHeaderProperty(property);
    if (field === undefined) throw invalidArguments(`A body part has no property ${JSON.stringify(property)}.`);
    fields.push(field);
  }
  return { properties, fields, needsHeader: fields.length > 0 || properties.includes('headers') };
}
