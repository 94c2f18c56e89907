/**
 * The filter of Email/query (RFC 8621 §4.4.1) as the store understands it. What is not of the grammar is an
 * `invalidArguments`, what we don't know or is too large an `unsupportedFilter` (RFC 8620 §5.5).
 */
import type { EmailCondition, EmailFilter } from '../../store/index.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { readFilter } from '../frames/filter.ts';
import type { Filter } from '../frames/filter.ts';
import type { Json, JsonObject } from '../json.ts';
import { mailboxNumber } from '../mailbox/mailbox.ts';
import { parseUtcDate } from '../dates.ts';

/** Characters of a text to be searched for. */
const LONGEST_TEXT = 1_000;

/** What no email lies in: ids that are not of our form, or nobody's. */
const NOWHERE = -1;

/** Undefined: everything. Throws a MethodError. */
export function parseFilter(filter: Json): EmailFilter | undefined {
  const left = { texts: MOST_TEXTS, others: MOST_OTHER_THAN };
  const read = readFilter(filter, (given) => {
    if (Object.hasOwn(given, 'inMailboxOtherThan')) left.others--;
    left.texts -= TEXTS.filter((name) => Object.hasOwn(given, name)).length;
    if (left.texts < 0 || left.others < 0)
      throw new MethodError('unsupportedFilter', 'The filter looks for too many texts, or beside too many mailboxes.');
    return parseCondition(given);
  });
  return read === null ? undefined : flat(read);
}

/** Each is a search of its own through all words of the account, and everybody's reading waits for it. */
const MOST_TEXTS = 100;
const TEXTS = ['text', 'from', 'to', 'cc', 'bcc', 'subject', 'body', 'header'];
/** Each is told as a list of all the other mailboxes. */
const MOST_OTHER_THAN = 16;

function flat(filter: Filter<EmailCondition>): EmailFilter {
  return 'condition' in filter
    ? filter.condition
    : { operator: filter.operator, conditions: filter.conditions.map(flat) };
}

/** Every condition in it. */
export function conditionsOf(filter: EmailFilter | undefined): readonly EmailCondition[] {
  if (filter === undefined) return [];
  return 'operator' in filter ? filter.conditions.flatMap(conditionsOf) : [filter];
}

type Reader = (value: Json, property: string) => unknown;

/** RFC 8621 §4.4.1: every property a condition may have. */
const CONDITIONS: Readonly<Record<keyof EmailCondition, Reader>> = {
  inMailbox: (value, property) => mailbox(value, property) ?? NOWHERE,
  inMailboxOtherThan: (value, property) =>
    array(value, property).flatMap((one) => {
      const number = mailbox(one, property);
      return number === undefined ? [] : [number];
    }),
  before: date,
  after: date,
  minSize: unsigned,
  maxSize: unsigned,
  allInThreadHaveKeyword: keyword,
  someInThreadHaveKeyword: keyword,
  noneInThreadHaveKeyword: keyword,
  hasKeyword: keyword,
  notKeyword: keyword,
  hasAttachment: boolean,
  text,
  from: text,
  to: text,
  cc: text,
  bcc: text,
  subject: text,
  body: text,
  header,
};

function parseCondition(given: JsonObject): EmailCondition {
  const entries = Object.entries(given).map(([property, value]) => {
    if (!Object.hasOwn(CONDITIONS, property))
      throw new MethodError('unsupportedFilter', `There is no condition ${JSON.stringify(property)} for emails.`);
    return [property, CONDITIONS[property as keyof EmailCondition](value, property)];
  });
  return Object.fromEntries(entries) as EmailCondition;
}

function wrong(property: string, must: string): MethodError {
  return invalidArguments(`The condition \`${property}\` must be ${must}.`);
}

function string(value: Json, property: string): string {
  if (typeof value !== 'string') throw wrong(property, 'a string');
  return value;
}

function text(value: Json, property: string): string {
  const given = string(value, property);
  if (given.length > LONGEST_TEXT)
    throw new MethodError('unsupportedFilter', `A text to search for may have ${LONGEST_TEXT} characters.`);
  return given;
}

function array(value: Json, property: string): readonly Json[] {
  if (!Array.isArray(value)) throw wrong(property, 'an array');
  return value as readonly Json[];
}

/** Undefined: none of ours. */
function mailbox(value: Json, property: string): number | undefined {
  return mailboxNumber(string(value, property));
}

function date(value: Json, property: string): number {
  const at = parseUtcDate(value);
  if (at === undefined) throw wrong(property, 'a time in UTC such as "2026-01-31T12:00:00Z"');
  return at;
}

function unsigned(value: Json, property: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(property, 'a whole number from 0 on');
  return value as number;
}

/** In lower case. One that no email can have is no mistake: none has it. */
function keyword(value: Json, property: string): string {
  return string(value, property).toLowerCase();
}

function boolean(value: Json, property: string): boolean {
  if (typeof value !== 'boolean') throw wrong(property, 'true or false');
  return value;
}

function header(value: Json, property: string): readonly [string, string?] {
  const [name, contains, ...more] = array(value, property);
  if (name === undefined || more.length > 0) throw wrong(property, "an array of a field's name and, if wanted, a text");
  const field = string(name, property).toLowerCase();
  return contains === undefined ? [field] : [field, text(contains, property)];
}
