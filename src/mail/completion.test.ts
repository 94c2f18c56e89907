import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { completeHeader } from './completion.ts';
import { parseHeaderSection } from './header.ts';

const COMPLETION = { date: Date.UTC(2026, 10, 23, 15, 0, 0), messageId: '<1@mx.a.test>' };
const DATE = 'Date: Mon, 23 Nov 2026 15:00:00 +0000\r\n';
const ID = 'Message-ID: <1@mx.a.test>\r\n';

function complete(header: string, from?: string): readonly [string, readonly string[]] {
  const done = completeHeader(Buffer.from(header), { ...COMPLETION, ...(from === undefined ? {} : { from }) });
  return [done.bytes.toString(), done.edits.map((edit) => edit.rule)];
}

test('a complete header stays as it is, octet for octet', () => {
  const header = 'date:x\r\nMESSAGE-ID : y\r\n\tz\r\nbroken line\r\nFrom: a@a.test\r\n';
  assert.deepEqual(complete(header, 'b@a.test'), [header, []]);
});

test('[6409-8.1-bcc] Bcc fields are taken out, folded ones and old spellings too', () => {
  const header = `${DATE}${ID}Bcc: a@a.test,\r\n b@a.test\r\nTo: c@a.test\r\nBCC : d@a.test\r\nResent-Bcc: e@a.test\r\n`;
  assert.deepEqual(complete(header), [`${DATE}${ID}To: c@a.test\r\n`, ['bcc-removed']]);
});

test('[6409-8.2-date] [6409-8.3-message-id] missing Date and Message-ID are put in front', () => {
  assert.deepEqual(complete('To: c@a.test\r\n'), [`${DATE}${ID}To: c@a.test\r\n`, ['date-added', 'message-id-added']]);
  assert.deepEqual(complete(`${ID}To: c@a.test\r\n`), [`${DATE}${ID}To: c@a.test\r\n`, ['date-added']]);
  assert.deepEqual(complete(''), [`${DATE}${ID}`, ['date-added', 'message-id-added']]);
});

test('a missing From is completed where that is asked for', () => {
  assert.deepEqual(complete(`${DATE}${ID}`, 'a@a.test'), [`From: a@a.test\r\n${DATE}${ID}`, ['from-added']]);
  assert.deepEqual(complete(`${DATE}${ID}`, 'a@a.test\r\nEvil: x'), [
    `From: a@a.testEvil: x\r\n${DATE}${ID}`,
    ['from-added'],
  ]);
});

test('text without a header stays text', () => {
  assert.deepEqual(complete('Hello world\r\n'), [
    `${DATE}${ID}\r\nHello world\r\n`,
    ['date-added', 'message-id-added', 'header-ended'],
  ]);
  assert.deepEqual(complete(' indented\r\n'), [
    `${DATE}${ID}\r\n indented\r\n`,
    ['date-added', 'message-id-added', 'header-ended'],
  ]);
});

test('what looks like fields in text without a header stands in for none', () => {
  assert.deepEqual(complete('Hello world\r\nFrom: b@b.test\r\nDate: x\r\n', 'a@a.test'), [
    `From: a@a.test\r\n${DATE}${ID}\r\nHello world\r\nFrom: b@b.test\r\nDate: x\r\n`,
    ['from-added', 'date-added', 'message-id-added', 'header-ended'],
  ]);
});

test('[6409-8.1-sender] Sender is added only where From names several people and nobody is named as sender', () => {
  const sender = (header: string): string =>
    completeHeader(Buffer.from(header), { ...COMPLETION, sender: 's@a.test' }).bytes.toString();
  assert.equal(sender(`${DATE}${ID}From: a@a.test\r\n`), `${DATE}${ID}From: a@a.test\r\n`);
  const several = `${DATE}${ID}From: a@a.test, B <b@a.test>\r\n`;
  assert.equal(sender(several), `Sender: s@a.test\r\n${several}`);
  assert.equal(sender(`${several}Sender: b@a.test\r\n`), `${several}Sender: b@a.test\r\n`);
});

test('a line of an mbox file in front of the header does not end it', () => {
  const header = `From alice Mon Nov 23 15:00:00 2026\r\n${DATE}${ID}`;
  assert.deepEqual(complete(header), [header, []]);
});

test('whatever the header, none of its Bcc fields is left and Date and Message-ID are there', () => {
  const line = fc.constantFrom(
    'Bcc: x\r\n',
    'bcc:\r\n',
    ' folded\r\n',
    'Date: x\r\n',
    'Message-Id: <x>\r\n',
    'To: y\r\n',
    'junk\r\n',
    '\tx\r\n',
    'Bcc : z',
    'bCC\t: z\r\n',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const done = completeHeader(Buffer.from(lines.join('')), COMPLETION);
      const names = parseHeaderSection(done.bytes).map((field) => field.name);
      assert.ok(!names.includes('bcc'));
      assert.ok(names.includes('date') && names.includes('message-id'));
    }),
  );
});
