import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock } from '../base/testing.ts';
import { downgradeEntityHeader, downgradeHeader, isAsciiOnly } from './downgrade.ts';
import {
  decodeHeaderText,
  encodeHeaderText as w,
  fieldValue,
  HEADER_LIMITS,
  parseHeaderSection,
  parseMailboxes,
} from '../mail/index.ts';

function downgraded(text: string): string {
  const once = downgradeHeader(Buffer.from(text));
  assert.ok(isAsciiOnly(once), 'all of it is ASCII');
  assert.deepEqual(downgradeHeader(once), once, 'a second time changes nothing');
  return once.toString('latin1');
}

/** What a client would show of the only field. */
function shown(text: string): string {
  const [field, ...more] = parseHeaderSection(Buffer.from(downgraded(text)));
  assert.deepEqual(more, []);
  assert.ok(field);
  return decodeHeaderText(fieldValue(field));
}

/** Each row: the field, what becomes of it. */
function rows(table: readonly (readonly [field: string, becomes: string])[]): void {
  for (const [field, becomes] of table) assert.equal(downgraded(`${field}\r\n`), `${becomes}\r\n`, field);
}

test('ASCII fields stay as they are, octet for octet, beside others', () => {
  const plain = 'Received: a\r\n\tb;\r\n c\r\nX:y\r\nno field\r\nTo :  "a, b"   <a@b.test>\n';
  assert.equal(downgraded(plain), plain);
  assert.equal(downgraded(`${plain}Subject: ü\r\n${plain}`), `${plain}Subject: ${w('ü')}\r\n${plain}`);
  assert.equal(downgraded(''), '');
});

test('[6857-3.1.1-unstructured] [6858-2.3-subject] unstructured fields become encoded-words that say the same', () => {
  rows([
    ['Subject: Grüße', `Subject: ${w('Grüße')}`],
    ['Subject: 日本語', 'Subject: =?utf-8?B?5pel5pys6Kqe?='],
    ['SUBJECT:ü', `SUBJECT: ${w('ü')}`],
    ['X-Anything: ü', `X-Anything: ${w('ü')}`],
  ]);
  const long = 'Ein langer Betreff mit Umlauten äöü '.repeat(20).trim();
  assert.equal(shown(`Subject: ${long}\r\n`), long);
  for (const line of downgraded(`Subject: ${long}\r\n`).split('\r\n')) assert.ok(line.length <= 78, line);
  assert.equal(shown('Subject: a\r\n ü\r\n\tb\r\n'), 'a ü b');
  assert.equal(shown('Subject: =?utf-8?Q?=C3=BC?= and ü\r\n'), 'ü and ü', 'not encoded twice');
  assert.equal(shown('Comments: ü\u0085\u2028x\0y\r\n'), 'ü x y');
});

test('[6857-3.1.5-display-name] display names become encoded-words, addresses stay', () => {
  rows([
    ['From: Jürgen <j@a.test>', `From: ${w('Jürgen')} <j@a.test>`],
    ['To: "Müller, Jürgen" <j@a.test>', `To: ${w('Müller, Jürgen')} <j@a.test>`],
    [
      'Cc: Bob <b@b.test>, "a, b" <c@b.test>, J. Doe <d@b.test>, =?utf-8?Q?=C3=BC?= <e@b.test>, ü <f@b.test>',
      `Cc: Bob <b@b.test>,\r\n "a, b" <c@b.test>,\r\n "J. Doe" <d@b.test>,\r\n =?utf-8?Q?=C3=BC?= <e@b.test>,\r\n ${w('ü')} <f@b.test>`,
    ],
    ['Resent-To: ü <"a b"@b.test>', `Resent-To: ${w('ü')} <"a b"@b.test>`],
    ['To: Grüppe: a@b.test, c@d.test;', 'To: a@b.test,\r\n c@d.test'],
    ['To: Grüppe:;', `To: ${w('Grüppe')}:;`],
  ]);
});

