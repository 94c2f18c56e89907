/** The Outbound over real sockets on loopback: TLS as it is, logins, and that nothing is left behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { silentLog, systemClock } from '../base/index.ts';
import { listen, loadTlsContext, makeSelfSigned } from '../net/index.ts';
import type { TlsServerContext } from '../net/index.ts';
import { fakeResolver } from '../dns/testing.ts';
import { openOutbound } from './open.ts';
import type { AttemptResult, OutboundSettings, Route } from './outbound.ts';
import { newHeard, offering, playServer, TEST_SETTINGS, testJob, testWorld } from './testing.ts';
import type { Heard, ServerScript, TestJob } from './testing.ts';

const TLS = offering('PIPELINING|STARTTLS|AUTH PLAIN LOGIN');
const GOOD = await certificate('localhost');
const OTHER = await certificate('other.test');

async function certificate(name: string): Promise<{ readonly pem: string; readonly context: TlsServerContext }> {
  const { certPem, keyPem } = await makeSelfSigned({ names: [name], addresses: [], days: 2, now: systemClock.now() });
  return { pem: certPem, context: loadTlsContext(certPem, keyPem) };
}

interface RealServer {
  readonly port: number;
  readonly heard: readonly Heard[];
  /** Settles when every connection so far has ended. */
  ended(): Promise<unknown>;
}

async function serve(t: TestContext, script: ServerScript, context: TlsServerContext): Promise<RealServer> {
  const heard: Heard[] = [];
  const sessions: Promise<void>[] = [];
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    timeouts: { read: 5_000 },
    maxConnections: 10,
    onConnection: (wire) => {
      const record = newHeard('127.0.0.1');
      heard.push(record);
      const session = playServer(wire, script, record, context);
      sessions.push(session);
      return session;
    },
  });
  t.after(() => listener.close({ drainMs: 1_000 }));
  return { port: listener.address.port, heard, ended: () => Promise.all(sessions) };
}

async function send(t: TestContext, settings: Partial<OutboundSettings>, job: TestJob = {}): Promise<AttemptResult> {
  const outbound = openOutbound({
    settings: () => ({ ...TEST_SETTINGS, ...settings }),
    resolver: fakeResolver({ localhost: { a: ['127.0.0.1'] }, 'b.test': { mx: [[10, 'localhost']] } }),
    clock: systemClock,
    log: silentLog,
  });
  t.after(() => outbound.close());
  return await outbound.attempt(testJob(job), new AbortController().signal);
}

function by(port: number, tls: Route['tls'], login?: Route['login']): Partial<OutboundSettings> {
  return {
    routes: [
      { domain: '*', host: 'localhost', port, protocol: 'smtp', tls, ...(login === undefined ? {} : { login }) },
    ],
    authorities: GOOD.pem,
  };
}

function told(result: AttemptResult): string {
  const { outcome, stage, reply } = result.outcomes[0]!;
  return `${outcome} ${stage} ${reply.enhanced ?? ''}`;
}

const LOGIN = { user: 'bob', password: 'open sesame' };

test('by MX over a real socket, with TLS whose certificate nobody vouches for', async (t) => {
  const server = await serve(t, { ehlo: TLS }, OTHER.context);
  const result = await send(t, { port: server.port, allowPrivate: true });
  assert.equal(told(result), 'relayed dot 2.0.0');
  assert.equal(result.tries[0]?.tls?.version, 'TLSv1.3');
  assert.equal(result.tries[0]?.tls?.verified, false);
  assert.equal(result.tries[0]?.host, 'localhost');
});

test('required TLS with a proven certificate', async (t) => {
  const server = await serve(t, { ehlo: TLS }, GOOD.context);
  const result = await send(t, by(server.port, 'required'));
  assert.equal(told(result), 'relayed dot 2.0.0');
  assert.equal(result.tries[0]?.tls?.verified, true);
});

test('[3207-4.1-client-required] required TLS with a certificate for another name: nothing is sent', async (t) => {
  const server = await serve(t, { ehlo: TLS }, OTHER.context);
  const result = await send(t, by(server.port, 'required'));
  assert.equal(told(result), 'deferred tls 4.7.5');
  assert.match(result.tries[0]?.problem ?? '', /certificate/);
  assert.deepEqual(server.heard[0]?.lines, ['EHLO mx.a.test', 'STARTTLS']);
});

