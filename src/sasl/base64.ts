/**
 * Base 64 as SASL profiles demand it (RFC 4954 §4, RFC 5034 §4): strict, because what one decoder
 * skips and another doesn't is a way to say two things at once (RFC 4648 §3, §12).
 */

/** The octets, or undefined when `text` is not exactly what an encoder gives. '' is no octets; "=" is for the protocol to know. */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const octets = Buffer.from(text, 'base64');
  // Bits that stand behind the last octet must be zero (RFC 4648 §3.5).
  return octets.toString('base64') === text ? octets : undefined;
}
