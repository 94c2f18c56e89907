/**
 * Header fields from values (RFC 8621 §4.1.2, §4.6), each in one of the forms. Whatever stands in a value, it can't end
 * its field: no CR, LF or NUL of it is written. ASCII only (RFC 2047), but for addresses with UTF-8 before their "@",
 * which can be said in no other way (RFC 6532).
 */
import { encodedWords, formatAddress, formatDate, isAscii, parseAddress, readAddressGroups, readDate } from '../mail/index.ts'; // prettier-ignore
import type { EmailAddress, EmailAddressGroup } from '../mail/index.ts';
import { hasForm } from './header-forms.ts';
import type { HeaderForm, HeaderForms } from './header-forms.ts';
import { downgradeParameters } from './parameters.ts';

/** One field; there may be several of a name. */
export type FieldToWrite = {
  readonly [Form in HeaderForm]: {
    /** As it is to be written. */
    readonly name: string;
    readonly form: Form;
    readonly value: NonNullable<HeaderForms[Form]>;
  };
}[HeaderForm];

/** RFC 5322 §2.1.1: lines should have at most 78 characters. */
const LINE = 78;
/** Characters of what can't be broken, so that a line with it and with the name of the field has at most 998. */
const LONGEST_TOKEN = 850;
/** A line can't be broken within them. */
const MANY_BLANKS = /[ \t]{50,}/g;

/**
 * The whole field with its CRLF; '' where there is nothing to say (no address in it). Undefined where it can't be said:
 * a name that is none, a date that is none, an id or URL that is too long or empty.
 */
export function writeField(field: FieldToWrite): string | undefined {
  if (!/^[!-9;-~]{1,100}$/.test(field.name)) return undefined;
  if (field.form === 'Raw') return rawField(field.name, field.value);
  const tokens = tokensOf(field);
  if (tokens === undefined) return undefined;
  if (tokens.length === 0 && field.form !== 'Text') return '';
  return `${field.name}: ${fold(tokens, field.name.length + 2)}\r\n`;
}

/** What may not be broken, in order; a blank, or a line's end and a blank, stands between two. */
function tokensOf(field: Exclude<FieldToWrite, { readonly form: 'Raw' }>): readonly string[] | undefined {
  switch (field.form) {
    case 'Text':
      return textTokens(field.value);
    case 'Addresses':
      return listed(field.value.map(addressTokens));
    case 'GroupedAddresses':
      return groupTokens(field.value);
    case 'MessageIds':
      return angled(field.value, /^[^\s<>\p{Cc}\p{Cs}\u2028\u2029]+$/u);
    case 'Date':
      return dateTokens(field.value);
    case 'URLs':
      return listed(angled(field.value.map(asciiUrl), /^[!-;=?-~]+$/)?.map((url) => [url]));
  }
}

function fold(tokens: readonly string[], column: number): string {
  let line = tokens[0] ?? '';
  let folded = '';
  let taken = column + line.length;
  for (const token of tokens.slice(1)) {
    // An empty one is a blank more. A line of nothing but blanks would be no line of a field (RFC 5322 §3.2.2).
    if (token !== '' && taken + 1 + token.length > LINE && line.trim() !== '') {
      folded += `${line}\r\n`;
      line = '';
      taken = 0;
    }
    line += ` ${token}`;
    taken += 1 + token.length;
  }
  return folded + line;
}

/** Control characters, and half ones, as what they can be on one line. */
function clean(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** Blanks of ASCII are kept, as many as there are. */
function textTokens(value: string): readonly string[] {
  const text = clean(value).trim();
  const tokens = text.split(' ');
  const isPlain = isAscii(text) && !text.includes('=?') && text.search(MANY_BLANKS) < 0;
  return isPlain && tokens.every((token) => token.length <= LONGEST_TOKEN) ? tokens : encodedWords(text);
}

/** With a comma behind all but the last. */
function listed(all: readonly (readonly string[])[] | undefined): readonly string[] | undefined {
  return all?.flatMap((tokens, at) =>
    at < all.length - 1 ? [...tokens.slice(0, -1), `${tokens.at(-1) ?? ''},`] : tokens,
  );
}

/** mailbox = name-addr / addr-spec */
function addressTokens({ name, email }: EmailAddress): readonly string[] {
  const words = phraseTokens(name ?? '');
  const address = specOf(email);
  return words.length === 0 && !address.startsWith('<') ? [address] : [...words, address.startsWith('<') ? address : `<${address}>`]; // prettier-ignore
}

const ATOMS = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/;

/** phrase = 1*word: atoms, a quoted-string that isn't broken, or encoded-words. */
function phraseTokens(name: string): readonly string[] {
  const text = clean(name).trim();
  if (text === '') return [];
  if (!isAscii(text) || text.includes('=?') || text.length > 200) return encodedWords(text);
  return ATOMS.test(text) ? text.split(' ') : [`"${text.replace(/["\\]/g, '\\$&')}"`];
}

/**
 * addr-spec; what is none stays readable as what it is, and as one thing: drafts hold half an address. In angle brackets
 * where it would be taken for something else.
 */
function specOf(email: string): string {
  const text = clean(email)
    .trim()
    .slice(0, LONGEST_TOKEN / 2);
  const address = parseAddress(text, { utf8: true });
  if (address !== undefined) return sameDomain(text) ?? formatAddress(address);
  if (/^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~. ]*@?[A-Za-z0-9.\- ]*$/.test(text) && !text.includes('=?')) return `<${text}>`;
  return isAscii(text) && !text.includes('=?')
    ? `<"${text.replace(/["\\]/g, '\\$&')}">`
    : `<${encodedWords(text).join(' ')}>`;
}

