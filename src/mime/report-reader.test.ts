import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeReport } from './dsn.ts';
import { ReportReader } from './report-reader.ts';
import type { ReadReport } from './report-reader.ts';

function read(text: string | Buffer, size = 1_000_000): ReadReport | undefined {
  const reader = new ReportReader();
  const octets = Buffer.from(text as string);
  for (let at = 0; at < octets.length; at += size) reader.write(octets.subarray(at, at + size));
  return reader.end();
}

const HEADER = 'From: alice@a.test\r\nSubject: Lunch\r\nMessage-ID: <1@a.test>\r\n';

function ours(to: string, address: string): Buffer {
  return composeReport({
    id: '01',
    hostname: 'mx.a.test',
    at: 0,
    to,
    envid: 'e1',
    recipients: [
      {
        address,
        orcpt: `rfc822;${address}`,
        action: 'failed',
        status: '5.1.1',
        remoteMta: 'mx.b.test',
        diagnostic: '550 5.1.1 No such user',
      },
      { address: 'slow@c.test', action: 'delayed', status: '4.4.1', willRetryUntil: 86_400_000 },
    ],
    header: Buffer.from(HEADER),
  });
}

test('[3464-2-read] our own reports are read as they were written, whatever the cuts', () => {
  for (const size of [1, 7, 1_000_000])
    assert.deepEqual(read(ours('alice@a.test', 'bob@b.test'), size), {
      kind: 'delivery',
      reportingMta: 'mx.a.test',
      envid: 'e1',
      messageId: '<1@a.test>',
      subject: 'Lunch',
      recipients: [
        {
          finalRecipient: 'bob@b.test',
          originalRecipient: 'bob@b.test',
          action: 'failed',
          status: '5.1.1',
          remoteMta: 'mx.b.test',
          diagnostic: '550 5.1.1 No such user',
        },
        { finalRecipient: 'slow@c.test', action: 'delayed', status: '4.4.1', willRetryUntil: 86_400_000 },
      ],
    });
});

test('[6533-3-read] addresses in UTF-8 come back in either spelling', () => {
  for (const to of ['alice@a.test', 'jürgen@a.test'])
    assert.equal(read(ours(to, 'bücher@b.test'))?.recipients[0]?.finalRecipient, 'bücher@b.test');
});

const report = (status: string, returned = '', head = ''): string =>
  [
    'From: MAILER-DAEMON@b.test',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="x"',
    '',
    '--x',
    '',
    'Your message was not delivered.',
    '--x',
    'Content-Type: message/delivery-status',
    `${head}`,
    status,
    '--x',
    returned,
    '--x--',
    '',
  ].join('\r\n');

test('what others write is read as far as it makes sense', () => {
  const rows: readonly (readonly [string, Partial<ReadReport['recipients'][number]> | undefined])[] = [
    // Angle brackets, an unknown action, a status with words.
    [
      'Reporting-MTA: dns; x\r\n\r\n\r\nFinal-Recipient: RFC822; <bob@b.test>\r\nAction: Bounced\r\nStatus: 5.1.1 (bad)',
      { finalRecipient: 'bob@b.test', status: '5.1.1' },
    ],
    // No group of its own.
    ['Final-Recipient: rfc822;bob@b.test\r\nAction: FAILED', { finalRecipient: 'bob@b.test', action: 'failed' }],
    // No type.
    ['X: y\r\n\r\nFinal-Recipient: bob@b.test', { finalRecipient: 'bob@b.test' }],
    ['', undefined],
    ['\0\0: \r\n\r\n;;;', undefined],
  ];
  for (const [status, expected] of rows) assert.deepEqual(read(report(status))?.recipients[0], expected, status);
});

test('what came back is found as a header, as a message, and encoded', () => {
  const facts = 'X: y\r\n\r\nFinal-Recipient: rfc822;bob@b.test';
  const forms = [
    `Content-Type: text/rfc822-headers\r\n\r\n${HEADER}`,
    `Content-Type: message/rfc822\r\n\r\n${HEADER}\r\ntext\r\n`,
    `Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(HEADER).toString('base64')}`,
    `Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${HEADER.replaceAll('@', '=40')}`,
  ];
  for (const form of forms) assert.equal(read(report(facts, form))?.messageId, '<1@a.test>', form);
});

test('a report within a forwarded message is not one about ours', () => {
  const inner = report('X: y\r\n\r\nFinal-Recipient: rfc822;bob@b.test');
  const outer = `Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--o--\r\n`;
  assert.equal(read(outer), undefined);
  assert.equal(read('Subject: hello\r\n\r\nHello\r\n'), undefined);
  assert.equal(read(''), undefined);
});

test('[8098-3.2.6-read] a notification of reading says what was done with the message', () => {
  const notification = [
    'Content-Type: multipart/report; report-type=disposition-notification; boundary=x',
    '',
    '--x',
    'Content-Type: message/disposition-notification',
    '',
    'Final-Recipient: rfc822;bob@b.test',
    'Original-Message-ID: <1@a.test>',
    'Disposition: manual-action/MDN-sent-manually; Displayed/error',
    '--x--',
    '',
  ].join('\r\n');
  assert.deepEqual(read(notification), {
    kind: 'disposition',
    messageId: '<1@a.test>',
    recipients: [{ finalRecipient: 'bob@b.test' }],
    disposition: 'displayed',
  });
});

test('a report of any size is read within bounds', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => `Final-Recipient: rfc822;u${i}@b.test\r\n`).join('\r\n');
  const found = read(report(`X: y\r\n\r\n${many}`));
  assert.equal(found?.recipients.length, 1_000);
  const long = read(
    report(`X: y\r\n\r\nFinal-Recipient: rfc822;b@b.test\r\nDiagnostic-Code: smtp; ${'x'.repeat(300_000)}`),
  );
  assert.equal((long?.recipients[0]?.diagnostic?.length ?? 0) <= 2_000, true);
});
