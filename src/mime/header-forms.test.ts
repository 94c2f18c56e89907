import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock } from '../base/testing.ts';
import { parseHeaderSection } from '../mail/index.ts';
import type { HeaderField } from '../mail/index.ts';
import { baseSubject, hasForm, headerForm, isHeaderForm } from './index.ts';

function field(raw: string | Buffer): HeaderField {
  return parseHeaderSection(Buffer.from(raw as string))[0] as HeaderField;
}

test('[8621-4.1.2-raw] Raw: everything behind the colon, with its folds', () => {
  assert.equal(headerForm(field('Subject:  a\r\n\tb \r\n'), 'Raw'), '  a\r\n\tb ');
  assert.equal(headerForm(field(Buffer.from('X: \xfc\0a\n', 'latin1')), 'Raw'), ' \ufffda');
  assert.equal(headerForm(field('X:'), 'Raw'), '');
});

for (const [raw, text] of [
  ['Subject:  plain', 'plain'],
  ['Subject: a\r\n\tfolded', 'a\tfolded'],
  ['Subject: =?utf-8?Q?=C3?= =?utf-8?Q?=BC?= x', 'ü x'],
  ['Subject: =?iso-8859-1?B?/A==?=\r\n =?koi8-r?Q?=F0?=', 'üП'],
  ['Subject: =?utf-7?Q?Fr+APY-sche?=', 'Frösche'],
  ['Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
  ['Subject: =?us-ascii*en?Q?a_b?=', 'a b'],
  ['Subject: =?utf-8?Q?blanks in it?=', 'blanks in it'],
  ['Subject: =?x-nobody?Q?a?=', '=?x-nobody?Q?a?='],
  ['Subject: u\u0308', 'ü'],
] as const)
  test(`[8621-4.1.2-text] Text of ${JSON.stringify(raw)}`, () => {
    assert.equal(headerForm(field(`${raw}\r\n`), 'Text'), text);
  });

test('[8621-4.1.2-text] octets that nobody announced are U+FFFD; in an encoded-word they are of its charset', () => {
  assert.equal(headerForm(field(Buffer.from('Subject: f\xfcr', 'latin1')), 'Text'), 'f\ufffdr');
  assert.equal(headerForm(field(Buffer.from('Subject: =?iso-8859-1?Q?f\xfcr?=', 'latin1')), 'Text'), 'für');
  assert.equal(headerForm(field('Subject: =?utf-8?Q?für?= ü'), 'Text'), 'für ü');
});

for (const [raw, addresses] of [
  ['joe@example.com', [[null, 'joe@example.com']]],
  [
    'Joe Doe <joe@example.com>, "Doe, Jane" <jane@example.com>',
    [
      ['Joe Doe', 'joe@example.com'],
      ['Doe, Jane', 'jane@example.com'],
    ],
  ],
  ['"quoted \\"q\\"" <a@b.test>', [['quoted "q"', 'a@b.test']]],
  ['joe@example.com (Joe Doe)', [['Joe Doe', 'joe@example.com']]],
  ['=?utf-8?Q?J=C3=BCrgen,_the?= <j@b.test>', [['Jürgen, the', 'j@b.test']]],
  ['"=?utf-8?Q?J=C3=BCrgen?=" <j@b.test>', [['Jürgen', 'j@b.test']]],
  ['=?utf-8?B?w7w=?= =?utf-8?B?w7w=?= <j@b.test>', [['üü', 'j@b.test']]],
  ['J. Q. Public <j@b.test>', [['J. Q. Public', 'j@b.test']]],
  ['<@hop.test:a@b.test>', [[null, 'a@b.test']]],
  ['"a b"@c.test', [[null, '"a b"@c.test']]],
  ['a . b @ c.test', [[null, 'a.b@c.test']]],
  ['joe@[192.0.2.1]', [[null, 'joe@[192.0.2.1]']]],
  [
    'Friends: a@b.test, B <b@c.test>;, d@e.test',
    [
      [null, 'a@b.test'],
      ['B', 'b@c.test'],
      [null, 'd@e.test'],
    ],
  ],
  [
    'a@b.test; c@d.test',
    [
      [null, 'a@b.test'],
      [null, 'c@d.test'],
    ],
  ],
  ['undisclosed-recipients:;', []],
  ['Joe Doe', [[null, 'Joe Doe']]],
  ['Joe Doe joe@example.com', [['Joe Doe', 'joe@example.com']]],
  ['joe@work <joe@home.test>', [['joe@work', 'joe@home.test']]],
  ['"unended <joe@home.test>', [['unended', 'joe@home.test']]],
  ['Joe (unended <joe@home.test>', [['unended <joe@home.test>', 'Joe']]],
  ['<>', [[null, '']]],
  ['', []],
  [',,;', []],
  ['jürgen@bücher.test', [[null, 'jürgen@bücher.test']]],
] as const)
  test(`[8621-4.1.2-addresses] Addresses of ${JSON.stringify(raw)}`, () => {
    assert.deepEqual(
      headerForm(field(`To: ${raw}\r\n`), 'Addresses').map(({ name, email }) => [name, email]),
      addresses,
    );
  });

test('[8621-4.1.2-groups] GroupedAddresses: as RFC 8621 shows them', () => {
  const raw =
    '  "  James Smythe" <james@example.com>, Friends:\r\n  jane@example.com, =?UTF-8?Q?John_Sm=C3=AEth?=\r\n   <john@example.com>;';
  assert.deepEqual(headerForm(field(`To:${raw}\r\n`), 'GroupedAddresses'), [
    { name: null, addresses: [{ name: 'James Smythe', email: 'james@example.com' }] },
    {
      name: 'Friends',
      addresses: [
        { name: null, email: 'jane@example.com' },
        { name: 'John Smîth', email: 'john@example.com' },
      ],
    },
  ]);
  assert.deepEqual(headerForm(field('To: undisclosed-recipients:;\r\n'), 'GroupedAddresses'), [
    { name: 'undisclosed-recipients', addresses: [] },
  ]);
});

for (const [raw, ids] of [
  ['<a@b>', ['a@b']],
  ['(c) <a@b>\r\n <c@d> phrase <e\r\n f@g>', ['a@b', 'c@d', 'ef@g']],
  ['a@b c@d', ['a@b', 'c@d']],
  ['nothing', null],
  ['', null],
] as const)
  test(`[8621-4.1.2-ids] MessageIds of ${JSON.stringify(raw)}`, () => {
    assert.deepEqual(headerForm(field(`References: ${raw}\r\n`), 'MessageIds'), ids);
  });

for (const [raw, date] of [
  ['Thu, 30 Oct 2014 14:12:00 +0800', '2014-10-30T14:12:00+08:00'],
  ['30 Oct 2014 14:12 GMT', '2014-10-30T14:12:00Z'],
  ['Thu, 13 Feb 69 23:32 -0330 (Newfoundland (Time))', '1969-02-13T23:32:00-03:30'],
  ['Fri, 21 Nov 1997 09(comment):  55  :  06 -0600', '1997-11-21T09:55:06-06:00'],
  ['21 Nov 97 09:55:06 EST', '1997-11-21T09:55:06-05:00'],
  ['Tue, 1 Jul 03 10:52:37 XYZ', '2003-07-01T10:52:37Z'],
  ['Tue, 1-Jul-2003 10:52:37.123 +02:00', '2003-07-01T10:52:37+02:00'],
  ['Thu Feb 13 23:32:54 PST 1969', '1969-02-13T23:32:54-08:00'],
  ['2020-02-29T01:02:03+01:00', '2020-02-29T01:02:03+01:00'],
  ['31 Dec 2016 23:59:60 +0000', '2016-12-31T23:59:59Z'],
  ['Sat, 1 January 2000', '2000-01-01T00:00:00Z'],
  ['yesterday', null],
  ['32 Jan 2000 00:00:00 +0000', null],
  ['1 Jan 2000 25:00:00 +0000', null],
] as const)
  test(`[8621-4.1.2-date] Date of ${raw}`, () => {
    assert.equal(headerForm(field(`Date: ${raw}\r\n`), 'Date'), date);
  });

test('[8621-4.1.2-urls] URLs: of the fields of mailing lists', () => {
  const raw =
    'List-Unsubscribe: (Use this) <mailto:list@host.com?subject=\r\n x>,\r\n <http://www.host.com/u> (or that)\r\n';
  assert.deepEqual(headerForm(field(raw), 'URLs'), ['mailto:list@host.com?subject=x', 'http://www.host.com/u']);
  assert.equal(headerForm(field('List-Post: NO\r\n'), 'URLs'), null);
});

test('[8621-4.1.2-allowed] which field has which form', () => {
  assert.ok(hasForm('Subject', 'Text') && !hasForm('subject', 'Addresses') && hasForm('subject', 'Raw'));
  assert.ok(hasForm('Resent-To', 'GroupedAddresses') && !hasForm('To', 'Text'));
  assert.ok(hasForm('References', 'MessageIds') && hasForm('Date', 'Date') && !hasForm('Date', 'URLs'));
  assert.ok(hasForm('List-Post', 'URLs') && !hasForm('List-Post', 'Text') && hasForm('List-Id', 'Text'));
  assert.ok(!hasForm('Received', 'Text') && hasForm('X-Anything', 'Addresses') && hasForm('Content-Type', 'Text'));
  assert.ok(isHeaderForm('Raw') && !isHeaderForm('raw') && !isHeaderForm('toString'));
});

for (const [subject, base] of [
  ['Hello', 'Hello'],
  ['Re: Hello', 'Hello'],
  ['RE: re: FWD: Hello (fwd) (FWD) ', 'Hello'],
  ['[list] Re: [list] Hello', 'Hello'],
  ['Re[2]: Hello', 'Hello'],
  ['[only a blob]', '[only a blob]'],
  ['[Fwd: Re: Hello]', 'Hello'],
  ['a  b\tc', 'a b c'],
  ['Re:', ''],
  ['regards', 'regards'],
] as const)
  test(`[5256-2.1-base] the base subject of ${JSON.stringify(subject)}`, () => {
    assert.equal(baseSubject(subject), base);
  });

test('hostile values take bounded time', () => {
  const spent = cpuClock();
  for (const piece of [
    '"',
    '(',
    '<',
    '[',
    ':',
    ';',
    '@',
    ',',
    '\\',
    '=?',
    '=?a?q?',
    '=?a?q?b?= ',
    '<a@',
    'a@b,',
    '.',
    ' ',
    '[a]',
    're:',
    '\ud800',
    '(fwd)',
    '[fwd:',
    '-',
  ]) {
    // prettier-ignore
    const value = piece.repeat(200_000 / piece.length);
    for (const form of ['Text', 'Addresses', 'GroupedAddresses', 'MessageIds', 'Date', 'URLs'] as const)
      headerForm(field(`X: ${value}\r\n`), form);
    baseSubject(value);
  }
  assert.ok(spent() < 15_000, `${spent()}`);
});
