/** The TLS of each listener, seen by OpenSSL and by Postfix's own tool: the handshake, the certificate, and that a command works behind it. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run, scratch, startHost } from '../program.ts';
import type { RunningHost, Service, Tls } from '../program.ts';
import { requirePeer } from './peers.ts';

const LISTENERS: readonly (readonly [Service, Tls])[] = [
  ['smtp', 'starttls'],
  ['submission', 'starttls'],
  ['submission', 'implicit'],
  ['pop3', 'starttls'],
  ['pop3', 'implicit'],
];

function clientArguments(host: RunningHost, service: Service, tls: Tls): readonly string[] {
  const way = tls === 'implicit' ? [] : ['-starttls', service === 'pop3' ? 'pop3' : 'smtp'];
  return ['s_client', '-connect', `127.0.0.1:${host.port(service, tls)}`, ...way, '-CAfile', host.certificate];
}

test('TLS at every listener', async (t) => {
  const openssl = requirePeer(t, 'openssl');
  if (openssl === undefined) return;
  const host = await startHost(t, { accounts: ['alice@a.test'] });

  for (const [service, tls] of LISTENERS) {
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      await t.test(`${service}, ${tls}, ${version}: the certificate is right and a command is answered`, async () => {
        const flag = `-${version.toLowerCase().replace('v', '').replace('.', '_')}`;
        const strict = ['-verify_return_error', '-verify_hostname', 'localhost', '-servername', 'localhost'];
        const command = service === 'pop3' ? 'CAPA\r\nQUIT\r\n' : 'EHLO client.test\r\nQUIT\r\n';
        const args = [...clientArguments(host, service, tls), ...strict, flag, '-crlf', '-ign_eof'];
        const ran = await run(openssl, args, { input: command.replaceAll('\r', '') });
        assert.equal(ran.code, 0, ran.stderr);
        assert.match(ran.stdout, /Verify return code: 0 \(ok\)/);
        assert.match(ran.stdout, new RegExp(`(New|Reused), ${version.replace('.', '\\.')}, Cipher is (?!\\(NONE\\))`));
        const login = service === 'pop3' ? /\nUSER\r?\n/ : /\n250[ -]SIZE /;
        assert.match(ran.stdout, login);
        if (service === 'submission') assert.match(ran.stdout, /\n250[ -]AUTH /);
        // Within TLS it isn't offered again (RFC 3207 §4.2, RFC 2595 §4).
        const second = ran.stdout.slice(ran.stdout.indexOf('Verify return code'));
        assert.doesNotMatch(second, /\n(?:250[ -]STARTTLS|STLS)\r?\n/);
      });
    }

    await t.test(`${service}, ${tls}: TLS 1.1 is refused, and a wrong name is seen`, async () => {
      const old = ['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'];
      const refused = await run(openssl, [...clientArguments(host, service, tls), ...old]);
      assert.notEqual(refused.code, 0);
      assert.match(refused.stdout, /Cipher is \(NONE\)/);
      const name = ['-verify_return_error', '-verify_hostname', 'other.test'];
      const wrong = await run(openssl, [...clientArguments(host, service, tls), ...name]);
      assert.notEqual(wrong.code, 0);
      assert.match(wrong.stderr, /hostname mismatch/i);
    });
  }

  await t.test('posttls-finger trusts the port for other servers', async (t) => {
    const finger = requirePeer(t, 'posttls-finger');
    if (finger === undefined) return;
    const config = await scratch(t);
    await writeFile(
      join(config, 'main.cf'),
      'compatibility_level = 3.6\ninet_protocols = ipv4\nmyhostname = mx.b.test\n',
    );
    const trust = ['-c', '-l', 'secure', '-F', host.certificate, '-L', 'summary'];
    const ran = await run(finger, [...trust, `[127.0.0.1]:${host.port('smtp')}`, 'localhost'], {
      env: { MAIL_CONFIG: config },
    });
    assert.match(`${ran.stdout}${ran.stderr}`, /Verified TLS connection established to 127\.0\.0\.1.*: TLSv1\.3 /);
    assert.equal(ran.code, 0, ran.stderr);
  });
});
