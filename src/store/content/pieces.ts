/** Octets in memory, handed on in pieces of the size that files are read in. */
export const PIECE = 65_536;

export function* pieces(bytes: Uint8Array): Iterable<Buffer> {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < whole.byteLength; at += PIECE) yield whole.subarray(at, at + PIECE);
}
