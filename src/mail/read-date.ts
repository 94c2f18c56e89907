/** Dates of mail, read (RFC 5322 §3.3, §4.3), as the world writes them. */

export interface ReadDate {
  /** Milliseconds since the epoch. */
  readonly ms: number;
  /** Minutes that the writer's clock was ahead of UTC. */
  readonly offset: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** obs-zone; any other name, and the letters that RFC 822 had wrong, say nothing: -0000. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
]);

/** Characters that are looked at. */
const LONGEST = 200;

/** date-time = [ day-of-week "," ] date time [CFWS]; undefined for what nobody can take for a date. */
export function readDate(value: string): ReadDate | undefined {
  const text = value.slice(0, LONGEST).replace(/\([^()]*(?:\([^()]*\)[^()]*)*\)/g, ' ').trim(); // prettier-ignore
  return readMailDate(text) ?? readUnixDate(text) ?? readIsoDate(text);
}

const TIME = '(\\d{1,2}) *[:.] *(\\d{1,2})(?: *[:.] *(\\d{1,2}))?(?:[.,]\\d+)?';
const ZONE = '(?:[ \\t]*(?:(?:GMT|UTC)?([+-])(\\d{2}):?(\\d{2})|([A-Za-z]{1,5})\\b))?';

/** "Thu, 13 Feb 1969 23:32:54 -0330", with one or two dashes instead of blanks, and without parts that can be missed */
const MAIL = new RegExp(`^(?:[^\\d,]{0,12},?[ \\t]*)(\\d{1,2})[ \\t-]*([A-Za-z]{3})[A-Za-z]*\\.?[ \\t,-]*(\\d{2,4})(?:[ \\t,]+${TIME}${ZONE})?`); // prettier-ignore

function readMailDate(text: string): ReadDate | undefined {
  const [whole, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes, zoneName] = MAIL.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return dateOf({ day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes, zoneName });
}

/** "Thu Feb 13 23:32:54 1969", what C's asctime writes; a zone before or after the year */
const UNIX = new RegExp(`^[A-Za-z]{3},?[ \\t]+([A-Za-z]{3})[A-Za-z]*[ \\t]+(\\d{1,2}),?[ \\t]+${TIME}(?:[ \\t]+([A-Z]{2,5}))?[ \\t]+(\\d{4})${ZONE}`); // prettier-ignore

function readUnixDate(text: string): ReadDate | undefined {
  const found = UNIX.exec(text);
  if (found === null) return undefined;
  const [, month, day, hour, minute, second, before, year, sign, zoneHours, zoneMinutes, zoneName] = found;
  return dateOf({ day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes, zoneName: before ?? zoneName });
}

/** "1969-02-13T23:32:54-03:30" (RFC 3339) */
const ISO = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})(?:[T ]${TIME}${ZONE})?`);

function readIsoDate(text: string): ReadDate | undefined {
  const [whole, year, month, day, hour, minute, second, sign, zoneHours, zoneMinutes, zoneName] = ISO.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const name = MONTHS[Number(month) - 1];
  return dateOf({ day, month: name, year, hour, minute, second, sign, zoneHours, zoneMinutes, zoneName });
}

type Piece = string | undefined;

interface Pieces {
  readonly day: Piece;
  readonly month: Piece;
  readonly year: Piece;
  readonly hour: Piece;
  readonly minute: Piece;
  readonly second: Piece;
  readonly sign: Piece;
  readonly zoneHours: Piece;
  readonly zoneMinutes: Piece;
  readonly zoneName: Piece;
}

function dateOf(pieces: Pieces): ReadDate | undefined {
  const month = MONTHS.indexOf((pieces.month ?? '').toLowerCase());
  const [day, hour, minute, second] = [pieces.day, pieces.hour, pieces.minute, pieces.second].map((n) => Number(n ?? 0)) as [number, number, number, number]; // prettier-ignore
  if (month < 0 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  const offset = offsetOf(pieces);
  const date = new Date(0);
  date.setUTCFullYear(yearOf(pieces.year ?? ''), month, day);
  // There is no leap second in milliseconds.
  date.setUTCHours(hour, minute, Math.min(second, 59));
  return { ms: date.getTime() - offset * 60_000, offset };
}

/** obs-year (RFC 5322 §4.3): two digits up to 49 mean this century, and three count from 1900. */
function yearOf(digits: string): number {
  const year = Number(digits);
  if (digits.length >= 4) return year;
  return digits.length === 3 || year > 49 ? year + 1900 : year + 2000;
}

function offsetOf({ sign, zoneHours, zoneMinutes, zoneName }: Pieces): number {
  if (sign === undefined) return ZONES.get((zoneName ?? '').toLowerCase()) ?? 0;
  const minutes = Number(zoneHours) * 60 + Number(zoneMinutes);
  // RFC 3339 has no more than 23:59.
  return minutes >= 1_440 ? 0 : sign === '-' ? -minutes : minutes;
}

/** "1969-02-13T23:32:54-03:30": JMAP's Date (RFC 8620 §1.4), in the writer's zone. */
export function formatJmapDate({ ms, offset }: ReadDate): string {
  const local = new Date(ms + offset * 60_000).toISOString().replace(/\.\d+Z$/, '');
  if (offset === 0) return `${local}Z`;
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.abs(offset);
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