test('[3207-4.1-client-required] required TLS where it is not offered: nothing is sent', async (t) => {
  const server = await serve(t, { ehlo: offering('PIPELINING') }, GOOD.context);
  const result = await send(t, by(server.port, 'required', LOGIN));
  assert.equal(told(result), 'deferred tls 4.7.4');
  await server.ended();
  assert.deepEqual(server.heard[0]?.lines, ['EHLO mx.a.test', 'QUIT']);
});

test('required TLS where STARTTLS is refused', async (t) => {
  const server = await serve(t, { ehlo: TLS, starttls: '454 4.7.0 not now' }, GOOD.context);
  assert.equal(told(await send(t, by(server.port, 'required'))), 'deferred tls 4.7.0');
});

test('implicit TLS, and a login', async (t) => {
  const server = await serve(t, { implicitTls: true, ehlo: TLS }, GOOD.context);
  const result = await send(t, by(server.port, 'implicit', LOGIN));
  assert.equal(told(result), 'relayed dot 2.0.0');
  assert.deepEqual(result.tries[0]?.login, { name: 'bob', mechanism: 'PLAIN' });
  assert.ok(!JSON.stringify(result).includes('sesame'));
  assert.ok(server.heard[0]?.lines.includes(`AUTH PLAIN ${Buffer.from('\0bob\0open sesame').toString('base64')}`));
});

test('two messages over one connection: one handshake, one login', async (t) => {
  const server = await serve(t, { implicitTls: true, ehlo: TLS }, GOOD.context);
  const settings = { ...TEST_SETTINGS, ...by(server.port, 'implicit', LOGIN) };
  const outbound = openOutbound({
    settings: () => settings,
    resolver: fakeResolver({ localhost: { a: ['127.0.0.1'] } }),
    clock: systemClock,
    log: silentLog,
  });
  t.after(() => outbound.close());
  const attempt = (): Promise<AttemptResult> => outbound.attempt(testJob({}), new AbortController().signal);
  await attempt();
  const [tried] = (await attempt()).tries;
  assert.equal(tried?.reused, true);
  assert.equal(tried.tls?.verified, true);
  assert.deepEqual(tried.login, { name: 'bob', mechanism: 'PLAIN' });
  await outbound.close();
  await server.ended();
  assert.equal(server.heard.length, 1);
  assert.equal(server.heard[0]?.lines.filter((line) => /^(?:AUTH|EHLO|MAIL|QUIT)/.test(line)).length, 5);
});

test('implicit TLS towards a server that speaks first in clear', async (t) => {
  const server = await serve(t, {}, GOOD.context);
  const result = await send(t, by(server.port, 'implicit'));
  assert.equal(told(result), 'deferred tls 4.7.5');
  assert.deepEqual(
    server.heard[0]?.lines.filter((line) => line.startsWith('MAIL')),
    [],
  );
});

test('a handshake that is garbage: again in clear', async (t) => {
  const server = await serve(t, { ehlo: TLS, handshake: 'garbage' }, GOOD.context);
  const result = await send(t, by(server.port, 'opportunistic'));
  assert.equal(told(result), 'relayed dot 2.0.0');
  assert.deepEqual(
    result.tries.map(({ stage, tls }) => [stage, tls?.version]),
    [
      ['tls', undefined],
      ['dot', undefined],
    ],
  );
});

test('tls = "never" does not ask for it', async (t) => {
  const server = await serve(t, { ehlo: TLS }, GOOD.context);
  await send(t, by(server.port, 'never'));
  assert.ok(!server.heard[0]?.lines.includes('STARTTLS'));
});

test('a refused login waits for the operator, and its words are kept', async (t) => {
  const server = await serve(t, { ehlo: TLS, auth: ['535 5.7.8 wrong password'] }, GOOD.context);
  const result = await send(t, by(server.port, 'required', LOGIN));
  assert.equal(told(result), 'deferred auth 5.7.8');
  await server.ended();
  assert.equal(server.heard[0]?.quit, true);
});

test('a login where none is offered', async (t) => {
  const server = await serve(t, { ehlo: offering('PIPELINING|AUTH GSSAPI') }, GOOD.context);
  const result = await send(t, by(server.port, 'never', LOGIN));
  assert.equal(told(result), 'deferred auth 4.7.0');
  assert.match(result.outcomes[0]?.reply.lines[0] ?? '', /GSSAPI/);
});

