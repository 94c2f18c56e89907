/** The door for browsers and for JMAP, from outside: who gets in, who doesn't, and that nobody can hold it shut. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ask, asJson, basic, begin, cookieOf } from '../http.ts';
import { eventually, PASSWORD, POSTHORN, run, startHost } from '../program.ts';
import type { HostOptions, RunningHost } from '../program.ts';

const LOGIN = { login: 'alice@a.test', password: PASSWORD };

interface Web {
  readonly host: RunningHost;
  readonly port: number;
  readonly origin: string;
}

async function start(t: TestContext, options: HostOptions = {}): Promise<Web> {
  const host = await startHost(t, { accounts: ['alice@a.test'], args: ['--only', 'web'], ...options });
  const port = host.port('web');
  return { host, port, origin: `http://127.0.0.1:${port}` };
}

const statusOf = async (port: number, headers: Readonly<Record<string, string>>): Promise<number> =>
  (await ask(port, '/session', { headers })).status;

test('a login is kept over a restart, and ends with the password', async (t) => {
  const { host, port } = await start(t);
  const wrong = await ask(port, '/session', asJson({ ...LOGIN, password: 'wrong' }));
  assert.equal(wrong.status, 401);
  assert.match(String(wrong.json()['detail']), /The login name or the password is wrong/);
  const right = await ask(port, '/session', asJson(LOGIN));
  assert.deepEqual([right.status, right.json()['name']], [200, 'alice@a.test']);
  const cookie = cookieOf(right);
  assert.equal(await statusOf(port, cookie), 200);

  await host.stop();
  // On the same port, whose number the cookie's name holds.
  const tables = `[web]\nlisten = ["127.0.0.1:${port}"]\n`;
  const again = await startHost(t, { state: host.state, args: ['--only', 'web'], tables });
  assert.equal(await statusOf(port, cookie), 200);
  const others = cookieOf(await ask(port, '/session', asJson(LOGIN)));

  const { code } = await again.cli(['account', 'password', 'alice@a.test', '--password-stdin'], { input: 'new horse' });
  assert.equal(code, 0);
  assert.deepEqual([await statusOf(port, cookie), await statusOf(port, others)], [401, 401]);
  assert.equal(await statusOf(port, basic('alice', PASSWORD)), 401);
  assert.equal(await statusOf(port, basic('alice', 'new horse')), 200);

  // Nothing of all this lies on the disk or in the log.
  const database = await readFile(join(host.state, 'posthorn.db'));
  const log = await readFile(join(host.state, 'posthorn.db-wal')).catch(() => Buffer.alloc(0));
  const token = String(cookie['Cookie']).split('=')[1] ?? '';
  assert.equal(token.length, 43);
  for (const place of [database, log, Buffer.from(host.output() + again.output())])
    for (const secret of [token, PASSWORD, 'new horse']) assert.ok(!place.includes(secret));
});

test('guessing passwords is slow, and counted over all doors', async (t) => {
  const { port } = await start(t);
  for (let i = 0; i < 20; i++) await ask(port, '/session', asJson({ ...LOGIN, password: `guess ${i}` }));
  for (const answered of [
    await ask(port, '/session', asJson(LOGIN)),
    await ask(port, '/.well-known/jmap', { headers: basic('alice@a.test', PASSWORD) }),
  ]) {
    assert.deepEqual([answered.status, answered.headers['retry-after']], [429, '60']);
    assert.match(answered.text, /Too many wrong passwords came from your address; please try again in \d+ minutes/);
  }
  assert.equal((await ask(port, '/session', { ...asJson(LOGIN), from: '127.0.0.9' })).status, 200);
});

test('[8620-2.2-well-known] a JMAP client gets in with login and password, uploads, downloads, and is told of changes', async (t) => {
  const { port, origin } = await start(t);
  const headers = basic('alice@a.test', PASSWORD);
  const session = (await ask(port, '/.well-known/jmap', { headers })).json();
  assert.equal(session['username'], 'alice@a.test');
  const account = Object.keys(session['accounts'] as object)[0] ?? '';
  const path = (name: string): string => String(session[name]).replace(origin, '').replace('{accountId}', account);

  const echo = { using: ['urn:ietf:params:jmap:core'], methodCalls: [['Core/echo', { hello: true }, 'a']] };
  const answered = await ask(port, path('apiUrl'), asJson(echo, headers));
  assert.deepEqual(answered.json()['methodResponses'], [['Core/echo', { hello: true }, 'a']]);

  const file = Buffer.alloc(5_000_000, 'posthorn ');
  const upload = { method: 'POST', headers: { ...headers, 'Content-Type': 'text/html' }, body: file };
  const uploaded = await ask(port, path('uploadUrl'), upload);
  assert.deepEqual([uploaded.status, uploaded.json()['size']], [201, file.length]);
  const url = path('downloadUrl')
    .replace('{blobId}', String(uploaded.json()['blobId']))
    .replace('{name}', encodeURIComponent('Grüße.html'))
    .replace('{type}', encodeURIComponent('text/html'));
  const downloaded = await ask(port, url, { headers });
  assert.equal(downloaded.text, file.toString());
  assert.equal(downloaded.headers['content-type'], 'text/html');
  const inBrowser = await ask(port, url, { headers: { ...headers, 'Sec-Fetch-Dest': 'document' } });
  assert.equal(inBrowser.headers['content-type'], 'application/octet-stream');
  assert.match(
    inBrowser.headers['content-disposition'] ?? '',
    /^attachment; .*filename\*=UTF-8''Gr%C3%BC%C3%9Fe.html$/,
  );

  const tooLarge = await ask(port, path('uploadUrl'), { ...upload, body: Buffer.alloc(50_000_001) }).catch(
    () => undefined,
  );
  // The answer may be lost when the server hangs up on what it will not read.
  if (tooLarge !== undefined) assert.equal(tooLarge.status, 413);
  assert.equal((await ask(port, '/healthz')).text, 'ok\n');

  const events = await begin(port, '/jmap/events?types=Mailbox&closeafter=state&ping=0', { headers });
  const making = [['Mailbox/set', { accountId: account, create: { a: { name: 'Letters' } } }, 'a']];
  const using = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'];
  await ask(port, path('apiUrl'), asJson({ using, methodCalls: making }, headers));
  let told = '';
  for await (const chunk of events) told += String(chunk);
  assert.match(told, /\nid: .+\nevent: state\ndata: \{"@type":"StateChange","changed":.*"Mailbox":"[^"]+"/);
});

test('names that are not ours, and pages that are not ours, get nothing', async (t) => {
  const { host, port, origin } = await start(t);
  const cookie = cookieOf(await ask(port, '/session', asJson(LOGIN)));
  for (const Host of [
    'evil.test',
    `evil.test:${port}`,
    `localhost.evil.test:${port}`,
    `127.0.0.1:${port + 1}`,
    'a.test',
  ])
    for (const path of ['/', '/session', '/jmap/session', '/healthz', '/nothing']) {
      const answered = await ask(port, path, { headers: { ...cookie, Host, Accept: 'text/html' } });
      assert.equal(answered.status, 403, `${Host} ${path}`);
      assert.match(answered.text, /This is not one of my names[^]*same port on both sides/);
      assert.equal(answered.headers.connection, 'close');
    }
  for (const name of ['localhost', '127.0.0.1', '[::1]'])
    assert.equal(await statusOf(port, { ...cookie, Host: `${name}:${port}` }), 200);

  const request = { using: ['urn:ietf:params:jmap:core'], methodCalls: [['Core/echo', {}, 'a']] };
  const tries: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
    [{ Origin: origin }, 200],
    [{ 'Sec-Fetch-Site': 'same-origin' }, 200],
    [{}, 403],
    [{ Origin: 'http://evil.test' }, 403],
    [{ Origin: `http://localhost:${port}` }, 403],
    [{ Origin: `http://127.0.0.1:${port + 1}`, 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ Origin: origin, 'Content-Type': 'text/plain' }, 400],
    [{ Origin: origin, 'Content-Type': 'application/x-www-form-urlencoded' }, 400],
  ];
  for (const [headers, status] of tries) {
    const answered = await ask(port, '/jmap/api', asJson(request, { ...cookie, ...headers }));
    assert.equal(answered.status, status, JSON.stringify(headers));
    assert.equal(answered.headers['access-control-allow-origin'], undefined);
  }
  const asked = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' };
  const preflight = await ask(port, '/jmap/api', {
    method: 'OPTIONS',
    headers: { Origin: 'http://evil.test', ...asked },
  });
  assert.deepEqual([preflight.status, preflight.headers['access-control-allow-origin']], [405, undefined]);
  assert.doesNotMatch(host.output(), /"level":"(warn|error)"/);
});

/** Says it all at once, and gives what comes back until the other side closes. */
async function raw(port: number, text: string | Buffer): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.setTimeout(20_000, () => socket.destroy());
  socket.end(text);
  // `once` of node:events would reject for what is written to it after its end.
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

