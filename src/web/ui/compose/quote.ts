/** What stands of a letter in the answer to it: who wrote when, and the text with `> ` before each line. */
import { formatPerson } from './people.ts';
import type { Person } from './people.ts';

/** What is quoted, from JMAP's Email. */
export interface Quoted {
  readonly from: readonly Person[] | null;
  readonly to: readonly Person[] | null;
  readonly cc: readonly Person[] | null;
  readonly subject: string | null;
  /** RFC 3339, as its writer's clock said it; null where the letter has no Date that can be read. */
  readonly sentAt: string | null;
  readonly receivedAt: string;
}

/** Characters of a quote; the rest is left out, and that is said. */
const LONGEST_QUOTE = 200_000;

/** `On Thursday, 26 November 2026 at 14:02, Bob Stone <bob@b.test> wrote:` */
export function attribution(letter: Quoted, locale?: string): string {
  const at = new Date(letter.sentAt ?? letter.receivedAt);
  const when = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }).format(at);
  const writer = letter.from?.[0];
  return `On ${when}, ${writer === undefined ? 'somebody' : formatPerson(writer)} wrote:`;
}

/** Each line one deeper. Its signature is left out: nobody needs it twice. */
export function quoteText(text: string): string {
  const whole = withoutSignature(text.replaceAll(/\r\n?/gu, '\n')).trimEnd();
  const kept = whole.slice(0, LONGEST_QUOTE);
  const lines = kept.split('\n').map((line) => (line === '' ? '>' : line.startsWith('>') ? `>${line}` : `> ${line}`));
  return whole.length > kept.length ? `${lines.join('\n')}\n> […]` : lines.join('\n');
}

/** What stands above a letter that is handed on within another (as RFC 5322 §3.6.6 does not mean it): its header for people. */
export function forwardedHead(letter: Quoted, locale?: string): string {
  const at = new Date(letter.sentAt ?? letter.receivedAt);
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }).format(at);
  const people = (list: readonly Person[] | null): string => (list ?? []).map(formatPerson).join(', ');
  const fields = [
    ['From', people(letter.from)],
    ['Date', date],
    ['Subject', letter.subject ?? ''],
    ['To', people(letter.to)],
    ['Cc', people(letter.cc)],
  ].filter(([, value]) => value !== '');
  const head = fields.map(([name, value]) => `${name}: ${oneLine(value ?? '')}`).join('\n');
  return `---------- Forwarded message ----------\n${head}`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

/** From the last `-- ` line on, where it stands near the end: a list's footer in the middle of a text is none. */
function withoutSignature(text: string): string {
  const lines = text.split('\n');
  const at = lines.lastIndexOf('-- ');
  return at < 0 || lines.length - at > 12 ? text : lines.slice(0, at).join('\n');
}
