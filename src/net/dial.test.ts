import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { systemClock } from '../base/index.ts';
import type { Clock } from '../base/index.ts';
import { FakeClock, settle } from '../base/testing.ts';
import { loadTlsContext } from './certificates.ts';
import { dial } from './dial.ts';
import type { DialOptions } from './dial.ts';
import { listening, openSockets } from './fake-connection.ts';
import { makeSelfSigned } from './self-signed.ts';
import { socketWire } from './socket.ts';
import { WireError } from './wire.ts';

after(async () => {
  assert.deepEqual(await openSockets(), []);
});

const kindOf = (kind: string) => (error: unknown) => error instanceof WireError && error.kind === kind;
const certificate = (names: string[], addresses: string[] = [], now = Date.now()) =>
  makeSelfSigned({ names, addresses, days: 1, now });
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A server that shakes hands on every connection with one certificate. */
async function tlsServer(
  t: { after(fn: () => void): void },
  pair: { certPem: string; keyPem: string },
): Promise<Server> {
  const context = loadTlsContext(pair.certPem, pair.keyPem);
  const server = await listening(t);
  server.on('connection', (socket: Socket) => {
    const wire = socketWire(socket, { clock: systemClock, timeout: 2000, held: true });
    t.after(() => {
      wire.destroy();
    });
    void wire
      .startTls({ role: 'server', context })
      .then(
        () => wire.write('220 hi\r\n'),
        () => undefined,
      )
      .then(() => wire.flush())
      .catch(() => undefined);
  });
  return server;
}

function options(server: Server, more: Partial<DialOptions> = {}): DialOptions {
  return { host: '127.0.0.1', port: portOf(server), clock: systemClock, timeout: 2000, ...more };
}

test('a wire to a socket of this machine', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-dial-'));
  const path = join(folder, 'lmtp');
  const server = createServer((socket) => socket.end('220 hi\r\n'));
  server.listen(path);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const wire = await dial({ host: `unix:${path}`, port: 0, clock: systemClock, timeout: 2000 });
  const line = await wire.readLine(512);
  assert.equal(line.kind === 'line' && line.bytes.toString(), '220 hi');
  await wire.close();
  await assert.rejects(
    dial({ host: `unix:${path}.not`, port: 0, clock: systemClock, timeout: 2000 }),
    /unix:.*\/lmtp\.not can't be reached \(ENOENT\)/,
  );
});

test('a wire to a server', async (t) => {
  const server = await listening(t);
  server.on('connection', (socket: Socket) => socket.end('220 hi\r\n'));
  const wire = await dial(options(server));
  const line = await wire.readLine(512);
  assert.equal(line.kind === 'line' && line.bytes.toString(), '220 hi');
  assert.equal(wire.peer.port, portOf(server));
  assert.equal(wire.local.address, '127.0.0.1');
  await wire.close();
});

test('a closed port refuses', async (t) => {
  const server = await listening(t);
  const refused = options(server);
  server.close();
  await once(server, 'close');
  await assert.rejects(
    dial(refused),
    (error) => kindOf('refused')(error) && /127\.0\.0\.1:\d+ refuses/.test(String(error)),
  );
});

test('an address that no packet reaches is unreachable', async () => {
  // The broadcast address can't be connected to, on any machine, without a packet leaving it.
  await assert.rejects(
    dial({ host: '255.255.255.255', port: 25, clock: systemClock, timeout: 2000 }),
    kindOf('unreachable'),
  );
});

test('a time-out and an abort end the attempt, and leave no timer', async (t) => {
  const server = await listening(t);
  const clock = new FakeClock();
  const controller = new AbortController();
  const aborted = dial(options(server, { clock, signal: controller.signal }));
  controller.abort(new Error('enough'));
  await assert.rejects(aborted, /enough/);
  await assert.rejects(dial(options(server, { clock, signal: controller.signal })), /enough/);
  assert.equal(clock.pending, 0);
  await assert.rejects(dial(options(server, { clock: hasty })), kindOf('timeout'));
});

/** A clock on which every wait is over before the network can answer. */
const hasty: Clock = {
  ...systemClock,
  after(_ms, fn) {
    queueMicrotask(fn);
    return () => undefined;
  },
};

