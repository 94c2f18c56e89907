import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../base/index.ts';
import { FakeClock } from '../base/testing.ts';
import { loadTlsContext } from './certificates.ts';
import { serverEndPoint } from './channel-binding.ts';
import { connection } from './fake-connection.ts';
import { memoryWirePair } from './memory.ts';
import { makeSelfSigned } from './self-signed.ts';
import { socketWire } from './socket.ts';
import type { Wire } from './wire.ts';

const { certPem, keyPem } = await makeSelfSigned({ names: ['localhost'], addresses: [], days: 1, now: Date.now() });
const context = loadTlsContext(certPem, keyPem);
const certificate = new X509Certificate(certPem);

/** The two ends of a TLS connection, ours and one of Node's own, which leaves when `look` has looked. */
async function underTls(
  t: TestContext,
  look: (wire: Wire, socket: TLSSocket) => void,
  options: object = {},
): Promise<void> {
  const { wire, peer } = await connection(t);
  const serving = wire.startTls({ role: 'server', context });
  const socket = connectTls({ socket: peer, rejectUnauthorized: false, ...options });
  await Promise.all([serving, once(socket, 'secureConnect')]);
  look(wire, socket);
  socket.destroy();
  await once(socket, 'close');
}

test('[9266-2-exporter] under TLS 1.3 both ends export the same 32 octets, other ones for each connection', async (t) => {
  const seen: (string | undefined)[] = [];
  const look = (wire: Wire, socket: TLSSocket): void => {
    const bound = wire.channelBinding?.('tls-exporter');
    assert.equal(bound?.length, 32);
    assert.deepEqual(bound, socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)));
    seen.push(bound?.toString('hex'));
  };
  await underTls(t, look);
  await underTls(t, look);
  assert.equal(new Set(seen).size, 2);
});

test('[9266-4.2-tls12] under TLS 1.2 nothing is exported', async (t) => {
  const look = (wire: Wire): void => {
    assert.equal(wire.tls?.version, 'TLSv1.2');
    assert.equal(wire.channelBinding?.('tls-exporter'), undefined);
    assert.equal(wire.channelBinding?.('tls-server-end-point')?.length, 32);
  };
  await underTls(t, look, { maxVersion: 'TLSv1.2' });
});

test("[5929-4.1-end-point] the server's certificate is hashed as its signature does, at both ends", async (t) => {
  const expected = createHash('sha256').update(certificate.raw).digest();
  await underTls(t, (wire, socket) => {
    assert.deepEqual(wire.channelBinding?.('tls-server-end-point'), expected);
    assert.deepEqual(serverEndPoint(new X509Certificate(socket.getPeerCertificate().raw)), expected);
  });
});

test('[5929-4.1-hash] MD5 and SHA-1 are replaced by SHA-256; a signature without a hash gives no binding', () => {
  const { raw } = certificate;
  const table: readonly (readonly [string | undefined, string | undefined])[] = [
    ['ecdsa-with-SHA256', 'sha256'],
    ['ecdsa-with-SHA384', 'sha384'],
    ['sha256WithRSAEncryption', 'sha256'],
    ['sha512WithRSAEncryption', 'sha512'],
    ['sha1WithRSAEncryption', 'sha256'],
    ['md5WithRSAEncryption', 'sha256'],
    ['ED25519', undefined],
    ['rsassaPss', undefined],
    [undefined, undefined],
  ];
  for (const [signatureAlgorithm, hash] of table) {
    const expected = hash === undefined ? undefined : createHash(hash).update(raw).digest();
    assert.deepEqual(serverEndPoint({ raw, signatureAlgorithm }), expected, signatureAlgorithm);
  }
  assert.equal(serverEndPoint(undefined), undefined);
});

test('[9266-2-own-client] our client and our server have the same', async (t) => {
  const { wire, peer } = await connection(t);
  const client = socketWire(peer, { clock: systemClock, timeout: 2000 });
  await Promise.all([
    wire.startTls({ role: 'server', context }),
    client.startTls({ role: 'client', serverName: 'localhost', verify: false }),
  ]);
  for (const type of ['tls-exporter', 'tls-server-end-point'] as const) {
    assert.notEqual(client.channelBinding(type), undefined);
    assert.deepEqual(client.channelBinding(type), wire.channelBinding?.(type));
  }
  await Promise.all([client.close(), wire.close()]);
  assert.equal(client.channelBinding('tls-exporter'), undefined);
});

test('in clear, and when the connection is gone, there is nothing to bind to', async (t) => {
  const { wire } = await connection(t);
  assert.equal(wire.channelBinding?.('tls-exporter'), undefined);
  await underTls(t, (secured) => {
    secured.destroy();
    assert.equal(secured.channelBinding?.('tls-exporter'), undefined);
    assert.equal(secured.channelBinding?.('tls-server-end-point'), undefined);
  });
  const pair = memoryWirePair({ clock: new FakeClock() });
  assert.equal(pair.server.channelBinding?.('tls-exporter'), undefined);
});
