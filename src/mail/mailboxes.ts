/**
 * The addresses in a From, Sender, To or Cc field (RFC 5322 §3.4). Read tolerantly, but never
 * silently: what could not be understood is told, because "the From field is your own address"
 * may only be said of a field that was understood whole.
 */
import { formatAddress, parseAddress } from './address.ts';
import type { Address } from './envelope.ts';

export interface Mailbox {
  /** The display name, encoded-words not decoded; undefined where there is none. */
  readonly name?: string;
  readonly address: Address;
}

export interface MailboxList {
  readonly mailboxes: readonly Mailbox[];
  /** False when a part of the field was not an address by any grammar. */
  readonly whole: boolean;
}

type Token =
  | { readonly kind: 'atom' | 'quoted' | 'literal'; readonly text: string }
  | { readonly kind: 'special'; readonly text: string };

/** address-list = (address *("," address)) / obs-addr-list, of an unfolded value. Group names are dropped, their members kept. Never throws. */
export function parseMailboxes(value: string): MailboxList {
  const tokens = tokenize(value);
  if (tokens === undefined) return { mailboxes: [], whole: false };
  const mailboxes: Mailbox[] = [];
  let whole = true;
  let part: Token[] = [];
  const take = (): void => {
    if (part.length > 0) {
      const mailbox = mailboxOf(part);
      if (mailbox === undefined) whole = false;
      else mailboxes.push(mailbox);
    }
    part = [];
  };
  let angle = false;
  let group = false;
  for (const token of tokens) {
    const sign = token.kind === 'special' && (!angle || token.text === '>') ? token.text : '';
    if (sign === ',' || sign === ';') {
      take();
      if (sign === ';') {
        if (!group) whole = false;
        group = false;
      }
    } else if (sign === ':') {
      // group = display-name ":" [group-list] ";" [CFWS]
      if (group || part.some((one) => one.kind !== 'atom' && one.kind !== 'quoted')) whole = false;
      group = true;
      part = [];
    } else {
      if (sign === '<') angle = true;
      if (sign === '>') angle = false;
      part.push(token);
    }
  }
  take();
  return { mailboxes, whole: whole && !angle };
}

/** mailbox = name-addr / addr-spec ; name-addr = [display-name] angle-addr */
function mailboxOf(tokens: readonly Token[]): Mailbox | undefined {
  const open = tokens.findIndex((token) => isSpecial(token, '<'));
  if (open < 0) {
    const address = addrSpec(tokens);
    return address === undefined ? undefined : { address };
  }
  if (!isSpecial(tokens.at(-1), '>')) return undefined;
  const words = tokens.slice(0, open);
  // A display name with an "@" in it is not legal, and a way to show another address than the real one.
  if (words.some((token) => token.kind !== 'atom' && token.kind !== 'quoted')) return undefined;
  const address = addrSpec(withoutRoute(tokens.slice(open + 1, -1)));
  if (address === undefined) return undefined;
  const name = words.map((token) => token.text).join(' ');
  return name === '' ? { address } : { name, address };
}

/** obs-route = obs-domain-list ":" is read over (RFC 5322 §4.4). */
function withoutRoute(tokens: readonly Token[]): readonly Token[] {
  const colon = tokens.findIndex((token) => isSpecial(token, ':'));
  return isSpecial(tokens[0], '@') && colon > 0 ? tokens.slice(colon + 1) : tokens;
}

/** addr-spec = local-part "@" domain ; blanks and comments may stand around each part */
function addrSpec(tokens: readonly Token[]): Address | undefined {
  const at = tokens.findIndex((token) => isSpecial(token, '@'));
  if (at < 1) return undefined;
  const local = joined(tokens.slice(0, at), ['atom', 'quoted']);
  const domain = joined(tokens.slice(at + 1), ['atom', 'literal']);
  if (local === undefined || domain === undefined) return undefined;
  return parseAddress(formatAddress({ local, domain }), { utf8: true });
}

/** Words with dots between them, as one text; undefined when two stand side by side without a dot. */
function joined(tokens: readonly Token[], kinds: readonly Token['kind'][]): string | undefined {
  const apart = tokens.every(
    (token, i) => i === 0 || isDotted(tokens[i - 1] as Token, 'end') || isDotted(token, 'start'),
  );
  return apart && tokens.every((token) => kinds.includes(token.kind))
    ? tokens.map((token) => token.text).join('')
    : undefined;
}

function isDotted(token: Token, side: 'start' | 'end'): boolean {
  return token.kind === 'atom' && (side === 'start' ? token.text.startsWith('.') : token.text.endsWith('.'));
}

function isSpecial(token: Token | undefined, text: string): boolean {
  return token?.kind === 'special' && token.text === text;
}

/** The tokens of RFC 5322 §3.2 without blanks and comments; undefined when a quote, a comment or a literal does not end. */
function tokenize(value: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  // Sticky expressions that can't back up: each octet is looked at a bounded number of times.
  const shapes = /[ \t\r\n]+|"((?:[^"\\]|\\.)*)"|(\[[^\]\\[]*\])|([<>,:;@])|([^\0- "(),:;<>@[\\\]\x7f]+)/suy;
  let at = 0;
  while (at < value.length) {
    if (value[at] === '(') {
      const end = commentEnd(value, at);
      if (end === undefined) return undefined;
      at = end;
      continue;
    }
    shapes.lastIndex = at;
    const found = shapes.exec(value);
    if (found === null) return undefined;
    const [all, quoted, literal, special, atom] = found;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replace(/\\(.)/gsu, '$1') });
    else if (literal !== undefined) tokens.push({ kind: 'literal', text: literal });
    else if (special !== undefined) tokens.push({ kind: 'special', text: special });
    else if (atom !== undefined) tokens.push({ kind: 'atom', text: atom });
    at += all.length;
  }
  return tokens;
}

/** comment = "(" *([FWS] ccontent) [FWS] ")" ; ccontent = ctext / quoted-pair / comment. The offset behind it. */
function commentEnd(value: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < value.length; at++) {
    if (value[at] === '\\') at++;
    else if (value[at] === '(') depth++;
    else if (value[at] === ')' && --depth === 0) return at + 1;
  }
  return undefined;
}
