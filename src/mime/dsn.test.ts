import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { composeReport, reportNeedsUtf8 } from './dsn.ts';
import type { ReportParts, ReportRecipient } from './dsn.ts';
import { anyCharacter } from '../mail/testing.ts';

const AT = Date.UTC(2026, 10, 23, 15, 0, 0);
const HEADER = 'From: Alice <alice@a.test>\r\nTo: bob@b.test\r\nSubject: Lunch\r\nMessage-ID: <1@a.test>\r\n';

const BOB: ReportRecipient = {
  address: 'bob@b.test',
  orcpt: 'rfc822;Bob@b.test',
  action: 'failed',
  status: '5.1.1',
  remoteMta: 'mx.b.test',
  diagnostic: '550 5.1.1 No such user here',
  explanation: {
    happened: 'Nobody there has this address.',
    side: "The recipient's.",
    advice: 'Check the address.',
    again: false,
  },
  lastAttemptAt: AT - 1000,
};

const PARTS: ReportParts = {
  id: '01report',
  hostname: 'mx.a.test',
  at: AT,
  to: 'alice@a.test',
  arrivedAt: AT - 60_000,
  envid: 'QQ314159',
  recipients: [BOB],
  header: Buffer.from(HEADER),
};

/** The parts of a report, split by its boundary: type and body of each. */
function split(report: Buffer): readonly { readonly head: string; readonly body: string }[] {
  const text = report.toString();
  const boundary = /boundary="([^"]+)"/.exec(text)?.[1] as string;
  const pieces = text.split(`\r\n--${boundary}`);
  assert.equal(pieces.at(-1), '--\r\n');
  return pieces.slice(1, -1).map((piece) => {
    const end = piece.indexOf('\r\n\r\n');
    return { head: piece.slice(2, end), body: piece.slice(end + 4) };
  });
}

function compose(parts: Partial<ReportParts>): Buffer {
  return composeReport({ ...PARTS, ...parts });
}

test('[6522-3-three-parts] a report has a text, the facts, and the header of the original', () => {
  const report = compose({});
  assert.match(report.toString(), /^Content-Type: multipart\/report; report-type=delivery-status;\r\n boundary=/m);
  const heads = split(report).map((part) => part.head.split('\r\n')[0]);
  assert.deepEqual(heads, [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Type: message/delivery-status',
    'Content-Type: text/rfc822-headers',
  ]);
  assert.equal(split(report)[2]?.body, HEADER);
});

test('[3464-2.2-message-fields] [3464-2.3-recipient-fields] the facts, field by field', () => {
  assert.equal(
    split(compose({}))[1]?.body,
    [
      'Reporting-MTA: dns; mx.a.test',
      'Original-Envelope-Id: QQ314159',
      'Arrival-Date: Mon, 23 Nov 2026 14:59:00 +0000',
      '',
      'Original-Recipient: rfc822; Bob@b.test',
      'Final-Recipient: rfc822; bob@b.test',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mx.b.test',
      'Diagnostic-Code: smtp; 550 5.1.1 No such user here',
      'Last-Attempt-Date: Mon, 23 Nov 2026 14:59:59 +0000',
      '',
    ].join('\r\n'),
  );
});

test('[3464-2.3-recipient-fields] a server that has no name is an address literal', () => {
  for (const [remoteMta, field] of [
    ['192.0.2.1', '[192.0.2.1]'],
    ['2001:db8::1', '[IPv6:2001:db8::1]'],
    ['mx.b.test', 'mx.b.test'],
  ] as const)
    assert.ok(compose({ recipients: [{ ...BOB, remoteMta }] }).includes(`\r\nRemote-MTA: dns; ${field}\r\n`), field);
});

test('[3464-2.3.9-will-retry] only a delayed recipient says until when it will be tried', () => {
  const delayed = compose({
    recipients: [{ address: 'c@c.test', action: 'delayed', status: '4.4.1', willRetryUntil: AT + 1000 }],
  });
  assert.match(
    split(delayed)[1]?.body as string,
    /Action: delayed\r\nStatus: 4\.4\.1\r\nWill-Retry-Until: Mon, 23 Nov 2026 15:00:01 \+0000\r\n$/,
  );
  const failed = compose({ recipients: [{ ...BOB, willRetryUntil: AT }] });
  assert.doesNotMatch(failed.toString(), /Will-Retry-Until/);
});

test('[3461-6.2-full] the whole original comes back for a failure, and only then', () => {
  const content = Buffer.from(`${HEADER}\r\nHello\r\n`);
  const failed = split(compose({ content }))[2];
  assert.match(failed?.head as string, /^Content-Type: message\/rfc822/);
  assert.equal(failed?.body, content.toString());
  const delayed = split(compose({ content, recipients: [{ ...BOB, action: 'delayed', status: '4.4.1' }] }))[2];
  assert.match(delayed?.head as string, /^Content-Type: text\/rfc822-headers/);
});

