/** The message itself, its end, groups of commands and TLS (RFC 5321 §4.1.1.4, §4.5.2; RFC 2920, 3030, 3207). */
import { check, withConnections } from '../case.ts';
import type { Case } from '../case.ts';
import { from, group, HELLO, inStep, MAIL, RCPT, say, startTls, thenOnly } from './dialogue.ts';
import type { SmtpServer } from './dialogue.ts';

const HEADER = 'From: <ann@b.test>\r\nSubject: x\r\n\r\n';

/** A second message that a server must not see as one: it stands behind something that only looks like an end of data. */
const SECOND = `${MAIL}\r\n${RCPT}\r\nDATA\r\nSubject: smuggled\r\n\r\nx`;

/** One message, whatever stands in it: one reply after the true end, or the end of the connection. */
function smuggled(ending: string): Case<SmtpServer>['play'] {
  return from('data', async (smtp) => {
    smtp.send(`${HEADER}text${ending}${SECOND}\r\n.\r\n`);
    await thenOnly(1, /^250/)(smtp);
  });
}

/** An end in disguise, and its name. */
const ENDINGS: readonly (readonly [word: string, name: string, octets: string])[] = [
  ['lf-dot-lf', 'LF . LF', '\n.\n'],
  ['lf-dot-crlf', 'LF . CRLF', '\n.\r\n'],
  ['crlf-dot-lf', 'CRLF . LF', '\r\n.\n'],
  ['cr-dot-cr', 'CR . CR', '\r.\r'],
  ['cr-dot-crlf', 'CR . CRLF', '\r.\r\n'],
  ['crlf-dot-cr', 'CRLF . CR', '\r\n.\r'],
  ['crlf-dot-crcrlf', 'CRLF . CR CRLF', '\r\n.\r\r\n'],
  ['crcrlf-dot-lf', 'CR CR LF . LF', '\r\r\n.\n'],
  ['nul-before', 'CRLF NUL . CRLF', '\r\n\0.\r\n'],
  ['nul-behind', 'CRLF . NUL CRLF', '\r\n.\0\r\n'],
  ['space-behind', 'CRLF . space CRLF', '\r\n. \r\n'],
  ['two-dots', 'CRLF .. CRLF', '\r\n..\r\n'],
];

export const CONTENT = group('Messages', [
  ['5321-4.1.1.4-data', 'must', 'DATA gets 354 and the end 250', from('data', say(`${HEADER}x\r\n.`, /^250/))],
  ['5321-4.1.1.4-empty', 'must', 'The end may follow 354 at once', from('data', say('.', /^[25]\d\d/), inStep)],
  [
    '5321-4.5.2-dots',
    'must',
    'Lines that begin with dots do not end a message',
    from('data', say(`${HEADER}..\r\n...\r\n..x\r\n.`, /^250/), inStep),
  ],
  [
    '5321-4.5.2-one-dot-stripped',
    'must',
    'A line ".x" is no end',
    from('data', say(`${HEADER}.x\r\n.`, /^250/), inStep),
  ],
  [
    '5321-4.5.3.1.6-line-998',
    'must',
    'A text line of 998 octets is taken',
    from('data', say(`${HEADER}${'x'.repeat(998)}\r\n.`, /^250/)),
  ],
  [
    '5321-4.5.3.1.7-64k',
    'must',
    'A message of 64 KB is taken',
    from('data', say(`${HEADER}${`${'x'.repeat(76)}\r\n`.repeat(900)}.`, /^250/)),
  ],
  [
    '6152-3-8bit',
    'must',
    'Octets above 127 are taken after BODY=8BITMIME',
    from(
      'greeted',
      say(`${MAIL} BODY=8BITMIME`, /^250/),
      say(RCPT, /^250/),
      say('DATA', /^354/),
      say(`${HEADER}Gr\xc3\xbc\xc3\x9fe\r\n.`, /^250/),
    ),
  ],
  [
    '5321-4.1.1.4-no-header',
    'must',
    "A message without a header is not the server's business",
    from('data', say('just text\r\n.', /^250/)),
  ],
  [
    '5321-2.3.8-commands-in-text',
    'must',
    'Commands inside a message are text',
    from('data', say(`${HEADER}QUIT\r\nRSET\r\n${MAIL}\r\n.`, /^250/), inStep),
  ],
  [
    '5321-4.5.3.1.8-100-recipients',
    'must',
    '100 recipients are taken',
    from('sender', say(`${RCPT}\r\n`.repeat(100), ...Array.from({ length: 100 }, () => /^250/)), say('DATA', /^354/)),
  ],
  [
    '5321-4.5.3.1.10-too-many',
    'must',
    'Too many recipients get 452 (or 552), and those before it stand',
    (server) =>
      withConnections(async (open) => {
        const smtp = await open(server.port);
        check(/^220/, await smtp.reply(), 'greeting');
        for (const line of [HELLO, MAIL]) await say(line, /^250/)(smtp);
        for (let round = 0; round < 15; round++)
          await say(`${RCPT}\r\n`.repeat(100), ...Array.from({ length: 100 }, () => /^(250|452|552)/))(smtp);
        await say('DATA', /^354/)(smtp);
      }),
  ],
  [
    '5321-6.3-loop',
    'must',
    'A message with more than 100 Received fields is a loop and is refused, or taken and returned later',
    from(
      'data',
      say(
        `${'Received: from x.test by y.test; Mon, 23 Nov 2026 10:00:00 +0000\r\n'.repeat(120)}Subject: x\r\n\r\nx\r\n.`,
        /^(250|554)/,
      ),
      inStep,
    ),
  ],
]);

