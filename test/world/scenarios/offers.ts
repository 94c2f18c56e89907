/** What the next server offers and the message needs (RFC 1870, 6152, 6531, 3461). */
import assert from 'node:assert/strict';
import { offering } from '../../../src/outbound/testing.ts';
import type { Letter, Scenario, Scenarios } from '../scenario.ts';

const MX = '192.0.2.1';
const TAKEN = `${MX}: EHLO MAIL RCPT DATA . QUIT`;

const HEAD = 'From: alice@a.test\nTo: bob@b.test\nMessage-ID: <hello@a.test>\n';

/** A server that offers too little is left before anything is sent, and the sender hears why. */
const unmet = (clause: string, rule: string, offers: string, status: string, letter: Letter): Scenario => ({
  rules: [rule],
  clause,
  servers: { [MX]: { ehlo: offering(offers) } },
  letters: [letter],
  states: ['bob failed 1'],
  attempts: [`bob 1 +0s ${MX} 554 ${status}`],
  heard: [`${MX}: EHLO QUIT`],
  reports: [`failed to alice@a.test: bob@b.test ${status}`],
});

/** What MAIL and RCPT said. */
const envelope = (lines: readonly (readonly string[])[]): readonly string[] | undefined => lines[0]?.slice(1, 3);

const OLD_AND_NEW =
  'From: alice@a.test\nTo: bob@b.test\nMessage-ID: <hello@a.test>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n';

/** What follows the header, as the server heard it. */
const bodyOf = (text = ''): string => text.slice(text.indexOf('\r\n\r\n') + 4);

