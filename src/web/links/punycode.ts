/** A-labels back into letters (RFC 3492 §6.2): browsers only know the other way. */

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const HIGHEST = 0x10ffff;

/** "xn--bcher-kva.example" → "bücher.example". A label that is no right A-label stays as it is. */
export function hostInLetters(host: string): string {
  return host.split('.').map(labelInLetters).join('.');
}

function labelInLetters(label: string): string {
  if (!/^xn--[a-z0-9-]+$/.test(label)) return label;
  const letters = decode(label.slice(4));
  // Only what leads back to the same label is shown as letters (UTS 46; URL is the browser's own reading).
  return letters !== undefined && asciiOf(letters) === label ? letters : label;
}

function asciiOf(label: string): string | undefined {
  return URL.canParse(`http://${label}.test/`) ? new URL(`http://${label}.test/`).hostname.slice(0, -5) : undefined;
}

/** Undefined when it is no punycode. */
function decode(text: string): string | undefined {
  const hyphen = text.lastIndexOf('-');
  const points = Array.from(text.slice(0, Math.max(0, hyphen)), (letter) => letter.charCodeAt(0));
  let rest = text.slice(hyphen + 1);
  let n = INITIAL_N;
  let bias = INITIAL_BIAS;
  for (let i = 0; rest !== '';) {
    const read = readNumber(rest, bias);
    if (read === undefined) return undefined;
    const length = points.length + 1;
    bias = adapt(read.value, length, i === 0);
    const at = i + read.value;
    n += Math.floor(at / length);
    if (n > HIGHEST) return undefined;
    points.splice(at % length, 0, n);
    i = (at % length) + 1;
    rest = rest.slice(read.length);
  }
  return String.fromCodePoint(...points);
}

/** A generalised variable-length integer (§3.3). */
function readNumber(text: string, bias: number): { readonly value: number; readonly length: number } | undefined {
  let value = 0;
  let weight = 1;
  for (let at = 0; at < text.length; at++) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit === undefined) return undefined;
    value += digit * weight;
    if (value > 0x7fffffff) return undefined;
    const threshold = Math.min(T_MAX, Math.max(T_MIN, BASE * (at + 1) - bias));
    if (digit < threshold) return { value, length: at + 1 };
    weight *= BASE - threshold;
  }
  return undefined;
}

function digitOf(code: number): number | undefined {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 26;
  return undefined;
}

/** §6.1 */
function adapt(delta: number, points: number, first: boolean): number {
  let left = Math.floor(delta / (first ? DAMP : 2));
  left += Math.floor(left / points);
  let k = 0;
  for (; left > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) left = Math.floor(left / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * left) / (left + SKEW));
}
