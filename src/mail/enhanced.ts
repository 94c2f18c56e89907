/** Reading enhanced status codes (RFC 3463). What each of them means to people, reasons/ says. */
import type { EnhancedCode } from './reply.ts';

/** status-code = class "." subject "." detail ; class = "2" / "4" / "5" ; the others 1*3digit, without leading zeros (RFC 3463 §2) */
const SHAPE = /^([245])\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})(?= |\t|$)/;

/** The code that a reply's text starts with, and the text behind it; undefined when it starts with none (RFC 2034 §4). */
export function parseEnhanced(text: string): { readonly code: EnhancedCode; readonly text: string } | undefined {
  const found = SHAPE.exec(text)?.[0];
  return found === undefined ? undefined : { code: found as EnhancedCode, text: text.slice(found.length + 1) };
}