test('[6522-4-headers] an original that can not travel in 7-bit lines comes back as its header, encoded where it must be', () => {
  for (const body of ['ünal\r\n', `${'x'.repeat(999)}\r\n`, 'bare\nline\r\n', 'bare\rreturn\r\n', 'nul\0\r\n']) {
    const part = split(compose({ content: Buffer.from(`${HEADER}\r\n${body}`) }))[2];
    assert.match(part?.head as string, /^Content-Type: text\/rfc822-headers\r\nContent-Transfer-Encoding: 7bit$/);
  }
  const latin = split(compose({ header: Buffer.from('Subject: Gr\xfc\xdfe\r\n', 'latin1') }))[2];
  assert.deepEqual(latin, {
    head: 'Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: quoted-printable',
    body: 'Subject: Gr=FC=DFe\r\n',
  });
});

test('[3464-2-header] the header: from the system, automatic, an answer to the original', () => {
  const top = compose({}).toString().split('\r\n\r\n')[0] as string;
  for (const line of [
    'From: Mail Delivery System <MAILER-DAEMON@mx.a.test>',
    'To: <alice@a.test>',
    'Subject: Your message could not be delivered to bob@b.test',
    'Date: Mon, 23 Nov 2026 15:00:00 +0000',
    'Message-ID: <01report@mx.a.test>',
    'In-Reply-To: <1@a.test>',
    'References: <1@a.test>',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
  ]) {
    assert.ok(top.split('\r\n').includes(line), line);
  }
});

test("the text says what happened, whose side it is on, what to do, whether to wait, and then the other server's words", () => {
  assert.equal(
    split(compose({}))[0]?.body,
    [
      'Your message "Lunch" of Mon, 23 Nov 2026 14:59:00 +0000 could not be',
      'delivered to this recipient:',
      '',
      'bob@b.test',
      '  What happened: Nobody there has this address.',
      "  Whose side: The recipient's.",
      '  What you can do: Check the address.',
      '  Wait? No: waiting does not help. We will not try again. Send it again',
      '  once this is put right.',
      '  mx.b.test answered:',
      '    > 550 5.1.1 No such user here',
      '',
      'This report was written by the mail server mx.a.test. Nobody reads',
      'answers to it.',
      '',
    ].join('\r\n'),
  );
  assert.match(split(compose({ text: ['Own words.'] }))[0]?.body as string, /^Own words\.\r\n$/);
});

/** The text with its lines joined again. */
function unwrapped(report: Buffer): string {
  return String(split(report)[0]?.body).replace(/\r\n +/g, ' ');
}

test('whether to wait: what is delayed goes on by itself; what is over may be sent again later, or once it is put right', () => {
  const again = { ...BOB.explanation, again: true } as NonNullable<ReportRecipient['explanation']>;
  const table: readonly (readonly [Partial<ReportRecipient>, RegExp])[] = [
    [
      { action: 'delayed', willRetryUntil: AT },
      /Wait\? Yes: we keep trying until Mon, 23 Nov 2026 15:00:00 \+0000\. You/,
    ],
    [{ action: 'delayed' }, /Wait\? Yes: we keep trying\. You will get another message if it fails for good\./],
    [{ explanation: again }, /Wait\? We will not try again\. You can send it again later\./],
    [{ explanation: again, expired: true }, /Wait\? We tried for as long as we keep messages, and will not try again/],
    [{ expired: true }, /Wait\? No: waiting does not help\. We tried for as long as we keep messages,/],
  ];
  for (const [changes, expected] of table)
    assert.match(unwrapped(compose({ recipients: [{ ...BOB, ...changes }] })), expected);
});

test('what we saw ourselves is quoted like an answer', () => {
  const { diagnostic: _, ...unanswered } = BOB;
  const report = compose({ recipients: [{ ...unanswered, problem: 'Could not connect' }] });
  assert.match(split(report)[0]?.body as string, /\r\n {2}What we saw:\r\n {4}> Could not connect\r\n/);
});

test("no line of what others wrote can be taken for ours: each is quoted, and a server's name stays on its line", () => {
  const evil = `550 ${'x '.repeat(40)} What you can do: click here ${'y '.repeat(40)}Whose side: ours`;
  const { diagnostic: _, ...unanswered } = BOB;
  const recipients = [
    { ...BOB, diagnostic: evil, remoteMta: 'mx\n  What you can do: click' },
    { ...unanswered, problem: evil },
  ];
  const lines = String(split(compose({ recipients }))[0]?.body).split('\r\n');
  assert.equal(lines.filter((line) => /^ *(?:What you can do|Whose side):/.test(line)).length, 4);
  const theirs = lines.filter((line) => /click|x x|y y|ours/.test(line));
  assert.ok(theirs.length > 6);
  for (const line of theirs) assert.match(line, /^ {4}> | answered:$/);
});

