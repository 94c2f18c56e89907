/** The line to a provider: our own POP3 server over real sockets and TLS, and scripted servers with habits of their own. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '../base/index.ts';
import { listen, loadTlsContext, makeSelfSigned } from '../net/index.ts';
import { servePop3 } from '../pop3/index.ts';
import { FakeMailbox, FakePolicy, fakeContext, fakeMessage } from '../pop3/testing.ts';
import { connect } from './connect.ts';
import type { RemoteLogin } from './connect.ts';
import type { MailServer } from './server.ts';
import { troubleOf } from './trouble.ts';
import type { Trouble } from './trouble.ts';

const LOGIN = { name: 'alice', password: 'pa ss word' };

async function certificate(names = ['localhost']) {
  const pair = await makeSelfSigned({ names, addresses: ['127.0.0.1'], days: 1, now: Date.now() });
  return { ...pair, context: loadTlsContext(pair.certPem, pair.keyPem) };
}

/** Our own server on loopback; the certificate can be changed while it runs. */
async function provider(t: TestContext, protection: MailServer['protection']) {
  const policy = new FakePolicy(new FakeMailbox([fakeMessage('Subject: one\r\n\r\nbody\r\n', 'u-1')]));
  let pair = await certificate();
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    timeouts: { read: 5_000 },
    maxConnections: 10,
    ...(protection === 'implicit' ? { implicitTls: () => pair.context } : {}),
    onConnection: (wire) =>
      servePop3(wire, fakeContext(policy, protection === 'starttls' ? { tls: () => pair.context } : {})),
    onRefused: () => '',
    onError: () => undefined,
  });
  t.after(() => listener.close({ drainMs: 0 }));
  const server: MailServer = {
    protocol: 'pop3',
    host: '127.0.0.1',
    port: listener.address.port,
    protection,
    authorities: pair.certPem,
  };
  return {
    server,
    policy,
    async renew(): Promise<void> {
      pair = await certificate();
    },
  };
}

async function tried(server: MailServer, login: RemoteLogin = LOGIN): Promise<Trouble | 'in'> {
  try {
    const { pop } = await connect({ server, login, clock: systemClock });
    await pop.quit();
    return 'in';
  } catch (error) {
    return troubleOf(error, server);
  }
}

test('in over TLS from the start and over STLS, by an authority that is trusted', async (t) => {
  for (const protection of ['implicit', 'starttls', 'clear'] as const) {
    const { server, policy } = await provider(t, protection);
    assert.equal(await tried(server), 'in', protection);
    assert.equal(policy.logins.length, 1);
  }
});

