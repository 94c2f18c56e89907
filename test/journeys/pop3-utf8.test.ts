/**
 * Internationalised mail in the mailbox of somebody whose address is UTF-8 too: as it is for a client that says
 * UTF8 (RFC 6856), in ASCII for one that does not, each with the sizes of what it gets.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Conversation, sendMail } from '../conversation.ts';
import { PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

const JOERG = 'jörg@a.test';

const LETTER = [
  'From: Zoë <zoë@bücher.test>',
  'To: Jörg <jörg@a.test>',
  'Subject: Grüße aus Köln',
  'Message-ID: <1@x.test>',
  'Content-Type: text/plain; charset=utf-8; name="Grüße.txt"',
  '',
  '.Schöne Grüße!',
  '',
].join('\n');

interface Mailbox {
  /** "1 532" of LIST, in order. */
  readonly list: readonly string[];
  readonly stat: string;
  readonly uidls: readonly string[];
  /** What RETR sent, dots undone, as latin1. */
  readonly messages: readonly string[];
  /** What TOP with so many body lines sent. */
  readonly tops: readonly (readonly [lines: number, text: string])[];
  readonly announced: readonly number[];
}

/** Logs in and looks at everything; with `utf8` the client says so first. */
async function look(t: TestContext, host: RunningHost, utf8: boolean): Promise<Mailbox> {
  const pop = await Conversation.open(host.port('pop3'));
  t.after(() => {
    pop.close();
  });
  assert.match((await pop.line()) ?? '', /^\+OK/);
  await pop.pop('CAPA');
  const capabilities = await pop.multiline();
  assert.ok(capabilities.includes('UTF8 USER') && capabilities.includes('LANG'), capabilities.join());
  if (utf8) assert.match(await pop.pop('UTF8'), /^\+OK/);
  assert.match(await pop.pop(`USER ${JOERG}`), /^\+OK/);
  assert.match(await pop.pop(`PASS ${PASSWORD}`), /^\+OK/);
  assert.match(await pop.pop('UTF8'), /^-ERR/);
  const stat = (await pop.pop('STAT')).replace('+OK ', '');
  await pop.pop('LIST');
  const list = await pop.multiline();
  await pop.pop('UIDL');
  const uidls = (await pop.multiline()).map((line) => line.split(' ')[1] ?? '');
  const messages: string[] = [];
  const tops: [number, string][] = [];
  const announced: number[] = [];
  for (const n of list.keys()) {
    announced.push(Number(/^\+OK (\d+) octets/.exec(await pop.pop(`RETR ${n + 1}`))?.[1]));
    messages.push((await pop.multiline()).map((line) => `${line}\r\n`).join(''));
    for (const lines of [0, 1, 7, 12, 1_000]) {
      assert.match(await pop.pop(`TOP ${n + 1} ${lines}`), /^\+OK/);
      tops.push([lines, (await pop.multiline()).map((line) => `${line}\r\n`).join('')]);
    }
  }
  assert.match(await pop.pop('QUIT'), /^\+OK/);
  return { list, stat, uidls, messages, tops, announced };
}

/** The header, the empty line and `lines` lines of the text. */
function cut(message: string, lines: number): string {
  const body = message.indexOf('\r\n\r\n') + 4;
  return message.slice(0, body) + (message.slice(body).match(/[^]*?\r\n/g) ?? []).slice(0, lines).join('');
}

/** What was listed is what was sent, octet for octet. */
function checkSizes({ list, stat, messages, tops, announced }: Mailbox): void {
  const sizes = messages.map((message) => message.length);
  assert.deepEqual(list, sizes.map((size, index) => `${index + 1} ${size}`)); // prettier-ignore
  assert.deepEqual(announced, sizes);
  assert.equal(stat, `${sizes.length} ${sizes.reduce((sum, size) => sum + size, 0)}`);
  const cuts = messages.flatMap((message) => tops.slice(0, tops.length / messages.length).map(([n]) => [n, cut(message, n)])); // prettier-ignore
  assert.deepEqual(tops, cuts);
}

