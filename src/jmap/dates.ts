/** Times as JMAP writes them (RFC 8620 §1.4). */

/** UTCDate in whole seconds, as mail counts them. */
export function formatUtcDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** A UTCDate in milliseconds since the epoch; undefined for anything else. */
export function parseUtcDate(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(value)) return undefined;
  const at = Date.parse(value);
  // The 31st of February is the 3rd of March to Date.
  return Number.isNaN(at) || !value.startsWith(new Date(at).toISOString().slice(0, 19)) ? undefined : at;
}
