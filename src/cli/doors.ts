/** An open door as people are told of it. */
import type { Door } from '../app/index.ts';

const SAID: Record<Door['service'], string> = {
  smtp: 'mail from other servers (SMTP)',
  lmtp: 'mail from a mail server in front of this one (LMTP)',
  submission: 'mail from your mail program (submission, with a login)',
  pop3: 'fetching mail (POP3, with a login)',
  web: 'your mail in the browser, and JMAP',
};
const SAID_TLS: Record<Door['tls'], string> = {
  none: 'in clear',
  starttls: 'encrypted after STARTTLS/STLS',
  implicit: 'encrypted from the start',
};

/** "  127.0.0.1:2525        mail from other servers (SMTP), encrypted after STARTTLS/STLS" */
export function doorInWords(door: Door): string {
  const place = door.service === 'web' ? webAddress(door) : placeOf(door);
  return `${`  ${place}`.padEnd(23)} ${SAID[door.service]}, ${SAID_TLS[door.tls]}`;
}

/** What to type into a browser. */
export function webAddress(door: Door): string {
  return `${door.tls === 'implicit' ? 'https' : 'http'}://${placeOf(door)}`;
}

function placeOf({ host, port }: Door): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