test('a certificate nobody vouches for is a question, and the password is not sent', async (t) => {
  for (const protection of ['implicit', 'starttls'] as const) {
    const { server, policy } = await provider(t, protection);
    const { authorities: _, ...stranger } = server;
    const asked = await tried(stranger);
    assert.ok(asked !== 'in' && asked.kind === 'certificate');
    assert.match(asked.you, /^Go back/);
    assert.match(asked.certificate?.sha256 ?? '', /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    assert.deepEqual(policy.logins, []);
    const pinned = { ...stranger, pinned: asked.certificate?.sha256 ?? '' };
    assert.equal(await tried(pinned), 'in', 'exactly this one is trusted');
  }
});

test('a pinned certificate that changes asks again, though an authority stands behind the new one', async (t) => {
  const { server, renew } = await provider(t, 'implicit');
  const { authorities: _, ...stranger } = server;
  const asked = await tried(stranger);
  const pinned = { ...server, pinned: asked === 'in' ? '' : (asked.certificate?.sha256 ?? '') };
  await renew();
  const again = await tried(pinned);
  assert.ok(again !== 'in' && again.kind === 'certificate-changed');
  assert.notEqual(again.certificate?.sha256, pinned.pinned);
});

test('a certificate for another name is told apart', async (t) => {
  const { server } = await provider(t, 'implicit');
  const asked = await tried({ ...server, host: 'localhost.localdomain' }).catch(() => 'in' as const);
  assert.ok(asked !== 'in');
  assert.ok(['certificate', 'no-answer'].includes(asked.kind));
});

test('never in clear off this machine', async () => {
  const server: MailServer = { protocol: 'pop3', host: 'pop.example.org', port: 110, protection: 'clear' };
  const refused = await tried(server);
  assert.ok(refused !== 'in' && refused.kind === 'would-be-clear');
});

test('a wrong password is told with the server’s words, and not tried again by itself', async (t) => {
  const { server } = await provider(t, 'implicit');
  const refused = await tried(server, { name: 'alice', password: 'wrong-secret' });
  assert.ok(refused !== 'in');
  assert.deepEqual([refused.kind, refused.next], ['wrong-login', 'ask']);
  assert.match(refused.words ?? '', /Wrong name or password/);
  assert.doesNotMatch(JSON.stringify(refused), /wrong-secret/);
});

/** Says its lines whatever it is told; a line for each command that comes. */
async function scripted(t: TestContext, greeting: string, answers: Readonly<Record<string, string>>) {
  const said: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(greeting);
    let rest = '';
    socket.on('data', (data) => {
      const lines = (rest + data.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        said.push(line);
        const answer = answers[line.split(' ')[0] ?? ''] ?? '-ERR what?\r\n';
        if (answer === '') socket.destroy();
        else socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const at = (protection: MailServer['protection']): MailServer => ({
    protocol: 'pop3',
    host: '127.0.0.1',
    port,
    protection,
  });
  return { at, said };
}

test('a server without STLS gets no password', async (t) => {
  const { at, said } = await scripted(t, '+OK hi\r\n', { CAPA: '+OK\r\nUSER\r\n.\r\n', STLS: '-ERR no\r\n' });
  const refused = await tried(at('starttls'));
  assert.ok(refused !== 'in' && refused.kind === 'no-tls');
  assert.ok(said.every((line) => !line.startsWith('USER') && !line.startsWith('PASS')));
});

test('what else a server may say at the door is a state with a next step', async (t) => {
  const capa = '+OK\r\nUSER\r\n.\r\n';
  const cases: readonly [Readonly<Record<string, string>>, string, 'again' | 'ask', number?][] = [
    [{ CAPA: capa, USER: '+OK\r\n', PASS: '-ERR [IN-USE] locked\r\n' }, 'in-use', 'again'],
    [{ CAPA: capa, USER: '+OK\r\n', PASS: '-ERR [LOGIN-DELAY] wait 90 seconds\r\n' }, 'login-delay', 'again', 90],
    [
      { CAPA: capa, USER: '+OK\r\n', PASS: '-ERR [login-delay] come back in 5 minutes\r\n' },
      'login-delay',
      'again',
      300,
    ],
    [{ CAPA: capa, USER: '+OK\r\n', PASS: '-ERR [LOGIN-DELAY] not so fast\r\n' }, 'login-delay', 'again', 60],
    [{ CAPA: capa, USER: '+OK\r\n', PASS: '-ERR [SYS/TEMP] later\r\n' }, 'server-busy', 'again'],
    [{ CAPA: capa, USER: '+OK\r\n', PASS: '-ERR [SYS/PERM] gone\r\n' }, 'refused', 'ask'],
    [{ CAPA: capa, USER: '+OK\r\n', PASS: '-ERR [AUTH] no\r\n' }, 'wrong-login', 'ask'],
    [{ CAPA: capa, USER: '+OK\r\n', PASS: '' }, 'cut', 'again'],
    [{ CAPA: capa, USER: 'hello\r\n' }, 'no-pop3', 'ask'],
  ];
  for (const [answers, kind, next, seconds] of cases) {
    const { at } = await scripted(t, '+OK hi\r\n', answers);
    const refused = await tried(at('clear'));
    assert.ok(refused !== 'in', kind);
    assert.deepEqual([refused.kind, refused.next, refused.waitSeconds], [kind, next, seconds], JSON.stringify(answers));
    for (const words of [refused.what, refused.why, refused.you]) assert.match(words, /[.!]$/, words);
  }
});

test('a port where nobody, or something else, answers is told as that', async (t) => {
  const { at } = await scripted(t, '220 mx.example.org ESMTP\r\n', {});
  const other = await tried(at('clear'));
  assert.ok(other !== 'in' && other.kind === 'no-pop3');
  const tls = await tried(at('implicit'));
  assert.ok(tls !== 'in' && tls.kind === 'certificate');
  const nobody = await tried({ ...at('clear'), port: 1 });
  assert.ok(nobody !== 'in' && nobody.kind === 'no-answer');
});

test('a token is shown only where TLS is, and a server that takes none is told as that', async (t) => {
  const token = { name: 'alice@a.test', token: 'to-ken' };
  const clear = await scripted(t, '+OK hi\r\n', { CAPA: '+OK\r\nSASL XOAUTH2\r\n.\r\n' });
  const refused = await tried(clear.at('clear'), token);
  assert.ok(refused !== 'in' && refused.kind === 'would-be-clear');
  assert.ok(clear.said.every((line) => !line.startsWith('AUTH')));
  const { server } = await provider(t, 'implicit');
  const none = await tried(server, token);
  assert.ok(none !== 'in' && none.kind === 'no-login');
});
