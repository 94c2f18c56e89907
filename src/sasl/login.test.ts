import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loginClient, loginServer } from './login.ts';

const DONE = { kind: 'password', login: { mechanism: 'LOGIN', name: 'alice@a.test', password: 'secret', actAs: '' } };

test('LOGIN asks for the name and for the password, in the words that clients know', () => {
  const exchange = loginServer();
  const first = exchange.next(undefined);
  assert.ok(first.kind === 'challenge' && first.data.toString('base64') === 'VXNlcm5hbWU6');
  const second = exchange.next(Buffer.from('alice@a.test'));
  assert.ok(second.kind === 'challenge' && second.data.toString('base64') === 'UGFzc3dvcmQ6');
  assert.deepEqual(exchange.next(Buffer.from('secret')), DONE);
});

test('an initial response is the name', () => {
  const exchange = loginServer();
  const second = exchange.next(Buffer.from('alice@a.test'));
  assert.ok(second.kind === 'challenge' && second.data.toString() === 'Password:');
  assert.deepEqual(exchange.next(Buffer.from('secret')), DONE);
});

test('empty, broken and endless answers are malformed', () => {
  for (const answer of ['', 'a\0b', 'x'.repeat(1025)]) {
    assert.equal(loginServer().next(Buffer.from(answer)).kind, 'malformed');
    const exchange = loginServer();
    exchange.next(Buffer.from('alice'));
    assert.equal(exchange.next(Buffer.from(answer)).kind, 'malformed');
  }
  assert.equal(loginServer().next(Buffer.from([0xff])).kind, 'malformed');
  const silent = loginServer();
  silent.next(undefined);
  assert.equal(silent.next(undefined).kind, 'malformed');
});

test('our client speaks what our server understands, however the prompts are worded', () => {
  const client = loginClient({ name: 'alice@a.test', password: 'secret' });
  assert.equal(client.initial, undefined);
  const server = loginServer();
  server.next(undefined);
  server.next(client.next(Buffer.from('Name?')));
  assert.deepEqual(server.next(client.next(Buffer.from('???'))), DONE);
  assert.equal(client.next(Buffer.from('Password:')), undefined);
});

test('no octets make the exchange throw', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined }), { maxLength: 5 }),
      (responses) => {
        const exchange = loginServer();
        for (const response of responses) {
          const step = exchange.next(response === undefined ? undefined : Buffer.from(response));
          assert.ok(['challenge', 'password', 'malformed'].includes(step.kind));
        }
      },
    ),
  );
});
