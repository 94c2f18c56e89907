import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newTicket } from '../base/index.ts';
import { EntityWalker, isAsciiOnly } from '../mime/index.ts';
import { readEmailForPop } from '../store/index.ts';
import type { NewMessage } from '../store/index.ts';
import { addAccount, contentOf, newEmail, newMessage, temporaryStore, textOf } from '../store/testing.ts';
import { DOWNGRADE_LIMITS, DowngradedForm } from './downgraded.ts';
import type { DowngradeLimits } from './downgraded.ts';

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
  'MIME parts':
    'Content-Type: multipart/mixed; boundary=b; x="ü"\r\n\r\nü\r\n--b\r\nSubject: ü\r\n\r\nü\r\n--b--\r\nü\r\n',
  'an ASCII header before MIME parts':
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nA: ü\r\n\r\n--b\r\n\r\n--b\r\nB: ü',
  'a message within':
    'Content-Type: message/global\r\n\r\nA: ü\r\nContent-Type: multipart/x; boundary=c\r\n\r\n--c\r\nB: ü\r\n\r\nü\r\n',
  'MIME parts with line feeds alone':
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nSubject: ü\n\nü\n--b\nX: ü\r\rY: ü\n',
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

/** The octets of all header sections, and everything else in their order. */
function split(message: Buffer): { readonly headers: Buffer; readonly rest: Buffer } {
  const headers: Buffer[] = [];
  const rest: Buffer[] = [];
  let behind = 0;
  const walker = new EntityWalker({
    header: ({ at, octets }) => {
      headers.push(octets);
      rest.push(message.subarray(behind, at));
      behind = at + octets.length;
    },
  });
  walker.write(message);
  walker.end();
  return { headers: Buffer.concat(headers), rest: Buffer.concat([...rest, message.subarray(behind)]) };
}

function formOf(
  octets: Buffer,
  { prefix = Buffer.alloc(0), popOctets = octets.length, limits = DOWNGRADE_LIMITS, size = 1_000 } = {},
): Pick<NewMessage, 'downgraded'> {
  const form = new DowngradedForm(limits);
  for (let at = 0; at < octets.length; at += size) form.write(octets.subarray(at, at + size));
  return form.finish({ prefix, content: { popOctets } });
}

/** Its octets, where its lines end in CRLF. */
function applied(octets: Buffer, { downgraded }: ReturnType<typeof formOf>): string {
  const { patches = [], popOctets } = downgraded ?? {};
  const text = patches.reduceRight(
    (whole, { at, replaces, with: instead }) =>
      Buffer.concat([whole.subarray(0, at), instead, whole.subarray(at + replaces)]),
    octets,
  );
  assert.equal(text.length, popOctets ?? octets.length);
  return text.toString();
}

test('[6856-2.1-sizes] [6857-5-parts] both forms have the octets that were counted when the message was filed; headers become ASCII, and nothing else changes', async (t) => {
  const store = await temporaryStore(t);
  const account = await addAccount(store);
  assert.ok(messages.length > 30);
  let patches = 0;
  for (const [name, octets] of messages) {
    for (const [kind, prefixes] of Object.entries(PREFIXES)) {
      const what = `${name}, ${kind} prefixes`;
      const content = await contentOf(store, octets);
      const prefix = Buffer.from(prefixes.prefix);
      const message = newMessage(content, { prefix, smtputf8: true, ...formOf(octets, { prefix, ...content }) });
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
      const [before, after] = [split(octets), split(Buffer.from(ascii, 'latin1'))];
      assert.ok(isAsciiOnly(after.headers), `${what}: headers`);
      if (content.octets === content.popOctets) assert.deepEqual(after.rest, before.rest, `${what}: the rest`);
      patches += stored.downgraded?.patches.length ?? 0;
    }
  }
  assert.ok(patches > 25, String(patches));
});

test('a message that ASCII clients can take as it is has one form', () => {
  const ascii = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: y\r\n\r\nü\r\n--b--\r\nü: ü\r\n';
  assert.deepEqual(formOf(Buffer.from(ascii)), {});
  assert.deepEqual(formOf(Buffer.alloc(0)), {});
  assert.deepEqual(formOf(Buffer.from('A: b\r\n'), { prefix: Buffer.from('B: ü\r\n') }).downgraded?.patches, []);
});

/** A multipart of parts with these headers. */
function multipart(headers: readonly string[]): Buffer {
  const parts = headers.map((header) => `--b\r\n${header}\r\n\r\nü\r\n`).join('');
  return Buffer.from(`Subject: ü\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`);
}

test('[6857-5-parts] beyond a number of headers, or of octets in them, the rest of the content stays as it is', () => {
  const many = multipart(Array.from({ length: 1_500 }, (_, n) => `X-${n}: ü`));
  assert.equal(formOf(many).downgraded?.patches.length, DOWNGRADE_LIMITS.patches);
  assert.ok(applied(many, formOf(many)).endsWith('X-1499: ü\r\n\r\nü\r\n--b--\r\n'));

  const few = multipart(['A: ü', 'B: b', 'C: ü', 'D: ü']);
  const changed = (limits: Partial<DowngradeLimits>): string =>
    (formOf(few, { limits: { ...DOWNGRADE_LIMITS, ...limits } }).downgraded?.patches ?? [])
      .map((patch) => Buffer.from(patch.with).toString('latin1', 0, 1))
      .join('');
  const octets = Buffer.byteLength('A: ü\r\nA: =?utf-8?B?w7w=?=\r\n');
  assert.equal(changed({}), 'SACD');
  assert.equal(changed({ octets: 2 * octets }), 'SAC');
  assert.equal(changed({ octets: 2 * octets - 1 }), 'SA');
  assert.equal(changed({ octets: 1 }), 'S');
  assert.equal(changed({ patches: 2 }), 'SA');
});
