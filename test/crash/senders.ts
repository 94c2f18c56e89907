/** SMTP clients that send letter after letter until the connection is cut, and write down what they were told. */
import { Conversation, idIn } from '../conversation.ts';
import { pause } from '../program.ts';
import type { Moments } from './aim.ts';
import type { Ledger, Sent } from './ledger.ts';
import { stuffed } from './letters.ts';
import type { Letter, LetterWriter } from './letters.ts';
import type { Random } from './random.ts';

export interface SendingParts {
  readonly port: number;
  readonly random: Random;
  readonly writer: LetterWriter;
  readonly ledger: Ledger;
  readonly moments: Moments;
  readonly mailboxes: readonly string[];
  /** Whether the program still runs: what goes wrong then is a broken promise. */
  readonly alive: () => boolean;
}

export async function sendLetters(parts: SendingParts): Promise<void> {
  const smtp = await Conversation.open(parts.port).catch(() => undefined);
  if (smtp === undefined) return;
  try {
    await smtp.reply();
    await smtp.ask('EHLO crash.test');
    if (parts.random.chance(0.5)) await pipelined(smtp, parts);
    else while (await oneByOne(smtp, nextLetter(parts), parts));
  } finally {
    smtp.close();
  }
}

/** For one or two mailboxes, for elsewhere, or for both at once. */
function nextLetter({ random, writer, mailboxes }: SendingParts): Letter {
  const to = new Set<string>();
  if (random.chance(0.75)) to.add(random.of(mailboxes));
  if (random.chance(0.2)) to.add(random.of(mailboxes));
  if (to.size === 0 || random.chance(0.2)) to.add(`${random.of(['one', 'two', 'three'])}@out.test`);
  return writer.write('sender@elsewhere.test', [...to]);
}

function commands(letter: Letter): readonly string[] {
  return [`MAIL FROM:<${letter.from}> BODY=8BITMIME`, ...letter.to.map((address) => `RCPT TO:<${address}>`), 'DATA'];
}

/** False when the connection is gone. */
async function oneByOne(smtp: Conversation, letter: Letter, parts: SendingParts): Promise<boolean> {
  for (const command of commands(letter)) {
    if (!expect(await smtp.ask(command), command === 'DATA' ? '354' : '250', parts)) return false;
  }
  const sent = parts.ledger.begin(letter);
  await sendInPieces(smtp, Buffer.concat([stuffed(letter.octets), Buffer.from('.\r\n')]), parts);
  dotSent(sent, parts);
  return acknowledge(sent, await smtp.reply(), parts);
}

/** RFC 2920: the envelope of the next message leaves in one write with the end of this one. */
async function pipelined(smtp: Conversation, parts: SendingParts): Promise<void> {
  let letter = nextLetter(parts);
  smtp.send(commands(letter).join('\r\n') + '\r\n');
  for (;;) {
    for (const command of commands(letter)) {
      if (!expect(await smtp.reply(), command === 'DATA' ? '354' : '250', parts)) return;
    }
    const sent = parts.ledger.begin(letter);
    letter = nextLetter(parts);
    const next = Buffer.from(`.\r\n${commands(letter).join('\r\n')}\r\n`);
    await sendInPieces(smtp, Buffer.concat([stuffed(sent.letter.octets), next]), parts);
    dotSent(sent, parts);
    if (!acknowledge(sent, await smtp.reply(), parts)) return;
  }
}

async function sendInPieces(smtp: Conversation, octets: Buffer, { random, moments }: SendingParts): Promise<void> {
  const pieces = random.chance(0.5) ? 1 : random.between(2, 6);
  const size = Math.ceil(octets.length / pieces);
  for (let at = 0; at < octets.length; at += size) {
    if (at > 0) await pause(random.between(0, 8));
    smtp.send(octets.subarray(at, at + size));
    if (at + size < octets.length) moments.happened('text');
  }
}

function dotSent(sent: Sent, { moments }: SendingParts): void {
  sent.state = 'dot';
  moments.happened('dot');
}

function acknowledge(sent: Sent, answer: string, parts: SendingParts): boolean {
  if (!expect(answer, '250', parts)) return false;
  sent.state = 'acknowledged';
  sent.id = idIn(answer);
  return true;
}

function expect(answer: string, code: string, { ledger, alive }: SendingParts): boolean {
  if (answer.startsWith(code)) return true;
  if (answer !== '') ledger.broken.push(`a sender was answered "${answer}" instead of ${code}`);
  else if (alive()) ledger.broken.push('a sender was cut off by a program that was running');
  return false;
}
