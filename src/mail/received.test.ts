import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHeaderSection } from './header.ts';
import { formatDeliveredTo, formatReceived, formatReturnPath, withKeyword } from './received.ts';
import type { ReceivedFacts } from './received.ts';
import { anyCharacter } from './testing.ts';

const FACTS: ReceivedFacts = {
  client: { helo: 'mail.b.test', ip: '192.0.2.1', reverseName: 'host.b.test' },
  by: 'mx.a.test',
  with: 'ESMTPS',
  id: '01abc',
  for: { local: 'alice', domain: 'a.test' },
  at: Date.UTC(2026, 10, 23, 15, 0, 0),
  tls: 'TLS_AES_256_GCM_SHA384',
};

function line(facts: Partial<ReceivedFacts>): string {
  return formatReceived({ ...FACTS, ...facts }).toString();
}

test('[5321-4.4-received] a Received field has every clause, in order, folded', () => {
  assert.equal(
    line({}),
    'Received: from mail.b.test (host.b.test [192.0.2.1])\r\n' +
      '\tby mx.a.test with ESMTPS id 01abc\r\n' +
      '\tfor <alice@a.test>\r\n' +
      '\ttls TLS_AES_256_GCM_SHA384;\r\n' +
      '\tMon, 23 Nov 2026 15:00:00 +0000\r\n',
  );
});

test('[5321-4.4-received-from] the client stands there as it called itself and as its address is', () => {
  const table: readonly (readonly [ReceivedFacts['client'], string])[] = [
    [{ helo: 'mail.b.test', ip: '192.0.2.1' }, 'from mail.b.test ([192.0.2.1])'],
    [{ helo: '[192.0.2.9]', ip: '2001:db8::1' }, 'from [192.0.2.9] ([IPv6:2001:db8::1])'],
    [{ helo: 'bücher.test', ip: '192.0.2.1' }, 'from xn--bcher-kva.test ([192.0.2.1])'],
    [{ helo: 'my_pc', ip: '192.0.2.1' }, 'from my_pc ([192.0.2.1])'],
    [{ ip: '192.0.2.1' }, 'from unknown ([192.0.2.1])'],
    [{ helo: '', ip: '192.0.2.1' }, 'from unknown ([192.0.2.1])'],
    [{ helo: 'x', ip: '192.0.2.1', reverseName: 'evil) (x' }, 'from x ([192.0.2.1])'],
  ];
  for (const [client, from] of table) assert.equal(line({ client }).split('\r\n')[0], `Received: ${from}`);
});

test('[5321-7.2-submitter-address] with the address left out, the name can not give it away either', () => {
  assert.match(line({ client: { helo: '[192.168.1.5]' } }), /^Received: from unknown\r\n/);
  assert.match(line({ client: { helo: 'pc.a.test' } }), /^Received: from pc\.a\.test\r\n/);
});

test('a hostile name can end neither a comment, a clause nor the line', () => {
  const text = line({ client: { helo: 'x) by evil with SMTP; Mon\r\nX-Evil: yes\r\n\r\n(', ip: '192.0.2.1' } });
  assert.equal(parseHeaderSection(Buffer.from(text)).length, 1);
  assert.ok(text.startsWith('Received: from x??by?evil?with?SMTP??Mon??X-Evil??yes?????\r\n\t([192.0.2.1])\r\n'), text);
});

test('any name gives one field whose lines are no longer than a line may be', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 600 }), fc.string({ unit: anyCharacter }), (helo, by) => {
      const text = line({ client: { helo, ip: '192.0.2.1' }, by });
      assert.equal(parseHeaderSection(Buffer.from(text)).length, 1);
      assert.match(text, /^(?:[ -~\t]{1,998}\r\n)+$/);
      assert.equal(text.split(';').length, 2);
      assert.equal(text.split('(').length, 2);
    }),
  );
});

test('[3848-3-with] the with clause names protocol, TLS and login', () => {
  const table: readonly (readonly [Parameters<typeof withKeyword>[0], string])[] = [
    [{ protocol: 'smtp', tls: false, auth: false, utf8: false }, 'SMTP'],
    [{ protocol: 'smtp', tls: true, auth: false, utf8: false }, 'ESMTPS'],
    [{ protocol: 'esmtp', tls: false, auth: false, utf8: false }, 'ESMTP'],
    [{ protocol: 'esmtp', tls: true, auth: false, utf8: false }, 'ESMTPS'],
    [{ protocol: 'esmtp', tls: false, auth: true, utf8: false }, 'ESMTPA'],
    [{ protocol: 'esmtp', tls: true, auth: true, utf8: false }, 'ESMTPSA'],
    [{ protocol: 'lmtp', tls: false, auth: false, utf8: false }, 'LMTP'],
    [{ protocol: 'lmtp', tls: true, auth: true, utf8: false }, 'LMTPSA'],
  ];
  for (const [facts, keyword] of table) assert.equal(withKeyword(facts), keyword);
});

test('[6531-4.3-with] the with clause says when SMTPUTF8 was used', () => {
  assert.equal(withKeyword({ protocol: 'esmtp', tls: false, auth: false, utf8: true }), 'UTF8SMTP');
  assert.equal(withKeyword({ protocol: 'esmtp', tls: true, auth: true, utf8: true }), 'UTF8SMTPSA');
  assert.equal(withKeyword({ protocol: 'lmtp', tls: true, auth: false, utf8: true }), 'UTF8LMTPS');
});

test('[5321-4.4-return-path] Return-Path has the reverse-path, also the null one', () => {
  assert.equal(formatReturnPath(null).toString(), 'Return-Path: <>\r\n');
  assert.equal(formatReturnPath({ local: 'a b', domain: 'a.test' }).toString(), 'Return-Path: <"a b"@a.test>\r\n');
});

test('Delivered-To names the address', () => {
  assert.equal(formatDeliveredTo({ local: 'alice', domain: 'a.test' }).toString(), 'Delivered-To: alice@a.test\r\n');
  assert.equal(formatDeliveredTo({ local: 'a\r\nb', domain: 'a.test' }).toString(), 'Delivered-To: "a??b"@a.test\r\n');
});