test('[6856-2.1-utf8] [6856-2.1-sizes] [6856-2.2-user-utf8] [6856-4-downgrade] a message in UTF-8 comes as it is to a client that says UTF8, and in readable ASCII to another', async (t) => {
  const host = await startHost(t, { accounts: [JOERG] });
  const send = (from: string, text: string, parameters: string): Promise<string> =>
    sendMail(host.port('smtp'), { from, to: [JOERG], text, parameters });
  assert.match(await send('zoë@bücher.test', LETTER, ' SMTPUTF8 BODY=8BITMIME'), /^250/);
  assert.match(await send('x@x.test', 'Subject: plain\n\nHello\n', ' SMTPUTF8'), /^250/);

  const [utf8, ascii, again] = [await look(t, host, true), await look(t, host, false), await look(t, host, true)];
  for (const mailbox of [utf8, ascii, again]) checkSizes(mailbox);
  assert.deepEqual(again, utf8);
  assert.deepEqual(ascii.uidls, utf8.uidls, 'the same names in both modes');

  const whole = Buffer.from(utf8.messages[0] ?? '', 'latin1').toString();
  assert.ok(whole.endsWith(LETTER.replaceAll('\n', '\r\n')), whole);
  assert.match(whole, /^Return-Path: <zoë@xn--bcher-kva\.test>\r\nDelivered-To: jörg@a\.test\r\n/);
  assert.match(whole, /\tfor <jörg@a\.test>/);

  const message = ascii.messages[0] ?? '';
  const [header = '', body = ''] = message.split('\r\n\r\n');
  assert.match(header, /^[\r\n\t -~]+$/);
  assert.equal(Buffer.from(body, 'latin1').toString(), '.Schöne Grüße!\r\n', 'the body is left alone');
  const nobody = 'invalid@internationalized-address\\.invalid';
  assert.match(header, new RegExp(`^Return-Path: <${nobody}>\r\nDelivered-To: ${nobody}\r\n \\(=\\?utf-8\\?`));
  assert.match(header, new RegExp(`^From: =\\?utf-8\\?B\\?[A-Za-z0-9+/=]+\\?= <${nobody}>\r$`, 'm'));
  const word = /^Subject: =\?utf-8\?B\?([A-Za-z0-9+/=]+)\?=\r$/m.exec(header)?.[1] ?? '';
  assert.equal(Buffer.from(word, 'base64').toString(), 'Grüße aus Köln');
  assert.match(header, /^ name\*=utf-8''Gr%C3%BC%C3%9Fe\.txt$/m);
  assert.match(header, /^Message-ID: <1@x\.test>\r$/m);
  assert.doesNotMatch(header, /\tfor </);
  // The letter in ASCII differs in what we put in front only: Delivered-To and the for clause.
  assert.match(ascii.messages[1] ?? '', /^[\r\n\t -~]+\r\n\r\nHello\r\n$/);
});

/** A letter with an attachment, and with a message that has one. */
const FORWARDED = [
  'From: Zoë <zoë@x.test>',
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  'Vörwort',
  '--outer',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Description: Grüße',
  '',
  'Grüße: ü',
  '--outer',
  'Content-Type: message/global',
  '',
  'From: Jürgen <jürgen@x.test>',
  'Subject: Käse',
  'Content-Type: multipart/mixed; boundary=inner',
  '',
  '--inner',
  'Content-Disposition: attachment; filename="Käse.txt"',
  '',
  '.Käse: gut',
  '--inner--',
  '--outer--',
  '',
].join('\n');

test('[6857-5-parts] [6532-3.7-rfc822] the headers of parts, and of messages in them, are in ASCII for a client without UTF8; texts stay', async (t) => {
  const host = await startHost(t, { accounts: [JOERG] });
  const mail = { from: 'zoë@x.test', to: [JOERG], text: FORWARDED };
  assert.match(await sendMail(host.port('smtp'), { ...mail, parameters: ' SMTPUTF8 BODY=8BITMIME' }), /^250/);
  const [utf8, ascii] = [await look(t, host, true), await look(t, host, false)];
  for (const mailbox of [utf8, ascii]) checkSizes(mailbox);
  assert.deepEqual(ascii.uidls, utf8.uidls);
  assert.notDeepEqual(ascii.list, utf8.list);
  const text = ({ messages: [message = ''] }: Mailbox): string => Buffer.from(message, 'latin1').toString();
  assert.ok(text(utf8).endsWith(FORWARDED.replaceAll('\n', '\r\n')));
  const lines = text(ascii).split('\r\n');
  assert.deepEqual(
    lines.filter((line) => /[^ -~]/.test(line) && !line.startsWith('\t')),
    ['Vörwort', 'Grüße: ü', '.Käse: gut'],
  );
  for (const line of [
    'Content-Type: message/rfc822',
    " filename*=utf-8''K%C3%A4se.txt",
    'Subject: =?utf-8?B?S8Okc2U=?=',
  ])
    assert.ok(lines.includes(line), line);
});

test('a header with raw octets that nobody announced goes out as it came in, to everyone', async (t) => {
  const host = await startHost(t, { accounts: [JOERG] });
  assert.equal((await host.cli(['alias', 'add', 'joerg@a.test', JOERG])).code, 0);
  const part = '--b\nContent-Disposition: attachment; filename="ü"\n\nHello\n--b--\n';
  const text = `Subject: Grüße\nFrom: Zoë <z@x.test>\nContent-Type: multipart/mixed; boundary=b\n\n${part}`;
  const parameters = ' BODY=8BITMIME';
  const to = ['joerg@a.test'];
  assert.match(await sendMail(host.port('smtp'), { from: 'x@x.test', to, text, parameters }), /^250/);
  for (const utf8 of [true, false]) {
    const mailbox = await look(t, host, utf8);
    checkSizes(mailbox);
    const message = Buffer.from(mailbox.messages[0] ?? '', 'latin1').toString();
    assert.ok(message.endsWith(text.replaceAll('\n', '\r\n')), message);
    // What we write ourselves is in the mode of the session all the same.
    assert.equal(message.includes(`Delivered-To: ${JOERG}`), utf8);
  }
});
