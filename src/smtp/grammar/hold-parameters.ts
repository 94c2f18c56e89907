/**
 * The parameters of RFC 4865: HOLDFOR and HOLDUNTIL of MAIL. Two ways to say one thing, so they
 * become one value: the time until which the message is held, in milliseconds since the epoch.
 */
import type { Reply } from '../../mail/index.ts';
import type { MailParameters, Offer } from './parameters.ts';
import { badArgument } from './refusals.ts';

/** hold-for-param = "HOLDFOR=" future-release-integer ; future-release-integer = %x31-39 *8DIGIT, in seconds */
export function holdForParameter(value: string | undefined, offer: Offer): Partial<MailParameters> | Reply {
  if (value === undefined || !/^[1-9][0-9]{0,8}$/.test(value))
    return badArgument('HOLDFOR is a number of seconds, as in HOLDFOR=3600');
  return heldUntil((offer.hold?.now ?? 0) + Number(value) * 1000, offer);
}

/** hold-until-param = "HOLDUNTIL=" date-time of RFC 3339 §5.6. A time that has passed holds nothing. */
export function holdUntilParameter(value: string | undefined, offer: Offer): Partial<MailParameters> | Reply {
  const time = value === undefined ? undefined : parseDateTime(value);
  return time === undefined
    ? badArgument('HOLDUNTIL is a date and time with its zone, as in HOLDUNTIL=2030-12-24T18:00:00Z')
    : heldUntil(time, offer);
}

function heldUntil(time: number, { hold }: Offer): Partial<MailParameters> | Reply {
  const { now, longest } = hold ?? { now: 0, longest: 0 };
  return time > now + longest
    ? badArgument(`A message is held for at most ${Math.floor(longest / 1000)} seconds here`)
    : { holdUntil: time };
}

/**
 * date-time = full-date "T" full-time ; full-time = partial-time ( "Z" / ("+" / "-") time-hour ":" time-minute )
 *
 * Undefined for what is none, the 30th of February included. A leap second is the second before it.
 */
function parseDateTime(text: string): number | undefined {
  const parts =
    /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d{1,9})?(Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i.exec(
      text,
    );
  if (parts === null) return undefined;
  const [, date = '', hour = '', minute = '', second = '', , , sign, offsetHour = '0', offsetMinute = '0'] = parts;
  const local = Date.parse(`${date}T${hour}:${minute}:${second === '60' ? '59' : second}Z`);
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 10) !== date) return undefined;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  return local - (sign === '-' ? -offset : offset);
}
