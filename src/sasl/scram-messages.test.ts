import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../mail/testing.ts';
import {
  readClientFinal,
  readClientFirst,
  readServerFinal,
  readServerFirst,
  writeSaslName,
  writeServerFirst,
} from './scram-messages.ts';

const PROOF = `p=${Buffer.alloc(32, 7).toString('base64')}`;

test('[5802-7-client-first] a first message has a flag, a name to act as, a name and a nonce', () => {
  const table: readonly (readonly [string, object])[] = [
    ['n,,n=user,r=abc', { flag: 'none', actAs: '', name: 'user', nonce: 'abc', gs2Header: 'n,,' }],
    ['y,,n=user,r=abc', { flag: 'unused' }],
    ['p=tls-exporter,,n=user,r=abc', { flag: { type: 'tls-exporter' }, gs2Header: 'p=tls-exporter,,' }],
    ['n,a=bob,n=user,r=abc', { actAs: 'bob', gs2Header: 'n,a=bob,', bare: 'n=user,r=abc' }],
    ['n,a=b=2Co=3Db,n==2C=3D,r=a=b', { actAs: 'b,o=b', name: ',=', nonce: 'a=b' }],
    ['n,,n=a=2cb,r=abc', { name: 'a,b' }],
    ['n,,n=ünal,r=!~', { name: 'ünal', nonce: '!~' }],
    ['n,,n=user,r=abc,x=1,Y=a=b', { bare: 'n=user,r=abc,x=1,Y=a=b' }],
    ['n,,n= ,r=abc', { name: ' ' }],
  ];
  for (const [text, expected] of table) {
    const read = readClientFirst(Buffer.from(text));
    assert.ok(read.ok, `${text}: ${read.ok ? '' : read.text}`);
    assert.deepEqual({ ...read.message, ...expected }, read.message, text);
  }
});

test('[5802-7-client-first-malformed] what is missing, twice, out of order or not printable is refused', () => {
  const bad: readonly (string | Buffer)[] = [
    '', 'n', 'n,', 'n,,', ',,n=user,r=abc', 'x,,n=user,r=abc', 'N,,n=user,r=abc', 'nn,,n=user,r=abc', 'F,n,,n=user,r=abc',
    'p,,n=user,r=abc', 'p=,,n=user,r=abc', 'p=tls_unique,,n=user,r=abc', 'n,n=user,r=abc', 'n,bob,n=user,r=abc',
    'n,a=,n=user,r=abc', 'n,a=b=c,n=user,r=abc', 'n,a=b=2,n=user,r=abc', 'n,,r=abc', 'n,,n=user', 'n,,r=abc,n=user', 'n,,n=,r=abc',
    'n,,n=us=er,r=abc', 'n,,n=user=,r=abc', 'n,,n=user,r=', 'n,,n=user,r=a b', 'n,,n=user,r=ä', 'n,,n=user,r=a\tb', 'n,,n=user,,r=abc',
    'n,,m=x,n=user,r=abc', 'n,,n=user,r=abc,m=x', 'n,,n=user,r=abc,n=bob', 'n,,n=user,r=abc,r=abc', 'n,,n=user,r=abc,p=x', 'n,,n=user,r=abc,',
    'n,,n=user,r=abc,x', 'n,,n=user,r=abc,x=', 'n,,n=user,r=abc,=x', 'n,,n=user,r=abc,1=x', 'n,,n=user,r=abc,xx=1', 'n,,n=us\0er,r=abc',
    Buffer.from('n,,n=us\xffer,r=abc', 'latin1'), `n,,n=${'x'.repeat(9_000)},r=abc`, `n,,n=user,r=abc${',x=y'.repeat(3_000)}`,
  ]; // prettier-ignore
  for (const text of bad)
    assert.equal(readClientFirst(Buffer.from(text as string)).ok, false, JSON.stringify(String(text).slice(0, 60)));
});

test('[5802-5.1-mandatory] an extension that must be understood is told to be unknown', () => {
  for (const text of ['n,,m=x,n=user,r=abc', 'n,,n=user,r=abc,m=x']) {
    const read = readClientFirst(Buffer.from(text));
    assert.ok(!read.ok && /must be understood/.test(read.text));
  }
  const final = readClientFinal(Buffer.from(`c=biws,r=abc,m=x,${PROOF}`));
  assert.ok(!final.ok && /must be understood/.test(final.text));
});

test('[5802-7-client-final] a final message has the binding, the nonce and, at its end, the proof', () => {
  const read = readClientFinal(Buffer.from(`c=biws,r=abc,x=1,${PROOF}`));
  assert.ok(read.ok);
  assert.equal(read.message.binding.toString(), 'n,,');
  assert.equal(read.message.nonce, 'abc');
  assert.equal(read.message.proof.length, 32);
  assert.equal(read.message.withoutProof, 'c=biws,r=abc,x=1');
});

