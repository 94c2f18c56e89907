import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planSevenBit } from './seven-bit.ts';
import type { SevenBitOptions, SevenBitPlan } from './seven-bit.ts';

async function* pieces(octets: Buffer, size = 16_384): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length; at += size) yield await Promise.resolve(octets.subarray(at, at + size));
}

function octetsOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\r\n'));
}

async function planFor(octets: Buffer, options?: SevenBitOptions, size?: number): Promise<SevenBitPlan> {
  return await planSevenBit(pieces(octets, size), options);
}

/** The message converted, in lines; or why it isn't. */
async function converted(octets: Buffer, options?: SevenBitOptions, size?: number): Promise<readonly string[]> {
  const plan = await planFor(octets, options, size);
  if (plan.kind !== 'convert') return [plan.kind === 'as-is' ? 'as-is' : plan.why];
  const out: Buffer[] = [];
  for await (const piece of plan.render(pieces(octets, size))) out.push(piece);
  return Buffer.concat(out).toString('latin1').split('\r\n');
}

interface Case {
  readonly name: string;
  readonly lines: readonly string[];
  readonly options?: SevenBitOptions;
  readonly expected: readonly string[];
}

const LONG = 'x'.repeat(999);

const CASES: readonly Case[] = [
  {
    name: 'text that says it has 8 bits becomes quoted-printable',
    lines: ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', 'Subject: x', '', 'Grüße = ', '-- ', 'end', ''],
    expected: ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Subject: x', 'Content-Transfer-Encoding: quoted-printable', '', 'Gr=C3=BC=C3=9Fe =3D=20', '=2D-=20', 'end', ''],
  },
  {
    name: '[1428-3-unknown-8bit] text that says nothing of itself says so, and that nobody knows its characters',
    lines: ['Subject: x', '', 'ü', ''],
    expected: ['Subject: x', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', '=C3=BC', ''],
  },
  {
    name: 'what is no text becomes base 64',
    lines: ['MIME-Version: 1.0', 'Content-Type: image/png', '', 'ü'.repeat(40)],
    expected: ['MIME-Version: 1.0', 'Content-Type: image/png', 'Content-Transfer-Encoding: base64', '', 'w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zD', 'vMO8w7zDvMO8w7zDvMO8w7zDvMO8w7w=', ''],
  },
  {
    name: 'of several parts only those change that need it, and the label of what they stand in',
    lines: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b 1"', 'Content-Transfer-Encoding: 8BIT', '', 'pré', '--b 1', '', 'plain', '--b 1  ', 'Content-Type: text/html', 'Content-Transfer-Encoding: 7bit', '', '<b>ü</b>', '', '--b 1', 'Content-Type: application/x', 'Content-Transfer-Encoding: base64', '', 'AAAA', '--b 1--', 'after', ''],
    expected: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b 1"', 'Content-Transfer-Encoding: 7bit', '', 'pr??', '--b 1', '', 'plain', '--b 1  ', 'Content-Type: text/html', 'Content-Transfer-Encoding: quoted-printable', '', '<b>=C3=BC</b>', '', '--b 1', 'Content-Type: application/x', 'Content-Transfer-Encoding: base64', '', 'AAAA', '--b 1--', 'after', ''],
  },
  {
    name: 'a message in a message is converted inside, and itself never encoded',
    lines: ['Content-Type: multipart/digest; boundary=d', '', '--d', '', 'Subject: in', 'Content-Type: multipart/mixed; boundary=i', '', '--i', '', 'ü', '--i--', '', '--d', 'Content-Type: message/rfc822', 'Content-Transfer-Encoding: 8bit', '', 'Subject: two', '', 'ö', '--d--', ''],
    expected: ['Content-Type: multipart/digest; boundary=d', 'MIME-Version: 1.0', '', '--d', '', 'Subject: in', 'Content-Type: multipart/mixed; boundary=i', 'MIME-Version: 1.0', '', '--i', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', '=C3=BC', '--i--', '', '--d', 'Content-Type: message/rfc822', 'Content-Transfer-Encoding: 7bit', '', 'Subject: two', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', '=C3=B6', '--d--', ''],
  },
  {
    name: '[1847-2.1-opaque] a signed part that is 7-bit stays, octet for octet, while its neighbour is encoded',
    lines: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=o', '', '--o', 'Content-Type: multipart/signed; boundary=s', '', '--s', 'Content-Transfer-Encoding: 8bit', '', 'trailing  ', '--s', '', 'sig', '--s--', '', '--o', '', 'list footer ü', '--o--', ''],
    expected: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=o', '', '--o', 'Content-Type: multipart/signed; boundary=s', '', '--s', 'Content-Transfer-Encoding: 8bit', '', 'trailing  ', '--s', '', 'sig', '--s--', '', '--o', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', 'list footer =C3=BC', '--o--', ''],
  },
  {
    name: '[1847-2.1-opaque] a signed part with 8-bit octets can not be converted',
    lines: ['Content-Type: multipart/signed; boundary=s', '', '--s', '', 'ü', '--s--', ''],
    expected: ['that would break the signature over its text (multipart/signed)'],
  },
  {
    name: 'part of a message can not be encoded (RFC 2046 §5.2.2)',
    lines: ['Content-Type: message/partial; id=x; number=2', '', 'ü', ''],
    expected: ['its part of type message/partial has 8-bit octets, and must not be encoded'],
  },
  {
    name: 'a multipart without a boundary can not be taken apart',
    lines: ['Content-Type: multipart/mixed', '', 'ü', ''],
    expected: ['its part of type multipart/mixed has 8-bit octets, and must not be encoded'],
  },
  {
    name: 'message/global may be encoded (RFC 6532 §3.7)',
    lines: ['Content-Type: message/global', '', 'Subject: ü', ''],
    expected: ['Content-Type: message/global', 'MIME-Version: 1.0', 'Content-Transfer-Encoding: quoted-printable', '', 'Subject: =C3=BC', ''],
  },
  {
    name: 'what says it is base 64 and has 8-bit octets is nothing we could encode',
    lines: ['Content-Type: image/png', 'Content-Transfer-Encoding: base64', '', 'AAAü', ''],
    expected: ['a part of it says that it is encoded already, and holds 8-bit octets all the same'],
  },
  {
    name: 'raw octets in quoted-printable, a footer that was put under it, are escaped where they stand',
    lines: ['Content-Transfer-Encoding: quoted-printable', '', 'a=C3=BC =', ' b', `${'y'.repeat(73)}ü`, ''],
    expected: ['Content-Transfer-Encoding: quoted-printable', '', 'a=C3=BC =', ' b', `${'y'.repeat(73)}=`, '=C3=BC', ''],
  },
  {
    name: 'labels that say too much are put right without encoding',
    lines: ['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Transfer-Encoding: binary', '', 'plain', '--b', '', 'ü', '--b--', ''],
    expected: ['Content-Type: multipart/mixed; boundary=b', 'MIME-Version: 1.0', '', '--b', 'Content-Transfer-Encoding: 7bit', '', 'plain', '--b', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', '=C3=BC', '--b--', ''],
  },
  {
    name: 'a raw header that nobody announced is said in ASCII',
    lines: ['From: Jürgen <j@a.test>', 'Subject: ü', 'Content-Type: text/plain; name="ü.txt"', '', 'plain', ''],
    expected: ['From: =?utf-8?Q?J=C3=BCrgen?= <j@a.test>', 'Subject: =?utf-8?B?w7w=?=', 'Content-Type: text/plain;', " name*=utf-8''%C3%BC.txt", '', 'plain', ''],
  },
  {
    name: 'an address in it can not be said in ASCII',
    lines: ['From: jürgen@a.test', '', 'plain', ''],
    expected: ["a header in it holds octets that ASCII can't say"],
  },
  {
    name: 'a line over 998 stays in what others wrote',
    lines: ['Subject: x', '', LONG, ''],
    expected: ['as-is'],
  },
  {
    name: '[5322-2.1.1-long-lines] a line over 998 is encoded in what we composed',
    lines: ['Subject: x', '', LONG, ''],
    options: { longLines: true },
    expected: ['Subject: x', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', ...Array.from({ length: 13 }, () => `${'x'.repeat(75)}=`), 'x'.repeat(24), ''],
  },
  {
    name: 'a line of 998 is none over it',
    lines: ['Subject: x', '', LONG.slice(1)],
    options: { longLines: true },
    expected: ['as-is'],
  },
  {
    name: 'bare line ends are line ends',
    lines: ['Content-Type: multipart/mixed; boundary=b\n\n--b\n\nü\n--b--\n'],
    expected: ['Content-Type: multipart/mixed; boundary=b', 'MIME-Version: 1.0', '', '--b', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', '=C3=BC', '--b--', ''],
  },
  {
    name: 'delimiters that end what they should not: the outer one ends the inner parts, and a header',
    lines: ['Content-Type: multipart/mixed; boundary=o', '', '--o', 'Content-Type: multipart/mixed; boundary=i', '', '--i', '', 'ü', '--o', 'X-Half: header', '--o', '', '--i', '--o--x', 'ü', '--o--'],
    expected: ['Content-Type: multipart/mixed; boundary=o', 'MIME-Version: 1.0', '', '--o', 'Content-Type: multipart/mixed; boundary=i', '', '--i', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', '=C3=BC', '--o', 'X-Half: header', '--o', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', '=2D-i', '=2D-o--x', '=C3=BC', '--o--', ''],
  },
  {
    name: 'a part that forgot the empty line behind its header gets one where it is encoded',
    lines: ['Content-Type: multipart/mixed; boundary=b', '', '--b', 'ü', '--b', 'Content-Type: text/html', 'ü: ü', '', '--b', 'A: b', 'plain', '--b--', ''],
    expected: ['Content-Type: multipart/mixed; boundary=b', 'MIME-Version: 1.0', '', '--b', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', '=C3=BC', '--b', 'Content-Type: text/html', 'Content-Transfer-Encoding: quoted-printable', '', '=C3=BC: =C3=BC', '', '--b', 'A: b', 'plain', '--b--', ''],
  },
  {
    name: 'a multipart that forgot it can not be taken apart',
    lines: ['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: multipart/mixed; boundary=c', 'ü', '--c', '', '--b--', ''],
    expected: ['its part of type multipart/mixed has 8-bit octets, and must not be encoded'],
  },
  {
    name: 'delimiters can not be said in ASCII',
    lines: ['Content-Type: multipart/mixed; boundary="ü"', '', '--ü', '', 'plain', '--ü--', ''],
    expected: ['its part of type multipart/mixed has 8-bit octets, and must not be encoded'],
  },
  {
    name: 'behind the last delimiter nothing is a part any more',
    lines: ['Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'ü', '--b--', '--b', '', 'ö', ''],
    expected: ['Content-Type: multipart/mixed; boundary=b', 'MIME-Version: 1.0', '', '--b', 'Content-Type: text/plain; charset=unknown-8bit', 'Content-Transfer-Encoding: quoted-printable', '', '=C3=BC', '--b--', '--b', '', '??', ''],
  },
]; // prettier-ignore

for (const { name, lines, options, expected } of CASES) {
  test(`[6152-3-client-reencode] ${name}`, async () => {
    const octets = octetsOf(lines);
    assert.deepEqual(await converted(octets, options), expected);
    for (const size of [1, 2, 3, 7, 50]) assert.deepEqual(await converted(octets, options, size), expected, `${size}`);
  });
}

/** Beyond the limits, and at them. */
const LIMITS: readonly (readonly [name: string, octets: Buffer, expected: string])[] = [
  ['a header', octetsOf([`X: ${'x'.repeat(262_200)}`, '', 'ü']), 'a header in it is too large'],
  ['a header without a line end', Buffer.from(`ü${'x'.repeat(300_000)}`), 'a header in it is too large'],
  ['parts', octetsOf([...multipart('b'), ...Array.from({ length: 10_000 }, () => '--b\r\n\r\nü')]), 'it has too many parts'],
  ['depth', octetsOf(Array.from({ length: 101 }, (_, i) => [...multipart(`b${i}`), `--b${i}`]).flat()), 'its parts are nested too deep'],
]; // prettier-ignore

function multipart(boundary: string): readonly string[] {
  return [`Content-Type: multipart/mixed; boundary=${boundary}`, '', ''];
}

for (const [name, octets, expected] of LIMITS) {
  test(`a message of too much: ${name}`, async () => {
    assert.deepEqual(await converted(octets), [expected]);
  });
}

test('a line without end, and a message of many megabytes, are never in memory as a whole', async () => {
  const size = 16_384;
  for (const octets of [
    Buffer.from(`\r\n${'ü'.repeat(4_000_000)}`),
    Buffer.from(`\r\n${'ü\r\n--'.repeat(1_000_000)}`),
  ]) {
    const plan = await planFor(octets, {}, size);
    assert.ok(plan.kind === 'convert');
    let total = 0;
    for await (const piece of plan.render(pieces(octets, size))) {
      assert.ok(piece.length <= 4 * size, `${piece.length} at once`);
      total += piece.length;
    }
    assert.ok(total > octets.length);
  }
});

test('a hostile Content-Type takes no time', async () => {
  for (const value of ['"\\"'.repeat(60_000), '\\"'.repeat(80_000), ';a="'.repeat(60_000), ';'.repeat(200_000), '; '.repeat(100_000), '"\\'.repeat(80_001)]) {
    const octets = octetsOf([`Content-Type: multipart/mixed ${value}`, '', 'ü']);
    const expected = 'its part of type multipart/mixed has 8-bit octets, and must not be encoded';
    assert.deepEqual(await converted(octets), [expected]);
  }
}); // prettier-ignore
