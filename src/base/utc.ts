/** A moment as people are told of it: UTC, to the second, "2026-01-31 14:02:01". */
export function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