test('what others wrote stays on its line of the text', () => {
  const header = Buffer.from('Subject: =?utf-8?Q?x=0A=0AAll_is_well?=\r\n');
  const text = split(compose({ header, recipients: [{ ...BOB, diagnostic: '550 no\nAll is well' }] }))[0]?.body;
  assert.doesNotMatch(String(text), /^All/m);
});

test('each action has its words', () => {
  const subjects = (['delivered', 'relayed', 'expanded'] as const).map((action) => {
    const report = compose({ recipients: [{ address: 'c@c.test', action, status: '2.0.0' }] }).toString();
    return /^Subject: (.*)\r$/m.exec(report)?.[1];
  });
  assert.deepEqual(subjects, [
    'Your message was delivered to c@c.test',
    'Your message to c@c.test was passed on',
    'Your message to c@c.test was passed on to a list',
  ]);
});

test('many recipients: the text names fifty, the facts all', () => {
  const report = compose({
    recipients: Array.from({ length: 120 }, (_, i) => ({ ...BOB, address: `user${i}@b.test` })),
  });
  assert.match(report.toString(), /^Subject: Your message could not be delivered to 120 recipients\r$/m);
  assert.match(split(report)[0]?.body as string, /and 70 more/);
  assert.equal(split(report)[1]?.body.match(/^Final-Recipient:/gm)?.length, 120);
});

test('[6533-3-utf8-address] an address in UTF-8 is spelled in ASCII in a report that is ASCII', () => {
  const report = compose({
    recipients: [{ ...BOB, address: 'ünal@b.test', orcpt: 'utf-8;ünal@b.test', diagnostic: '550 nö' }],
    header: Buffer.from('Subject: Grüße\r\n'),
  });
  assert.equal(reportNeedsUtf8('alice@a.test'), false);
  assert.match(report.toString('latin1'), /^[\r\n\t -~]*$/);
  assert.match(
    report.toString(),
    /^Original-Recipient: utf-8; \\x\{FC\}nal@b\.test\r\nFinal-Recipient: utf-8; \\x\{FC\}nal@b\.test\r$/m,
  );
  assert.deepEqual(split(report)[2], {
    head: 'Content-Type: message/global-headers\r\nContent-Transfer-Encoding: quoted-printable',
    body: 'Subject: Gr=C3=BC=C3=9Fe\r\n',
  });
});

test('[6533-4-global] a report to an address in UTF-8 is UTF-8 itself', () => {
  const content = Buffer.from('Subject: Grüße\r\nFrom: ü@a.test\r\n\r\nHallo ü\r\n');
  const report = compose({
    to: 'ü@a.test',
    recipients: [{ ...BOB, address: 'ünal@b.test', diagnostic: '550 nö' }],
    header: content.subarray(0, 40),
    content,
  });
  assert.equal(reportNeedsUtf8('ü@a.test'), true);
  const parts = split(report);
  assert.match(report.toString(), /^To: <ü@a\.test>\r$/m);
  assert.match(parts[1]?.head as string, /^Content-Type: message\/global-delivery-status/);
  assert.match(parts[1]?.body as string, /^Final-Recipient: utf-8; ünal@b\.test\r$/m);
  assert.match(parts[1]?.body as string, /^Diagnostic-Code: smtp; 550 nö\r$/m);
  assert.deepEqual(
    [parts[2]?.head, parts[2]?.body],
    ['Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit', content.toString()],
  );
});

test('[2046-5.1.1-boundary] content that holds the boundary gets another one', () => {
  const content = Buffer.from(`${HEADER}\r\n--=_report_01report_0\r\n--=_report_01report_1--\r\n`);
  const parts = split(compose({ content }));
  assert.equal(parts.length, 3);
  assert.equal(parts[2]?.body, content.toString());
});

test('a header without end comes back in part', () => {
  const report = compose({ header: Buffer.from('X: y\r\n'.repeat(50_000)) });
  assert.ok(report.length < 80_000);
  assert.match(split(report)[2]?.body as string, /^(?:X: y\r\n)+$/);
  const oneField = compose({ header: Buffer.alloc(300_000, 'x') });
  assert.ok(oneField.length < 80_000);
});

