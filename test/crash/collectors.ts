/** POP3 clients that fetch, delete and quit (or leave without), and the full look that comes after each restart. */
import { Conversation } from '../conversation.ts';
import { PASSWORD, pause } from '../program.ts';
import type { Moments } from './aim.ts';
import type { Found, Ledger, Quit } from './ledger.ts';
import type { Random } from './random.ts';

export interface CollectingParts {
  readonly port: number;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly moments: Moments;
  readonly mailboxes: readonly string[];
  /** Shared by the collectors: which mailboxes they have open. */
  readonly open: Set<string>;
  readonly alive: () => boolean;
}

/** Session after session until the program is gone. */
export async function collectLetters(parts: CollectingParts): Promise<void> {
  while (parts.alive()) {
    const mailbox = parts.random.of(parts.mailboxes);
    if (parts.open.has(mailbox)) {
      await pause(5);
      continue;
    }
    parts.open.add(mailbox);
    try {
      await collectOnce(mailbox, parts);
    } finally {
      parts.open.delete(mailbox);
    }
  }
}

async function collectOnce(mailbox: string, parts: CollectingParts): Promise<void> {
  const { random, ledger } = parts;
  const pop = await Conversation.open(parts.port).catch(() => undefined);
  if (pop === undefined) return;
  try {
    const listing = await enter(pop, mailbox);
    if (listing === undefined) return;
    const marked: string[] = [];
    for (const entry of some(listing, random.between(1, 8), random)) {
      const found = await retrieve(pop, entry);
      if (found === undefined) return;
      ledger.see(mailbox, found);
      if (random.chance(0.7)) marked.push(entry.uidl);
    }
    const numbers = listing.filter(({ uidl }) => marked.includes(uidl)).map(({ number }) => number);
    if (!(await mark(pop, numbers))) return;
    if (random.chance(0.8)) await quit(pop, { mailbox, marked }, parts);
  } finally {
    pop.close();
  }
}

interface Entry {
  readonly number: number;
  readonly uidl: string;
  readonly listed: number;
}

/** Logs in and lists; undefined when the connection is cut, or the last session is still being cleared away. */
async function enter(pop: Conversation, mailbox: string): Promise<readonly Entry[] | undefined> {
  await pop.line();
  await pop.pop(`USER ${mailbox}`);
  if (!(await pop.pop(`PASS ${PASSWORD}`)).startsWith('+OK')) return undefined;
  pop.send('UIDL\r\nLIST\r\n');
  const uidls = await listing(pop);
  const sizes = await listing(pop);
  if (uidls === undefined || sizes === undefined) return undefined;
  return uidls.map(([number = '', uidl = ''], at) => ({
    number: Number(number),
    uidl,
    listed: Number(sizes[at]?.[1]),
  }));
}

async function listing(pop: Conversation): Promise<readonly (readonly string[])[] | undefined> {
  if (!((await pop.line()) ?? '').startsWith('+OK')) return undefined;
  const lines = await pop.whole();
  return lines?.map((line) => line.split(' '));
}

async function retrieve(pop: Conversation, { number, uidl, listed }: Entry): Promise<Found | undefined> {
  if (!(await pop.pop(`RETR ${number}`)).startsWith('+OK')) return undefined;
  const lines = await pop.whole();
  return lines && { uidl, listed, octets: Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1') };
}

async function mark(pop: Conversation, numbers: readonly number[]): Promise<boolean> {
  pop.send(numbers.map((number) => `DELE ${number}\r\n`).join(''));
  for (const _ of numbers) if (!((await pop.line()) ?? '').startsWith('+OK')) return false;
  return true;
}

async function quit(pop: Conversation, about: Quit, { ledger, moments }: CollectingParts): Promise<void> {
  ledger.quits.add(about);
  pop.send('QUIT\r\n');
  moments.happened('quit');
  const answer = (await pop.line()) ?? '';
  if (answer.startsWith('+OK')) ledger.quitAnswered(about);
  else if (answer !== '') ledger.broken.push(`QUIT in ${about.mailbox} was answered "${answer}"`);
}

function some<T>(list: readonly T[], most: number, random: Random): readonly T[] {
  return list.filter(() => random.chance(Math.min(1, most / list.length)));
}

/** How many copies are left in a mailbox for the rounds to come. */
const KEPT = 25;

/**
 * After a restart: looks at everything in every mailbox, judges, and thins out what is old, so that
 * a long run doesn't grow. Copies that stay are looked at again in each round.
 */
export async function inspect(parts: CollectingParts): Promise<void> {
  const doubtful = parts.ledger.quitsInDoubt();
  for (const mailbox of parts.mailboxes) await inspectOne(mailbox, doubtful, parts);
}

async function inspectOne(mailbox: string, doubtful: readonly Quit[], parts: CollectingParts): Promise<void> {
  const { ledger, random } = parts;
  const pop = await Conversation.open(parts.port);
  try {
    const entries = await enter(pop, mailbox);
    if (entries === undefined) throw new Error(`${mailbox} could not be opened after the restart`);
    for (const entry of entries) {
      if (random.chance(0.8) && ledger.seeAgain(mailbox, entry.uidl)) continue;
      const found = await retrieve(pop, entry);
      if (found === undefined) throw new Error(`${mailbox}: ${entry.uidl} could not be fetched`);
      ledger.see(mailbox, found);
    }
    ledger.seeAll(
      mailbox,
      entries.map(({ uidl }) => uidl),
      doubtful,
    );
    const old = entries.slice(0, Math.max(0, entries.length - KEPT)).filter(() => random.chance(0.9));
    await mark(
      pop,
      old.map(({ number }) => number),
    );
    await quit(pop, { mailbox, marked: old.map(({ uidl }) => uidl) }, parts);
  } finally {
    pop.close();
  }
}
