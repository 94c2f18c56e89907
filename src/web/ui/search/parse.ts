/** From what is typed into the search box to a JMAP filter (RFC 8621 §4.4.1). Pure. */
import type { Filter, Id } from '../jmap/types.ts';

/** One word, phrase or operator, as it stands in the box. */
export interface Token {
  readonly text: string;
  readonly negated: boolean;
  readonly operator?: string;
  /** Without its quotation marks. */
  readonly value: string;
  readonly quoted: boolean;
}

/** Why a token can't be searched for; words/en/search.ts has the sentences. */
export type Wrong =
  | { readonly kind: 'empty'; readonly operator: string }
  | { readonly kind: 'date' | 'size' | 'is' | 'has' | 'folder'; readonly text: string }
  | { readonly kind: 'quote' };

export interface Folder {
  readonly id: Id;
  readonly name: string;
  readonly role: string | null;
}

export interface Circumstances {
  readonly folders: readonly Folder[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Search {
  readonly tokens: readonly Token[];
  readonly wrong: readonly Wrong[];
  /** undefined: there is nothing to search for. */
  readonly filter: Filter | undefined;
  /** The text that was searched for in words, to mark it in what is found. */
  readonly hasText: boolean;
}

export const OPERATORS: readonly string[] = [
  'from',
  'to',
  'cc',
  'subject',
  'body',
  'has',
  'is',
  'in',
  'before',
  'after',
  'larger',
  'smaller',
];

const TOKEN = /-?(?:([a-z]+):)?(?:"([^"]*)("?)|(\S*))(?:\s+|$)/giy;

/** Splits at spaces outside of quotation marks. An unknown word before a colon belongs to the text: `re:` is no operator. */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  const text = query.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) break;
    const [whole, name, phrase, , bare = ''] = match;
    const operator = name?.toLowerCase();
    const known = operator !== undefined && OPERATORS.includes(operator);
    const word = phrase ?? bare;
    const negated = whole.startsWith('-') && (known || word !== '');
    tokens.push({
      text: whole.trim(),
      negated,
      ...(known ? { operator } : {}),
      value: known || name === undefined ? word : `${name}:${word}`,
      quoted: phrase !== undefined,
    });
  }
  return tokens.filter(({ operator, value }) => operator !== undefined || value !== '');
}

export function parseSearch(query: string, around: Circumstances): Search {
  const tokens = tokensOf(query);
  const wrong: Wrong[] = (query.match(/"/g)?.length ?? 0) % 2 === 1 ? [{ kind: 'quote' }] : [];
  const conditions: Filter[] = [];
  const words: string[] = [];
  let scoped = false;
  for (const token of tokens) {
    if (token.operator === undefined && !token.negated) {
      words.push(token.quoted ? `"${token.value}"` : token.value);
      continue;
    }
    const meant = token.operator === undefined ? { text: inQuotes(token) } : meaning(token, around);
    if ('kind' in meant) wrong.push(meant as Wrong);
    else if (Object.keys(meant).length > 0) conditions.push(token.negated ? not(meant) : meant);
    scoped ||= token.operator === 'in';
  }
  if (words.length > 0) conditions.unshift({ text: words.join(' ') });
  const found = conditions.length > 0 || scoped;
  return {
    tokens,
    wrong,
    filter: found ? and(scoped ? conditions : [...conditions, ...notInBins(around.folders)]) : undefined,
    hasText: words.length > 0,
  };
}

const not = (condition: Filter): Filter => ({ operator: 'NOT', conditions: [condition] });

const and = (conditions: readonly Filter[]): Filter =>
  conditions.length === 1 && conditions[0] !== undefined ? conditions[0] : { operator: 'AND', conditions };

/** Without `in:`, what was thrown away or is junk is not looked for. */
function notInBins(folders: readonly Folder[]): readonly Filter[] {
  const bins = folders.filter(({ role }) => role === 'trash' || role === 'junk').map(({ id }) => id);
  return bins.length === 0 ? [] : [{ inMailboxOtherThan: bins }];
}

const inQuotes = ({ value, quoted }: Token): string => (quoted ? `"${value}"` : value);

function meaning(token: Token, { folders, now }: Circumstances): Filter | Wrong {
  const { operator = '', value } = token;
  if (value === '') return { kind: 'empty', operator };
  switch (operator) {
    case 'is':
      return IS.get(value.toLowerCase()) ?? { kind: 'is', text: value };
    case 'has':
      return /^(attachments?|files?)$/i.test(value) ? { hasAttachment: true } : { kind: 'has', text: value };
    case 'in':
      return folder(value, folders);
    case 'before':
    case 'after': {
      const day = dayOf(value, now);
      return day === undefined ? { kind: 'date', text: value } : { [operator]: utc(day) };
    }
    case 'larger':
    case 'smaller': {
      const octets = octetsOf(value);
      if (octets === undefined) return { kind: 'size', text: value };
      return operator === 'larger' ? { minSize: octets } : { maxSize: octets };
    }
    default:
      return { [operator]: inQuotes(token) };
  }
}

const IS = new Map<string, Filter>([
  ['unread', { notKeyword: '$seen' }],
  ['read', { hasKeyword: '$seen' }],
  ['flagged', { hasKeyword: '$flagged' }],
  ['starred', { hasKeyword: '$flagged' }],
  ['answered', { hasKeyword: '$answered' }],
  ['draft', { hasKeyword: '$draft' }],
]);

/** `in:anywhere` looks everywhere, Trash and Junk too. */
function folder(name: string, folders: readonly Folder[]): Filter | Wrong {
  const wanted = name.toLowerCase();
  if (wanted === 'anywhere') return {};
  const found =
    folders.find((one) => one.role === wanted) ??
    folders.find((one) => one.name.toLowerCase() === wanted) ??
    folders.find((one) => one.name.toLowerCase().startsWith(wanted));
  return found === undefined ? { kind: 'folder', text: name } : { inMailbox: found.id };
}

const utc = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

/** The start of a day here, by its date, or so long ago: today, yesterday, 7d, 2w, 3m, 1y. */
export function dayOf(text: string, now: number): number | undefined {
  const today = new Date(now);
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  const lower = text.toLowerCase();
  if (lower === 'today') return new Date(year, month, day).getTime();
  if (lower === 'yesterday') return new Date(year, month, day - 1).getTime();
  const ago = /^(\d{1,4})([dwmy])$/.exec(lower);
  if (ago !== null) {
    const n = Number(ago[1]);
    const unit = ago[2];
    if (unit === 'y') return new Date(year - n, month, day).getTime();
    if (unit === 'm') return new Date(year, month - n, day).getTime();
    return new Date(year, month, day - n * (unit === 'w' ? 7 : 1)).getTime();
  }
  const date = /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$/.exec(text);
  if (date === null) return undefined;
  const [y, m, d] = [Number(date[1]), Number(date[2]), Number(date[3] ?? 1)];
  const made = new Date(y, m - 1, d);
  return made.getMonth() === m - 1 && made.getDate() === d ? made.getTime() : undefined;
}

/** 500kb, 5mb, 1.5m, 2000; powers of ten, as sizes are shown. */
export function octetsOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)b?$/i.exec(text);
  if (match === null) return undefined;
  const power = ['', 'k', 'm', 'g'].indexOf((match[2] ?? '').toLowerCase());
  return Math.round(Number(match[1]) * 1_000 ** power);
}

/** The text of the box without one of its tokens. */
export const withoutToken = (tokens: readonly Token[], gone: number): string =>
  tokens
    .filter((_, n) => n !== gone)
    .map(({ text }) => text)
    .join(' ');
