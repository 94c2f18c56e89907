/**
 * The addresses in a From, Sender, To or Cc field (RFC 5322 §3.4). Read tolerantly, but never
 * silently: what could not be understood is told, because "the From field is your own address"
 * may only be said of a field that was understood whole.
 */
import { formatAddress, parseAddress } from './address.ts';
import type { Address } from './envelope.ts';
import { tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';

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

/** address-list = (address *("," address)) / obs-addr-list, of an unfolded value. Group names are dropped, their members kept. Never throws. */
export function parseMailboxes(value: string): MailboxList {
  const tokens = tokenize(value)?.filter(({ kind }) => kind !== 'comment');
  if (tokens === undefined) return { mailboxes: [], whole: false };
  const { groups, whole } = splitAddressList(tokens);
  const mailboxes = groups.flatMap(({ addresses }) => addresses).map(mailboxOf);
  const understood = mailboxes.filter((mailbox) => mailbox !== undefined);
  return { mailboxes: understood, whole: whole && understood.length === mailboxes.length };
}

interface AddressGroup {
  /** Tokens of its name; undefined for addresses that stand in no group. */
  readonly name: readonly Token[] | undefined;
  /** Tokens of each of its addresses; there may be none. */
  readonly addresses: readonly (readonly Token[])[];
}

/**
 * The list cut at its commas and groups (RFC 5322 §3.4): address = mailbox / group. `whole` is false where it isn't of
 * that grammar; what there is is given anyway.
 */
export function splitAddressList(tokens: readonly Token[]): {
  readonly groups: readonly AddressGroup[];
  readonly whole: boolean;
} {
  const groups: { readonly name: readonly Token[] | undefined; readonly addresses: (readonly Token[])[] }[] = [];
  let whole = true;
  let part: Token[] = [];
  let current: (typeof groups)[number] | undefined;
  const take = (): void => {
    if (part.length === 0) return;
    if (current === undefined) groups.push((current = { name: undefined, addresses: [] }));
    current.addresses.push(part);
    part = [];
  };
  let angle = false;
  for (const token of tokens) {
    const sign = token.kind === 'special' && (!angle || token.text === '>') ? token.text : '';
    if (sign === ',') take();
    else if (sign === ';') {
      take();
      if (current?.name === undefined) whole = false;
      else current = undefined;
    } else if (sign === ':') {
      // group = display-name ":" [group-list] ";" [CFWS]
      if (current?.name !== undefined || !part.every(isWord)) whole = false;
      groups.push((current = { name: part, addresses: [] }));
      part = [];
    } else {
      if (sign === '<') angle = true;
      if (sign === '>') angle = false;
      part.push(token);
    }
  }
  take();
  return { groups, whole: whole && !angle };
}

function isWord({ kind }: Token): boolean {
  return kind === 'atom' || kind === 'quoted';
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
  if (!words.every(isWord)) return undefined;
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
