import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SaslLine } from './line.ts';
import { scramClient } from './scram-client.ts';

const BOB = { name: 'bob', password: 'secret' };
const TLS_13: SaslLine = { channelBinding: () => Buffer.from('x') };

test('[5802-6-client-flags] the first message says how the client stands to channel binding', () => {
  const flag = (plus: boolean, line: SaslLine, plusOffered: boolean): string =>
    scramClient(BOB, { plus, place: { line, plusOffered }, nonce: 'abc' }).initial?.toString() ?? '';
  assert.equal(flag(false, {}, false), 'n,,n=bob,r=abc');
  assert.equal(flag(false, {}, true), 'n,,n=bob,r=abc');
  // It could, and the server doesn't offer it: the server will know whether that is true.
  assert.equal(flag(false, TLS_13, false), 'y,,n=bob,r=abc');
  // It was offered and the operator wants the other: no sign of a middleman.
  assert.equal(flag(false, TLS_13, true), 'n,,n=bob,r=abc');
  assert.equal(flag(true, TLS_13, true), 'p=tls-exporter,,n=bob,r=abc');
  assert.equal(scramClient(BOB, { plus: false, place: undefined, nonce: 'abc' }).initial?.toString(), 'n,,n=bob,r=abc');
});

test('[5802-5.1-names] a comma and an equals sign in a name are escaped, and the name is prepared', () => {
  const client = scramClient(
    { name: 'a,b=c\u00ad\uff0c', password: 'x' },
    { plus: false, place: undefined, nonce: 'n' },
  );
  assert.equal(client.initial?.toString(), 'n,,n=a=2Cb=3Dc=2C,r=n');
});

test('[5802-5.1-nonce] each exchange has a nonce of its own', () => {
  const nonces = [1, 2].map(() => scramClient(BOB, { plus: false, place: undefined }).initial?.toString());
  assert.equal(new Set(nonces).size, 2);
  for (const nonce of nonces) assert.match(nonce ?? '', /,r=[A-Za-z0-9+/]{24}$/);
});

test('[5802-5.1-server-nonce] [7677-4-client-iterations] a server that answers with less than it must is not answered', () => {
  const good = 'r=abcdef,s=c2FsdA==,i=4096';
  const next = (text: string): Buffer | undefined =>
    scramClient(BOB, { plus: false, place: undefined, nonce: 'abc' }).next(Buffer.from(text));
  assert.match(next(good)?.toString() ?? '', /^c=biws,r=abcdef,p=/);
  const bad = [
    good.replace('abcdef', 'abc'), good.replace('abcdef', 'xbcdef'), good.replace('4096', '4095'), good.replace('4096', '1'),
    good.replace('4096', '1000001'), good.replace('c2FsdA==', ''), 'e=unknown-user', `m=1,${good}`, `${good},m=1`, good.slice(0, 20), 'nonsense',
  ]; // prettier-ignore
  for (const text of bad) assert.equal(next(text), undefined, text);
});

test('[5802-5-server-proof] a server that does not know the password is not believed', () => {
  for (const last of ['v=', 'v=AAAA', `v=${Buffer.alloc(32).toString('base64')}`, 'e=other-error', '', 'nonsense']) {
    const client = scramClient(BOB, { plus: false, place: undefined, nonce: 'abc' });
    client.next(Buffer.from('r=abcdef,s=c2FsdA==,i=4096'));
    assert.equal(client.next(Buffer.from(last)), undefined, last);
    assert.equal(client.mayEnd(), false);
    assert.equal(client.next(Buffer.from('r=abcdef,s=c2FsdA==,i=4096')), undefined);
  }
});

test('a server that asks with nothing gets the first message, once', () => {
  const client = scramClient(BOB, { plus: false, place: undefined, nonce: 'abc' });
  assert.deepEqual(client.next(Buffer.alloc(0)), client.initial);
  assert.equal(client.next(Buffer.alloc(0)), undefined);
});

test('a connection that has lost its binding is not logged in on', () => {
  const client = scramClient(BOB, { plus: true, place: { line: {}, plusOffered: true }, nonce: 'abc' });
  assert.equal(client.next(Buffer.from('r=abcdef,s=c2FsdA==,i=4096')), undefined);
});