export const OFFERS: Scenarios = {
  chunking: {
    rules: ['3030-2-client-chunks'],
    clause: 'A server that offers CHUNKING is sent the message in counted chunks, and no dot is doubled in them',
    servers: { [MX]: { ehlo: offering('PIPELINING|CHUNKING') } },
    letters: [{ text: `${OLD_AND_NEW}\n.\n..\n.hidden\n` }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [`${MX}: EHLO MAIL RCPT BDAT QUIT`],
    check: ({ texts }) => assert.equal(bodyOf(texts[0]?.[0]), '.\r\n..\r\n.hidden\r\n'),
  },
  'chunking-broken': {
    rules: ['3030-2-client-unknown'],
    clause:
      'A server that offers CHUNKING and does not understand it gets the message behind DATA, on a new connection, and the next one at once so',
    servers: { [MX]: { ehlo: offering('PIPELINING|CHUNKING'), bdat: '500 5.5.1 what?' } },
    letters: [{}, {}],
    states: ['bob relayed 1', 'bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} no answer`, `bob 1 +0s ${MX} 250 2.0.0`, `bob 1 +0s ${MX} 250 2.0.0`],
    heard: [
      // The chunk is read as commands: that server knows no better.
      `${MX}: EHLO MAIL RCPT BDAT Received: \tby \tfor \ttls \tThu, Date: From: To: Subject: Message-ID:  How`,
      `${MX}: EHLO MAIL RCPT DATA . MAIL RCPT DATA . QUIT`,
    ],
  },
  'dots-doubled': {
    rules: ['5321-4.5.2-client-stuffing'],
    clause: 'A dot at the beginning of a line is doubled behind DATA, and nothing else is',
    servers: { [MX]: {} },
    letters: [{ text: `${OLD_AND_NEW}\n.\n..\n.hidden\na.b\n\n.\n` }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
    check: ({ texts }) => assert.equal(bodyOf(texts[0]?.[0]), '..\r\n...\r\n..hidden\r\na.b\r\n\r\n..\r\n.\r\n'),
  },
  'long-line': {
    clause: 'A line of more than 998 octets that somebody sent us leaves as it came',
    servers: { [MX]: {} },
    letters: [{ text: `${OLD_AND_NEW}\n${'x'.repeat(1_200)}\nshort\n` }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
    check: ({ texts }) => assert.equal(bodyOf(texts[0]?.[0]), `${'x'.repeat(1_200)}\r\nshort\r\n.\r\n`),
  },
  'no-smtputf8-for-one': {
    rules: ['6531-3.2-only-who-needs-it'],
    clause: 'An address in UTF-8 that a server can’t be told fails alone: the others of the message get it',
    servers: { [MX]: { ehlo: offering('PIPELINING|8BITMIME') } },
    letters: [{ mail: 'SMTPUTF8', to: { 'bob@b.test': '', 'käthe@b.test': '' } }],
    states: ['bob relayed 1', 'käthe failed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`, `käthe 1 +0s ${MX} 554 5.6.7`],
    heard: [TAKEN],
    reports: ['failed to alice@a.test: k\\x{E4}the@b.test 5.6.7'],
    check: ({ lines }) => assert.deepEqual(lines[0]?.slice(1, 3), ['MAIL FROM:<alice@a.test>', 'RCPT TO:<bob@b.test>']),
  },
  'smtputf8-domain': {
    rules: ['6531-3.2-a-labels'],
    clause: 'A domain with umlauts is looked up and said as its A-labels, which every server understands',
    zones: { 'xn--bcher-kva.test': { mx: [[10, 'mx.b.test']] }, 'mx.b.test': { a: [MX] } },
    servers: { [MX]: { ehlo: offering('PIPELINING') } },
    letters: [{ mail: 'SMTPUTF8', to: { 'bob@bücher.test': '' } }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
    check: ({ lines }) => assert.equal(lines[0]?.[2], 'RCPT TO:<bob@xn--bcher-kva.test>'),
  },
  'too-big': unmet(
    'A message larger than the next server takes (SIZE) is not sent to it: it comes back with both numbers',
    '1870-6.1-too-big',
    'PIPELINING|SIZE 300',
    '5.3.4',
    { text: `${HEAD}Subject: large\n\n${'A line of text.\n'.repeat(30)}` },
  ),
  'no-8bitmime': {
    rules: ['6152-3-client-reencode'],
    clause: 'Text with 8 bits is re-encoded in 7 bits for a server that does not offer 8BITMIME',
    servers: { [MX]: { ehlo: offering('PIPELINING') } },
    letters: [{ mail: 'BODY=8BITMIME', text: `${HEAD}Subject: umlauts\n\nSchöne Grüße\n` }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
    check: ({ texts }) => {
      assert.match(String(texts), /Content-Transfer-Encoding: quoted-printable/);
      assert.match(String(texts), /Sch=C3=B6ne Gr=C3=BC=C3=9Fe/);
    },
  },
  '8bit-under-a-signature': unmet(
    'Text with 8 bits under a signature is not re-encoded, because the signature would break: it comes back',
    '6152-3-client-not-offered',
    'PIPELINING',
    '5.6.3',
    {
      mail: 'BODY=8BITMIME',
      text:
        `${HEAD}Subject: signed\nMIME-Version: 1.0\nContent-Type: multipart/signed; boundary=b; micalg=pgp-sha256;\n` +
        ' protocol="application/pgp-signature"\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n' +
        'Schöne Grüße\n--b\nContent-Type: application/pgp-signature\n\nsignature\n--b--\n',
    },
  ),
  '8bitmime-not-needed': {
    rules: ['6152-3-client-not-offered'],
    clause: 'Text that was only declared to have 8 bits goes to every server',
    servers: { [MX]: { ehlo: offering('PIPELINING') } },
    letters: [{ mail: 'BODY=8BITMIME' }],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
    check: ({ lines }) => assert.deepEqual(envelope(lines), ['MAIL FROM:<alice@a.test>', 'RCPT TO:<bob@b.test>']),
  },
  'no-smtputf8': unmet(
    'A header in UTF-8 goes only to a server that offers SMTPUTF8',
    '6531-3.2-not-offered',
    'PIPELINING|8BITMIME',
    '5.6.7',
    { mail: 'BODY=8BITMIME SMTPUTF8', text: `${HEAD}Subject: Grüße\n\nHow are you?\n` },
  ),
  'dsn-passed-on': {
    rules: ['3461-5.2.1-passed-on', '3461-5.2.1-onward'],
    clause:
      'What the sender wants to be told (RET, ENVID, NOTIFY, ORCPT) goes on unchanged to a server that offers DSN',
    servers: { [MX]: {} },
    letters: [
      {
        mail: 'RET=HDRS ENVID=order+2B4711',
        to: { 'bob@b.test': 'NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob+2Bsales@b.test' },
      },
    ],
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
    check: ({ lines }) => {
      const [mail = '', rcpt] = envelope(lines) ?? [];
      assert.match(mail, / RET=HDRS ENVID=order\+2B4711$/);
      assert.equal(rcpt, 'RCPT TO:<bob@b.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob+2Bsales@b.test');
    },
  },
  'dsn-none-invented': {
    rules: ['3461-5.2.1-none-invented'],
    clause: 'A sender who asked for nothing gets nothing asked for: no RET, ENVID, NOTIFY or ORCPT is made up',
    servers: { [MX]: {} },
    states: ['bob relayed 1'],
    attempts: [`bob 1 +0s ${MX} 250 2.0.0`],
    heard: [TAKEN],
    check: ({ lines }) => assert.doesNotMatch(String(envelope(lines)), /RET|ENVID|NOTIFY|ORCPT/),
  },
};
