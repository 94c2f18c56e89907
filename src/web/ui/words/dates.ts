/** Times as people say them, in the reader's own time zone and way of writing. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The reader's English where they have one (en-GB, en-US), else English. */
function locale(): string {
  const languages = (globalThis as { navigator?: { languages?: readonly string[] } }).navigator?.languages ?? [];
  return languages.find((one) => one.startsWith('en')) ?? 'en-GB';
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  formats.set(key, made);
  return made.format(at);
}

/** Whole days between two times, by the calendar. */
function daysBetween(at: number, now: number): number {
  const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / DAY);
}

/** For a row: the time today, then "Yesterday", the weekday, the day, and the year where it is another. */
export function shortDate(at: number, now: number, words: { readonly yesterday: string }): string {
  if (Number.isNaN(at)) return '';
  const days = daysBetween(at, now);
  if (days === 0) return format(at, { timeStyle: 'short' });
  if (days === 1) return words.yesterday;
  if (days > 1 && days < 7) return format(at, { weekday: 'short' });
  if (new Date(at).getFullYear() === new Date(now).getFullYear()) return format(at, { day: 'numeric', month: 'short' });
  return format(at, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** For a message: Mon, 5 Oct 2026, 12:04. */
export const longDate = (at: number): string =>
  Number.isNaN(at)
    ? ''
    : format(at, {
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: 'numeric',
        minute: '2-digit',
      });

/** The reader's time zone as it is at that time: Europe/Berlin (GMT+1). */
export function zoneName(at: number): string {
  const zone = new Intl.DateTimeFormat(locale(), { timeZoneName: 'shortOffset' });
  const offset = zone.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const { timeZone } = zone.resolvedOptions();
  return timeZone === offset ? offset : `${timeZone} (${offset})`;
}

/** For a step of a journey: 5 Oct, 12:04:09. */
export const exactDate = (at: number): string =>
  Number.isNaN(at)
    ? ''
    : format(at, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit', second: '2-digit' });
