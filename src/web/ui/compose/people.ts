/**
 * The people a letter goes to, as somebody types or pastes them: `Bob Stone <bob@b.test>, carol@c.test; "Lee, A." <a@l.test>`.
 * What can't be an address stays what it was, with a sentence that says why: nothing typed is ever lost.
 */

/** JMAP's EmailAddress (RFC 8621 §4.1.2.3). */
export interface Person {
  readonly name: string | null;
  readonly email: string;
}

export type Entry =
  | { readonly kind: 'person'; readonly person: Person }
  /** As typed, and what is wrong with it. */
  | { readonly kind: 'unclear'; readonly text: string; readonly why: string };

/** More than this in one field is a mailing list's work, and a server would refuse it. */
const MOST_PEOPLE = 1_000;
const TOO_MANY = 'More than 1,000 people at once are too many for one message: these were left over.';

/** Octets of a local part and of a domain (RFC 5321 §4.5.3.1). */
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;
/** Of a part of a domain (RFC 1035 §2.3.4). */
const LONGEST_LABEL = 63;

/** Nothing that is seen: pages put them into what is copied from them, to break lines or to turn them round. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/** Splits at commas, semicolons and line ends that stand outside quotes, comments and angle brackets. */
export function splitPeople(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  let angle = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] as string;
    if (quoted && sign === '\\') {
      part += sign + (text[++at] ?? '');
      continue;
    }
    // A quote that never ends would swallow every person behind it.
    if (sign === '"' && (quoted || text.includes('"', at + 1))) quoted = !quoted;
    else if (!quoted && sign === '<') angle = true;
    else if (!quoted && sign === '>') angle = false;
    const splits = !quoted && (sign === '\n' || sign === '\r' || sign === '\t' || (!angle && /[,;]/u.test(sign)));
    if (!splits) part += sign;
    else {
      parts.push(part);
      part = '';
      angle = false;
    }
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '');
}

/** Each once: the first time an address is named counts, with its name. */
export function readPeople(text: string): readonly Entry[] {
  const all = splitPeople(text);
  const entries = all.slice(0, MOST_PEOPLE).map(readPerson);
  if (all.length > MOST_PEOPLE)
    entries.push({ kind: 'unclear', text: all.slice(MOST_PEOPLE).join(', '), why: TOO_MANY });
  const seen = new Set<string>();
  return entries.filter((entry) => {
    if (entry.kind === 'unclear') return true;
    const key = sameAddress(entry.person.email);
    return seen.has(key) ? false : (seen.add(key), true);
  });
}

export function readPerson(text: string): Entry {
  const unclear = (why: string): Entry => ({ kind: 'unclear', text, why });
  const open = text.lastIndexOf('<');
  const email = (open < 0 ? text : text.slice(open + 1, text.endsWith('>') ? -1 : undefined))
    .replaceAll(INVISIBLE, '')
    .trim()
    .replace(/^mailto:/iu, '');
  const why = whyNoAddress(email);
  if (why !== undefined) return unclear(why);
  const name = open < 0 ? '' : plainName(text.slice(0, open));
  return { kind: 'person', person: { name: name === '' ? null : name, email } };
}

/** In words, what keeps a text from being an address; undefined where nothing does. */
export function whyNoAddress(email: string): string | undefined {
  const at = email.lastIndexOf('@');
  if (at < 0) return 'An address has an @ in it, as in bob@example.org.';
  const local = email.slice(0, at);
  const domain = email.slice(at + 1);
  if (local === '') return 'Before the @ stands whose mailbox it is; nothing stands there.';
  if (domain === '') return 'Behind the @ stands the domain, as in bob@example.org; nothing stands there.';
  if (/[\u0000-\u001f\u007f]/u.test(email)) return 'There is an invisible control character in it.';
  const quoted = /^"(?:[^"\\]|\\.)*"$/u.test(local);
  if (!quoted && /[\s"(),:;<>@[\\\]]/u.test(local))
    return 'There is a blank or a sign before the @ that an address can’t have.';
  if (!quoted && (local.startsWith('.') || local.endsWith('.') || local.includes('..')))
    return 'The part before the @ has a dot where none can be.';
  if (octets(local) > LONGEST_LOCAL) return 'The part before the @ is longer than 64 characters.';
  return whyNoDomain(domain);
}

function whyNoDomain(domain: string): string | undefined {
  if (/^\[(?:IPv6:)?[0-9a-f.:]+\]$/iu.test(domain)) return undefined;
  if (/[^\p{L}\p{M}\p{N}.\u3002\uff0e\uff61-]/u.test(domain))
    return 'There is a blank or a sign in the domain that it can’t have.';
  if (domain.split('.').some((label) => label === '')) return 'The domain has a dot where none can be.';
  if (domain.split('.').some((label) => label.startsWith('-') || label.endsWith('-')))
    return 'A part of the domain begins or ends with a hyphen.';
  if (/^[0-9]+$/u.test(domain.slice(domain.lastIndexOf('.') + 1)))
    return 'The domain ends in a number. The address of a machine is written in brackets: [192.0.2.1].';
  if (domain.split('.').some((label) => octets(label) > LONGEST_LABEL))
    return 'A part of the domain is longer than 63 characters.';
  if (octets(domain) > LONGEST_DOMAIN) return 'The domain is longer than 255 characters.';
  return undefined;
}

/** As typed again: the name in quotes where it needs them. */
export function formatPerson({ name, email }: Person): string {
  if (name === null || name.trim() === '') return email;
  const plain = /^[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~ ]+$/u.test(name);
  return `${plain ? name : `"${name.replaceAll(/["\\]/gu, '\\$&')}"`} <${email}>`;
}

/** What two addresses have in common when they are the same mailbox to us: case makes no difference in practice. */
export function sameAddress(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

function plainName(text: string): string {
  const name = text.trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"$/su.exec(name);
  const plain = quoted === null ? name : (quoted[1] as string).replaceAll(/\\(.)/gsu, '$1');
  return plain.replaceAll(/[\s\u0000-\u001f\u007f]+/gu, ' ').trim();
}

function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}