/** As it was given, capital letters too, where nothing in it needs another form. */
function sameDomain(text: string): string | undefined {
  return /^[^\s"<>(),:;@[\\\]]+@[A-Za-z0-9.-]+$/.test(text) ? text : undefined;
}

/** group = display-name ":" [group-list] ";" */
function groupTokens(groups: readonly EmailAddressGroup[]): readonly string[] | undefined {
  return listed(
    groups
      .map(({ name, addresses }) => {
        const members = listed(addresses.map(addressTokens)) ?? [];
        if (name === null) return members;
        const words = phraseTokens(name);
        const label = words.length === 0 ? ['""'] : words;
        return [...label.slice(0, -1), `${label.at(-1) ?? ''}:`, ...members.slice(0, -1), `${members.at(-1) ?? ''};`];
      })
      .filter((tokens) => tokens.length > 0),
  );
}

function angled(all: readonly string[], allowed: RegExp): readonly string[] | undefined {
  return all.every((one) => allowed.test(one) && Buffer.byteLength(one) <= LONGEST_TOKEN)
    ? all.map((one) => `<${one}>`)
    : undefined;
}

/** IRI to URI (RFC 3987 §3.1). */
function asciiUrl(url: string): string {
  return url.toWellFormed().replace(/[^\0-\x7f]+/gu, (text) => encodeURIComponent(text));
}

/** JMAP's Date, in whatever zone it is said, as RFC 5322 §3.3 has it. */
function dateTokens(value: string): readonly string[] | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T/.test(value)) return undefined;
  const date = readDate(value);
  if (date === undefined) return undefined;
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const minutes = Math.abs(date.offset);
  const zone = `${date.offset < 0 ? '-' : '+'}${two(minutes / 60)}${two(minutes % 60)}`;
  return [formatDate(date.ms + date.offset * 60_000).replace(/\+0000$/, zone)];
}

/** As it was given where that is legal: its folds stay, and what would be too long for a line is folded. */
function rawField(name: string, value: string): string {
  // Other control characters are legal nowhere (RFC 5322 §3.2.3).
  const legal = value.replaceAll('\0', '').replace(/[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]/g, ' ').replace(MANY_BLANKS, ' '); // prettier-ignore
  const lines = legal.split(/\r\n|\r|\n/).map((line) => line.trimEnd());
  const kept = lines.filter((line, at) => at === 0 || line !== '');
  if (!isAscii(kept.join(''))) return translated(name, kept);
  const started = kept.map((line, at) => (/^[ \t]/.test(line) || (at === 0 && line === '') ? line : ` ${line}`));
  return `${name}:${started.map(shortLines).join('\r\n')}\r\n`;
}

function shortLines(line: string): string {
  if (line.length <= LONGEST_TOKEN) return line;
  return fold(
    line.split(' ').flatMap((word) => word.match(/.{1,800}/gs) ?? ['']),
    110,
  );
}

/** What isn't ASCII, as the field's own structure says it; in encoded-words where that isn't known. */
function translated(name: string, lines: readonly string[]): string {
  const value = lines.join('').trim();
  const isAddresses = hasForm(name, 'Addresses') && !hasForm(name, 'Text');
  const tokens = isAddresses ? groupTokens(readAddressGroups(value)) : textTokens(value);
  const said = /^content-(?:type|disposition)$/i.test(name) ? downgradeParameters(clean(value)) : undefined;
  const parameters = said?.split('\r\n').every((line) => line.length <= LONGEST_TOKEN) === true ? said : undefined;
  return `${name}: ${parameters ?? fold(tokens ?? [], name.length + 2)}\r\n`;
}
