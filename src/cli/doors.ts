/** An open door as people are told of it. */
import type { Door } from '../app/index.ts';

const SAID: Record<Door['service'], string> = {
  smtp: 'mail from other servers (SMTP)',
  lmtp: 'mail from a mail server in front of this one (LMTP)',
  submission: 'mail from your mail program (submission, with a login)',
  pop3: 'fetching mail (POP3, with a login)',
};
const SAID_TLS: Record<Door['tls'], string> = {
  none: 'in clear',
  starttls: 'encrypted after STARTTLS/STLS',
  implicit: 'encrypted from the start',
};

/** "  127.0.0.1:2525        mail from other servers (SMTP), encrypted after STARTTLS/STLS" */
export function doorInWords({ host, port, service, tls }: Door): string {
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return `  ${place}`.padEnd(24) + `${SAID[service]}, ${SAID_TLS[tls]}`;
}
