/** What a composer holds of one letter, as plain values: what is saved as a draft, mirrored in the browser, and sent. */
import type { AttachedFile, Letter } from './letter.ts';
import { readPerson } from './people.ts';
import type { Entry, Person } from './people.ts';

/** What of a letter is answered or handed on, and where it stands. */
export interface Quote {
  /** The line that introduces it: who wrote when. */
  readonly lead: string;
  readonly text: string;
  /** Clean HTML of what is quoted, without the frame around it; '' where the letter had only text. */
  readonly html: string;
  readonly position: QuotePosition;
  /** A forwarded letter is no quote: it stands as it was. */
  readonly isForward: boolean;
}

export type QuotePosition = 'below' | 'above';

/** A file of a letter being written. Without a blob it is not with the server yet. */
export interface DraftFile {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  /** Octets. */
  readonly size: number;
  readonly blobId?: string;
  readonly cid?: string;
}

/** The letter that this one answers or hands on, for its mark. */
export interface Original {
  readonly email: string;
  readonly mark: '$answered' | '$forwarded';
}

export type Field = 'to' | 'cc' | 'bcc';
export const FIELDS: readonly Field[] = ['to', 'cc', 'bcc'];

export interface Content {
  readonly identity: string;
  readonly from: Person;
  readonly replyTo: readonly Person[] | null;
  readonly to: readonly Entry[];
  readonly cc: readonly Entry[];
  readonly bcc: readonly Entry[];
  /** What stands in a field and is no entry yet. */
  readonly typed: Readonly<Record<Field, string>>;
  readonly subject: string;
  readonly mode: 'plain' | 'rich';
  /** Own words, the signature with them. Of a rich letter: what its HTML says. */
  readonly text: string;
  /** Own words as clean HTML, pictures by `cid:`; '' in a plain letter. */
  readonly html: string;
  readonly direction: 'auto' | 'ltr' | 'rtl';
  readonly quote: Quote | undefined;
  readonly files: readonly DraftFile[];
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
  readonly original: Original | undefined;
}

/** Everything in a field, what is still being typed too. */
export function entriesOf(content: Content, field: Field): readonly Entry[] {
  const typed = content.typed[field].trim();
  return typed === '' ? content[field] : [...content[field], readPerson(typed)];
}

export const peopleIn = (entries: readonly Entry[]): readonly Person[] =>
  entries.flatMap((entry) => (entry.kind === 'person' ? [entry.person] : []));

/** What was typed into a field and is no address. */
export const unclearIn = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap((entry) => (entry.kind === 'unclear' ? [entry.text] : []));

/** Without pictures that were deleted from the text: they stay at hand, for undoing that, and go nowhere. */
export function usedFiles({ mode, html, quote, files }: Content): readonly DraftFile[] {
  const text = mode === 'rich' ? `${html}${quote?.html ?? ''}` : '';
  return files.filter(({ cid }) => cid === undefined || text.includes(`"cid:${encodeURIComponent(cid)}"`));
}

/** The letter as it goes out. Files that are not with the server yet are left out. */
export function letterOf(content: Content): Letter {
  const people = (field: Field): readonly Person[] => peopleIn(entriesOf(content, field));
  const rich = content.mode === 'rich';
  return {
    from: content.from,
    replyTo: content.replyTo,
    to: people('to'),
    cc: people('cc'),
    bcc: people('bcc'),
    subject: content.subject,
    mode: content.mode,
    text: wholeText(content),
    html: rich ? wholeHtml(content) : '',
    files: content.files.flatMap(attached),
    inReplyTo: content.inReplyTo,
    references: content.references,
  };
}

function attached({ key: _, blobId, ...file }: DraftFile): readonly AttachedFile[] {
  return blobId === undefined ? [] : [{ ...file, blobId }];
}

function wholeText({ text, quote }: Content): string {
  if (quote === undefined) return text;
  const quoted = quote.lead === '' ? quote.text : `${quote.lead}\n${quote.text}`;
  return quote.position === 'below' ? `${text.trimEnd()}\n\n${quoted}` : `${quoted}\n\n${text.trimStart()}`;
}