export const SMUGGLING = group('The end of data', [
  ...ENDINGS.map(
    ([word, name, octets]) =>
      [`5321-4.1.1.4-${word}`, 'must', `${name} does not end a message`, smuggled(octets)] as const,
  ),
  [
    '5321-2.3.8-bare-lf',
    'must',
    'A bare LF in a message is told apart or refused, and splits nothing',
    from('data', say(`${HEADER}one\ntwo\r\n.`, /^(250|5\d\d)/), inStep),
  ],
  [
    '5321-2.3.8-bare-lf-refused',
    'house',
    'A message with a bare LF is refused with 554',
    from('data', say(`${HEADER}one\ntwo\r\n.`, /^554/), inStep),
  ],
  [
    '5321-2.3.8-bare-cr-refused',
    'house',
    'A message with a bare CR is refused with 554',
    from('data', say(`${HEADER}one\rtwo\r\n.`, /^554/), inStep),
  ],
  [
    '5321-4.1.1.4-command-bare-lf',
    'house',
    'A command line that ends in a bare LF is no command',
    from('greeted', async (smtp) => {
      smtp.send('NOOP\nNOOP\r\n');
      check(/^5/, await smtp.reply(), 'reply to NOOP LF NOOP');
    }),
  ],
]);

export const PIPELINING = group('Pipelining and chunks', [
  [
    '2920-3.1-group',
    'must',
    'MAIL, RCPT, RCPT, DATA in one packet get their replies in order',
    from(
      'greeted',
      say(`${MAIL}\r\n${RCPT}\r\nRCPT TO:<alice@a.test>\r\nDATA`, /^250/, /^250/, /^250/, /^354/),
      say(`${HEADER}x\r\n.`, /^250/),
    ),
  ],
  [
    '2920-3.1-refused-in-group',
    'must',
    'A refused RCPT in a group moves nothing else',
    from('greeted', say(`${MAIL}\r\nRCPT TO:<x@elsewhere.test>\r\n${RCPT}\r\nDATA`, /^250/, /^5/, /^250/, /^354/)),
  ],
  [
    '2920-3.1-all-refused',
    'must',
    'When every RCPT of a group is refused, DATA is refused or an empty message is',
    from('greeted', say(`${MAIL}\r\nRCPT TO:<x@elsewhere.test>\r\nDATA`, /^250/, /^5/, /^(503|554|354)/)),
  ],
  [
    '2920-3.1-behind-the-dot',
    'must',
    'The next message may follow the end of the last in the same packet',
    from('data', say(`${HEADER}x\r\n.\r\n${MAIL}\r\n${RCPT}\r\nDATA`, /^250/, /^250/, /^250/, /^354/)),
  ],
  [
    '2920-3.1-rset-in-group',
    'must',
    'RSET in a group has its place',
    from('recipient', say(`RSET\r\n${RCPT}\r\n${MAIL}`, /^250/, /^503/, /^250/)),
  ],
  [
    '2920-3.2-quit-last',
    'must',
    'What stands behind QUIT is not answered',
    from('greeted', say('NOOP\r\nQUIT\r\nNOOP', /^250/, /^221/), async (smtp) => {
      const more = await smtp.rest();
      check(/^$/, more.join(' | '), 'behind the 221');
    }),
  ],
  [
    '5321-2.3.7-octet-by-octet',
    'must',
    'A command that comes in pieces is one command',
    from('greeted', async (smtp) => {
      for (const octet of 'NOOP\r\n') smtp.send(octet);
      check(/^250/, await smtp.reply(), 'reply to NOOP');
    }),
  ],
  [
    '3030-2-bdat',
    'must',
    'A message in two chunks is taken',
    from('recipient', say('BDAT 14\r\nSubject: x\r\n\r\n', /^250/), say('BDAT 3 LAST\r\nx\r\n', /^250/), inStep),
  ],
  [
    '3030-2-bdat-zero',
    'must',
    'BDAT 0 LAST ends a message',
    from('recipient', say('BDAT 17\r\nSubject: x\r\n\r\nx\r\n', /^250/), say('BDAT 0 LAST', /^250/), inStep),
  ],
  [
    '3030-2-bdat-dot',
    'must',
    'A dot alone in a chunk is text',
    from('recipient', say('BDAT 23 LAST\r\nSubject: x\r\n\r\nx\r\n.\r\ny\r\n', /^250/), inStep),
  ],
  [
    '3030-2-bdat-no-size',
    'must',
    'BDAT without a size is refused; a server may close behind that, not knowing where the next command begins',
    from('recipient', say('BDAT', /^(50[13]|521)/)),
  ],
  [
    '3030-2-bdat-then-data',
    'must',
    'DATA after BDAT gets 503',
    from('recipient', say('BDAT 14\r\nSubject: x\r\n\r\n', /^250/), say('DATA', /^503/)),
  ],
]);

