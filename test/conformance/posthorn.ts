/** Posthorn as a server for the cases: its mailboxes filled over SMTP, as anybody would. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { sendMail } from '../conversation.ts';
import { PASSWORD, startHost } from '../program.ts';
import { FRESH } from './pop3/dialogue.ts';
import type { Pop3Server } from './pop3/dialogue.ts';
import { MESSAGES } from './pop3/messages.ts';
import type { SmtpServer } from './smtp/dialogue.ts';

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

export async function startPosthorn(t: TestContext): Promise<{ readonly smtp: SmtpServer; readonly pop3: Pop3Server }> {
  const accounts = ['bob@a.test', 'alice@a.test', ...READERS];
  const host = await startHost(t, { accounts, tables: '[limits]\nper_address = false\n' });
  for (const text of MESSAGES) {
    const octets = Buffer.from(text.replace(/^\./gm, '..'), 'latin1');
    const parameters = ' BODY=8BITMIME';
    const answer = await sendMail(host.port('smtp'), { from: 'ann@b.test', to: READERS, text: octets, parameters });
    assert.match(answer, /^250/);
  }
  return { smtp: { port: host.port('smtp') }, pop3: { port: host.port('pop3'), ...mailboxes(PASSWORD) } };
}