test('[3207-4.1-name] a certificate for the name, by an authority we trust, is verified', async (t) => {
  const pair = await certificate(['mx.b.test']);
  const server = await tlsServer(t, pair);
  const wire = await dial(
    options(server, { implicitTls: { serverName: 'mx.b.test', verify: true, authorities: pair.certPem } }),
  );
  assert.deepEqual([wire.tls?.verified, wire.tls?.problem, wire.tls?.serverName], [true, undefined, 'mx.b.test']);
  const { sha256, subject, names, validFrom = 0, validTo = 0 } = wire.tls?.certificate ?? {};
  assert.equal(sha256, new X509Certificate(pair.certPem).fingerprint256, 'as a person compares it');
  assert.deepEqual([subject, names], ['mx.b.test', ['mx.b.test']]);
  assert.ok(validFrom <= Date.now() && validTo > Date.now());
  const line = await wire.readLine(512);
  assert.equal(line.kind === 'line' && line.bytes.toString(), '220 hi');
  wire.destroy();
});

test('[3207-4.1-name] the final dot of a name is not part of it, and an address is a name too', async (t) => {
  const pair = await certificate(['mx.b.test'], ['127.0.0.1', '::1']);
  const server = await tlsServer(t, pair);
  for (const serverName of ['mx.b.test.', '127.0.0.1', '::1']) {
    const wire = await dial(options(server, { implicitTls: { serverName, verify: true, authorities: pair.certPem } }));
    assert.equal(wire.tls?.verified, true, serverName);
    wire.destroy();
  }
});

test('[3207-4.1-name] a certificate that proves nothing: told when not asked to verify, refused when asked', async (t) => {
  const pair = await certificate(['mx.b.test']);
  const server = await tlsServer(t, pair);
  const old = await certificate(['mx.b.test'], [], Date.now() - 10 * 86_400_000);
  const oldServer = await tlsServer(t, old);
  const cases: [Server, string, string | undefined, RegExp][] = [
    [server, 'mx.b.test', undefined, /SELF_SIGNED/],
    [server, 'other.test', pair.certPem, /ERR_TLS_CERT_ALTNAME_INVALID/],
    [server, '127.0.0.1', pair.certPem, /ERR_TLS_CERT_ALTNAME_INVALID/],
    [oldServer, 'mx.b.test', old.certPem, /CERT_HAS_EXPIRED/],
  ];
  for (const [where, serverName, authorities, problem] of cases) {
    const trust = authorities === undefined ? { serverName } : { serverName, authorities };
    const wire = await dial(options(where, { implicitTls: { ...trust, verify: false } }));
    assert.equal(wire.tls?.verified, false);
    assert.match(wire.tls.problem ?? '', problem);
    wire.destroy();
    await assert.rejects(
      dial(options(where, { implicitTls: { ...trust, verify: true } })),
      (error) => kindOf('tls')(error) && problem.test(String(error)) && String(error).includes(serverName),
    );
  }
});

test('[8997-3-client] a server that speaks no more than TLS 1.1 is refused', async (t) => {
  const pair = await certificate(['localhost']);
  const server = createTlsServer({
    key: pair.keyPem,
    cert: pair.certPem,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'ALL:@SECLEVEL=0',
  });
  t.after(() => server.close());
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await assert.rejects(
    dial(options(server, { implicitTls: { serverName: 'localhost', verify: false } })),
    kindOf('tls'),
  );
});

test('a server that answers TLS with text, or not at all, ends the handshake', async (t) => {
  const server = await listening(t);
  server.once('connection', (socket: Socket) => socket.end('220 in clear\r\n'));
  const implicitTls = { serverName: 'localhost', verify: false };
  await assert.rejects(dial(options(server, { implicitTls })), kindOf('tls'));
  const clock = new FakeClock();
  const failed = assert.rejects(dial(options(server, { clock, implicitTls })), kindOf('tls'));
  const arrived = once(server, 'connection');
  await arrived;
  await settle(20);
  await clock.advance(2000);
  await failed;
  assert.equal(clock.pending, 0);
});

test('an abort ends a handshake', async (t) => {
  const server = await listening(t);
  const controller = new AbortController();
  const failed = assert.rejects(
    dial(options(server, { implicitTls: { serverName: 'localhost', verify: false }, signal: controller.signal })),
    /enough/,
  );
  await once(server, 'connection');
  await settle(20);
  controller.abort(new Error('enough'));
  await failed;
});
