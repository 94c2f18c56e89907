/** Kinds of settings that are numbers in the end: yes or no, ports, counts, durations (ms) and sizes (octets). */
import { bad, good, quoted } from './kind.ts';
import type { Kind } from './kind.ts';

export const flag: Kind<boolean> = {
  name: 'true or false',
  read: (words) =>
    typeof words === 'boolean'
      ? good(words)
      : bad(`${quoted(words)} is neither true nor false`, 'Write true or false, without quotes.'),
};

export const port: Kind<number> = {
  name: 'port',
  read: (words) =>
    isWhole(words) && words >= 1 && words <= 65_535
      ? good(words)
      : bad(`${quoted(words)} is not a port`, 'Write a number from 1 to 65535, without quotes.'),
};

/** How many of something, at least one. */
export function count(atMost: number): Kind<number> {
  return {
    name: 'number',
    read: (words) =>
      isWhole(words) && words >= 1 && words <= atMost
        ? good(words)
        : bad(
            `${quoted(words)} is not a number from 1 to ${atMost}`,
            `Write a whole number from 1 to ${atMost}, without quotes.`,
          ),
  };
}

const MS_OF: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SHORTEST = 1;
/** Ten years: anything longer is a slip, and would overflow dates on the way. */
const LONGEST = 3650 * 86_400_000;

/** Milliseconds of "200ms", "30s", "1.5m", "4h", "5d"; undefined for anything else. */
export function parseDuration(words: string): number | undefined {
  const [, amount, unit] = /^([0-9]{1,12}(?:\.[0-9]{1,3})?) ?(ms|s|m|h|d)$/.exec(words) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Math.round(Number(amount) * (MS_OF[unit] as number));
}

export const duration: Kind<number> = {
  name: 'duration',
  read(words) {
    if (isWhole(words))
      return bad(`${words} has no unit`, `Write it in quotes with one: "${words}s" for seconds, or ms, m, h, d.`);
    const ms = typeof words === 'string' ? parseDuration(words) : undefined;
    if (ms === undefined)
      return bad(
        `${quoted(words)} is not a duration`,
        'Write a number and a unit, as "200ms", "30s", "5m", "4h" or "5d".',
      );
    if (ms < SHORTEST) return bad(`${quoted(words)} is no time at all`, 'Write "1ms" or more.');
    if (ms > LONGEST) return bad(`${quoted(words)} is longer than ten years`, 'Write "3650d" or less.');
    return good(ms);
  },
};

/** A duration, or "off": 0. */
export const durationOrOff: Kind<number> = {
  name: 'duration or "off"',
  read(words, folder) {
    if (words === 'off') return good(0);
    const reading = duration.read(words, folder);
    return reading.ok || typeof words !== 'string' || parseDuration(words) !== 0
      ? reading
      : bad(`${quoted(words)} is no time at all`, 'Write "off" if you want none.');
  },
};

const OCTETS_OF: Readonly<Record<string, number>> = { b: 1, kb: 1000, mb: 1_000_000, gb: 1_000_000_000 };
const LARGEST_SIZE = 1_000_000_000_000;

/** Octets of "64KB", "50MB", "1.5GB", in units of 10^3; undefined for anything else. */
export function parseSize(words: string): number | undefined {
  const [, amount, unit] = /^([0-9]{1,12}(?:\.[0-9]{1,3})?) ?([kmg]?b)$/i.exec(words) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Math.round(Number(amount) * (OCTETS_OF[unit.toLowerCase()] as number));
}

export const size: Kind<number> = {
  name: 'size',
  read(words) {
    const octets = isWhole(words) ? words : typeof words === 'string' ? parseSize(words) : undefined;
    if (octets === undefined) {
      return bad(
        `${quoted(words)} is not a size`,
        'Write a number and a unit, as "64KB", "50MB" or "1GB" (units of 1000), or a number of octets without quotes.',
      );
    }
    if (octets < 1) return bad(`${quoted(words)} lets nothing through`, 'Write "1B" or more.');
    if (octets > LARGEST_SIZE) return bad(`${quoted(words)} is larger than a terabyte`, 'Write "1000GB" or less.');
    return good(octets);
  },
};

function isWhole(words: unknown): words is number {
  return typeof words === 'number' && Number.isSafeInteger(words);
}
