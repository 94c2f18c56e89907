import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { after, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '../base/index.ts';
import { FakeClock, settle } from '../base/testing.ts';
import { loadTlsContext } from './certificates.ts';
import { hear, openSockets } from './fake-connection.ts';
import { listen } from './listen.ts';
import type { Listener, ListenOptions } from './listen.ts';
import { makeSelfSigned } from './self-signed.ts';
import type { Wire } from './wire.ts';
import { WireError } from './wire.ts';

after(async () => {
  assert.deepEqual(await openSockets(), []);
});

const { certPem, keyPem } = await makeSelfSigned({ names: ['localhost'], addresses: [], days: 1, now: Date.now() });

/** Says hello and echoes lines until the peer leaves. */
async function echo(wire: Wire): Promise<void> {
  wire.write('220 hi\r\n');
  for (let line = await wire.readLine(512); line.kind === 'line'; line = await wire.readLine(512)) {
    wire.write(`250 ${line.bytes.toString()}\r\n`);
  }
}

interface Open extends Listener {
  readonly errors: unknown[];
  dial(): Promise<Socket>;
}

async function open(t: { after(fn: () => Promise<void>): void }, options: Partial<ListenOptions> = {}): Promise<Open> {
  const errors: unknown[] = [];
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    timeouts: { read: 2000 },
    maxConnections: 10,
    onConnection: echo,
    onError: (error) => void errors.push(error),
    ...options,
  });
  const peers: Socket[] = [];
  t.after(async () => {
    for (const peer of peers) peer.destroy();
    await listener.close({ drainMs: 0 });
  });
  return {
    ...listener,
    get connections() {
      return listener.connections;
    },
    errors,
    async dial() {
      const peer = connect(listener.address.port, '127.0.0.1');
      peers.push(peer);
      peer.on('error', () => undefined);
      await once(peer, 'connect');
      return peer;
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settle(1);
}

test('a connection is handed over as a wire, and closed when the session is over', async (t) => {
  const listener = await open(t);
  const peer = await listener.dial();
  const heard = hear(peer);
  peer.end('a\r\nb\r\n');
  assert.equal(await heard, '220 hi\r\n250 a\r\n250 b\r\n');
  await until(() => listener.connections === 0);
  assert.equal(listener.address.address, '127.0.0.1');
  assert.deepEqual(listener.errors, []);
});

test('over the limit of connections the peer is told why, and the others go on', async (t) => {
  const refused: string[] = [];
  const listener = await open(t, {
    maxConnections: 2,
    onRefused: (peer, why) => {
      refused.push(`${peer.address} ${why}`);
      return '421 4.3.2 too many\r\n';
    },
  });
  const first = await listener.dial();
  await listener.dial();
  await until(() => listener.connections === 2);
  const third = await listener.dial();
  const heard = hear(third);
  third.write('EHLO pushy\r\n'.repeat(1000));
  assert.equal(await heard, '421 4.3.2 too many\r\n');
  assert.deepEqual(refused, ['127.0.0.1 connections']);
  assert.equal(listener.connections, 2);
  first.destroy();
  await until(() => listener.connections === 1);
  const fourth = await listener.dial();
  assert.match(String((await once(fourth, 'data'))[0]), /^220/);
});

test('over the limit for one address another reason is given', async (t) => {
  const refused: string[] = [];
  const listener = await open(t, { maxPerAddress: 1, onRefused: (_peer, why) => void refused.push(why) });
  const first = await listener.dial();
  await until(() => listener.connections === 1);
  const second = await listener.dial();
  assert.equal(await hear(second), '');
  assert.deepEqual(refused, ['per-address']);
  first.destroy();
  await until(() => listener.connections === 0);
  const third = await listener.dial();
  assert.match(String((await once(third, 'data'))[0]), /^220/);
});

test('a refused peer that never leaves is cut', async (t) => {
  const clock = new FakeClock();
  const listener = await open(t, { clock, maxConnections: 0, onRefused: () => '421 no\r\n' });
  const peer = connect({ port: listener.address.port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => Promise.resolve(void peer.destroy()));
  peer.on('error', () => undefined);
  assert.equal(await hear(peer), '421 no\r\n');
  assert.equal(clock.pending, 1);
  await clock.advance(1000);
  while (!peer.destroyed) {
    peer.write('still here');
    await settle(10);
  }
  await until(() => clock.pending === 0);
});

test('an error of a session is told, and costs the others nothing', async (t) => {
  const listener = await open(t, {
    onConnection: async (wire) => {
      const line = await wire.readLine(512);
      if (line.kind === 'line' && line.bytes.toString() === 'CRASH') throw new Error('a bug');
      wire.write('250 fine\r\n');
    },
  });
  const [bad, good] = [await listener.dial(), await listener.dial()];
  const heard = hear(good);
  bad.write('CRASH\r\n');
  assert.equal(await hear(bad), '');
  good.write('NOOP\r\n');
  assert.equal(await heard, '250 fine\r\n');
  assert.match(String(listener.errors[0]), /a bug/);
  assert.equal(listener.errors.length, 1);
});

test('implicit TLS: the handshake comes first, then the session', async (t) => {
  const listener = await open(t, { implicitTls: () => loadTlsContext(certPem, keyPem) });
  const peer = connectTls({ socket: await listener.dial(), servername: 'localhost', ca: certPem });
  const heard = hear(peer);
  await once(peer, 'secureConnect');
  assert.equal(peer.authorized, true);
  peer.end('a\r\n');
  assert.equal(await heard, '220 hi\r\n250 a\r\n');
  assert.deepEqual(listener.errors, []);
});

test('implicit TLS: a peer in clear gets no session and leaves no trace but a word', async (t) => {
  let sessions = 0;
  const listener = await open(t, {
    implicitTls: () => loadTlsContext(certPem, keyPem),
    onConnection: () => {
      sessions += 1;
      return Promise.resolve();
    },
  });
  const peer = await listener.dial();
  peer.write('EHLO x\r\n');
  await hear(peer);
  await until(() => listener.connections === 0);
  assert.equal(sessions, 0);
  assert.ok(listener.errors[0] instanceof WireError && listener.errors[0].kind === 'tls');
});

test('implicit TLS: a peer that says nothing runs into the deadline of the handshake', async (t) => {
  const clock = new FakeClock();
  const listener = await open(t, {
    clock,
    timeouts: { read: 300_000, handshake: 5000 },
    implicitTls: () => loadTlsContext(certPem, keyPem),
  });
  const gone = hear(await listener.dial());
  await until(() => clock.pending === 1);
  await clock.advance(5000);
  await gone;
  await until(() => listener.connections === 0);
  assert.equal(clock.pending, 0);
});

test('close tells the sessions that wait, lets those in a text go on, and takes no new ones', async (t) => {
  const listener = await open(t, {
    onConnection: async (wire) => {
      try {
        const line = await wire.readLine(512);
        if (line.kind !== 'line') return;
        wire.write('354 go\r\n');
        const { octets } = await wire.readDotted(100, () => undefined);
        wire.write(`250 ${octets}\r\n`);
        await wire.readLine(512);
      } catch (error) {
        wire.write(error instanceof WireError && error.kind === 'shutdown' ? '421 stopping\r\n' : '451 ?\r\n');
      }
    },
  });
  const [idle, busy] = [await listener.dial(), await listener.dial()];
  const heardIdle = hear(idle);
  busy.write('DATA\r\n');
  await once(busy, 'data');
  const heardBusy = hear(busy);
  const closing = listener.close({ drainMs: 2000 });
  assert.equal(await heardIdle, '421 stopping\r\n');
  busy.write('x\r\n.\r\n');
  assert.equal(await heardBusy, '250 3\r\n421 stopping\r\n');
  await closing;
  await assert.rejects(listener.dial(), /ECONNREFUSED/);
  assert.equal(listener.connections, 0);
});

test('close cuts what is left when the time is over', async (t) => {
  const clock = new FakeClock();
  const listener = await open(t, {
    clock,
    onConnection: async (wire) => void (await wire.readDotted(10, () => undefined)),
  });
  const gone = hear(await listener.dial());
  await until(() => listener.connections === 1);
  await settle();
  const closing = listener.close({ drainMs: 1000 });
  await clock.advance(999);
  assert.equal(listener.connections, 1);
  await clock.advance(1);
  await gone;
  await closing;
  assert.equal(clock.pending, 0);
});

test('close ends though a session never does', async (t) => {
  const clock = new FakeClock();
  const listener = await open(t, { clock, onConnection: () => new Promise(() => undefined) });
  await listener.dial();
  await until(() => listener.connections === 1);
  const closing = listener.close({ drainMs: 1000 });
  await clock.advance(3000);
  await closing;
});

test('a port that is taken is named, with what to do', async (t) => {
  const listener = await open(t);
  await assert.rejects(
    open(t, { port: listener.address.port }),
    /Can't listen on 127\.0\.0\.1 port \d+: another program has it\. Stop/,
  );
});
