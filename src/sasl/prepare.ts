/**
 * Names and passwords are compared as octets, so they are brought into one form first, the same
 * when a password is set and when it is checked (RFC 8265 §4.2, OpaqueString; RFC 4616 §2).
 */

/** A password of more octets than this is refused: hashing it would cost time for nothing. */
const LONGEST = 1024;

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

function prepared(text: string): string | undefined {
  // NFC can at most triple the length; the first look keeps a large text from being normalised at all.
  if (text.length > LONGEST || !text.isWellFormed()) return undefined;
  const normal = text.normalize('NFC');
  if (normal === '' || Buffer.byteLength(normal) > LONGEST) return undefined;
  return /\p{Cc}/u.test(normal) ? undefined : normal;
}
