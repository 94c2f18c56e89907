/**
 * Names and passwords are compared as octets, so they are brought into one form first, the same
 * when a password is set and when it is checked (RFC 8265 §4.2, OpaqueString; RFC 4616 §2). SCRAM is
 * older and has a form of its own (RFC 5802 §2.2: SASLprep, RFC 4013).
 */

/** A password of more octets than this is refused: hashing it would cost time for nothing. */
const LONGEST = 1024;

/** RFC 3454 C.1.2: every space that is not the one of ASCII. */
const OTHER_SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** RFC 3454 B.1 without U+200B, which the spaces have taken: marks that are not to be seen. */
const MAPPED_TO_NOTHING =
  /\u00ad|\u034f|\u1806|\u180b|\u180c|\u180d|\u200c|\u200d|\u2060|\ufe00|\ufe01|\ufe02|\ufe03|\ufe04|\ufe05|\ufe06|\ufe07|\ufe08|\ufe09|\ufe0a|\ufe0b|\ufe0c|\ufe0d|\ufe0e|\ufe0f|\ufeff/g;

/**
 * The password with every space one kind of space, in NFC; letter case is kept. Undefined when it
 * is empty, longer than 1,024 octets, not text, or holds a control character.
 */
export function preparePassword(password: string): string | undefined {
  return prepared(password.replace(/\p{Zs}/gu, ' '));
}

/** A login name in NFC; undefined under the same conditions. */
export function prepareName(name: string): string | undefined {
  return prepared(name);
}

/**
 * The form in which SCRAM hashes a password, so that all clients come to the same keys: other spaces become
 * spaces, invisible marks go, then NFKC. What SASLprep forbids (private use, mixed directions) is kept: a client
 * that refuses to send it can still log in with PLAIN. A text of invisible marks only stays as it is.
 */
export function saslPrep(text: string): string {
  const mapped = text.replace(OTHER_SPACES, ' ').replace(MAPPED_TO_NOTHING, '').normalize('NFKC');
  return mapped === '' ? text : mapped;
}

function prepared(text: string): string | undefined {
  // NFC can at most triple the length; the first look keeps a large text from being normalised at all.
  if (text.length > LONGEST || !text.isWellFormed()) return undefined;
  const normal = text.normalize('NFC');
  if (normal === '' || Buffer.byteLength(normal) > LONGEST) return undefined;
  return /\p{Cc}/u.test(normal) ? undefined : normal;
}
