import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SaslLine } from './line.ts';
import { chooseMechanism, offeredMechanisms, saslMechanism, saslMechanisms } from './mechanisms.ts';
import type { SaslBackend } from './server.ts';

const TLS_13: SaslLine = { channelBinding: () => Buffer.from('x') };
const TLS_12: SaslLine = { channelBinding: (type) => (type === 'tls-exporter' ? undefined : Buffer.from('x')) };
const ALL = ['PLAIN', 'LOGIN', 'SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS', 'XOAUTH2'];

test('[4422-3.1-names] mechanisms are found by name in any letter case', () => {
  assert.equal(saslMechanism('plain')?.name, 'PLAIN');
  assert.equal(saslMechanism('LOGIN')?.name, 'LOGIN');
  assert.equal(saslMechanism('scram-sha-256-plus')?.name, 'SCRAM-SHA-256-PLUS');
  for (const name of ['', 'CRAM-MD5', 'SCRAM-SHA-1', '__proto__', 'constructor', 'PLAIN '])
    assert.equal(saslMechanism(name), undefined);
  for (const row of saslMechanisms) assert.match(row.name, /^[A-Z0-9_-]{1,20}$/);
});

test('our client takes the best that both know, and no plaintext one on a line in clear', () => {
  assert.equal(chooseMechanism(['LOGIN', 'plain', 'XOAUTH2'], true)?.name, 'PLAIN');
  assert.equal(chooseMechanism(['LOGIN'], true)?.name, 'LOGIN');
  assert.equal(chooseMechanism(['LOGIN', 'PLAIN'], true, ['login'])?.name, 'LOGIN');
  assert.equal(chooseMechanism(['LOGIN', 'PLAIN'], false), undefined);
  assert.equal(chooseMechanism(['CRAM-MD5'], true), undefined);
  assert.equal(chooseMechanism([], true), undefined);
});

test('[5802-4-preferred] our client proves the password rather than sending it, bound to the connection where it can be', () => {
  assert.equal(chooseMechanism(ALL, true, undefined, TLS_13)?.name, 'SCRAM-SHA-256-PLUS');
  assert.equal(chooseMechanism(ALL, true, undefined, TLS_12)?.name, 'SCRAM-SHA-256');
  assert.equal(chooseMechanism(ALL, true)?.name, 'SCRAM-SHA-256');
  assert.equal(chooseMechanism(ALL, false)?.name, 'SCRAM-SHA-256');
  assert.equal(chooseMechanism(ALL, true, ['PLAIN'], TLS_13)?.name, 'PLAIN');
  assert.equal(chooseMechanism(['SCRAM-SHA-256-PLUS'], true), undefined);
});

test('[5802-6-client-flags] what was chosen knows what was offered', () => {
  const first = (offered: readonly string[], wanted?: readonly string[]): string =>
    chooseMechanism(offered, true, wanted, TLS_13)?.connect({ name: 'a', password: 'b' }).initial?.toString() ?? '';
  assert.match(first(ALL), /^p=tls-exporter,,/);
  assert.match(first(['SCRAM-SHA-256']), /^y,,/);
  assert.match(first(ALL, ['SCRAM-SHA-256']), /^n,,/);
});

test('[5802-6-offered] -PLUS is offered only where a login can be bound, and proofs only where they can be checked', () => {
  const password = (): never => {
    throw new Error('not asked');
  };
  const names = (backend: SaslBackend<unknown>, line: SaslLine): string =>
    offeredMechanisms(backend, line)
      .map(({ name }) => name)
      .join(' ');
  const both = { password, proof: password };
  assert.equal(names(both, TLS_13), 'SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN');
  assert.equal(names(both, TLS_12), 'SCRAM-SHA-256 PLAIN LOGIN');
  assert.equal(names(both, {}), 'SCRAM-SHA-256 PLAIN LOGIN');
  assert.equal(names({ password }, TLS_13), 'PLAIN LOGIN');
  assert.equal(names({ ...both, unbound: true }, TLS_13), 'SCRAM-SHA-256 PLAIN LOGIN');
});

test('each row makes exchanges of its own', () => {
  for (const row of saslMechanisms) {
    assert.notEqual(row.create(), row.create());
    assert.equal(row.connect({ name: 'a', password: 'b' }).mechanism, row.name);
  }
});
