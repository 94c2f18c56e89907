/** Postfix and Dovecot as the provider of b.test, and a host of ours for a.test, each knowing the way to the other. */
import type { TestContext } from 'node:test';
import { PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { freePort } from './daemon.ts';
import { startDovecotPop3 } from './dovecot-pop3.ts';
import { startPostfix } from './postfix.ts';

export interface Provider {
  /** Dovecot's, TLS from the first octet; the login is `bob`, the password {@link PASSWORD}. */
  readonly pop3: number;
  /** Postfix's, STARTTLS; it relays for who has logged in at Dovecot. */
  readonly smtp: number;
  /** Ours, with alice@a.test. */
  readonly host: RunningHost;
}

/** Where {@link requirePostfix} said that it can be. */
export async function startProvider(t: TestContext): Promise<Provider> {
  const dovecot = await startDovecotPop3(t, 'bob', PASSWORD);
  const portA = await freePort();
  const own = `[smtp]\nlisten = ["127.0.0.1:${portA}"]\n[queue]\nretry = ["300ms"]\n`;
  const a = await startHost(t, { accounts: ['alice@a.test'], tables: own });
  const postfix = await startPostfix(t, {
    domains: ['b.test'],
    next: { domain: 'a.test', port: portA, certificate: a.certificate },
    settings: {
      virtual_mailbox_base: dovecot.mail,
      mynetworks: '',
      smtpd_sasl_auth_enable: 'yes',
      smtpd_sasl_type: 'dovecot',
      smtpd_sasl_path: dovecot.auth,
      smtpd_tls_auth_only: 'yes',
      smtpd_relay_restrictions: 'permit_sasl_authenticated, reject_unauth_destination',
    },
  });
  await a.stop();
  const route = `[[route]]\ndomain = "b.test"\nhost = "127.0.0.1"\nport = ${postfix.port}\n`;
  const host = await startHost(t, { state: a.state, tables: `${own}${route}` });
  return { pop3: dovecot.pop3, smtp: postfix.port, host };
}
