/**
 * One visit to a provider's maildrop, behind the login: list, collect what is new, delete what may go, QUIT.
 *
 * Nothing is lost and nothing comes twice, whenever the line is cut: a message and the memory that we have it are one
 * commit; DELE is said only after it; and what DELE marked is really gone only after QUIT (RFC 1939 §6), so that until it
 * is answered, or the next listing says so, we believe it is still there.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../base/index.ts';
import { HeaderScanner } from '../mail/index.ts';
import type { Capability, Pop3Connection } from '../pop3/index.ts';
import { Pop3Error } from '../pop3/index.ts';
import { Ahead } from './ahead.ts';
import type { KnownMessage, KnownState, LeaveRule, ListedMessage } from './ledger.ts';
import { looksRenumbered, mayGo, planVisit } from './plan.ts';
import type { Plan, Renumbered } from './plan.ts';

/** What is remembered of the maildrop, and where its messages go. */
export interface Ledger {
  known(): Promise<readonly KnownMessage[]>;
  /** Takes the octets of one message as they come. */
  open(): IncomingCopy;
  /** These are not there any more. Their ids stay remembered, for a server that lists them again. */
  gone(uidls: readonly string[]): Promise<void>;
  /** These are listed again. */
  back(uidls: readonly string[]): Promise<void>;
  /** The same messages under new ids. */
  renamed(pairs: readonly { readonly from: string; readonly to: string }[]): Promise<void>;
}

export interface IncomingCopy {
  write(chunk: Buffer): void | Promise<void>;
  /** Files the message and remembers its id, in one commit; when it resolves both are on our disk. */
  commit(memory: Omit<KnownMessage, 'deletedHere' | 'restWanted' | 'goneAt'>): Promise<void>;
  /** Throws away what was written. Never rejects. */
  abort(): Promise<void>;
}

export interface VisitProgress {
  /** Messages collected so far, and to be collected in all. */
  readonly done: number;
  readonly of: number;
  /** Their octets, as listed. */
  readonly octets: number;
  readonly ofOctets: number;
}

export interface VisitParts {
  readonly pop: Pop3Connection;
  /** As CAPA said after the login; empty where the server doesn't know it. */
  readonly capabilities: readonly Capability[];
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly rule: LeaveRule;
  readonly cap?: number;
  /** The most octets of one message. */
  readonly longest: number;
  /** What a person said about a maildrop whose ids are all new. */
  readonly renumbered?: 'same-messages' | 'new-messages';
  readonly onProgress: (progress: VisitProgress) => void;
  /** Somebody wants it to end: what is under way is finished, then QUIT. */
  readonly stopped: () => boolean;
  /** Nothing is said ahead of its answer, though the server lists PIPELINING: the last visit broke off. */
  readonly inStep?: boolean;
}

export type VisitResult =
  | {
      readonly kind: 'done';
      readonly collected: number;
      readonly headersOnly: number;
      /** Deleted at the provider: QUIT was answered. */
      readonly removed: number;
      /** How many are there now. */
      readonly left: number;
      readonly stopped: boolean;
      /** The ids are ours, made of the messages: the server has none. */
      readonly withoutIds: boolean;
    }
  | ({ readonly kind: 'renumbered' } & Renumbered);

/** Rejects with Pop3Error, with WireError when the line was cut, or with what the ledger rejects with. */
export async function visit(parts: VisitParts): Promise<VisitResult> {
  const { pop, ledger, rule, cap, clock } = parts;
  const { listing, withoutIds } = await listMaildrop(pop);
  let known = await ledger.known();
  const strange = withoutIds ? undefined : looksRenumbered(listing, known);
  if (strange !== undefined) {
    if (parts.renumbered === undefined) {
      await pop.quit();
      return { kind: 'renumbered', ...strange };
    }
    if (parts.renumbered === 'same-messages') known = await recognise(parts, listing, known);
  }
  const plan = planVisit({ listing, known, rule, now: clock.now(), ...(cap === undefined ? {} : { cap }) });
  await ledger.gone(plan.gone);
  await ledger.back(plan.back);
  const work = new Work(parts, plan);
  await work.run();
  await pop.quit();
  const { collected, headersOnly, stopped } = work;
  // Its answer is the server's word that what was marked is gone (RFC 1939 §6): no sign of new ids next time.
  await ledger.gone(work.marked);
  const removed = work.marked.length;
  return { kind: 'done', collected, headersOnly, removed, left: listing.length - removed, stopped, withoutIds };
}