test('[4954-4-client-clear] off loopback the password is not sent in clear, not even when TLS breaks', async () => {
  const scripts: readonly ServerScript[] = [{ ehlo: offering('AUTH PLAIN') }, { ehlo: TLS, handshake: 'garbage' }];
  for (const script of scripts) {
    const route: Route = {
      domain: '*',
      host: '192.0.2.1',
      port: 587,
      protocol: 'smtp',
      tls: 'opportunistic',
      login: LOGIN,
    };
    const world = testWorld({ servers: { '192.0.2.1': script }, settings: { routes: [route] } });
    assert.equal(told(await world.send()), 'deferred auth 4.7.0');
    assert.ok(world.heard.every(({ lines }) => !lines.some((line) => line.startsWith('AUTH'))));
  }
});

test('off loopback the password is sent in clear where the operator wrote tls = "never"', async () => {
  const route: Route = { domain: '*', host: '192.0.2.1', port: 587, protocol: 'smtp', tls: 'never', login: LOGIN };
  const world = testWorld({
    servers: {
      '192.0.2.1': { ehlo: offering('AUTH LOGIN'), auth: ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6', '235 ok'] },
    },
    settings: { routes: [route] },
  });
  assert.equal(told(await world.send()), 'relayed dot 2.0.0');
});

test('a server that resets the connection in the middle of a large message', async (t) => {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    socket.write('220 mx\r\n');
    let seen = '';
    socket.on('data', (chunk: Buffer) => {
      const before = seen.length;
      seen += chunk.toString('latin1');
      if (before === 0) socket.write('250 mx\r\n');
      else if (seen.endsWith('DATA\r\n')) socket.write('354 go\r\n');
      else if (seen.length > 100_000) socket.resetAndDestroy();
      else if (!seen.includes('354') && !seen.includes('DATA')) socket.write('250 ok\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const result = await send(t, by(port, 'never'), { text: 'x'.repeat(70).concat('\r\n').repeat(200_000) });
  assert.equal(told(result), 'deferred data 4.4.2');
});

test('3 MB over a real socket arrive whole', async (t) => {
  const server = await serve(t, { ehlo: offering('PIPELINING|SIZE 0') }, GOOD.context);
  const text = '.'.concat('y'.repeat(69), '\r\n').repeat(42_000);
  const result = await send(t, by(server.port, 'never'), { text });
  assert.equal(told(result), 'relayed dot 2.0.0');
  assert.equal(server.heard[0]?.texts[0]?.length, text.length + 42_000 + 3);
});

test('close ends the farewell of a server that does not answer QUIT', async (t) => {
  const server = await serve(t, { quit: 'silence' }, GOOD.context);
  const settings = { ...TEST_SETTINGS, ...by(server.port, 'never') };
  const outbound = openOutbound({
    settings: () => settings,
    resolver: fakeResolver({ localhost: { a: ['127.0.0.1'] } }),
    clock: systemClock,
    log: silentLog,
  });
  const result = await outbound.attempt(testJob({}), new AbortController().signal);
  assert.equal(told(result), 'relayed dot 2.0.0');
  const before = systemClock.ticks();
  await outbound.close();
  assert.ok(systemClock.ticks() - before < 5_000);
});

test('whatever goes wrong is an outcome', async () => {
  const broken = (): never => {
    throw new Error('the resolver is on fire');
  };
  const resolver = { mx: broken, a: broken, aaaa: broken, txt: broken, srv: broken };
  const outbound = openOutbound({ settings: () => TEST_SETTINGS, resolver, clock: systemClock, log: silentLog });
  const result = await outbound.attempt(testJob({ to: ['a@b.test', 'b@b.test'] }), new AbortController().signal);
  assert.deepEqual(
    result.outcomes.map(({ outcome, reply }) => `${outcome} ${reply.code}`),
    ['deferred 451', 'deferred 451'],
  );
});

test('an attempt that is stopped before it begins is deferred', async () => {
  const outbound = openOutbound({
    settings: () => TEST_SETTINGS,
    resolver: fakeResolver({}),
    clock: systemClock,
    log: silentLog,
  });
  const result = await outbound.attempt(testJob({ destination: '[192.0.2.1]' }), AbortSignal.abort(new Error('stop')));
  assert.equal(told(result), 'deferred connect 4.3.2');
  assert.deepEqual(result.tries, []);
});
