/** Posthorn as a server for the cases: its mailboxes filled over SMTP, as anybody would. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { sendMail } from '../conversation.ts';
import { findPeer } from '../peers/peers.ts';
import { PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { FRESH } from './pop3/dialogue.ts';
import type { Pop3Server } from './pop3/dialogue.ts';
import { MESSAGES } from './pop3/messages.ts';
import type { SmtpServer } from './smtp/dialogue.ts';
import type { SubmissionServer } from './smtp/submission.ts';

/** The mailboxes of the POP3 cases; those of the SMTP cases come besides. */
export const READERS: readonly string[] = Array.from({ length: FRESH + 1 }, (_, n) => `reader${n}@a.test`);

/** Hands out each mailbox once; the first is the one that is only read. */
export function mailboxes(password: string): Pick<Pop3Server, 'shared' | 'fresh'> {
  const [shared = '', ...rest] = READERS;
  return {
    shared: { user: shared, password },
    fresh() {
      const user = rest.shift();
      if (user === undefined) throw new Error('more cases change a maildrop than FRESH says');
      return { user, password };
    },
  };
}

export interface Servers {
  readonly smtp: SmtpServer;
  readonly pop3: Pop3Server;
}

export async function startPosthorn(t: TestContext): Promise<Servers> {
  const accounts = ['bob@a.test', 'alice@a.test', ...READERS];
  return filled(await startHost(t, { accounts, tables: '[limits]\nper_address = false\n' }), READERS);
}

/** What stands in front of a program to make it one with a fast clock: a minute is a second. */
export function fastClock(): readonly string[] {
  return [findPeer('faketime') as string, '-m', '-f', '+0 x60'];
}

export async function startFastPosthorn(t: TestContext): Promise<Servers> {
  const readers = READERS.slice(0, 6);
  const tables = '[limits]\nper_address = false\n';
  return filled(await startHost(t, { accounts: ['bob@a.test', ...readers], tables, under: fastClock() }), readers);
}

export async function startPosthornSubmission(t: TestContext): Promise<SubmissionServer> {
  const tables = '[login]\nplain_on_loopback = false\n';
  const user = 'alice@a.test';
  const host = await startHost(t, { accounts: ['bob@a.test', user], tables });
  return { port: host.port('submission'), user, password: PASSWORD };
}

async function filled(host: RunningHost, to: readonly string[]): Promise<Servers> {
  for (const text of MESSAGES) {
    const octets = Buffer.from(text.replace(/^\./gm, '..'), 'latin1');
    const parameters = ' BODY=8BITMIME';
    const answer = await sendMail(host.port('smtp'), { from: 'ann@b.test', to, text: octets, parameters });
    assert.match(answer, /^250/);
  }
  return { smtp: { port: host.port('smtp') }, pop3: { port: host.port('pop3'), ...mailboxes(PASSWORD) } };
}
