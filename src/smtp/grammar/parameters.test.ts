import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMailParameters, parseRcptParameters } from './parameters.ts';
import type { Offer } from './parameters.ts';
import { isReply } from './refusals.ts';

const ALL: Offer = { auth: true, dsn: true };
const NONE: Offer = { auth: false, dsn: false };

test('[1870-3-parameter] [6152-3-body] good parameters of MAIL', () => {
  const good: readonly (readonly [string, object])[] = [
    ['', {}],
    ['SIZE=0', { size: 0 }],
    ['size=12345678901234567890', { size: Number('12345678901234567890') }],
    ['BODY=8bitmime  SMTPUTF8', { body: '8bitmime', smtputf8: true }],
    ['AUTH=<>', {}],
    ['AUTH=a+40b@c.test', {}],
    ['RET=full ENVID=a+20b', { ret: 'full', envid: 'a b' }],
  ];
  for (const [text, expected] of good) {
    assert.deepEqual(parseMailParameters(text, ALL), { body: '7bit', smtputf8: false, ...expected }, text);
  }
});

test('[3461-4-parameters] good parameters of RCPT', () => {
  const good: readonly (readonly [string, object])[] = [
    ['', {}],
    ['NOTIFY=NEVER', { notify: ['never'] }],
    ['NOTIFY=failure,Delay,SUCCESS', { notify: ['failure', 'delay', 'success'] }],
    ['ORCPT=RFC822;Bob+2B1@b.test', { orcpt: 'rfc822;Bob+1@b.test' }],
    ['ORCPT=utf-8;bób@b.test', { orcpt: 'utf-8;bób@b.test' }],
  ];
  for (const [text, expected] of good) assert.deepEqual(parseRcptParameters(text, ALL), expected, text);
});

test('[5321-4.1.1.11-bad-parameter] values that can not be read are 501 5.5.4', () => {
  const mail = [
    'SIZE',
    'SIZE=',
    'SIZE=-1',
    'SIZE=1.0',
    'SIZE=123456789012345678901',
    'SIZE=1 SIZE=1',
    'BODY',
    'BODY=BINARYMIME',
    'SMTPUTF8=1',
    'AUTH',
    'AUTH=+',
    'RET=X',
    'ENVID',
    'ENVID=+0A',
    `ENVID=${'x'.repeat(101)}`,
    '=',
    '=x',
    '-x',
    'x=\ufffd',
    'SIZE=1=1',
    'SI_ZE=1',
  ];
  const rcpt = [
    'NOTIFY',
    'NOTIFY=',
    'NOTIFY=NEVER,DELAY',
    'NOTIFY=DELAY,DELAY',
    'NOTIFY=,DELAY',
    'NOTIFY=SOMETIMES',
    'ORCPT',
    'ORCPT=;a',
    'ORCPT=rfc822;',
    'ORCPT=rfc822',
    'ORCPT=rfc822;a+0Db',
    `ORCPT=rfc822;${'x'.repeat(500)}`,
  ];
  for (const [text, answer] of [
    ...mail.map((text) => [text, parseMailParameters(text, ALL)] as const),
    ...rcpt.map((text) => [text, parseRcptParameters(text, ALL)] as const),
  ]) {
    assert.ok(isReply(answer), text);
    assert.equal(answer.code, 501, text);
    assert.equal(answer.enhanced, '5.5.4', text);
  }
});

test('[5321-4.1.1.11-unknown-parameter] what is not offered is 555 5.5.4', () => {
  const answers = [
    parseMailParameters('FOO', ALL),
    parseMailParameters('NOTIFY=NEVER', ALL),
    parseMailParameters('AUTH=<>', NONE),
    parseMailParameters('RET=FULL', NONE),
    parseMailParameters('ENVID=x', NONE),
    parseRcptParameters('SIZE=1', ALL),
    parseRcptParameters('NOTIFY=NEVER', NONE),
    parseRcptParameters('ORCPT=rfc822;a', NONE),
  ];
  for (const answer of answers) {
    assert.ok(isReply(answer));
    assert.equal(answer.code, 555);
    assert.equal(answer.enhanced, '5.5.4');
  }
});

test('whatever the text, parameters, 501 or 555 come out', () => {
  const words = fc.constantFrom(
    'SIZE',
    'BODY',
    'RET',
    'ENVID',
    'NOTIFY',
    'ORCPT',
    'X',
    '=',
    '8BITMIME',
    '1',
    'FULL',
    'rfc822;a',
    ',',
    ' ',
    '+',
    '+41',
    'é',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
      for (const answer of [parseMailParameters(parts.join(''), ALL), parseRcptParameters(parts.join(''), ALL)]) {
        if (isReply(answer)) assert.ok(answer.code === 501 || answer.code === 555);
      }
    }),
  );
});
