/**
 * Whom an answer goes to, what it is called and how it hangs together with what it answers (RFC 5322 §3.6.2–§3.6.4).
 */
import { sameAddress } from './people.ts';
import type { Person } from './people.ts';

/** What of a letter an answer needs to know: properties of JMAP's Email (RFC 8621 §4.1). */
export interface Answered {
  readonly from: readonly Person[] | null;
  readonly replyTo: readonly Person[] | null;
  readonly to: readonly Person[] | null;
  readonly cc: readonly Person[] | null;
  readonly subject: string | null;
  readonly messageId: readonly string[] | null;
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
}

/** An address that mail is written from. */
export interface Sender {
  readonly id: string;
  readonly email: string;
}

/** References that are kept: the first, which names the thread, and the newest (RFC 5322 §3.6.4 sets no limit). */
const MOST_REFERENCES = 50;

/**
 * To: who asked to be answered, else who wrote. Where that is oneself (one's own sent letter), whom one wrote to, so that
 * an answer to it goes on with the same people.
 */
export function answerTo(letter: Answered, own: readonly string[]): readonly Person[] {
  const asked = nobodyTwice(letter.replyTo ?? []);
  const writers = asked.length > 0 ? asked : nobodyTwice(letter.from ?? []);
  if (writers.length > 0 && writers.every(isOneOf(own))) {
    const to = nobodyTwice(letter.to ?? []);
    return to.length > 0 ? to : writers;
  }
  return writers;
}

/** Everybody who had the letter, oneself left out, each once: To stays To as RFC 5322 §3.6.3 suggests, the others Cc. */
export function answerAll(
  letter: Answered,
  own: readonly string[],
): { readonly to: readonly Person[]; readonly cc: readonly Person[] } {
  const to = answerTo(letter, own);
  const taken = new Set(to.map(({ email }) => sameAddress(email)));
  const others = nobodyTwice([...(letter.to ?? []), ...(letter.cc ?? [])]).filter(
    (person) => !taken.has(sameAddress(person.email)) && !isOneOf(own)(person),
  );
  return { to, cc: others };
}

/**
 * Whether one had the letter though none of those who read it could see that: by Bcc (RFC 5322 §3.6.3), where an answer to
 * all would tell. A letter of one's own, or with nobody else in it, gives nothing away.
 */
export function wasBlind(letter: Answered, own: readonly string[]): boolean {
  const isOwn = isOneOf(own);
  const seen = [...(letter.to ?? []), ...(letter.cc ?? [])];
  return seen.length > 0 && !seen.some(isOwn) && !(letter.from ?? []).some(isOwn);
}

/** The address the letter came to, so that the answer comes from where it was asked; else the first. */
export function answerFrom<S extends Sender>(letter: Answered, senders: readonly S[]): S | undefined {
  const named = [...(letter.to ?? []), ...(letter.cc ?? []), ...(letter.from ?? [])].map(({ email }) => email);
  for (const email of named) {
    const sender = senders.find((one) => covers(one.email, email));
    if (sender !== undefined) return sender;
  }
  return senders[0];
}

/** `bob+list@b.test` came to bob@b.test, `*@b.test` is everybody there. */
function covers(own: string, email: string): boolean {
  const [mine, theirs] = [sameAddress(own), sameAddress(email)];
  if (mine === theirs || mine === withoutDetail(theirs)) return true;
  return mine.startsWith('*@') && theirs.endsWith(mine.slice(1));
}

function withoutDetail(email: string): string {
  const at = email.lastIndexOf('@');
  const plus = email.indexOf('+');
  return plus > 0 && plus < at ? email.slice(0, plus) + email.slice(at) : email;
}

/** RFC 5322 §3.6.4: In-Reply-To is what is answered; References what that had, and it. */
export function answerThread(letter: Answered): {
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
} {
  const ids = letter.messageId ?? [];
  if (ids.length === 0) return { inReplyTo: null, references: null };
  const single = letter.inReplyTo?.length === 1 ? letter.inReplyTo : [];
  const before = (letter.references?.length ?? 0) > 0 ? (letter.references ?? []) : single;
  const all = [...new Set([...before, ...ids])];
  const kept = all.length <= MOST_REFERENCES ? all : [all[0] as string, ...all.slice(1 - MOST_REFERENCES)];
  return { inReplyTo: ids, references: kept };
}

/** The ways answers and forwards are marked in the languages that mail programs speak. */
const ANSWER_MARKS = /^(?:(?:re|aw|antw|sv|vs|odp|rif|res|回复|答复|回覆)(?:\[\d+\]|\(\d+\)|\*\d+)?\s*[:：]\s*)+/iu;
const FORWARD_MARKS = /^(?:(?:fwd?|wg|tr|vb|rv|转发|轉寄)\s*[:：]\s*)+/iu;

/** One `Re:`, however many there were. */
export function answerSubject(subject: string | null): string {
  return `Re: ${plain(subject).replace(ANSWER_MARKS, '')}`.trimEnd();
}

export function forwardSubject(subject: string | null): string {
  return `Fwd: ${plain(subject).replace(FORWARD_MARKS, '')}`.trimEnd();
}

function plain(subject: string | null): string {
  return (subject ?? '').replaceAll(/[\s\u0000-\u001f\u007f]+/gu, ' ').trim();
}

function nobodyTwice(people: readonly Person[]): readonly Person[] {
  const seen = new Set<string>();
  return people.filter(({ email }) => {
    const key = sameAddress(email);
    return key === '' || seen.has(key) ? false : (seen.add(key), true);
  });
}

function isOneOf(own: readonly string[]): (person: Person) => boolean {
  return ({ email }) => own.some((one) => covers(one, email));
}
