import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainClient, plainServer } from './plain.ts';
import type { SaslStep } from './server.ts';

function answer(message: string | Buffer): SaslStep {
  return plainServer().next(Buffer.from(message as string));
}

function login(name: string, password: string, actAs = ''): SaslStep {
  return { kind: 'password', login: { mechanism: 'PLAIN', name, password, actAs } };
}

test('[4616-2-message] a PLAIN message carries whom to act as, the name and the password', () => {
  assert.deepEqual(answer('\0alice@a.test\0secret'), login('alice@a.test', 'secret'));
  assert.deepEqual(answer('bob\0alice\0s e c'), login('alice', 's e c', 'bob'));
  assert.deepEqual(answer('\0ünal\0pässwörd'), login('ünal', 'pässwörd'));
  assert.deepEqual(answer('\0u\u0308\0a\u00a0b'), login('ü', 'a b'));
});

test('[4616-2-malformed] a message that breaks the grammar is told to be malformed', () => {
  const bad: readonly (string | Buffer)[] = [
    '', '\0', 'alice', '\0alice', '\0\0', '\0alice\0', '\0\0secret', '\0alice\0secret\0', '\0alice\0sec\0ret', '\0al\nice\0secret', '\0alice\0sec\u007fret', 'b\rb\0alice\0secret',
    Buffer.from('\0al\xffice\0secret', 'latin1'), `\0alice\0${'x'.repeat(1025)}`, `\0${'x'.repeat(1025)}\0secret`, '\0a\0b'.repeat(100_000),
  ]; // prettier-ignore
  for (const message of bad)
    assert.equal(answer(message).kind, 'malformed', JSON.stringify(String(message).slice(0, 40)));
});

test('[4422-5-empty-challenge] without an initial response the client is asked with an empty challenge, once', () => {
  const exchange = plainServer();
  assert.deepEqual(exchange.next(undefined), { kind: 'challenge', data: Buffer.alloc(0) });
  assert.deepEqual(exchange.next(Buffer.from('\0a\0b')), login('a', 'b'));
  const silent = plainServer();
  silent.next(undefined);
  assert.equal(silent.next(undefined).kind, 'malformed');
});

test('no words of a refusal repeat what was sent', () => {
  const step = answer('\0alice\0top\u0001secret');
  assert.ok(step.kind === 'malformed' && !step.text.includes('secret'));
});

test('our client speaks what our server understands, with and without an initial response', () => {
  const client = plainClient({ name: 'alice@a.test', password: 'sëcret' });
  assert.deepEqual(plainServer().next(client.initial), login('alice@a.test', 'sëcret'));
  assert.deepEqual(plainServer().next(client.next(Buffer.alloc(0))), login('alice@a.test', 'sëcret'));
  assert.equal(client.next(Buffer.alloc(0)), undefined);
});

test('no octets make the exchange throw', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined }), { maxLength: 4 }),
      (responses) => {
        const exchange = plainServer();
        for (const response of responses) {
          const step = exchange.next(response === undefined ? undefined : Buffer.from(response));
          if (step.kind === 'password')
            assert.doesNotMatch(step.login.name + step.login.password + step.login.actAs, /\p{Cc}/u);
        }
      },
    ),
  );
});