/** The part of a visit that fetches and deletes, counted. */
class Work {
  collected = 0;
  headersOnly = 0;
  /** Deleted at the provider, once QUIT is answered. */
  readonly marked: string[] = [];
  stopped = false;
  readonly #parts: VisitParts;
  readonly #plan: Plan;
  readonly #ahead: Ahead;
  #octets = 0;

  constructor(parts: VisitParts, plan: Plan) {
    this.#parts = parts;
    this.#plan = plan;
    const { capabilities, inStep = false } = parts;
    this.#ahead = new Ahead(!inStep && capabilities.some(({ name }) => name === 'PIPELINING'));
  }

  /** When it rejects, nothing is under way any more, and the line is gone. */
  async run(): Promise<void> {
    const { collect, headers, remove } = this.#plan;
    try {
      for (const message of remove) await this.#ahead.begin(0, () => this.#remove(message));
      this.#tell();
      for (const message of collect) {
        if (this.#isStopped()) break;
        await this.#ahead.begin(message.octets, () => this.#collectOne(message));
      }
      for (const message of headers) {
        if (this.#isStopped()) break;
        await this.#ahead.begin(0, () => this.#lookAt(message));
      }
      await this.#ahead.end();
    } catch (error) {
      this.#parts.pop.abandon();
      await this.#ahead.settled();
      throw error;
    }
  }

  /** A server without TOP can't show a header alone: the message comes whole, rather than not at all. */
  async #lookAt(message: ListedMessage): Promise<void> {
    try {
      await fetchInto(this.#parts, message, 'headers');
      this.headersOnly++;
    } catch (error) {
      if (!isRefused(error)) throw error;
      await this.#collectOne(message);
    }
  }

  async #remove({ number, uidl }: ListedMessage): Promise<void> {
    await this.#parts.pop.dele(number);
    this.marked.push(uidl);
  }

  /** DELE is said only now that the message is on our disk; the next messages don't wait for its answer. */
  async #collectOne(message: ListedMessage): Promise<void> {
    const { clock, rule } = this.#parts;
    const memory = await fetchInto(this.#parts, message, 'whole');
    this.collected++;
    this.#octets += message.octets;
    this.#tell();
    const kept = { ...memory, deletedHere: false, restWanted: false };
    if (mayGo(kept, rule, clock.now())) await this.#ahead.beside(() => this.#remove(message));
  }

  #isStopped(): boolean {
    this.stopped ||= this.#parts.stopped();
    return this.stopped;
  }

  #tell(): void {
    const { collect } = this.#plan;
    this.#parts.onProgress({
      done: this.collected,
      of: collect.length,
      octets: this.#octets,
      ofOctets: collect.reduce((sum, { octets }) => sum + octets, 0),
    });
  }
}

type Memory = Omit<KnownMessage, 'deletedHere' | 'restWanted' | 'goneAt'>;

/** One message, whole or its header alone, onto our disk. One that is too long to take stays there, and its header comes. */
async function fetchInto(parts: VisitParts, message: ListedMessage, what: 'whole' | 'headers'): Promise<Memory> {
  const { pop, ledger, clock, longest } = parts;
  const head = new HeadDigest();
  // Opened when the first octets come: others may be on their way before it.
  let opened: IncomingCopy | undefined;
  const copy = (): IncomingCopy => (opened ??= ledger.open());
  try {
    const sink = (chunk: Buffer): void | Promise<void> => {
      head.write(chunk);
      return copy().write(chunk);
    };
    const options = { number: message.number, sink, limit: longest };
    const read = what === 'whole' ? await pop.retr(options) : await pop.top({ ...options, lines: 0 });
    if (read.tooBig) {
      await opened?.abort();
      if (what === 'headers') throw new Pop3Error({ kind: 'protocol', doing: 'collecting', words: TOO_LONG_HEAD });
      return await fetchInto(parts, message, 'headers');
    }
    const state: KnownState = what;
    const memory = { uidl: message.uidl, octets: message.octets, state, collectedAt: clock.now(), head: head.hex() };
    await copy().commit(memory);
    return memory;
  } catch (error) {
    await opened?.abort();
    throw error;
  }
}

