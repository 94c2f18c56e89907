import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { makeScramVerifier } from './scram.ts';

/** The example of RFC 7677 §3: user "user", password "pencil". */
const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const AUTH_MESSAGE =
  'n=user,r=rOprNGfwEbeRWgbNEkqO,' +
  'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,' +
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const PROOF = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const SERVER_SIGNATURE = '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

test("[7677-3-example] the verifier proves the RFC's example exchange, both ways", () => {
  const [mechanism, parameters, keys] = makeScramVerifier('pencil', { salt: SALT, iterations: 4096 }).split('$') as [
    string,
    string,
    string,
  ];
  assert.equal(mechanism, 'SCRAM-SHA-256');
  assert.equal(parameters, '4096:W22ZaJ0SNY7soEsUEjb6gQ==');
  const [storedKey, serverKey] = keys.split(':').map((key) => Buffer.from(key, 'base64')) as [Buffer, Buffer];
  const clientSignature = createHmac('sha256', storedKey).update(AUTH_MESSAGE).digest();
  const clientKey = Buffer.from(PROOF, 'base64').map((octet, i) => octet ^ (clientSignature[i] as number));
  assert.deepEqual(createHash('sha256').update(clientKey).digest(), storedKey);
  assert.equal(createHmac('sha256', serverKey).update(AUTH_MESSAGE).digest('base64'), SERVER_SIGNATURE);
});

test('[7677-4-iterations] each verifier has a salt of its own and enough rounds', () => {
  const one = makeScramVerifier('pencil');
  assert.match(one, /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
  assert.notEqual(one, makeScramVerifier('pencil'));
  assert.throws(() => makeScramVerifier('pencil', { iterations: 4095 }), RangeError);
  assert.throws(() => makeScramVerifier('pencil', { salt: Buffer.alloc(0) }), RangeError);
});
