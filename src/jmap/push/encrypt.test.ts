import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { encrypted, MOST_ENCRYPTED, pushKeys } from './encrypt.ts';

/** RFC 8291 appendix A. */
const EXAMPLE = {
  text: 'When I grow up, I want to be a watermelon',
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  privateKey: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  message:
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
};

const octets = (text: string): Buffer => Buffer.from(text, 'base64url');

test('[8291-3-encrypted] the example of RFC 8291 comes out octet for octet', () => {
  const { text, keys, salt, privateKey, message } = EXAMPLE;
  const sealed = encrypted(Buffer.from(text), keys, { salt: octets(salt), privateKey: octets(privateKey) });
  assert.equal(sealed.toString('base64url'), message);
});

test('[8291-3-encrypted] who has the private key reads it, and each message has its own salt and key', () => {
  const [client, auth] = [createECDH('prime256v1'), randomBytes(16)];
  const keys = { p256dh: client.generateKeys('base64url'), auth: auth.toString('base64url') };
  const text = Buffer.alloc(MOST_ENCRYPTED, 'x');
  const [one, other] = [encrypted(text, keys), encrypted(text, keys)];
  assert.equal(one.length, 4096);
  assert.notDeepEqual(one.subarray(0, 86), other.subarray(0, 86));
  const [salt, sender] = [one.subarray(0, 16), one.subarray(21, 86)];
  const derived = (input: Buffer, by: Buffer, info: Buffer, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', input, by, info, length));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), client.getPublicKey(), sender]);
  const input = derived(client.computeSecret(sender), auth, info, 32);
  const key = derived(input, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const opened = createDecipheriv(
    'aes-128-gcm',
    key,
    derived(input, salt, Buffer.from('Content-Encoding: nonce\0'), 12),
  );
  opened.setAuthTag(one.subarray(-16));
  const plain = Buffer.concat([opened.update(one.subarray(86, -16)), opened.final()]);
  assert.deepEqual(plain, Buffer.concat([text, Buffer.from([2])]));
});

test('keys are a point of the curve and 16 octets, in base64url', () => {
  const { p256dh, auth } = EXAMPLE.keys;
  assert.deepEqual(pushKeys.read({ p256dh, auth }), { p256dh, auth });
  const offCurve = Buffer.from(octets(p256dh));
  offCurve[64] = (offCurve[64] ?? 0) ^ 1;
  const compressed = createECDH('prime256v1').generateKeys('base64url', 'compressed');
  for (const wrong of [
    null,
    { p256dh },
    { p256dh, auth, more: '' },
    { p256dh: 'AA', auth },
    { p256dh: compressed, auth },
    { p256dh: offCurve.toString('base64url'), auth },
    { p256dh, auth: 'AA' },
    { p256dh, auth: `${auth}+` },
    { p256dh: 1, auth },
  ])
    assert.equal(pushKeys.read(wrong as never), undefined, JSON.stringify(wrong));
});