/** The server said -ERR: to UIDL and TOP, that it doesn't know them (RFC 1939 §7 has both as optional). */
function isRefused(error: unknown): boolean {
  return error instanceof Pop3Error && error.kind === 'refused';
}

/** Octets of a message that is only looked at: what is beyond is thrown away as it comes. */
const LONGEST_LOOK = 1_000_000;

const TOO_LONG_HEAD = 'the header of a message is longer than a whole message may be';

export interface Maildrop {
  readonly listing: readonly ListedMessage[];
  /** The server gives no ids: these are made of header and size, and cost a TOP for each message. */
  readonly withoutIds: boolean;
}

export async function listMaildrop(pop: Pop3Connection): Promise<Maildrop> {
  const sizes = await pop.list();
  const ids = await uniqueIds(pop);
  if (ids === undefined) return { listing: await madeIds(pop, sizes), withoutIds: true };
  const byNumber = new Map(ids.map(({ number, uidl }) => [number, uidl]));
  return {
    listing: sizes.flatMap(({ number, octets }) => {
      const uidl = byNumber.get(number);
      return uidl === undefined ? [] : [{ number, octets, uidl }];
    }),
    withoutIds: false,
  };
}

/** undefined: the server doesn't know UIDL (RFC 1939 §7 has it as optional). */
async function uniqueIds(pop: Pop3Connection): Promise<readonly { number: number; uidl: string }[] | undefined> {
  try {
    return await pop.uidl();
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}

/** What stays the same of a message from visit to visit where the server has no name for it. */
async function madeIds(
  pop: Pop3Connection,
  sizes: readonly { readonly number: number; readonly octets: number }[],
): Promise<readonly ListedMessage[]> {
  const listing: ListedMessage[] = [];
  for (const { number, octets } of sizes) {
    const head = await topDigest(pop, number);
    listing.push({ number, octets, uidl: `made:${head}:${octets}` });
  }
  return listing;
}

async function topDigest(pop: Pop3Connection, number: number): Promise<string> {
  const head = new HeadDigest();
  const options = { number, limit: LONGEST_LOOK, sink: (chunk: Buffer) => head.write(chunk) };
  try {
    await pop.top({ ...options, lines: 0 });
  } catch (error) {
    // TOP is optional too (RFC 1939 §7): without it the whole message comes by.
    if (!isRefused(error)) throw error;
    await pop.retr(options);
  }
  return head.hex();
}

/** Finds the messages we knew among those with new ids, by size and header, and remembers them under these. */
async function recognise(
  { pop, ledger }: VisitParts,
  listing: readonly ListedMessage[],
  known: readonly KnownMessage[],
): Promise<readonly KnownMessage[]> {
  const listed = new Set(listing.map(({ uidl }) => uidl));
  const ids = new Set(known.map(({ uidl }) => uidl));
  const lost = known.filter(({ uidl, goneAt }) => goneAt === undefined && !listed.has(uidl));
  const pairs: { from: string; to: string }[] = [];
  for (const message of listing.filter(({ uidl }) => !ids.has(uidl))) {
    const alike = lost.filter(({ octets }) => octets === message.octets);
    if (alike.length === 0) continue;
    const head = await topDigest(pop, message.number);
    const same = alike.find((one) => one.head === head && !pairs.some(({ from }) => from === one.uidl));
    if (same !== undefined) pairs.push({ from: same.uidl, to: message.uidl });
  }
  await ledger.renamed(pairs);
  const renamed = new Map(pairs.map(({ from, to }) => [from, to]));
  return known.map((one) => ({ ...one, uidl: renamed.get(one.uidl) ?? one.uidl }));
}

/** SHA-256 of a header section as it streams by, without the empty line behind it. */
class HeadDigest {
  readonly #scanner = new HeaderScanner();

  write(chunk: Buffer): void {
    this.#scanner.write(chunk);
  }

  hex(): string {
    return createHash('sha256').update(this.#scanner.bytes).digest('hex');
  }
}
