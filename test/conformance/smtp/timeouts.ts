/**
 * Time-outs (RFC 5321 §3.8, §4.5.3.2), at servers whose clocks or settings make minutes of seconds. A case begins
 * where it will keep silent, and the server has to end it within the patience of a connection.
 */
import { checkThat } from '../case.ts';
import type { Connection } from '../connection.ts';
import { pause } from '../../program.ts';
import { from, group, MAIL, RCPT } from './dialogue.ts';
import type { Step } from './dialogue.ts';

const HEADER = 'From: <ann@b.test>\r\nSubject: x\r\n\r\n';

/** The last words before the server ends the connection. */
const lastWords: Step = async (smtp) => {
  const replies = await smtp.rest();
  checkThat(
    replies.length === 1 && replies[0]?.startsWith('421') === true,
    'one 421, then the end',
    replies.join(' | '),
  );
};

const endsSilent: Step = async (smtp) => {
  const replies = await smtp.rest();
  checkThat(!replies.some((reply) => reply.startsWith('2')), 'nothing positive, then the end', replies.join(' | '));
};

function sending(octets: string): Step {
  return (smtp) => {
    smtp.send(octets);
    return Promise.resolve();
  };
}

/** An octet now and then, for as long as the server takes them; with patience for three times its time. */
async function drip(smtp: Connection, octet: string): Promise<void> {
  for (let n = 0; n < 80; n++) {
    smtp.send(octet);
    await pause(250);
    if (smtp.ended) return;
  }
  checkThat(false, 'the end within twenty seconds', 'more and more octets taken');
}

/** Sends more, long after the time was up. */
const talksOn: Step = async (smtp) => {
  const first = await smtp.reply();
  checkThat(first?.startsWith('421') === true, '421', first ?? 'the end of the connection');
  smtp.send(`NOOP\r\n${MAIL}\r\n`);
  const more = await smtp.rest();
  checkThat(more.length === 0, 'no reply behind the 421', more.join(' | '));
};

export const SMTP_TIMEOUTS = group('Silence', [
  ['5321-4.5.3.2-silent', 'should', 'A silent client is told 421 before the end', from('greeted', lastWords)],
  ['5321-4.5.3.2-silent-early', 'should', 'One that never greets is told 421', from('connected', lastWords)],
  [
    '5321-4.5.3.2-silent-in-transaction',
    'should',
    'One that stops after RCPT is told 421',
    from('recipient', lastWords),
  ],
  [
    '5321-4.5.3.2.5-silent-in-data',
    'must',
    'A message that stops in the middle is not taken',
    from('data', sending(`${HEADER}half of it`), endsSilent),
  ],
  [
    '5321-4.5.3.2.5-silent-in-data-421',
    'should',
    'One that stops in the middle of a message is told 421',
    from('data', sending(`${HEADER}half of it`), lastWords),
  ],
  [
    '3030-2-silent-in-chunk',
    'must',
    'A chunk that stops in the middle is not taken',
    from('recipient', sending(`BDAT 100 LAST\r\n${HEADER}`), endsSilent),
  ],
  ['5321-3.8-behind-421', 'must', 'Behind the 421 nothing is answered', from('greeted', talksOn)],
  [
    '5321-4.5.3.2.7-dripping-command',
    'house',
    'A line that comes octet by octet has no more time than another',
    from('greeted', (smtp) => drip(smtp, 'x')),
  ],
  [
    '5321-4.5.3.2.5-dripping-message',
    'house',
    'A message that comes octet by octet is not waited for without end',
    from('data', (smtp) => drip(smtp, 'x')),
  ],
  [
    '5321-4.5.3.2.7-time-for-each-command',
    'must',
    'Each command has its own time: a client that is never silent for long is not ended',
    from('greeted', async (smtp) => {
      for (let n = 0; n < 6; n++) {
        await pause(1_500);
        smtp.send('NOOP\r\n');
        const reply = await smtp.reply();
        checkThat(reply?.startsWith('250') === true, '250', reply ?? 'the end of the connection');
      }
    }),
  ],
  [
    '5321-4.5.3.2-after-refusal',
    'should',
    'A refused command changes nothing about the time',
    from('sender', sending(`${RCPT.replace('bob', 'nobody')}\r\n`), async (smtp) => {
      await smtp.reply();
      await lastWords(smtp);
    }),
  ],
]);
