/** Times that people send at, in the time zone they live in. */

/** So many days from now, at that hour. */
export function atHour(now: Date, days: number, hour: number): Date {
  const time = new Date(now);
  time.setDate(time.getDate() + days);
  time.setHours(hour, 0, 0, 0);
  return time;
}

/** The next Monday that has not begun. */
export function nextMonday(now: Date, hour: number): Date {
  return atHour(now, (8 - now.getDay()) % 7 || 7, hour);
}

/** As a field of type datetime-local has it. */
export function toLocalField(time: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date}T${two(time.getHours())}:${two(time.getMinutes())}`;
}
