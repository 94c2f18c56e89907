/**
 * Tries the tricks on a server over a real connection, as a stranger would, and never sends a
 * message: each transaction ends with RSET before DATA.
 */
import type { Router } from '../accounts/index.ts';
import { describeError } from '../base/index.ts';
import type { Clock } from '../base/index.ts';
import { dial } from '../net/index.ts';
import type { Wire } from '../net/index.ts';
import { isReply, readRcptTo } from '../smtp/index.ts';
import { tricks } from './tricks.ts';
import type { Trick, TrickWorld } from './tricks.ts';

/** One door to be tried. */
export interface Target {
  readonly service: 'smtp' | 'lmtp' | 'submission';
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface TrickResult {
  readonly service: Target['service'];
  readonly trick: string;
  readonly says: string;
  /** What was sent to get there, NUL and other controls as they are. */
  readonly from: string;
  readonly to: string;
  /** The answer that decided: to MAIL or to RCPT, on one line. */
  readonly answer: string;
  /** `ours`: taken, and it stays here. `relayed`: it would have been carried on. `silent`: nothing more was answered. */
  readonly outcome: 'refused' | 'ours' | 'relayed' | 'silent';
}

export interface AttackParts {
  readonly clock: Clock;
  readonly world: TrickWorld;
  /** The directory of the server under attack, where it is ours to read: tells what would stay here. */
  readonly router?: Router;
}

/** For a connection, and for each answer. */
const PATIENCE = 10_000;
const LONGEST_LINE = 4_096;

/** Rejects when the door can't be reached at all. */
export async function attack(parts: AttackParts, target: Target): Promise<readonly TrickResult[]> {
  const results: TrickResult[] = [];
  for (const trick of tricks(parts.world)) {
    const wire = await connect(parts.clock, target);
    try {
      results.push(await tryOne(parts, target, trick, wire));
    } finally {
      await wire.close();
    }
  }
  return results;
}

async function connect(clock: Clock, { host, port, tls }: Target): Promise<Wire> {
  try {
    return await dial({
      host,
      port,
      clock,
      timeout: PATIENCE,
      ...(tls ? { implicitTls: { serverName: 'localhost', verify: false } } : {}),
    });
  } catch (error) {
    throw new Error(`The server at ${host}:${port} could not be reached. ${describeError(error)}`, { cause: error });
  }
}

async function tryOne(parts: AttackParts, target: Target, trick: Trick, wire: Wire): Promise<TrickResult> {
  const { name, says, from, to } = trick;
  const said = (answer: string, outcome: TrickResult['outcome']): TrickResult => ({
    service: target.service,
    trick: name,
    says,
    from,
    to,
    answer,
    outcome,
  });
  try {
    const { sender, recipient } = await converse(target, trick, wire);
    if (!isTaken(sender)) return said(sender, 'refused');
    if (!isTaken(recipient)) return said(recipient, 'refused');
    return said(recipient, (await staysHere(parts.router, to)) ? 'ours' : 'relayed');
  } catch (error) {
    return said(describeError(error), 'silent');
  }
}

interface Heard {
  readonly sender: string;
  readonly recipient: string;
}

async function converse(target: Target, { hello, before, from, to }: Trick, wire: Wire): Promise<Heard> {
  const ask = async (line: string): Promise<string> => {
    wire.write(Buffer.from(`${line}\r\n`));
    await wire.flush();
    return readReply(wire);
  };
  await readReply(wire);
  await ask(`${target.service === 'lmtp' ? 'LHLO' : 'EHLO'} ${hello}`);
  for (const line of before) await ask(line);
  const utf8 = /[^\0-\x7f]/.test(from + to) ? ' SMTPUTF8' : '';
  const sender = await ask(`MAIL FROM:${from}${utf8}`);
  const recipient = await ask(`RCPT TO:${to}`);
  await ask('RSET');
  await ask('QUIT').catch(() => '');
  return { sender, recipient };
}

function isTaken(answer: string): boolean {
  return answer.startsWith('2');
}

/** A reply's lines as one: "550 5.7.1 words". Rejects when the connection ends instead. */
async function readReply(wire: Wire): Promise<string> {
  const texts: string[] = [];
  for (;;) {
    const line = await wire.readLine(LONGEST_LINE);
    if (line.kind !== 'line') throw new Error('the server ended the connection instead of answering');
    const text = line.bytes.toString('latin1');
    texts.push(texts.length === 0 ? text : text.slice(4));
    if (!/^\d{3}-/.test(text)) return texts.join(' ').replace(/^(\d{3})-/, '$1 ');
  }
}

/** What is taken for a mailbox or an alias of ours is no relaying: a catch-all takes the strangest names. */
async function staysHere(router: Router | undefined, to: string): Promise<boolean> {
  const read = readRcptTo(to.slice(1, -1));
  if (router === undefined || isReply(read)) return false;
  return (await router.route(read.path)).kind === 'targets';
}
