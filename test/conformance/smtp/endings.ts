/**
 * How connections end and how octets fall into packets: a client that ends its side, lines without an end, CRLF cut in
 * two, lines beyond all measure, and chunks that are none (RFC 5321 §2.3.8, §3.8, §4.1.1.4; RFC 3030).
 */
import { checkThat, withConnections } from '../case.ts';
import type { Connection } from '../connection.ts';
import { pause } from '../../program.ts';
import { from, group, HELLO, inStep, MAIL, RCPT, say } from './dialogue.ts';
import type { Step } from './dialogue.ts';

const HEADER = 'From: <ann@b.test>\r\nSubject: x\r\n\r\n';

/** Long enough for a server to have looked at a packet before the next one comes. */
const BETWEEN_PACKETS = 60;

/** Sends octets, ends our side, and wants exactly these replies before the server ends its own. */
function sayAndEnd(octets: string, ...wanted: readonly RegExp[]): Step {
  return async (smtp) => {
    smtp.send(octets);
    smtp.endWriting();
    const replies = await smtp.rest();
    const well = replies.length === wanted.length && wanted.every((one, at) => one.test(replies[at] ?? ''));
    checkThat(well, wanted.map(String).join(', then ') || 'no reply', replies.join(' | '));
  };
}

/** Sends octets that are no whole message, ends our side, and wants no reply that takes one. */
function leaveWith(octets: string): Step {
  return async (smtp) => {
    smtp.send(octets);
    smtp.endWriting();
    const replies = await smtp.rest();
    checkThat(!replies.some((reply) => reply.startsWith('2')), 'no reply that is positive', replies.join(' | '));
  };
}

/** The pieces of a line or a text, each in a packet of its own. */
async function inPackets(smtp: Connection, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    smtp.send(piece);
    await pause(BETWEEN_PACKETS);
  }
}

function sayInPackets(pieces: readonly string[], ...replies: readonly RegExp[]): Step {
  const last = pieces.at(-1) ?? '';
  return async (smtp) => {
    await inPackets(smtp, pieces.slice(0, -1));
    await say(last, ...replies)(smtp);
  };
}

export const ENDS = group('Ends and packets', [
  [
    '5321-4.3.1-early',
    'must',
    'A client that talks before the greeting is turned away, or greeted first and then answered',
    (server) =>
      withConnections(async (open) => {
        const smtp = await open(server.port);
        smtp.send(`${HELLO}\r\nQUIT\r\n`);
        const replies = (await smtp.rest()).map((reply) => reply.slice(0, 3)).join();
        checkThat(/^(220,250,221|554(,221)?|421)$/.test(replies), '220, 250, 221, or 554', replies);
      }),
  ],
  [
    '5321-3.8-half-closed-quit',
    'must',
    'A client that ends its side behind QUIT still gets the 221',
    from('greeted', sayAndEnd('QUIT\r\n', /^221/)),
  ],
  [
    '5321-4.1.1.4-half-closed-message',
    'must',
    'A client that ends its side behind the end of a message, without QUIT, still gets the 250',
    from('data', sayAndEnd(`${HEADER}x\r\n.\r\n`, /^250/)),
  ],
  [
    '2920-3.1-half-closed-group',
    'must',
    'A client that ends its side behind a group of commands gets all the replies',
    from('greeted', sayAndEnd(`${MAIL}\r\n${RCPT}\r\nRSET\r\nNOOP\r\n`, /^250/, /^250/, /^250/, /^250/)),
  ],
  [
    '5321-4.1.1.4-half-closed-in-data',
    'must',
    'A message whose client ends its side before the dot is not taken',
    from('data', leaveWith(`${HEADER}half of it`)),
  ],
  [
    '5321-4.1.1.4-no-crlf-behind-dot',
    'must',
    'A dot without its CRLF at the end of the connection ends no message',
    from('data', leaveWith(`${HEADER}x\r\n.`)),
  ],
  [
    '3030-2-half-closed-in-chunk',
    'must',
    'A chunk whose client ends its side before its last octet is not taken',
    from('recipient', leaveWith('BDAT 100 LAST\r\nSubject: x\r\n\r\n')),
  ],
  [
    '5321-2.3.8-partial-command',
    'must',
    'A command without its CRLF at the end of the connection is none',
    from('greeted', leaveWith('NOOP')),
  ],
  [
    '5321-2.3.8-partial-quit',
    'must',
    'A QUIT without its CRLF at the end of the connection is none',
    from('greeted', leaveWith('QUIT')),
  ],
  [
    '5321-4.1.1.10-message-behind-quit',
    'must',
    'A whole transaction behind QUIT is not carried out',
    from('greeted', sayAndEnd(`QUIT\r\n${MAIL}\r\n${RCPT}\r\nDATA\r\n${HEADER}x\r\n.\r\n`, /^221/)),
  ],
  [
    '5321-2.3.8-crlf-in-two-packets',
    'must',
    'A CR and its LF may come in two packets',
    from('greeted', sayInPackets(['NOOP\r', '\n'], /^250/), inStep),
  ],
  [
    '5321-2.3.8-verb-in-two-packets',
    'must',
    'A verb may come in two packets',
    from('greeted', sayInPackets(['NO', 'OP\r\n'], /^250/), inStep),
  ],
  [
    '5321-4.1.1.4-end-in-five-packets',
    'must',
    'The end of a message may come octet by octet',
    from('data', sayInPackets([`${HEADER}x`, '\r', '\n', '.', '\r', '\n'], /^250/), inStep),
  ],
  [
    '5321-4.5.2-dots-in-packets',
    'must',
    'A line that begins with a dot does not end the message when the dot comes alone',
    from('data', sayInPackets([`${HEADER}x\r\n`, '.', 'x\r\n.', '.\r\n', '.\r\n'], /^250/), inStep),
  ],
  [
    '5321-4.1.1-nul-alone',
    'must',
    'A line that is a NUL gets one refusal',
    from('greeted', say('\0\r\n', /^50[01]/), inStep),
  ],
  [
    '5321-4.1.1-nul-behind-verb',
    'must',
    'A NUL behind a verb makes it another word',
    from('greeted', say('NOOP\0\r\n', /^50[01]/), inStep),
  ],
  [
    '5321-4.1.1-nul-in-recipient',
    'must',
    'A NUL in a recipient does not cut it short',
    from('sender', say('RCPT TO:<bob\0@a.test>', /^5\d\d/), inStep),
  ],
  [
    '5321-4.1.1-nul-in-noop',
    'house',
    'A NUL in the words behind NOOP is refused',
    from('greeted', say('NOOP a\0b\r\n', /^50[01]/), inStep),
  ],
  [
    '5321-4.5.3.1.6-line-5m',
    'must',
    'A text line of 5,000,000 octets gets one reply, behind its true end',
    from('data', say(`${HEADER}${'x'.repeat(5_000_000)}\r\n.`, /^(250|5\d\d)/), inStep),
  ],
  [
    '5321-4.5.3.1.6-line-5m-taken',
    'house',
    'A text line of 5,000,000 octets is taken',
    from('data', say(`${HEADER}${'x'.repeat(5_000_000)}\r\n.`, /^250/), inStep),
  ],
  [
    '5322-2.1.1-header-line-1m',
    'must',
    'A header line of 1,000,000 octets gets one reply, behind the true end',
    from('data', say(`Subject: ${'x'.repeat(1_000_000)}\r\n\r\nx\r\n.`, /^(250|5\d\d)/), inStep),
  ],
]);

