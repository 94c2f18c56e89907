import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_CAPABILITIES } from '../grammar/capabilities.ts';
import type { Capabilities } from '../grammar/capabilities.ts';
import { mailCommand, rcptCommand } from './parameters.ts';
import type { ClientRecipient, MailParameters } from './parameters.ts';

const ALL: Capabilities = { ...NO_CAPABILITIES, size: 0, eightBitMime: true, smtpUtf8: true, dsn: true };
const FULL: MailParameters = { size: 12, body: '8bitmime', smtputf8: true, ret: 'full', envid: 'a b=c+d' };

test('[5321-4.1.1.11-offered-only] what is not offered is not said', () => {
  assert.equal(mailCommand('a@a.test', FULL, NO_CAPABILITIES), 'MAIL FROM:<a@a.test>');
  const to: ClientRecipient = { address: 'b@b.test', notify: ['never'], orcpt: 'rfc822;b@b.test' };
  assert.equal(rcptCommand(to, NO_CAPABILITIES, false), 'RCPT TO:<b@b.test>');
});

test('[3461-5.2.1-passed-on] what is offered is passed on as it came', () => {
  assert.equal(mailCommand('', FULL, ALL), 'MAIL FROM:<> SIZE=12 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=a+20b+3Dc+2Bd');
});

test('[3461-5.2.1-none-invented] nothing is made up', () => {
  assert.equal(mailCommand('a@a.test', {}, ALL), 'MAIL FROM:<a@a.test>');
  assert.equal(rcptCommand({ address: 'b@b.test', notify: [] }, ALL, true), 'RCPT TO:<b@b.test>');
});

test('7-bit and plain mail needs no parameter', () => {
  assert.equal(mailCommand('a@a.test', { body: '7bit', smtputf8: false }, ALL), 'MAIL FROM:<a@a.test>');
});

const ORCPT: readonly (readonly [orcpt: string, utf8: boolean, expected: string | undefined])[] = [
  ['rfc822;bob@b.test', false, 'rfc822;bob@b.test'],
  ['rfc822;bob+x=y z@b.test', false, 'rfc822;bob+2Bx+3Dy+20z@b.test'],
  ['x400;/C=DE/', false, 'x400;/C+3DDE/'],
  ['utf-8;jürgen@b.test', true, 'utf-8;jürgen@b.test'],
  ['utf-8;jürgen@b.test', false, 'utf-8;j\\x{FC}rgen@b.test'],
  ['utf-8;jürgen+x\\y@b.test', true, 'utf-8;jürgen\\x{2B}x\\x{5C}y@b.test'],
  ['rfc822;jürgen@b.test', true, undefined],
  ['bob@b.test', true, undefined],
  ['rfc822;', true, undefined],
  ['rfc822;a\r\nRCPT TO:<x@x.test>', false, 'rfc822;a+0D+0ARCPT+20TO:<x@x.test>'],
];

for (const [orcpt, utf8, expected] of ORCPT) {
  test(`[6533-3-client-orcpt] ${JSON.stringify(orcpt)}, ${utf8 ? 'with' : 'without'} SMTPUTF8`, () => {
    const wanted = expected === undefined ? 'RCPT TO:<b@b.test>' : `RCPT TO:<b@b.test> ORCPT=${expected}`;
    assert.equal(rcptCommand({ address: 'b@b.test', orcpt }, ALL, utf8), wanted);
  });
}
