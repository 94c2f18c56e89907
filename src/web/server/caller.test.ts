import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callerOf } from './caller.ts';
import type { Call, CallerSettings } from './caller.ts';

const LOCAL: CallerSettings = { names: ['mx.a.test'], proxies: [] };

function call(change: Partial<Call> & { readonly host?: string }): Call {
  const { host = '127.0.0.1:2080', ...rest } = change;
  return {
    peer: '127.0.0.1',
    local: { address: '127.0.0.1', port: 2080 },
    tls: false,
    hosts: [host],
    forwardedFor: undefined,
    forwardedProto: undefined,
    ...rest,
  };
}

const TLS = { tls: true, peer: '198.51.100.7', local: { address: '192.0.2.1', port: 443 } };

test('names that are ours', () => {
  const table: readonly (readonly [Partial<Call> & { readonly host: string }, string])[] = [
    [{ host: '127.0.0.1:2080' }, 'http://127.0.0.1:2080'],
    [{ host: 'localhost:2080' }, 'http://localhost:2080'],
    [{ host: 'LOCALHOST:2080' }, 'http://localhost:2080'],
    [{ host: '[::1]:2080' }, 'http://[::1]:2080'],
    [{ host: 'localhost', local: { address: '127.0.0.1', port: 80 } }, 'http://localhost'],
    [{ host: 'localhost:80', local: { address: '127.0.0.1', port: 80 } }, 'http://localhost'],
    [{ host: '127.0.0.9:2080', local: { address: '127.0.0.9', port: 2080 } }, 'http://127.0.0.9:2080'],
    [{ host: '127.0.0.1:2080', local: { address: '::ffff:127.0.0.1', port: 2080 } }, 'http://127.0.0.1:2080'],
    [{ ...TLS, host: 'mx.a.test' }, 'https://mx.a.test'],
    [{ ...TLS, host: 'mx.a.test:443' }, 'https://mx.a.test'],
    [{ ...TLS, host: '192.0.2.1' }, 'https://192.0.2.1'],
    [{ ...TLS, host: '[2001:DB8:0::1]', local: { address: '2001:db8::1', port: 443 } }, 'https://[2001:db8::1]'],
    [{ ...TLS, host: 'localhost:2443', local: { address: '127.0.0.1', port: 2443 } }, 'https://localhost:2443'],
  ];
  for (const [change, origin] of table) {
    const caller = callerOf(call(change), LOCAL);
    assert.deepEqual(caller, { address: change.peer ?? '127.0.0.1', origin, tls: change.tls ?? false }, change.host);
  }
});

test('names that a foreign page could have brought here, and what is no name', () => {
  const unknown = [
    'evil.test:2080',
    'evil.test',
    'localhost',
    'localhost:2081',
    'localhost.evil.test:2080',
    '127.0.0.1.nip.io:2080',
    'localhost.:2080',
    '127.0.0.2:2080',
    '127.1:2080',
    '0x7f000001:2080',
    '2130706433:2080',
    '[::ffff:7f00:2]:2080',
    '[::]:2080',
    'mx.a.test:2080',
  ];
  for (const host of unknown) assert.equal(callerOf(call({ host }), LOCAL), 'host-unknown', host);
  const unreadable = [
    '',
    ':2080',
    'a b',
    'localhost:2080 ',
    'user@localhost:2080',
    'localhost:2080/',
    'localhost:',
    '[::1',
    'ä',
  ];
  for (const host of unreadable) assert.equal(callerOf(call({ host }), LOCAL), 'host-unreadable', host);
  assert.equal(callerOf(call({ hosts: [] }), LOCAL), 'host-unreadable');
  assert.equal(callerOf(call({ hosts: ['localhost:2080', 'evil.test'] }), LOCAL), 'host-unreadable');
  for (const host of ['evil.test', 'localhost', '127.0.0.1', '192.0.2.2', 'mx.a.test:8443', 'x.mx.a.test'])
    assert.equal(callerOf(call({ ...TLS, host }), LOCAL), 'host-unknown', host);
});

test('in clear only from this machine', () => {
  const away = { peer: '192.0.2.9', local: { address: '192.0.2.1', port: 2080 }, host: '192.0.2.1:2080' };
  assert.equal(callerOf(call(away), LOCAL), 'in-clear');
  assert.equal(callerOf(call({ ...away, forwardedProto: 'https', forwardedFor: '127.0.0.1' }), LOCAL), 'in-clear');
});

const PROXIED: CallerSettings = { names: ['mail.a.test'], proxies: ['10.0.0.0/8', '127.0.0.1/32'] };

test('behind a proxy that was named: its client, its word about TLS, and our names only', () => {
  const through = (change: Partial<Call> & { readonly host?: string }) =>
    callerOf(
      call({ peer: '10.0.0.1', host: 'mail.a.test', forwardedProto: 'https', forwardedFor: '198.51.100.7', ...change }),
      PROXIED,
    );
  const found = { address: '198.51.100.7', origin: 'https://mail.a.test', tls: true };
  assert.deepEqual(through({}), found);
  assert.deepEqual(through({ peer: '127.0.0.1' }), found);
  assert.deepEqual(through({ host: 'mail.a.test:8443' }), { ...found, origin: 'https://mail.a.test:8443' });
  // What the client wrote itself stands before what our proxies added.
  assert.deepEqual(through({ forwardedFor: '192.0.2.66, 198.51.100.7, 10.1.1.1' }), found);
  assert.deepEqual(through({ forwardedFor: 'rubbish' }), { ...found, address: '10.0.0.1' });
  assert.equal(through({ forwardedProto: 'http' }), 'proxy-in-clear');
  assert.equal(through({ forwardedProto: undefined }), 'proxy-in-clear');
  assert.equal(through({ forwardedProto: 'https, http' }), 'proxy-in-clear');
  for (const host of ['evil.test', 'localhost:2080', '127.0.0.1:2080'])
    assert.equal(through({ host }), 'host-unknown', host);
  // Nobody else is believed, and a person on the proxy's machine may come directly.
  assert.equal(through({ peer: '192.0.2.9' }), 'in-clear');
  assert.deepEqual(callerOf(call({}), PROXIED), { address: '127.0.0.1', origin: 'http://127.0.0.1:2080', tls: false });
});
