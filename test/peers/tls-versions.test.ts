/** swaks sends through each listener with TLS 1.2 and 1.3, verifying us; with TLS 1.1 through none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, run, startHost } from '../program.ts';
import type { Ran, RunningHost, Service, Tls } from '../program.ts';
import { maildropCount } from './maildrop.ts';
import { requirePeer } from './peers.ts';
import { FROM, TO } from './senders.ts';

/** As a server of the public Internet has them: 25, 587 and 465. */
const WAYS: readonly (readonly [name: string, Service, Tls])[] = [
  ['25, STARTTLS', 'smtp', 'starttls'],
  ['587, STARTTLS', 'submission', 'starttls'],
  ['465, implicit', 'submission', 'implicit'],
];
/** Ciphers that OpenSSL leaves out by default, among them those of TLS 1.1, so that it is we who refuse it. */
const EVERY_CIPHER = 'DEFAULT@SECLEVEL=0';

function send(
  swaks: string,
  host: RunningHost,
  [, service, tls]: (typeof WAYS)[number],
  tlsOptions: readonly string[],
): Promise<Ran> {
  const server = ['--server', 'localhost', '--port', String(host.port(service, tls)), '--ehlo', 'client.test', '-4'];
  const login = service === 'smtp' ? [] : ['--auth', 'PLAIN', '--auth-user', FROM, '--auth-password', PASSWORD];
  const verified = [tls === 'implicit' ? '--tlsc' : '--tls', '--tls-verify', '--tls-ca-path', host.certificate];
  const letter = ['--from', FROM, '--to', TO, '--header', 'Subject: TLS', '--body', 'Hello'];
  return run(swaks, [...server, ...verified, ...tlsOptions, ...login, ...letter]);
}

test('swaks, each listener with each version of TLS', async (t) => {
  const swaks = requirePeer(t, 'swaks');
  if (swaks === undefined || requirePeer(t, 'net-ssleay') === undefined) return;
  const host = await startHost(t, { accounts: [FROM, TO] });
  let sent = 0;

  for (const way of WAYS) {
    for (const [version, shown] of [
      ['tlsv1_2', 'TLSv1.2'],
      ['tlsv1_3', 'TLSv1.3'],
    ] as const) {
      await t.test(`${way[0]}: ${shown}`, async () => {
        const ran = await send(swaks, host, way, ['--tls-protocol', version]);
        assert.equal(ran.code, 0, `${ran.stdout}\n${ran.stderr}`);
        assert.match(ran.stdout, new RegExp(`TLS started with cipher ${shown.replace('.', '\\.')}:`));
        assert.match(ran.stdout, /^<~ {2}250 2\.0\.0 .* is our responsibility now$/m);
        sent += 1;
        assert.equal(await maildropCount(host, TO), sent);
      });
    }

    await t.test(`${way[0]}: TLS 1.1 is refused`, async () => {
      const old = ['--tls-protocol', 'tlsv1_1', '--tls-cipher', EVERY_CIPHER];
      const ran = await send(swaks, host, way, old);
      assert.notEqual(ran.code, 0);
      assert.match(`${ran.stdout}${ran.stderr}`, /TLS startup failed .*alert protocol version/);
      assert.equal(await maildropCount(host, TO), sent);
    });
  }
});
