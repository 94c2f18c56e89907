import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../mail/testing.ts';
import { preparePassword } from './prepare.ts';
import {
  clientProof,
  decoyVerifier,
  fitsProof,
  makeScramVerifier,
  parseScramVerifier,
  scramKeys,
  serverSignature,
} from './scram.ts';

/** The example of RFC 7677 §3: user "user", password "pencil". */
const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const AUTH_MESSAGE =
  'n=user,r=rOprNGfwEbeRWgbNEkqO,' +
  'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,' +
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const PROOF = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const SERVER_SIGNATURE = '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

test("[7677-3-example] the keys and the verifier prove the RFC's example exchange, both ways", () => {
  const keys = scramKeys('pencil', SALT, 4096);
  assert.equal(clientProof(keys, AUTH_MESSAGE).toString('base64'), PROOF);
  const verifier = parseScramVerifier(makeScramVerifier('pencil', { salt: SALT, iterations: 4096 }));
  assert.ok(verifier !== undefined);
  assert.equal(verifier.iterations, 4096);
  assert.deepEqual(verifier.salt, SALT);
  assert.equal(fitsProof(verifier, AUTH_MESSAGE, Buffer.from(PROOF, 'base64')), true);
  assert.equal(fitsProof(verifier, `${AUTH_MESSAGE} `, Buffer.from(PROOF, 'base64')), false);
  assert.equal(fitsProof(verifier, AUTH_MESSAGE, Buffer.from(PROOF, 'base64').subarray(1)), false);
  assert.equal(serverSignature(verifier, AUTH_MESSAGE).toString('base64'), SERVER_SIGNATURE);
});

test('[7677-4-iterations] each verifier has a salt of its own and enough rounds', () => {
  const one = makeScramVerifier('pencil');
  assert.match(one, /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
  assert.notEqual(one, makeScramVerifier('pencil'));
  assert.throws(() => makeScramVerifier('pencil', { iterations: 4095 }), RangeError);
  assert.throws(() => makeScramVerifier('pencil', { salt: Buffer.alloc(0) }), RangeError);
});

test('what is no verifier is not taken for one', () => {
  const good = makeScramVerifier('pencil');
  const end = good.lastIndexOf('$');
  const [head, keys] = [good.slice(0, end), good.slice(end + 1)];
  const bad = ['', 'pencil', `${good} `, good.replace('256', '1'), good.replace(':', ''), `${head}$${keys.slice(4)}`, `${head}$${keys.split(':')[0]}`, good.replace('$4096', '$0'), good.replace('$4096', '$10'), `${head}$${keys}:${keys}`, `$argon2id$v=19$m=19456`]; // prettier-ignore
  for (const text of bad) assert.equal(parseScramVerifier(text), undefined, text);
  assert.ok(parseScramVerifier(good) !== undefined);
});

test('[5802-9-decoy] the verifier of a name that nobody has looks like any other and stays the same', () => {
  const [secret, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const decoy = decoyVerifier(secret, 'nobody@a.test');
  const real = parseScramVerifier(makeScramVerifier('pencil'));
  assert.deepEqual(decoyVerifier(secret, 'nobody@a.test'), decoy);
  assert.equal(decoy.iterations, real?.iterations);
  assert.equal(decoy.salt.length, real?.salt.length);
  assert.notDeepEqual(decoyVerifier(secret, 'nobody@b.test').salt, decoy.salt);
  assert.notDeepEqual(decoyVerifier(other, 'nobody@a.test').salt, decoy.salt);
});

test('[4013-2-same-keys] a password gives the same keys however it was typed, prepared or not', () => {
  const keys = (password: string): string => scramKeys(password, SALT, 1).storedKey.toString('hex');
  assert.equal(keys('I\u00adX'), keys('IX'));
  assert.equal(keys('\u2168'), keys('IX'));
  assert.equal(keys('pa\u0308ss'), keys('päss'));
  assert.equal(keys('a\u00a0b\u200bc'), keys('a b c'));
  assert.notEqual(keys('user'), keys('USER'));
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, minLength: 1 }), (password) => {
      const prepared = preparePassword(password);
      return prepared === undefined || keys(prepared) === keys(password);
    }),
    { numRuns: 500 },
  );
});
