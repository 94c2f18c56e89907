/**
 * The envelope of a submission (RFC 8621 §7): as the client gave it, or derived from the header of the email. Values
 * here are what JSON has; whether addresses may be used is decided where the wire's are.
 */
import { fieldValues, formatAddress, parseAddress, parseMailboxes } from '../../mail/index.ts';
import type { Address, Envelope, HeaderField, Recipient } from '../../mail/index.ts';
import { isReply, readMailParameters, readRcptParameters } from '../../smtp/index.ts';
import type { DecodedParameters, Offer } from '../../smtp/index.ts';
import type { Kind } from '../arguments.ts';
import { invalidProperties, SetError } from '../errors.ts';
import { isObject, own } from '../json.ts';
import type { Json } from '../json.ts';

export interface EnvelopeAddress {
  readonly email: string;
  readonly parameters: DecodedParameters | null;
}

export interface SubmissionEnvelope {
  /** An empty email is the null sender. */
  readonly mailFrom: EnvelopeAddress;
  readonly rcptTo: readonly EnvelopeAddress[];
}

/** Characters of an address as it is written; more is none. */
const LONGEST_ADDRESS = 1_000;
const MOST_PARAMETERS = 20;

function readAddress(value: Json | undefined): EnvelopeAddress | undefined {
  if (!isObject(value)) return undefined;
  const email = own(value, 'email');
  const parameters = own(value, 'parameters') ?? null;
  if (typeof email !== 'string' || email.length > LONGEST_ADDRESS) return undefined;
  if (Object.keys(value).some((name) => name !== 'email' && name !== 'parameters')) return undefined;
  if (parameters === null) return { email, parameters: null };
  if (!isObject(parameters) || Object.keys(parameters).length > MOST_PARAMETERS) return undefined;
  const whole = Object.values(parameters).every((one) => one === null || typeof one === 'string');
  return whole ? { email, parameters: parameters as DecodedParameters } : undefined;
}

export const envelopeKind: Kind<SubmissionEnvelope> = {
  is: 'an object of mailFrom and rcptTo, each address with "email" and "parameters"',
  read(value) {
    if (!isObject(value) || Object.keys(value).some((name) => name !== 'mailFrom' && name !== 'rcptTo'))
      return undefined;
    const mailFrom = readAddress(own(value, 'mailFrom'));
    const list = own(value, 'rcptTo');
    if (mailFrom === undefined || !Array.isArray(list)) return undefined;
    const rcptTo = (list as readonly Json[]).map(readAddress);
    return rcptTo.includes(undefined) ? undefined : { mailFrom, rcptTo: rcptTo as readonly EnvelopeAddress[] };
  },
};

/** What an identity lets its user write as: its own address, or `*@domain` for all of a domain. */
function isOfIdentity(identity: string, address: Address): boolean {
  const own = parseAddress(identity, { utf8: true });
  if (own === undefined || own.domain !== address.domain) return false;
  return own.local === '*' || formatAddress(own) === formatAddress(address);
}

/**
 * RFC 8621 §7: the sender from Sender or From, or else the identity's address; the recipients from To, Cc and Bcc,
 * each once. What can't be read is refused: a recipient who is left out in silence would never hear of it.
 *
 * @param fallback for an identity that stands for a whole domain
 */
export function deriveEnvelope(
  fields: readonly HeaderField[],
  { identity, fallback }: { readonly identity: string; readonly fallback: string },
): SubmissionEnvelope | SetError {
  const from = senderIn(fields);
  if (from instanceof SetError) return from;
  const usable = from !== undefined && isOfIdentity(identity, from);
  const email = usable ? formatAddress(from) : identity.startsWith('*@') ? fallback : identity;
  const recipients = new Map<string, EnvelopeAddress>();
  for (const name of ['to', 'cc', 'bcc']) {
    for (const value of fieldValues(fields, name)) {
      const { mailboxes, whole } = parseMailboxes(value);
      if (!whole) return invalidEmail(name, `The ${name} field can't be read as mail addresses.`);
      for (const { address } of mailboxes)
        recipients.set(formatAddress(address), { email: formatAddress(address), parameters: null });
    }
  }
  return { mailFrom: { email, parameters: null }, rcptTo: [...recipients.values()] };
}

/** The one address in Sender, or in From where there is no Sender. */
function senderIn(fields: readonly HeaderField[]): Address | undefined | SetError {
  const name = fieldValues(fields, 'sender').length > 0 ? 'sender' : 'from';
  const values = fieldValues(fields, name);
  if (values.length > 1) return invalidEmail(name, `There are ${values.length} ${name} fields; there may be one.`);
  const mailboxes = parseMailboxes(values[0] ?? '').mailboxes;
  if (mailboxes.length > 1)
    return invalidEmail(name, `The ${name} field names several people, and none of them as the one who sends.`);
  return mailboxes[0]?.address;
}

function invalidEmail(property: string, description: string): SetError {
  return new SetError('invalidEmail', description, { properties: [property] });
}

export interface ReadEnvelope {
  readonly mailFrom: Envelope['mailFrom'];
  readonly parameters: Omit<Envelope, 'mailFrom' | 'recipients'>;
  readonly recipients: readonly Recipient[];
}

/** The same as values of mail; the SetError says what of it is none. */
export function readEnvelope(envelope: SubmissionEnvelope, offer: Offer): ReadEnvelope | SetError {
  const { email, parameters } = envelope.mailFrom;
  const mailFrom = email === '' ? null : parseAddress(email, { utf8: true });
  if (mailFrom === undefined)
    return invalidProperties(['envelope/mailFrom/email'], `${JSON.stringify(email)} is not a mail address.`);
  const read = readMailParameters(parameters ?? {}, offer);
  if (isReply(read)) return invalidProperties(['envelope/mailFrom/parameters'], read.lines.join(' '));
  const recipients = recipientsOf(envelope.rcptTo, offer);
  return recipients instanceof SetError ? recipients : { mailFrom, parameters: read, recipients };
}

function recipientsOf(rcptTo: readonly EnvelopeAddress[], offer: Offer): readonly Recipient[] | SetError {
  const recipients = new Map<string, Recipient>();
  const wrong: string[] = [];
  for (const { email, parameters } of rcptTo) {
    const address = parseAddress(email, { utf8: true });
    const read = readRcptParameters(parameters ?? {}, offer);
    if (isReply(read)) return invalidProperties(['envelope/rcptTo/parameters'], read.lines.join(' '));
    if (address === undefined) wrong.push(email);
    else recipients.set(formatAddress(address), { address, ...read });
  }
  if (wrong.length === 0) return [...recipients.values()];
  const named = wrong.map((one) => JSON.stringify(one)).join(', ');
  return new SetError('invalidRecipients', `No mail addresses: ${named}.`, { invalidRecipients: wrong });
}