test('[6857-3.1.6-domain] a domain becomes A-labels', () => {
  rows([
    ['From: a@bücher.test', 'From: a@xn--bcher-kva.test'],
    ['Reply-To: A <a@bücher.test>', 'Reply-To: A <a@xn--bcher-kva.test>'],
    ['Return-Path: <a@bücher.test>', 'Return-Path: <a@xn--bcher-kva.test>'],
    ['Delivered-To: a@bücher.test', 'Delivered-To: a@xn--bcher-kva.test'],
  ]);
});

test('[6858-2.1-address] an address that only UTF-8 can say stands in a display name, before one that is nobody’s', () => {
  const nobody = 'invalid@internationalized-address.invalid';
  rows([
    ['From: jürgen@a.test', `From: ${w('jürgen@a.test')} <${nobody}>`],
    ['Return-Path: <jürgen@a.test>', `Return-Path: <${nobody}>`],
    ['Delivered-To: jürgen@a.test', `Delivered-To: ${nobody}\r\n (${w('jürgen@a.test')})`],
  ]);
  const [mailbox, other, ...more] = parseMailboxes(
    parseHeaderSection(Buffer.from(downgraded('To: Jürgen <jürgen@bücher.test>, b@b.test\r\n'))).map(fieldValue)[0] ??
      '',
  ).mailboxes;
  assert.deepEqual(more, []);
  assert.equal(decodeHeaderText(mailbox?.name ?? ''), 'Jürgen <jürgen@bücher.test>');
  assert.equal(mailbox?.address.domain, 'internationalized-address.invalid');
  assert.deepEqual(other, { address: { local: 'b', domain: 'b.test' } });
});

test('[6857-3.1.4-parameters] parameters are written in extended form, long ones in pieces', () => {
  rows([
    [
      'Content-Type: text/plain; charset=utf-8; name="Grüße.txt"',
      "Content-Type: text/plain;\r\n charset=utf-8;\r\n name*=utf-8''Gr%C3%BC%C3%9Fe.txt",
    ],
    ['Content-Disposition: attachment;filename=ü', "Content-Disposition: attachment;\r\n filename*=utf-8''%C3%BC"],
    ['Content-Type: a/b; x="\\"ü;\\"" ;', "Content-Type: a/b;\r\n x*=utf-8''%22%C3%BC%3B%22"],
    ["Content-Type: a/b; x*=utf-8''ü", "Content-Type: a/b;\r\n x*=utf-8''%C3%BC"],
  ]);
  const long = downgraded(`Content-Disposition: attachment; filename="${'日本語'.repeat(20)}.pdf"\r\n`);
  assert.match(long, /^Content-Disposition: attachment;\r\n filename\*0\*=utf-8''%E6[^]*;\r\n filename\*10\*=/);
  const pieces = [...long.matchAll(/^ filename\*\d+\*=(?:utf-8'')?([^;\r]*)/gm)].map(([, piece]) => piece);
  assert.equal(decodeURIComponent(pieces.join('')), `${'日本語'.repeat(20)}.pdf`);
  for (const line of long.split('\r\n')) assert.ok(line.length <= 78, line);
});

test('[6857-3.1.4-parameters] what can’t be understood keeps the boundary', () => {
  rows([
    ['Content-Type: multipart/mixed; ü=1; boundary="b"', 'Content-Type: multipart/mixed; ?=1; boundary="b"'],
    ['Content-Type: multipart/mixed (ü);\r\n boundary="b"', 'Content-Type: multipart/mixed (?);\r\n boundary="b"'],
  ]);
});

test('[6857-3.2.5-received] a Received field loses a for clause that ASCII can’t say, and nothing else', () => {
  const received = 'Received: from a.test ([192.0.2.1])\r\n\tby b.test with UTF8SMTP id 01';
  const end = ';\r\n\tFri, 1 Jan 2027 00:00:00 +0000';
  rows([
    [`${received}\r\n\tfor <jürgen@a.test>${end}`, `${received}${end}`],
    [`${received} for jürgen@a.test\r\n\ttls X${end}`, `${received}\r\n\ttls X${end}`],
    [`${received} for <"jürgen a"@a.test>${end}`, `${received}${end}`],
    [`${received} (für alle)${end}`, `${received} (f?r alle)${end}`],
  ]);
});

