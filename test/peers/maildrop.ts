/** A mailbox of the program as octets, and the lines that it put in front of a message. */
import assert from 'node:assert/strict';
import { Conversation } from '../conversation.ts';
import { PASSWORD } from '../program.ts';
import type { RunningHost } from '../program.ts';

/** Everything in the mailbox, in the order it came, exactly as POP3 gives it; read over a raw connection. */
export async function maildrop(host: RunningHost, user: string): Promise<readonly Buffer[]> {
  const pop = await Conversation.open(host.port('pop3'));
  try {
    await pop.line();
    await pop.pop(`USER ${user}`);
    const welcome = await pop.pop(`PASS ${PASSWORD}`);
    assert.match(welcome, /^\+OK/);
    const count = Number(/^\+OK (\d+)/.exec(await pop.pop('STAT'))?.[1]);
    const messages: Buffer[] = [];
    for (let n = 1; n <= count; n++) {
      assert.match(await pop.pop(`RETR ${n}`), /^\+OK/);
      messages.push(Buffer.from((await pop.multiline()).map((line) => `${line}\r\n`).join(''), 'latin1'));
    }
    assert.match(await pop.pop('QUIT'), /^\+OK/);
    return messages;
  } finally {
    pop.close();
  }
}

/** How many messages are in the mailbox. */
export async function maildropCount(host: RunningHost, user: string): Promise<number> {
  const pop = await Conversation.open(host.port('pop3'));
  try {
    await pop.line();
    await pop.pop(`USER ${user}`);
    assert.match(await pop.pop(`PASS ${PASSWORD}`), /^\+OK/);
    const count = Number(/^\+OK (\d+)/.exec(await pop.pop('STAT'))?.[1]);
    await pop.pop('QUIT');
    return count;
  } finally {
    pop.close();
  }
}

/** Return-Path, Delivered-To and our Received field, and nothing else. Lines end in CRLF, or in LF in a client's file. */
const PREFIX =
  /^Return-Path: <[^>]*>\r?\nDelivered-To: [^\r\n]+\r?\nReceived: from [^\r\n]+\r?\n(?:[ \t][^\r\n]*\r?\n)+$/;

/** Fails unless `stored` is our prefix and then `sent`, octet for octet. Returns the prefix. */
export function assertStored(stored: Buffer | undefined, sent: Buffer, what: string): string {
  assert.ok(stored !== undefined, `${what}: there is no such message`);
  const cut = stored.length - sent.length;
  const content = stored.subarray(Math.max(0, cut));
  if (!content.equals(sent)) assert.fail(`${what}: ${cut < 0 ? 'too short' : firstDifference(content, sent)}`);
  const prefix = stored.subarray(0, cut).toString('latin1');
  assert.match(prefix, PREFIX, what);
  return prefix;
}

function firstDifference(found: Buffer, wanted: Buffer): string {
  let at = 0;
  while (at < wanted.length && found[at] === wanted[at]) at++;
  const around = (octets: Buffer): string =>
    JSON.stringify(octets.subarray(Math.max(0, at - 30), at + 30).toString('latin1'));
  return `differs at octet ${at}: ${around(found)} instead of ${around(wanted)}`;
}
