/** Octets that must be UTF-8 (RFC 3629), as text; undefined where they aren't. */
export function utf8Text(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}
