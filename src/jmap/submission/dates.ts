/** UTCDate (RFC 8620 §1.4): without a fraction where it is none. */
export function utcDate(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
