/** Who a row is from, or to, in the little room that it has. */
import { isUnread } from '../jmap/patch.ts';
import type { Address, Email } from '../jmap/types.ts';

/** A name that pretends to be another address is not shown in its place. */
export function nameOf({ name, email }: Address): string {
  const plain = name?.trim() ?? '';
  if (plain === '') return email;
  return plain.includes('@') && plain.toLowerCase() !== email.toLowerCase() ? email : plain;
}

interface Words {
  readonly me: string;
  readonly nobody: string;
}

const MOST_NAMES = 3;

/** Who takes part in a conversation, each once, in the order they wrote; alone, the whole name. */
export function senders(conversation: readonly Email[], own: ReadonlySet<string>, words: Words): string {
  const people = conversation.map((email) => email.from?.[0]);
  const distinct = [
    ...new Map(people.flatMap((one) => (one === undefined ? [] : [[one.email.toLowerCase(), one]]))).values(),
  ];
  if (distinct.length === 0) return words.nobody;
  if (distinct.length === 1)
    return distinct.map((one) => (isOwn(one, own) && people.length > 1 ? words.me : nameOf(one))).join('');
  const short = distinct.map((one) => (isOwn(one, own) ? words.me : firstName(nameOf(one))));
  if (short.length <= MOST_NAMES) return short.join(', ');
  return [short[0], '…', ...short.slice(1 - MOST_NAMES)].join(', ').replace(', …,', ' …');
}

/** Who a message went to. */
export function recipients(email: Email, words: Words): string {
  const people = email.to ?? [];
  return people.length === 0 ? words.nobody : people.map(nameOf).join(', ');
}

/** @param own in lower case */
export const isOwn = ({ email }: Address, own: ReadonlySet<string>): boolean => own.has(email.toLowerCase());

/** Of a name and a surname; "Mail Delivery System" is not called Mail. */
function firstName(name: string): string {
  const [surname = '', given] = name.split(/,\s*/);
  const parts = surname.split(/\s+/);
  if (name.includes('@') || parts.length > 2) return name;
  return given ?? parts[0] ?? name;
}

export interface Marks {
  readonly unread: boolean;
  readonly flagged: boolean;
  readonly answered: boolean;
  readonly forwarded: boolean;
  readonly draft: boolean;
  readonly files: boolean;
  readonly count: number;
}

/** What stands beside a row, for all of its conversation. */
export function marksOf(conversation: readonly Email[]): Marks {
  const some = (keyword: string): boolean => conversation.some(({ keywords }) => keywords[keyword] === true);
  return {
    unread: conversation.some(({ keywords }) => isUnread(keywords)),
    flagged: some('$flagged'),
    answered: some('$answered'),
    forwarded: some('$forwarded'),
    draft: some('$draft'),
    files: conversation.some(({ hasAttachment }) => hasAttachment),
    count: conversation.length,
  };
}
