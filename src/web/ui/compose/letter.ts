/** A letter while it is written, and what of it the server is given (RFC 8621 §4.6, §7.5). */
import { toFlowed } from './flowed.ts';
import { sameAddress } from './people.ts';
import type { Person } from './people.ts';

/** A file with the letter: uploaded, so that it has a blob. */
export interface AttachedFile {
  readonly blobId: string;
  readonly name: string;
  readonly type: string;
  /** Octets. */
  readonly size: number;
  /** A picture in the text: the Content-ID that its HTML names, without angle brackets. */
  readonly cid?: string;
}

export interface Letter {
  readonly from: Person;
  readonly replyTo: readonly Person[] | null;
  readonly to: readonly Person[];
  readonly cc: readonly Person[];
  readonly bcc: readonly Person[];
  readonly subject: string;
  readonly mode: 'plain' | 'rich';
  /** The plain text; of a rich letter, what those see who can't see HTML. Lines end in LF. */
  readonly text: string;
  /** Clean HTML; '' in a plain letter. */
  readonly html: string;
  readonly files: readonly AttachedFile[];
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
}

type BodyPart = Readonly<Record<string, unknown>>;

/** The Email that `Email/set` makes of it. `keywords` and mailboxes are the caller's. */
export function emailOf(letter: Letter): Readonly<Record<string, unknown>> {
  const rich = letter.mode === 'rich';
  return {
    from: [cleanPerson(letter.from)],
    ...listOf('replyTo', letter.replyTo ?? []),
    ...listOf('to', letter.to),
    ...listOf('cc', letter.cc),
    ...listOf('bcc', letter.bcc),
    subject: oneLine(letter.subject),
    ...(letter.inReplyTo === null ? {} : { inReplyTo: letter.inReplyTo }),
    ...(letter.references === null ? {} : { references: letter.references }),
    bodyStructure: structureOf(letter),
    bodyValues: {
      text: { value: rich ? letter.text : toFlowed(letter.text) },
      ...(rich ? { html: { value: letter.html } } : {}),
    },
  };
}

/** mixed { related { alternative { text, html }, pictures }, files }, each only where there is more than one thing in it. */
function structureOf({ mode, files }: Letter): BodyPart {
  const inline = mode === 'rich' ? files.filter(({ cid }) => cid !== undefined) : [];
  const apart = files.filter((file) => !inline.includes(file));
  const plain = { partId: 'text', 'header:Content-Type': ' text/plain; charset=utf-8; format=flowed' };
  const text = { partId: 'text', type: 'text/plain' };
  const bodies = mode === 'plain' ? plain : multipart('alternative', [text, { partId: 'html', type: 'text/html' }]);
  const shown = inline.length === 0 ? bodies : multipart('related', [bodies, ...inline.map(partOf)]);
  return apart.length === 0 ? shown : multipart('mixed', [shown, ...apart.map(partOf)]);
}

function multipart(subtype: string, subParts: readonly BodyPart[]): BodyPart {
  return { type: `multipart/${subtype}`, subParts };
}

function partOf({ blobId, name, type, cid }: AttachedFile): BodyPart {
  return {
    blobId,
    type: /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/u.test(type) ? type.toLowerCase() : 'application/octet-stream',
    name: oneLine(name),
    disposition: cid === undefined ? 'attachment' : 'inline',
    ...(cid === undefined ? {} : { cid }),
  };
}

function listOf(name: string, people: readonly Person[]): Readonly<Record<string, readonly Person[]>> {
  return people.length === 0 ? {} : { [name]: people.map(cleanPerson) };
}

function cleanPerson({ name, email }: Person): Person {
  return { name: name === null ? null : oneLine(name), email };
}

/** No line end gets into a header, whatever was pasted; the server holds to that too. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\u0000-\u001f\u007f\u0085\u2028\u2029]+/gu, ' ').trim();
}

/** Everybody it goes to, each once. */
export function recipientsOf({ to, cc, bcc }: Pick<Letter, 'to' | 'cc' | 'bcc'>): readonly Person[] {
  const seen = new Set<string>();
  return [...to, ...cc, ...bcc].filter(({ email }) => {
    const key = sameAddress(email);
    return seen.has(key) ? false : (seen.add(key), true);
  });
}

/** Whether there is nothing in it that its writer would miss. */
export function isEmpty({ to, cc, bcc, subject, text, html, files }: Letter): boolean {
  const words = `${subject}${text}${html.replaceAll(/<[^>]*>|&nbsp;/gu, '')}`.trim();
  return words === '' && files.length === 0 && to.length + cc.length + bcc.length === 0;
}

/** When a letter is let go, in seconds from now or at a time (RFC 4865); nothing: at once. */
export type Hold = { readonly seconds: number } | { readonly until: Date } | undefined;

/** RFC 8621 §7. */
export interface Envelope {
  readonly mailFrom: { readonly email: string; readonly parameters: Readonly<Record<string, string | null>> | null };
  readonly rcptTo: readonly { readonly email: string; readonly parameters: object | null }[];
}

/** The same letter to the same people, let go at another time. */
export function heldUntil({ mailFrom, rcptTo }: Envelope, until: Date): Envelope {
  const others = Object.entries(mailFrom.parameters ?? {}).filter(([name]) => !/^HOLD(?:FOR|UNTIL)$/iu.test(name));
  return { mailFrom: { ...mailFrom, parameters: { ...Object.fromEntries(others), ...holdOf({ until }) } }, rcptTo };
}

/** The submission of a draft. The envelope names everybody, so that Bcc is in it and nowhere else. */
export function submissionOf(parts: {
  readonly letter: Letter;
  readonly identityId: string;
  readonly emailId: string;
  readonly hold: Hold;
}): Readonly<Record<string, unknown>> {
  const { letter, identityId, emailId, hold } = parts;
  return {
    identityId,
    emailId,
    envelope: {
      mailFrom: { email: letter.from.email, parameters: holdOf(hold) },
      rcptTo: recipientsOf(letter).map(({ email }) => ({ email, parameters: { NOTIFY: 'FAILURE,DELAY' } })),
    },
  };
}

function holdOf(hold: Hold): Readonly<Record<string, string>> | null {
  if (hold === undefined) return null;
  if ('until' in hold) return { HOLDUNTIL: hold.until.toISOString().replace(/\.\d+Z$/u, 'Z') };
  return hold.seconds <= 0 ? null : { HOLDFOR: String(Math.ceil(hold.seconds)) };
}