test('nothing that comes in can end a line, a field or a part', () => {
  const evil = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 60 }),
    fc.constantFrom(
      '\r\n\r\n--=_report_01report_0\r\n',
      'x\r\nEvil: yes\r\n',
      '\n\nStatus: 2.0.0',
      '\u2028',
      '\ud800',
      'x'.repeat(5000),
      'ü'.repeat(2000),
    ),
  );
  fc.assert(
    fc.property(
      fc.record({ text: evil, header: evil, id: evil, address: evil }),
      fc.boolean(),
      ({ text, header, id, address }, utf8) => {
        const report = compose({
          hostname: text,
          id: `01${id.slice(0, 30)}`,
          to: utf8 ? `ü${address}` : address.replace(/[^\0-\x7f]/g, ''),
          envid: text,
          recipients: [{ ...BOB, address, orcpt: `rfc822;${text}`, remoteMta: text, diagnostic: text, problem: text }],
          header: Buffer.from(`Message-ID: ${header}\r\nSubject: ${text}\r\n${header}`),
          content: Buffer.from(`${header}\r\n\r\n${text}`),
        });
        for (const line of report.toString('latin1').split('\r\n'))
          assert.match(line, utf8 ? /^[^\0\r\n]{0,998}$/ : /^[^\0\r\n\x80-\xff]{0,998}$/);
        const [head, preamble] = report.toString().split('\r\n\r\n') as [string, string];
        assert.match(preamble, /^This is a report/);
        assert.doesNotMatch(head, /^Evil/m);
        const parts = split(report);
        assert.equal(parts.length, 3);
        const groups = String(parts[1]?.body).split('\r\n\r\n');
        assert.equal(groups.length, 2);
        assert.doesNotMatch(parts[1]?.body as string, /^(?:Evil|Status: 2)/m);
      },
    ),
    { numRuns: 300 },
  );
});

test('mailparser reads it', async () => {
  const parsed = await simpleParser(compose({ content: Buffer.from(`${HEADER}\r\nHello\r\n`) }), {
    keepDeliveryStatus: true,
  });
  assert.equal(parsed.from?.value[0]?.address, 'MAILER-DAEMON@mx.a.test');
  assert.equal(parsed.inReplyTo, '<1@a.test>');
  assert.match(parsed.text as string, /What happened: Nobody there has this address/);
});

const PYTHON = `
import sys, json, email, email.policy
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = list(m.iter_parts())
print(json.dumps({
  "type": m.get_content_type(), "report": m.get_param("report-type"), "defects": [str(d) for d in m.defects],
  "types": [p.get_content_type() for p in parts], "text": parts[0].get_content(),
  "status": [dict(g.items()) for g in parts[1].get_payload()],
  "original": parts[2].get_payload(0)["subject"] if parts[2].is_multipart() else parts[2].get_payload()}))
`;

test("Python's email package reads it, without a defect", (t) => {
  const report = compose({
    content: Buffer.from(`${HEADER}\r\nHello\r\n`),
    recipients: [BOB, { ...BOB, address: 'carol@b.test', diagnostic: `550 ${'long words '.repeat(50)}` }],
  });
  const run = spawnSync('python3', ['-c', PYTHON], { input: report, encoding: 'utf8' });
  if (run.error !== undefined) {
    t.diagnostic('python3 is not installed: nothing was compared with it');
    return;
  }
  assert.equal(run.status, 0, run.stderr);
  const read = JSON.parse(run.stdout) as {
    readonly types: string[];
    readonly status: Record<string, string>[];
    readonly text: string;
  };
  assert.deepEqual({ ...read, text: '', status: read.status.length }, {
    type: 'multipart/report', report: 'delivery-status', defects: [], text: '', status: 3, original: 'Lunch',
    types: ['text/plain', 'message/delivery-status', 'message/rfc822'],
  }); // prettier-ignore
  assert.equal(read.status[0]?.['Original-Envelope-Id'], 'QQ314159');
  assert.equal(read.status[1]?.['Final-Recipient'], 'rfc822; bob@b.test');
  assert.match(read.status[2]?.['Diagnostic-Code'] as string, /^smtp; 550 long words(?:\s+long words)+/);
  assert.match(read.text, /carol@b\.test/);
});

test('[5322-2.1.1-long-lines] however long what comes in is, no line of a report has more than 998 octets', () => {
  const longs = ['x', '日', 'x ', '日 ', 'ü@', '<', '='].map((piece) => piece.repeat(4000));
  for (const to of ['alice@a.test', 'jürgen@a.test'])
    for (const long of longs) {
      const recipient: ReportRecipient = {
        address: `${long}@b.test`,
        orcpt: `rfc822;${long}`,
        action: 'failed',
        status: '5.0.0',
        remoteMta: long,
        diagnostic: long,
        problem: long,
      };
      const header = `Subject: ${long}\r\nMessage-ID: <${long}>\r\n`;
      const content = Buffer.from(`${header}\r\n${long}\r\n`);
      const report = compose({ to, envid: long, recipients: [recipient], header: Buffer.from(header), content });
      for (const line of report.toString('latin1').split('\r\n')) assert.ok(line.length <= 998, line.slice(0, 40));
    }
});
