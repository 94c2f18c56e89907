/** Filters of queries (RFC 8621 §4.4.1) as conditions on a row of `listings l`. Each is true or false, never NULL. */
import { matchQuery, SEQS_WITH_WORDS } from '../full-text.ts';
import type { WordColumn } from '../full-text.ts';
import type { EmailCondition, EmailFilter } from '../mail.ts';
import { phrasesIn, wordsIn } from '../words.ts';
import type { Phrase } from '../words.ts';
import { bitOf, HAS_ATTACHMENT } from './keyword.ts';
import { padded, places } from './statement.ts';
import type { SqlValue } from './statement.ts';
import { seqOf } from './thread.ts';

export interface Clause {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Whose mail is asked for. */
export interface Scope {
  /** The account's number. */
  readonly owner: number;
  /** Its mailboxes, but for the hidden one. */
  readonly mailboxes: readonly number[];
}

const ALWAYS: Clause = { sql: '1 = 1', values: [] };
const NEVER: Clause = { sql: '1 = 0', values: [] };

export function clauseOf(filter: EmailFilter, scope: Scope): Clause {
  if (!('operator' in filter)) return all(conditionsOf(filter, scope));
  const clauses = filter.conditions.map((one) => clauseOf(one, scope));
  if (filter.operator === 'AND') return all(clauses);
  return filter.operator === 'OR' ? any(clauses) : not(any(clauses));
}

export function all(clauses: readonly Clause[]): Clause {
  const telling = clauses.filter((one) => one !== ALWAYS);
  if (telling.length === 0) return ALWAYS;
  return joined(telling, ' AND ');
}

function any(clauses: readonly Clause[]): Clause {
  return clauses.length === 0 ? NEVER : joined(clauses, ' OR ');
}

function not({ sql, values }: Clause): Clause {
  return { sql: `NOT ${sql}`, values };
}

/** In halves of halves: engines take expressions of so much depth only, and each AND in a row is one deeper. */
function joined(clauses: readonly Clause[], by: string): Clause {
  return { sql: inHalves(clauses, by), values: clauses.flatMap(({ values }) => values) };
}

function inHalves(clauses: readonly Clause[], by: string): string {
  if (clauses.length <= AT_ONCE) return `(${clauses.map(({ sql }) => sql).join(by)})`;
  const half = Math.ceil(clauses.length / 2);
  return `(${inHalves(clauses.slice(0, half), by)}${by}${inHalves(clauses.slice(half), by)})`;
}

const AT_ONCE = 8;

export function isEverything(clause: Clause): boolean {
  return clause === ALWAYS;
}

function conditionsOf(c: EmailCondition, scope: Scope): readonly Clause[] {
  return [
    ...whereClauses(c, scope),
    ...whatClauses(c),
    ...keywordClauses(c, scope),
    ...wordClauses(c, scope),
    ...(c.header === undefined ? [] : [headerClause(c.header, scope)]),
  ];
}

function whereClauses({ inMailbox, inMailboxOtherThan }: EmailCondition, scope: Scope): readonly Clause[] {
  const clauses: Clause[] = [];
  if (inMailbox !== undefined) clauses.push(liesIn(scope.mailboxes.filter((id) => id === inMailbox)));
  if (inMailboxOtherThan !== undefined)
    clauses.push(liesIn(scope.mailboxes.filter((id) => !inMailboxOtherThan.includes(id))));
  return clauses;
}

function liesIn(mailboxes: readonly number[]): Clause {
  if (mailboxes.length === 0) return NEVER;
  const values = padded(mailboxes);
  return {
    sql: `EXISTS (SELECT 1 FROM listings x WHERE x.mailbox IN (${places(values.length)}) AND x.received_at = l.received_at AND x.seq = l.seq)`,
    values,
  };
}

function whatClauses(c: EmailCondition): readonly Clause[] {
  const clauses: Clause[] = [];
  if (c.before !== undefined) clauses.push({ sql: 'l.received_at < ?', values: [c.before] });
  if (c.after !== undefined) clauses.push({ sql: 'l.received_at >= ?', values: [c.after] });
  if (c.minSize !== undefined) clauses.push({ sql: `${SIZE} >= ?`, values: [c.minSize] });
  if (c.maxSize !== undefined) clauses.push({ sql: `${SIZE} < ?`, values: [c.maxSize] });
  if (c.hasAttachment !== undefined)
    clauses.push({ sql: `(l.flags & ?) ${c.hasAttachment ? '<>' : '='} 0`, values: [HAS_ATTACHMENT] });
  return clauses;
}

export const SIZE = '(SELECT e.size FROM emails e WHERE e.seq = l.seq)';

function keywordClauses(c: EmailCondition, scope: Scope): readonly Clause[] {
  const clauses: Clause[] = [];
  if (c.hasKeyword !== undefined) clauses.push(hasKeyword(c.hasKeyword, scope));
  if (c.notKeyword !== undefined) clauses.push(not(hasKeyword(c.notKeyword, scope)));
  if (c.allInThreadHaveKeyword !== undefined) clauses.push(allInThread(c.allInThreadHaveKeyword, scope));
  if (c.someInThreadHaveKeyword !== undefined) clauses.push(someInThread(c.someInThreadHaveKeyword, scope));
  if (c.noneInThreadHaveKeyword !== undefined) clauses.push(not(someInThread(c.noneInThreadHaveKeyword, scope)));
  return clauses;
}

export function hasKeyword(keyword: string, { owner }: Scope, row = 'l'): Clause {
  const bit = bitOf(keyword);
  if (bit !== undefined) return { sql: `(${row}.flags & ?) <> 0`, values: [bit] };
  return {
    sql: `EXISTS (SELECT 1 FROM keywords k WHERE k.owner = ? AND k.keyword = ? AND k.seq = ${row}.seq)`,
    values: [owner, keyword.toLowerCase()],
  };
}

const IN_THREAD = 'SELECT 1 FROM emails t WHERE t.thread = l.thread AND t.hidden = 0 AND';

export function someInThread(keyword: string, scope: Scope): Clause {
  const { sql, values } = hasKeyword(keyword, scope, 't');
  return { sql: `EXISTS (${IN_THREAD} ${sql})`, values };
}

export function allInThread(keyword: string, scope: Scope): Clause {
  const { sql, values } = hasKeyword(keyword, scope, 't');
  return { sql: `NOT EXISTS (${IN_THREAD} NOT (${sql}))`, values };
}

/** RFC 8621 §4.4.1: `text` is everything a reader sees. */
const COLUMNS: readonly (readonly [keyof EmailCondition, readonly WordColumn[]])[] = [
  ['text', ['subject', 'sender', 'receiver', 'cc', 'bcc', 'body', 'attachments']],
  ['from', ['sender']],
  ['to', ['receiver']],
  ['cc', ['cc']],
  ['bcc', ['bcc']],
  ['subject', ['subject']],
  ['body', ['body', 'attachments']],
];

function wordClauses(condition: EmailCondition, scope: Scope): readonly Clause[] {
  return COLUMNS.flatMap(([name, columns]) => {
    const text = condition[name];
    if (typeof text !== 'string' || text.trim() === '') return [];
    const phrases = phrasesIn(text);
    return phrases.length === 0 ? [NEVER] : [withWords(columns, phrases, scope)];
  });
}

function withWords(columns: readonly WordColumn[], phrases: readonly Phrase[], { owner }: Scope): Clause {
  return {
    sql: `l.seq IN (${SEQS_WITH_WORDS})`,
    values: [matchQuery(columns, phrases), seqOf(owner, 0), seqOf(owner + 1, 0)],
  };
}

/** Words narrow down whose header is read: the field's name, and what of the text begins at a word. */
function headerClause([name, value]: readonly [string, string?], scope: Scope): Clause {
  const phrases = [wordsIn(name), ...(value === undefined ? [] : [wordsIn(value).slice(1)])]
    .filter((words) => words.length > 0)
    .map((words, index) => ({ words, prefix: index > 0 }));
  const has = 'EXISTS (SELECT 1 FROM cards c WHERE c.seq = l.seq AND has_field(c.header, ?, ?) = 1)';
  const clause = { sql: has, values: [name.toLowerCase(), value ?? ''] };
  return phrases.length === 0 ? clause : all([withWords(['header'], phrases, scope), clause]);
}
