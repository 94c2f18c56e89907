/** How SMTP cases are written: where the session stands when the case begins, and then line by line. */
import { check, checkThat, withConnections } from '../case.ts';
import type { Case, Level } from '../case.ts';
import type { Connection } from '../connection.ts';

/** It has the mailboxes bob@a.test, alice@a.test and postmaster@a.test, and relays for nobody. */
export interface SmtpServer {
  readonly port: number;
}

export const HELLO = 'EHLO client.test';
export const MAIL = 'MAIL FROM:<ann@b.test>';
export const RCPT = 'RCPT TO:<bob@a.test>';

/** What the standard prologue says, and the reply that each line needs. */
const PROLOGUE = [
  ['greeted', HELLO, /^250/],
  ['sender', MAIL, /^250/],
  ['recipient', RCPT, /^25[01]/],
  ['data', 'DATA', /^354/],
] as const;

export type Start = 'connected' | (typeof PROLOGUE)[number][0];

export type Step = (smtp: Connection) => Promise<void>;

/** Sends octets (CRLF is added unless they end in LF) and wants these replies, one after the other. */
export function say(octets: string, ...replies: readonly RegExp[]): Step {
  return async (smtp) => {
    smtp.send(octets.endsWith('\n') ? octets : `${octets}\r\n`);
    for (const wanted of replies) check(wanted, await smtp.reply(), `reply to ${nameOf(octets)}`);
  };
}

function nameOf(octets: string): string {
  const text = JSON.stringify(octets).slice(1, -1).replaceAll('\\"', '"');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The reply to the next command must be the one to this: no reply is left over. */
export const inStep: Step = say('QUIT', /^221/);

/** QUIT, and then exactly this many replies before its 221. A server may also close without a word. */
export function thenOnly(count: number, wanted: RegExp): Step {
  return async (smtp) => {
    smtp.send('QUIT\r\n');
    const replies = await smtp.rest();
    const before = replies.filter((reply) => !reply.startsWith('221'));
    const well = before.length <= count && before.every((reply) => wanted.test(reply) || /^[45]/.test(reply));
    checkThat(
      well,
      `at most ${count} reply (${String(wanted)}) before the 221`,
      replies.map((one) => one.slice(0, 30)).join(' | '),
    );
  };
}

export const closed: Step = async (smtp) => {
  const replies = await smtp.rest();
  checkThat(replies.length === 0, 'the end of the connection', replies.join(' | '));
};

export const startTls: Step = (smtp) => smtp.startTls();

export function from(start: Start, ...steps: readonly Step[]): Case<SmtpServer>['play'] {
  return (server) =>
    withConnections(async (open) => {
      const smtp = await open(server.port);
      check(/^220/, await smtp.reply(), 'greeting');
      const upTo = PROLOGUE.findIndex(([state]) => state === start);
      for (const [, line, wanted] of PROLOGUE.slice(0, upTo + 1)) await say(line, wanted)(smtp);
      for (const step of steps) await step(smtp);
    });
}

type Row = readonly [id: string, level: Level, what: string, play: Case<SmtpServer>['play']];

export function group(name: string, rows: readonly Row[]): readonly Case<SmtpServer>[] {
  return rows.map(([id, level, what, play]) => ({ id, group: name, level, what, play }));
}