test('rubbish costs nothing, and who asks beside it is served', async (t) => {
  const { host, port } = await start(t);
  const ours = `Host: 127.0.0.1:${port}\r\n`;
  const tries: readonly (readonly [string | Buffer, RegExp])[] = [
    ['\r\n\r\n\r\n', /^$|^HTTP\/1\.1 400/],
    ['EHLO x\r\n', /^HTTP\/1\.1 400/],
    ['GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400[^]*names no host/],
    [`GET / HTTP/1.1\r\n${ours}Host: evil.test\r\n\r\n`, /^HTTP\/1\.1 400/],
    [`GET http://evil.test/ HTTP/1.1\r\n${ours}\r\n`, /^HTTP\/1\.1 400[^]*asks for no path/],
    [`OPTIONS * HTTP/1.1\r\n${ours}\r\n`, /^HTTP\/1\.1 400/],
    [`CONNECT evil.test:25 HTTP/1.1\r\n${ours}\r\n`, /^$|^HTTP\/1\.1 400/],
    [`GET /\\..\\x HTTP/1.1\r\n${ours}Connection: close\r\n\r\n`, /^HTTP\/1\.1 (400|404|500)/],
    [`GET /../../etc/passwd HTTP/1.1\r\n${ours}Connection: close\r\n\r\n`, /^HTTP\/1\.1 404/],
    [`GET /%2e%2e/%2e%2e/package.json HTTP/1.1\r\n${ours}Connection: close\r\n\r\n`, /^HTTP\/1\.1 404/],
    [`GET /%00 HTTP/1.1\r\n${ours}Connection: close\r\n\r\n`, /^HTTP\/1\.1 404/],
    [`GET /%ff%fe HTTP/1.1\r\n${ours}Connection: close\r\n\r\n`, /^HTTP\/1\.1 404/],
    [`GET / HTTP/1.1\r\n${ours}X: ${'x'.repeat(40_000)}\r\n\r\n`, /^HTTP\/1\.1 431|^HTTP\/1\.1 400/],
    [
      `POST /session HTTP/1.1\r\n${ours}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    [`POST /session HTTP/1.1\r\n${ours}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`, /^HTTP\/1\.1 400/],
    [
      `POST /session HTTP/1.1\r\n${ours}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    [Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), /^$|^HTTP\/1\.1 400/],
    [Buffer.alloc(100_000, 0xff), /^$|^HTTP\/1\.1 400/],
  ];
  for (const [text, expected] of tries) {
    const [answered, neighbour] = await Promise.all([raw(port, text), ask(port, '/healthz')]);
    assert.match(answered, expected, JSON.stringify(text.toString('latin1').slice(0, 80)));
    assert.equal(neighbour.status, 200);
  }
  assert.doesNotMatch(host.output(), /"level":"(warn|error)"|^ {4}at /m);
});

test('a thousand connections from one address take no place from another', async (t) => {
  const { port } = await start(t);
  const sockets: Socket[] = [];
  let open = 0;
  for (let i = 0; i < 1_000; i++) {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.on('connect', () => open++);
    socket.on('close', () => open--);
    socket.write('GET / HTTP/1.1\r\n');
    sockets.push(socket);
  }
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  await eventually('only so many stay', () => Promise.resolve(open === 200));
  assert.equal((await ask(port, '/healthz', { from: '127.0.0.9' })).status, 200);
  assert.equal(open, 200);
});

test('over TLS: the certificate of the host, its names, and a new certificate without a restart', async (t) => {
  const { host } = await start(t, {
    tables: '[web]\nlisten = ["127.0.0.1:0"]\nlisten_tls = ["127.0.0.1:0"]\nnames = ["mail.a.test"]\n',
  });
  const port = host.port('web', 'implicit');
  const ca = await readFile(host.certificate, 'utf8');
  const right = await ask(port, '/session', { ...asJson(LOGIN), ca, host: 'localhost' });
  assert.equal(right.status, 200);
  assert.match(right.headers['strict-transport-security'] ?? '', /^max-age=\d+/);
  for (const name of ['mx.a.test', 'mail.a.test', 'localhost', '127.0.0.1'])
    assert.equal((await ask(port, '/healthz', { ca, headers: { Host: `${name}:${port}` } })).status, 200, name);
  assert.equal((await ask(port, '/healthz', { ca, headers: { Host: `evil.test:${port}` } })).status, 403);
  assert.doesNotMatch(await raw(port, `GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`), /200 OK/);
  await assert.rejects(ask(port, '/healthz', { ca: 'none' }));

  await rm(join(host.state, 'tls'), { recursive: true });
  assert.equal((await host.reload()).code, 0);
  const fresh = await readFile(host.certificate, 'utf8');
  assert.notEqual(fresh, ca);
  assert.equal((await ask(port, '/healthz', { ca: fresh, host: 'localhost' })).status, 200);
  await assert.rejects(ask(port, '/healthz', { ca, host: 'localhost' }));
});

test('behind a proxy that was named: its client, its word about TLS, and only the names of this host', async (t) => {
  const tables = '[web]\nlisten = ["127.0.0.1:0"]\nnames = ["mail.a.test"]\nproxy = ["127.0.0.1"]\n';
  const { host } = await start(t, { tables });
  const port = host.port('web');
  const through = { Host: 'mail.a.test', 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '192.0.2.7' };
  const session = await ask(port, '/.well-known/jmap', { headers: { ...through, ...basic('alice', PASSWORD) } });
  assert.equal(session.json()['apiUrl'], 'https://mail.a.test/jmap/api');
  assert.ok(session.headers['strict-transport-security']);
  assert.match(host.output(), /"peer":"192\.0\.2\.7"/);
  assert.equal((await ask(port, '/', { headers: { ...through, 'X-Forwarded-Proto': 'http' } })).status, 403);
  assert.equal((await ask(port, '/', { headers: { ...through, Host: 'evil.test' } })).status, 403);
  const elsewhere = await ask(port, '/', { headers: through, from: '127.0.0.9' });
  assert.equal(elsewhere.status, 403, 'nobody else is believed');
});

test('stopping ends what waits for events, and connections that are only kept alive', async (t) => {
  const { host, port } = await start(t);
  const headers = basic('alice', PASSWORD);
  const agent = new Agent({ keepAlive: true });
  t.after(() => {
    agent.destroy();
  });
  assert.equal((await ask(port, '/healthz', { agent })).status, 200);
  const events = await begin(port, '/jmap/events?types=*&closeafter=no&ping=0', { headers });
  events.resume();
  const ended = once(events, 'close');
  const before = Date.now();
  assert.equal(await host.stop(), 0);
  await ended;
  assert.ok(Date.now() - before < 5_000, 'it did not wait for the end of the drain');
});

test('--only web opens nothing else, and `listen = []` opens no web', async (t) => {
  const { host } = await start(t);
  const ready = JSON.parse(await readFile(join(host.state, 'ready.json'), 'utf8')) as { listeners: object[] };
  assert.deepEqual(ready.listeners, [{ service: 'web', host: '127.0.0.1', port: host.port('web'), tls: 'none' }]);
  const without = await startHost(t, { tables: '[web]\nlisten = []\n' });
  assert.doesNotMatch(await readFile(join(without.state, 'ready.json'), 'utf8'), /web/);
  const config = join(host.state, 'open.toml');
  await writeFile(config, '[web]\nlisten = ["0.0.0.0:2080"]\n');
  const checked = await run(POSTHORN, ['config', 'check', '--config', config]);
  assert.equal(checked.code, 1);
  assert.match(
    checked.stdout,
    /0\.0\.0\.0:2080 can be reached from elsewhere.*Write it in listen_tls, or name in `proxy`/,
  );
});
