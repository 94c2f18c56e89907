/** How POP3 cases are written: a session that is logged in or not, and then line by line. */
import { check, checkThat, withConnections } from '../case.ts';
import type { Case, Level } from '../case.ts';
import type { Connection } from '../connection.ts';

export interface Mailbox {
  readonly user: string;
  readonly password: string;
}

/** Each of its mailboxes holds the messages of messages.ts, in their order. */
export interface Pop3Server {
  readonly port: number;
  /** The one that cases only read. */
  readonly shared: Mailbox;
  /** One that no case had before; there are {@link FRESH} of them. */
  fresh(): Mailbox;
}

/** How many cases change a maildrop. */
export const FRESH = 10;

type Play = Case<Pop3Server>['play'];
export type Step = (pop: Connection) => Promise<void>;

/** Sends octets (CRLF is added unless they end in LF) and wants these status lines, one after the other. */
export function say(octets: string, ...replies: readonly RegExp[]): Step {
  return async (pop) => {
    pop.send(octets.endsWith('\n') ? octets : `${octets}\r\n`);
    const about = JSON.stringify(octets).slice(1, -1);
    for (const wanted of replies) check(wanted, await pop.line(), `reply to ${about.slice(0, 60)}`);
  };
}

export async function ask(pop: Connection, line: string, wanted = /^\+OK/): Promise<string> {
  pop.send(`${line}\r\n`);
  return check(wanted, await pop.line(), `reply to ${line}`);
}

/** The lines of a multi-line response, dots as they were before stuffing; fails where stuffing is wrong. */
export async function list(pop: Connection, line: string): Promise<readonly string[]> {
  await ask(pop, line);
  const stuffed = await pop.stuffedLines();
  return stuffed.map((text) => {
    checkThat(!text.startsWith('.') || text.startsWith('..'), 'a second dot in front of a line with a dot', text);
    return text.startsWith('.') ? text.slice(1) : text;
  });
}

/** A multi-line response with something to say about it. */
export function listing(line: string, expected: string, holds: (lines: readonly string[]) => boolean): Step {
  return async (pop) => {
    const lines = await list(pop, line);
    checkThat(holds(lines), `${line}: ${expected}`, lines.join(' | '));
  };
}

export const closed: Step = async (pop) => {
  const line = await pop.line();
  checkThat(line === undefined, 'the end of the connection', line ?? '');
};

export async function greet(pop: Connection): Promise<void> {
  check(/^\+OK/, await pop.line(), 'greeting');
}

export async function logIn(pop: Connection, mailbox: Mailbox): Promise<void> {
  await greet(pop);
  await ask(pop, `USER ${mailbox.user}`);
  await ask(pop, `PASS ${mailbox.password}`);
}

export function before(...steps: readonly Step[]): Play {
  return (server) =>
    withConnections(async (open) => {
      const pop = await open(server.port);
      await greet(pop);
      for (const step of steps) await step(pop);
    });
}

/** Logged in to the maildrop that nobody changes; QUIT at the end, so that the next may have it at once. */
export function inside(...steps: readonly Step[]): Play {
  return (server) =>
    withConnections(async (open) => {
      const pop = await open(server.port);
      await logIn(pop, server.shared);
      try {
        for (const step of steps) await step(pop);
      } finally {
        await leave(pop);
      }
    });
}

/** RSET and QUIT whatever state a failed case left behind. */
async function leave(pop: Connection): Promise<void> {
  pop.send('RSET\r\nQUIT\r\n');
  while ((await pop.line()) !== undefined);
}

/** Sessions one after the other on a maildrop of the case's own. */
export function sessions(...each: readonly (readonly Step[])[]): Play {
  return (server) =>
    withConnections(async (open) => {
      const mailbox = server.fresh();
      for (const steps of each) {
        const pop = await open(server.port);
        await logIn(pop, mailbox);
        for (const step of steps) await step(pop);
        pop.close();
      }
    });
}

type Row = readonly [id: string, level: Level, what: string, play: Play];

export function group(name: string, rows: readonly Row[]): readonly Case<Pop3Server>[] {
  return rows.map(([id, level, what, play]) => ({ id, group: name, level, what, play }));
}