/** Greets, changes to TLS, with more sent in the same packet behind STARTTLS. */
function tls(
  behind: string,
  ...then: Parameters<typeof from> extends [unknown, ...infer Rest] ? Rest : never
): Case<SmtpServer>['play'] {
  return from('greeted', say(`STARTTLS\r\n${behind}`, /^220/), startTls, ...then);
}

export const TLS = group('STARTTLS', [
  ['3207-4-handshake', 'must', 'STARTTLS gets 220, and EHLO is answered inside', tls('', say(HELLO, /^250/))],
  ['3207-4.2-not-again', 'must', 'STARTTLS is not offered inside TLS', tls('', say(HELLO, /^(?![^]*STARTTLS)250/))],
  [
    '3207-4.2-refused-again',
    'must',
    'STARTTLS inside TLS is refused',
    tls('', say(HELLO, /^250/), say('STARTTLS', /^5\d\d/)),
  ],
  ['3207-4-argument', 'must', 'STARTTLS with an argument gets 501', from('greeted', say('STARTTLS now', /^501/))],
  [
    '3207-6-injected',
    'must',
    'Commands sent in clear behind STARTTLS are never answered inside TLS',
    (server) =>
      withConnections(async (open) => {
        const smtp = await open(server.port);
        check(/^220/, await smtp.reply(), 'greeting');
        await say(HELLO, /^250/)(smtp);
        smtp.send('STARTTLS\r\nNOOP\r\n');
        const answer = await smtp.reply();
        if (answer === undefined || /^[45]/.test(answer)) return;
        check(/^220/, answer, 'reply to STARTTLS');
        try {
          await smtp.startTls();
        } catch {
          return;
        }
        smtp.send(`${HELLO}\r\nQUIT\r\n`);
        const inside = await smtp.rest();
        check(/^(250-[^|]*\|221[^|]*)?$/, inside.join('|'), 'replies to EHLO and QUIT inside TLS');
      }),
  ],
  [
    '3207-4.2-forgets-ehlo',
    'should',
    'STARTTLS forgets EHLO: RCPT without a new start gets 503',
    tls('', say(RCPT, /^503/)),
  ],
  [
    '3207-4.2-forgets-transaction',
    'must',
    'STARTTLS forgets the transaction before it, or is refused in one',
    from('recipient', async (smtp) => {
      smtp.send('STARTTLS\r\n');
      const answer = await smtp.reply();
      if (answer?.startsWith('503') === true) return;
      check(/^220/, answer, 'reply to STARTTLS');
      await smtp.startTls();
      await say('DATA', /^(503|554)/)(smtp);
    }),
  ],
  [
    '3207-4-message',
    'must',
    'A message is taken inside TLS',
    tls(
      '',
      say(HELLO, /^250/),
      say(MAIL, /^250/),
      say(RCPT, /^250/),
      say('DATA', /^354/),
      say(`${HEADER}x\r\n.`, /^250/),
    ),
  ],
]);
