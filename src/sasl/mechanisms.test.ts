import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseMechanism, saslMechanism, saslMechanisms } from './mechanisms.ts';

test('[4422-3.1-names] mechanisms are found by name in any letter case', () => {
  assert.equal(saslMechanism('plain')?.name, 'PLAIN');
  assert.equal(saslMechanism('LOGIN')?.name, 'LOGIN');
  for (const name of ['', 'CRAM-MD5', '__proto__', 'constructor', 'PLAIN '])
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

test('each row makes exchanges of its own', () => {
  for (const row of saslMechanisms) {
    assert.notEqual(row.create(), row.create());
    assert.equal(row.connect({ name: 'a', password: 'b' }).mechanism, row.name);
  }
});