test('[5802-7-client-final-malformed] what is missing, twice, out of order or not base 64 is refused', () => {
  const bad = [
    '', 'c=biws', 'c=biws,r=abc', `r=abc,${PROOF}`, `c=biws,${PROOF}`, `r=abc,c=biws,${PROOF}`, `${PROOF},c=biws,r=abc`, `c=biws,${PROOF},r=abc`,
    `c=,r=abc,${PROOF}`, `c=biw,r=abc,${PROOF}`, `c=bi s,r=abc,${PROOF}`, `c=biws,r=,${PROOF}`, `c=biws,r=a b,${PROOF}`, `c=biws,r=abc,p=`, `c=biws,r=abc,p=YWJj`,
    `c=biws,r=abc,${PROOF}=`, `c=biws,r=abc,${PROOF},x=1`, `c=biws,r=abc,${PROOF},${PROOF}`, `c=biws,r=abc,c=biws,${PROOF}`, `c=biws,r=abc,m=1,${PROOF}`,
    `c=biws,r=abc,,${PROOF}`, `n=user,c=biws,r=abc,${PROOF}`, `c=biws,r=abc,${PROOF.replace('=', '=\0')}`, `c=biws,r=abc${',x=y'.repeat(3_000)},${PROOF}`,
  ]; // prettier-ignore
  for (const text of bad) assert.equal(readClientFinal(Buffer.from(text)).ok, false, text.slice(0, 60));
  assert.equal(readClientFinal(Buffer.from([0xff])).ok, false);
});

test('[5802-7-server-first] a server asks with a nonce, a salt and a number of rounds', () => {
  const salt = Buffer.from('salt');
  const text = writeServerFirst({ nonce: 'abc', salt, iterations: 4096 });
  assert.equal(text, 'r=abc,s=c2FsdA==,i=4096');
  assert.deepEqual(readServerFirst(Buffer.from(text)), { nonce: 'abc', salt, iterations: 4096, text });
  assert.equal(readServerFirst(Buffer.from(`${text},x=1`))?.iterations, 4096);
  const bad = ['', 'r=abc', 'r=abc,s=c2FsdA==', 's=c2FsdA==,r=abc,i=4096', 'r=,s=c2FsdA==,i=4096', 'r=abc,s=,i=4096', 'r=abc,s=c2FsdA,i=4096', 'r=abc,s=c2FsdA==,i=0', 'r=abc,s=c2FsdA==,i=04096', 'r=abc,s=c2FsdA==,i=-1', 'r=abc,s=c2FsdA==,i=99999999999', 'r=abc,s=c2FsdA==,i=4096,m=1', 'm=1,r=abc,s=c2FsdA==,i=4096', 'e=other-error', 'r=ä,s=c2FsdA==,i=4096']; // prettier-ignore
  for (const one of bad) assert.equal(readServerFirst(Buffer.from(one)), undefined, one);
});

test('[5802-7-server-final] a server ends with its signature, or with an error', () => {
  assert.equal(readServerFinal(Buffer.from('v=YWJj'))?.toString(), 'abc');
  assert.equal(readServerFinal(Buffer.from('v=YWJj,x=1'))?.toString(), 'abc');
  for (const text of ['', 'e=invalid-proof', 'v=YWJ', 'x=1,v=YWJj', 'v=YWJj,m=1'])
    assert.equal(readServerFinal(Buffer.from(text)), undefined, text);
});

test('any name comes back, and any octets give an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, minLength: 1, maxLength: 50 }), (name) => {
      const read = readClientFirst(Buffer.from(`n,,n=${writeSaslName(name)},r=abc`));
      if (name.includes('\0') || !name.isWellFormed()) return true;
      return read.ok && read.message.name === name;
    }),
    { numRuns: 500 },
  );
  const piece = fc.constantFrom('n,,', 'y,,', 'p=tls-exporter,,', 'n=u', ',r=abc', 'c=biws', `,${PROOF}`, ',', '=', '\0', ',x=1', 'm=', 's=YQ==', ',i=1', 'v=YQ=='); // prettier-ignore
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.uint8Array({ maxLength: 8 }), (pieces, octets) => {
      const message = Buffer.concat([Buffer.from(pieces.join('')), octets]);
      const first = readClientFirst(message);
      if (first.ok) assert.equal(first.message.gs2Header + first.message.bare, message.toString());
      const final = readClientFinal(message);
      if (final.ok) assert.ok(message.toString().startsWith(`${final.message.withoutProof},p=`));
      readServerFirst(message);
      readServerFinal(message);
    }),
    { numRuns: 1000 },
  );
});
