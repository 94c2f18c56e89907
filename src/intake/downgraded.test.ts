import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newTicket } from '../base/index.ts';
import { HeaderScanner, isAsciiOnly } from '../mail/index.ts';
import { readEmailForPop } from '../store/index.ts';
import { addAccount, contentOf, newEmail, newMessage, temporaryStore, textOf } from '../store/testing.ts';
import { downgradedForm } from './downgraded.ts';

/** Messages as they come, and as nobody should send them. */
const CONTENTS: Readonly<Record<string, string>> = {
  'header and body': 'From: Jürgen <jürgen@a.test>\r\nSubject: Grüße\r\n\r\nBody with ü\r\n.\r\n',
  'no body': 'Subject: Grüße\r\n',
  'no body and no line end': 'Subject: Grüße',
  'an empty body': 'Subject: Grüße\r\n\r\n',
  'a last line without an end': 'Subject: Grüße\r\n\r\nü',
  'line feeds alone': 'Subject: Grüße\nTo: ü\n b@b.test\n\nbody\nü\n',
  'carriage returns alone': 'Subject: ü\rX: y\r\nReceived: ü\rb\r\n\r\na\rb\r',
  'no header': '\r\nbody ü\r\n',
  'a first line that continues nothing': ' ü\r\nSubject: ü\r\n\r\nbody\r\n',
  'an ASCII header': 'Subject: plain\r\n\r\nü\r\n',
  'a large body': `Subject: Grüße\r\n\r\n${'x'.repeat(70)}\r\n`.padEnd(60_000, '0123456789\r\n'),
  'MIME parts': 'Content-Type: multipart/mixed; boundary=b; x="ü"\r\n\r\n--b\r\nSubject: ü\r\n\r\nx\r\n--b--\r\n',
};
/** Messages of real programs; test/corpus/manifest.json says where each is from. */
const CORPUS = new URL('../../test/corpus/eml/', import.meta.url);
const messages: readonly (readonly [name: string, octets: Buffer])[] = [
  ...Object.entries(CONTENTS).map(([name, text]) => [name, Buffer.from(text)] as const),
  ...readdirSync(CORPUS).map((name) => [name, readFileSync(new URL(name, CORPUS))] as const),
];

const PREFIXES = {
  ascii: { prefix: 'Received: from a\r\n', deliveryPrefix: 'Return-Path: <x@x.test>\r\n' },
  utf8: { prefix: 'Received: from a\r\n\tfor <ü@a.test>; x\r\n', deliveryPrefix: 'Return-Path: <ü@x.test>\r\n' },
};

test('[6856-2.1-sizes] both forms have the octets that were counted when the message was filed, and the body as it is', async (t) => {
  const store = await temporaryStore(t);
  const account = await addAccount(store);
  assert.ok(messages.length > 30);
  for (const [name, octets] of messages) {
    for (const [kind, prefixes] of Object.entries(PREFIXES)) {
      const what = `${name}, ${kind} prefixes`;
      const content = await contentOf(store, octets);
      const prefix = Buffer.from(prefixes.prefix);
      const scanner = new HeaderScanner();
      const body = scanner.write(octets);
      const header = scanner.bytes;
      const message = newMessage(content, {
        prefix,
        smtputf8: true,
        ...downgradedForm({ smtputf8: true, prefix, header, content }),
      });
      const email = newEmail(account, { deliveryPrefix: Buffer.from(prefixes.deliveryPrefix), uidl: newTicket() });
      await store.write('accept', { message, emails: [email], deliveries: [], events: [] });

      const stored = (await store.read('email', { id: email.id }))!;
      const whole = await textOf(readEmailForPop(store.content, stored));
      const ascii = await textOf(readEmailForPop(store.content, stored, { downgraded: true }));
      assert.equal(whole.length, stored.popOctets, what);
      assert.equal(ascii.length, (stored.downgraded ?? stored).popOctets, what);
      assert.match(ascii, /\r\n$/, what);
      assert.doesNotMatch(ascii, /\r(?!\n)|(?<!\r)\n/, what);
      const end = ascii.indexOf('\r\n\r\n');
      assert.ok(isAsciiOnly(Buffer.from(end < 0 ? ascii : ascii.slice(0, end), 'latin1')), what);
      if (content.octets === content.popOctets) assert.ok(ascii.endsWith(body.toString('latin1')), `${what}: the body`);
    }
  }
});

test('mail that did not come as internationalised is left as it is, whatever its header has', () => {
  const form = { prefix: Buffer.alloc(0), header: Buffer.from('Subject: ü\r\n'), content: { popOctets: 12 } };
  assert.deepEqual(downgradedForm({ ...form, smtputf8: false }), {});
  assert.deepEqual(downgradedForm({ ...form, header: Buffer.from('A: b\r\n'), smtputf8: true }), {});
});
