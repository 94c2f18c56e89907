import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress } from '../../mail/index.ts';
import { parseForwardPath, parseReversePath } from './path.ts';
import { isReply } from './refusals.ts';

type Expected = readonly [text: string, address: string, rest: string];

test('[5321-4.1.1.2-syntax] good reverse-paths', () => {
  const good: readonly Expected[] = [
    ['FROM:<a@b.test>', 'a@b.test', ''],
    ['from: <a@b.test>', 'a@b.test', ''],
    ['FROM:\t<a@b.test>\tSIZE=1', 'a@b.test', 'SIZE=1'],
    ['FROM:<a@b.test>  SIZE=1 BODY=7BIT', 'a@b.test', 'SIZE=1 BODY=7BIT'],
    ['FROM:<"a b"@b.test>', '"a b"@b.test', ''],
    ['FROM:<"a>b@c"@b.test> X', '"a>b@c"@b.test', 'X'],
    ['FROM:<@x.test:a@b.test>', 'a@b.test', ''],
    ['FROM:<@x.test,@y.test:a@b.test>', 'a@b.test', ''],
    ['FROM:<a@[192.0.2.1]>', 'a@[192.0.2.1]', ''],
    ['FROM:<a@[ipv6:2001:DB8::1]>', 'a@[IPv6:2001:db8::1]', ''],
  ];
  for (const [text, address, rest] of good) {
    const read = parseReversePath(text);
    assert.ok(!isReply(read), text);
    assert.equal(read.path === null ? '' : formatAddress(read.path), address, text);
    assert.equal(read.rest, rest, text);
  }
});

test('[5321-4.5.5-null] the null reverse-path', () => {
  const read = parseReversePath('FROM:<> SIZE=3');
  assert.deepEqual(read, { path: null, utf8: false, rest: 'SIZE=3' });
});

test('[5321-4.5.1-postmaster] <postmaster> in any case is a forward-path, and no reverse-path', () => {
  for (const text of ['TO:<postmaster>', 'TO: <PostMaster>', 'to:<POSTMASTER>']) {
    assert.deepEqual(parseForwardPath(text), { path: { local: 'postmaster', domain: '' }, utf8: false, rest: '' });
  }
  assert.ok(isReply(parseReversePath('FROM:<postmaster>')));
  assert.ok(isReply(parseForwardPath('TO:<postmasters>')));
});

test('[5321-4.1.1.3-syntax] what is no path is 501, with the code of its kind', () => {
  const bad: readonly (readonly [string, string])[] = [
    ['', '5.5.4'],
    ['TO', '5.5.4'],
    ['TO:', '5.5.4'],
    ['TO: ', '5.5.4'],
    ['TO <a@b.test>', '5.5.4'],
    ['FROM:<a@b.test>', '5.5.4'],
    ['TO:a@b.test', '5.5.4'],
    ['TO:<a@b.test>x', '5.5.4'],
    ['TO:<>', '5.1.3'],
    ['TO:< a@b.test>', '5.1.3'],
    ['TO:<a@b.test >', '5.1.3'],
    ['TO:<a@b.test', '5.1.3'],
    ['TO:<<a@b.test>>', '5.1.3'],
    ['TO:<a@b@c.test>', '5.1.3'],
    ['TO:<a b@c.test>', '5.1.3'],
    ['TO:<.a@c.test>', '5.1.3'],
    ['TO:<a@c.test.>', '5.1.3'],
    ['TO:<a@-c.test>', '5.1.3'],
    ['TO:<@c.test>', '5.1.3'],
    ['TO:<@c.test:>', '5.1.3'],
    ['TO:<@c.test,d.test:a@b.test>', '5.1.3'],
    ['TO:<@c.test a@b.test>', '5.1.3'],
    ['TO:<"a@b.test>', '5.1.3'],
    ['TO:<a@192.0.2.1>', '5.1.3'],
    ['TO:<a@[192.0.2.1>', '5.1.3'],
    ['TO:<\ufffd@b.test>', '5.1.3'],
  ];
  for (const [text, code] of bad) {
    const answer = parseForwardPath(text);
    assert.ok(isReply(answer), text);
    assert.equal(answer.code, 501, text);
    assert.equal(answer.enhanced, code, text);
  }
});

test('[6531-3.4-parameter] characters outside ASCII are read and told', () => {
  const read = parseReversePath('FROM:<ä@bücher.test>');
  assert.deepEqual(read, { path: { local: 'ä', domain: 'xn--bcher-kva.test' }, utf8: true, rest: '' });
});

const locals = fc.string({
  minLength: 1,
  maxLength: 30,
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
});
const domains = fc
  .array(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/), { minLength: 1, maxLength: 4 })
  .map((labels) => [...labels, 'test'].join('.'));

test('a path that is formatted and parsed is the same path', () => {
  fc.assert(
    fc.property(locals, domains, fc.boolean(), (local, domain, route) => {
      const address = { local, domain };
      const text = `TO:<${route ? '@r.test:' : ''}${formatAddress(address)}> X=1`;
      assert.deepEqual(parseForwardPath(text), { path: address, utf8: false, rest: 'X=1' });
    }),
  );
});

test('whatever the text, a path or a 501 comes out', () => {
  const pieces = fc.constantFrom(
    'FROM:',
    'TO:',
    '<',
    '>',
    '@',
    'a',
    'b.test',
    '"',
    '\\',
    ' ',
    ',',
    ':',
    '[192.0.2.1]',
    'ä',
    '.',
    'postmaster',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
      for (const answer of [parseForwardPath(parts.join('')), parseReversePath(parts.join(''))]) {
        if (isReply(answer)) assert.equal(answer.code, 501);
      }
    }),
  );
});
