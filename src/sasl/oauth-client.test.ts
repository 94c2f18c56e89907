import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseTokenMechanism } from './oauth-client.ts';

const LOGIN = {
  name: 'user@example.com',
  token: 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==',
  host: 'server.example.com',
  port: 143,
};

test('[7628-3.1-message] the message of OAUTHBEARER has the name, whom it is for, and the token', () => {
  const client = chooseTokenMechanism(['PLAIN', 'XOAUTH2', 'OAUTHBEARER'], LOGIN);
  assert.equal(client?.mechanism, 'OAUTHBEARER');
  assert.equal(
    client?.initial?.toString(),
    'n,a=user@example.com,\u0001host=server.example.com\u0001port=143\u0001' +
      'auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\u0001\u0001',
  );
  const odd = chooseTokenMechanism(['OAUTHBEARER'], { ...LOGIN, name: 'a,b=c@example.com' });
  assert.match(odd?.initial?.toString() ?? '', /^n,a=a=2Cb=3Dc@example\.com,\u0001/u);
});

test('XOAUTH2 where nothing newer is offered, and none without an offer', () => {
  const client = chooseTokenMechanism(['plain', 'xoauth2'], LOGIN);
  assert.equal(client?.mechanism, 'XOAUTH2');
  assert.equal(client?.initial?.toString(), `user=user@example.com\u0001auth=Bearer ${LOGIN.token}\u0001\u0001`);
  assert.equal(chooseTokenMechanism(['PLAIN', 'SCRAM-SHA-256'], LOGIN), undefined);
});

test('[7628-3.2.3-dummy] a token that is refused is answered with a dummy, once, and then no success is believed', () => {
  for (const [name, dummy] of [
    ['OAUTHBEARER', '\u0001'],
    ['XOAUTH2', ''],
  ] as const) {
    const client = chooseTokenMechanism([name], LOGIN);
    assert.ok(client?.mayEnd());
    assert.equal(client?.next(Buffer.from('{"status":"invalid_token"}'))?.toString(), dummy);
    assert.equal(client?.mayEnd(), false);
    assert.equal(client?.next(Buffer.from('{}')), undefined);
  }
});

test('a server that asks first gets the message then', () => {
  const client = chooseTokenMechanism(['XOAUTH2'], LOGIN);
  assert.deepEqual(client?.next(Buffer.alloc(0)), client?.initial);
});

test('no name and no token brings a separator into the message', () => {
  for (const bad of [{ name: 'a\u0001b' }, { token: 'x\u0001auth=Bearer y' }, { token: 'x\r\n' }])
    assert.throws(() => chooseTokenMechanism(['OAUTHBEARER'], { ...LOGIN, ...bad }), RangeError);
});