export const CHUNKS = group('Chunks that are none', [
  [
    '3030-2-bdat-before-mail',
    'must',
    'The octets of a BDAT in the wrong place are no commands: 503 once',
    from('greeted', say('BDAT 6 LAST\r\nNOOP\r\n', /^503/), inStep),
  ],
  [
    '3030-2-bdat-after-last',
    'must',
    'A BDAT behind the last one gets 503',
    from('recipient', say('BDAT 17 LAST\r\nSubject: x\r\n\r\nx\r\n', /^250/), say('BDAT 6 LAST\r\nNOOP\r\n', /^503/)),
  ],
  [
    '3030-2-bdat-no-recipient',
    'must',
    'A BDAT without a recipient gets 503 or 554, and its octets are no commands',
    from('sender', say('BDAT 6 LAST\r\nNOOP\r\n', /^(503|554)/), inStep),
  ],
  [
    '3030-2-bdat-rset',
    'must',
    'RSET between chunks forgets the message',
    from(
      'recipient',
      say('BDAT 14\r\nSubject: x\r\n\r\n', /^250/),
      say('RSET', /^250/),
      say('BDAT 6 LAST\r\nNOOP\r\n', /^503/),
      say(MAIL, /^250/),
    ),
  ],
  [
    '3030-2-bdat-mail',
    'must',
    'MAIL and RCPT between chunks get 503',
    from('recipient', say('BDAT 14\r\nSubject: x\r\n\r\n', /^250/), say(MAIL, /^503/), say(RCPT, /^503/)),
  ],
  [
    '3030-2-bdat-zero-first',
    'house',
    'A first chunk of no octets is one',
    from('recipient', say('BDAT 0', /^250/), say('BDAT 17 LAST\r\nSubject: x\r\n\r\nx\r\n', /^250/), inStep),
  ],
  [
    '3030-2-bdat-crlf-over-chunks',
    'must',
    'A CR may end a chunk, and its LF begin the next',
    from('recipient', say('BDAT 11\r\nSubject: x\rBDAT 6 LAST\r\n\n\r\nx\r\n', /^250/, /^250/), inStep),
  ],
  [
    '5321-2.4-bdat-case',
    'must',
    'BDAT and LAST are known in any case of letters',
    from('recipient', say('bdat 17 last\r\nSubject: x\r\n\r\nx\r\n', /^250/), inStep),
  ],
  [
    '3030-2-bdat-octet-by-octet',
    'must',
    'A chunk may come octet by octet, and a command right behind it',
    from('recipient', async (smtp) => {
      for (const octet of 'BDAT 17 LAST\r\nSubject: x\r\n\r\nx\r\nNOOP\r\n') smtp.send(octet);
      await say('NOOP', /^250/, /^250/, /^250/)(smtp);
    }),
  ],
  ...(
    [
      ['negative', 'a negative size', 'BDAT -1 LAST'],
      ['hex', 'a size that is no decimal number', 'BDAT 0x10 LAST'],
      ['huge', 'a size of 30 digits', `BDAT ${'9'.repeat(30)} LAST`],
      ['word', 'another word than LAST', 'BDAT 0 FIRST'],
      ['third', 'a third argument', 'BDAT 0 LAST now'],
    ] as const
  ).map(
    ([word, name, line]) =>
      [`3030-2-bdat-${word}`, 'must', `BDAT with ${name} is refused`, from('recipient', say(line, /^5\d\d/))] as const,
  ),
  [
    '3030-2-bdat-pipelined',
    'must',
    'A whole message in chunks may come in one packet with its envelope',
    from(
      'connected',
      say(
        `${HELLO}\r\n${MAIL}\r\n${RCPT}\r\nBDAT 14\r\nSubject: x\r\n\r\nBDAT 3 LAST\r\nx\r\nNOOP`,
        /^250/,
        /^250/,
        /^250/,
        /^250/,
        /^250/,
        /^250/,
      ),
    ),
  ],
]);