test('[6857-3.2.4-identifiers] an identifier that is no longer itself moves to a field of another name', () => {
  rows([
    ['Message-ID: <ü@a.test>', `Downgraded-Message-ID: ${w('<ü@a.test>')}`],
    ['In-Reply-To: <ü@a.test>', `Downgraded-In-Reply-To: ${w('<ü@a.test>')}`],
    ['Content-ID: <ü@a.test>', `Downgraded-Content-ID: ${w('<ü@a.test>')}`],
  ]);
});

test('[6532-3.7-rfc822] a part that is a message in UTF-8 becomes one that every program knows, unless it is encoded', () => {
  const table: readonly (readonly [string, string])[] = [
    ['Content-Type: message/global', 'Content-Type: message/rfc822'],
    ['content-type:\r\n Message/GLOBAL; x=message/global', 'content-type:\r\n message/rfc822; x=message/global'],
    ['Content-Type: message/global-headers', 'Content-Type: text/rfc822-headers'],
    ['Content-Type: message/global; name="ü"', "Content-Type: message/rfc822;\r\n name*=utf-8''%C3%BC"],
    ['Subject: message/global\r\nContent-Type: message/global', 'Subject: message/global\r\nContent-Type: message/rfc822'],
    ['Content-Transfer-Encoding: 8bit\r\nContent-Type: message/global', 'Content-Transfer-Encoding: 8bit\r\nContent-Type: message/rfc822'],
  ]; // prettier-ignore
  for (const [header, becomes] of table)
    assert.equal(downgradeEntityHeader(Buffer.from(`${header}\r\n`)).toString(), `${becomes}\r\n`);
  for (const header of [
    'Content-Transfer-Encoding: base64\r\nContent-Type: message/global\r\n',
    'Content-Type: message/global-delivery-status\r\n',
    'Content-Type: text/plain; x=message/global\r\n',
    'Content-Type: text/plain\r\nContent-Type: message/global\r\n',
  ])
    assert.equal(downgradeEntityHeader(Buffer.from(header)).toString(), header);
});

test('[6857-3.2.9-anything] what can’t be understood is made ASCII all the same', () => {
  rows([
    ['To: ü <a@b.test', `To: ${w('ü <a@b.test')}`],
    ['To: a@ü..test', `To: ${w('a@ü..test')}`],
    ['Return-Path: ü', 'Return-Path: ?'],
    ['Ünknown: x', `${w('Ünknown: x')}`],
    [' ü', ` ${w('ü')}`],
    ['\u2028', '?'],
  ]);
  assert.equal(downgradeHeader(Buffer.from('Subject: \xfc\r\n', 'latin1')).toString(), `Subject: ${w('ü')}\r\n`);
  assert.equal(downgradeHeader(Buffer.from('Subject: ü\n')).toString(), `Subject: ${w('ü')}\n`);
  assert.equal(downgradeHeader(Buffer.from('Subject: ü')).toString(), `Subject: ${w('ü')}`);
});

test('a section of the largest size takes little time and room, whatever is in it', () => {
  const hostile = {
    'To: ': ['ü@b,', '"ü', '(ü', 'ü:', 'ü;', ' '],
    'Subject: ': ['ü', '\r\n ', '=?utf-8?Q?ü?= '],
    'Content-Type: a/b': [';ü=ü', '; n="ü"', ';', ' ', ';n=ü" '],
    'Received: ü ': [' for <', ' for <ü', ' '],
    'Return-Path: ': ['ü@b'],
    '': ['ü:', 'Ü: x\r\n', 'a: ü\r\n'],
  };
  const spent = cpuClock();
  for (const [begin, pieces] of Object.entries(hostile))
    for (const piece of pieces) {
      const body = piece.repeat(Math.floor((HEADER_LIMITS.octets - 20) / Buffer.byteLength(piece)));
      const section = Buffer.from(`${begin}${body}ü\r\n`);
      const done = downgradeHeader(section);
      assert.ok(isAsciiOnly(done));
      assert.ok(done.length <= 5 * section.length + 65_536, `${begin}${piece}: ${done.length}`);
    }
  assert.ok(spent() < 20_000);
});
