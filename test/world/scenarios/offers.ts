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

export const OFFERS: Scenarios = {
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