/** Own words in one box with their direction, then who wrote what is quoted, then that. */
function wholeHtml({ html, quote, direction }: Content): string {
  const own = `<div dir="${direction}">${html}</div>`;
  if (quote === undefined) return own;
  const quoted = quotedHtml(quote);
  return quote.position === 'below' ? `${own}${quoted}` : `${quoted}${own}`;
}

const QUOTE_STYLE = 'margin: 0 0 0 0.8ex; border-left: 2px solid #7f8b99; padding-left: 1ex';

function quotedHtml({ lead, text, html, isForward }: Quote): string {
  const inner = html === '' ? htmlOfText(isForward ? text : unquoted(text)) : html;
  const head = lead === '' ? '' : `<div dir="auto">${htmlOfText(lead)}</div>`;
  if (isForward) return `<br>${head}<br><div>${inner}</div>`;
  return `<br>${head}<blockquote type="cite" style="${QUOTE_STYLE}">${inner}</blockquote>`;
}

const unquoted = (text: string): string => text.replaceAll(/^> ?/gmu, '');

/** Text as HTML that says the same: a block for each line. */
export function htmlOfText(text: string): string {
  return text
    .replaceAll(/\r\n?/gu, '\n')
    .split('\n')
    .map((line) => `<div>${line === '' ? '<br>' : escaped(line)}</div>`)
    .join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/ {2}/gu, ' &nbsp;')
    .replace(/^ /u, '&nbsp;');
}

/** Whether plain text would lose something: anything but lines of text. */
export function hasFormat(html: string): boolean {
  return /<(?!\/?(?:div|br)\b)[a-z]/iu.test(html) || /<[^>]+\sstyle=/iu.test(html);
}

/** Whether two versions are the same letter, so that nothing need be saved. */
export const isSame = (a: Content, b: Content): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Wherever its files lie. */
export const withoutBlobs = (content: Content): Content => ({
  ...content,
  files: content.files.map(({ blobId: _, ...file }) => file),
});

// --- What a draft has to remember that no mail header says ---

/** Kept in a field of the draft that never goes out: what is sent is made anew, without it. */
export interface DraftFacts {
  /** The same over all versions of a draft. */
  readonly key: string;
  readonly identity: string;
  readonly original?: Original;
  readonly quote?: { readonly lead: string; readonly position: QuotePosition; readonly isForward: boolean };
  readonly unclear: Readonly<Record<Field, readonly string[]>>;
  readonly direction: Content['direction'];
}

export const FACTS_FIELD = 'header:X-Posthorn-Draft:asText';

export function factsOf(key: string, content: Content): DraftFacts {
  const { identity, original, quote, direction } = content;
  const unclear = (field: Field): readonly string[] => unclearIn(entriesOf(content, field));
  return {
    key,
    identity,
    ...(original === undefined ? {} : { original }),
    ...(quote === undefined
      ? {}
      : { quote: { lead: quote.lead, position: quote.position, isForward: quote.isForward } }),
    unclear: { to: unclear('to'), cc: unclear('cc'), bcc: unclear('bcc') },
    direction,
  };
}

/** ASCII with blanks, so that it can be folded wherever it is written. */
export function writeFacts(facts: DraftFacts): string {
  const octets = new TextEncoder().encode(JSON.stringify(facts));
  const base64 = btoa(Array.from(octets, (octet) => String.fromCodePoint(octet)).join(''));
  return base64.match(/.{1,60}/gu)?.join(' ') ?? '';
}

/** undefined: another program wrote the draft, or somebody else the field. */
export function readFacts(field: string | null | undefined): DraftFacts | undefined {
  if (field === null || field === undefined) return undefined;
  try {
    const octets = Uint8Array.from(atob(field.replaceAll(/\s+/gu, '')), (sign) => sign.codePointAt(0) ?? 0);
    const found = JSON.parse(new TextDecoder().decode(octets)) as DraftFacts;
    const { key, identity, unclear, direction } = found;
    const isRight =
      typeof key === 'string' &&
      typeof identity === 'string' &&
      ['auto', 'ltr', 'rtl'].includes(direction) &&
      FIELDS.every((one) => Array.isArray(unclear[one]) && unclear[one].every((text) => typeof text === 'string'));
    return isRight ? found : undefined;
  } catch {
    return undefined;
  }
}
