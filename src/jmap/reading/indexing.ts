/**
 * Keeps the cards of emails: everything that came in is read once, off the way in, newest first, and found by the search
 * from then on. Who needs a card sooner has it read at once. A message that can't be read gets a card that says so, and
 * nobody tries again.
 */
import { describeError } from '../../base/index.ts';
import type { Cancel, Clock, Logger } from '../../base/index.ts';
import type { EmailCard, EmailRow, Store } from '../../store/index.ts';
import { formatCard, parseCard, unreadableCard } from './card.ts';
import type { Card } from './card.ts';
import { emailOctets } from './octets.ts';
import { UnreadableError } from './reader.ts';
import type { Reader } from './reader.ts';

export interface Indexing {
  /** What is known of the email; undefined when it has gone meanwhile. */
  cardOf(row: Pick<EmailRow, 'id' | 'card'>): Promise<Card | undefined>;
  /** Waits, for at most so many milliseconds, until everything of the account is read; how many emails are not. */
  catchUp(account: string, longest: number): Promise<number>;
  /** Ends behind the message that is being read. */
  stop(): Promise<void>;
}

export interface IndexingParts {
  readonly store: Store;
  readonly reader: Reader;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of letters that nobody had read before, once their cards are kept. */
  readonly onRead?: (letters: readonly ReadLetter[]) => Promise<void>;
}

/** A letter that has been read, and whose it is. */
export interface ReadLetter {
  readonly account: string;
  readonly card: EmailCard;
}

/** Emails that are read before their cards are stored together. */
const SLICE = 16;
/** More than that many unread ones are not counted. */
const MOST_COUNTED = 1_000;
/** How often octets that can't be had are asked for before the message is called unreadable, and after how long again. */
const MOST_TRIES = 5;
const PAUSE = 30_000;
/** What is known of messages that gave trouble, in memory: the oldest is forgotten first. */
const MOST_TROUBLES = 1_000;

export function startIndexing(parts: IndexingParts): Indexing {
  return new Indexer(parts);
}

class Indexer implements Indexing {
  readonly #parts: IndexingParts;
  /** Emails that are being read. */
  readonly #underWay = new Map<string, Promise<ReadLetter | undefined>>();
  /** How often the octets of an email could not be had, and when to ask again (ticks). */
  readonly #troubles = new Map<string, { readonly tries: number; readonly notBefore: number }>();
  readonly #writes = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;
  #round: Promise<void> | undefined;
  #again = false;
  #timer: Cancel | undefined;
  #stopped = false;

  constructor(parts: IndexingParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.store.onChange(() => this.#wake());
    this.#wake();
  }

  async cardOf(row: Pick<EmailRow, 'id' | 'card'>): Promise<Card | undefined> {
    const known = row.card === undefined ? undefined : parseCard(row.card);
    if (known !== undefined) return known;
    const read = await this.#read(row.id, true);
    if (read === undefined) return undefined;
    this.#keepSoon([read]);
    return parseCard(read.card.card);
  }

  async catchUp(account: string, longest: number): Promise<number> {
    const { store, clock } = this.#parts;
    if ((await store.read('unreadCards', { account, limit: 1 })).length === 0) return 0;
    let cancel: Cancel | undefined;
    const late = new Promise<'late'>((resolve) => {
      cancel = clock.after(longest, () => resolve('late'));
    });
    const gaveUp = { is: false };
    const work = this.#readAll(account, () => gaveUp.is);
    const end = await Promise.race([work, late]);
    cancel?.();
    gaveUp.is = true;
    if (end === 'late') work.catch((error: unknown) => this.#tell(error));
    return (await store.read('unreadCards', { account, limit: MOST_COUNTED })).length;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#timer?.();
    await this.#round;
    await Promise.allSettled([...this.#underWay.values(), ...this.#writes]);
  }

  /** Something may have come in. */
  #wake(): void {
    this.#again = true;
    this.#round ??= this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#readAll(undefined, () => this.#stopped);
      }
    } catch (error) {
      this.#tell(error);
      this.#later();
    } finally {
      this.#round = undefined;
    }
  }

  /** Newest first, slice by slice, until nothing is left that can be read now. */
  async #readAll(account: string | undefined, isEnough: () => boolean): Promise<void> {
    const { store } = this.#parts;
    for (;;) {
      if (isEnough()) return;
      const which = { ...(account === undefined ? {} : { account }), limit: SLICE + this.#troubles.size };
      const unread = await store.read('unreadCards', which);
      const ready = unread.map(({ email }) => email).filter((email) => this.#isReady(email));
      const letters: ReadLetter[] = [];
      for (const email of ready.slice(0, SLICE)) {
        if (isEnough()) break;
        const letter = await this.#read(email, account !== undefined);
        if (letter !== undefined) letters.push(letter);
      }
      if (letters.length === 0) return;
      await this.#keep(letters);
    }
  }

  #isReady(email: string): boolean {
    return (this.#troubles.get(email)?.notBefore ?? 0) <= this.#parts.clock.ticks();
  }

  /** Undefined: it has gone, or its octets can't be had now. */
  async #read(email: string, waited: boolean): Promise<ReadLetter | undefined> {
    const before = this.#underWay.get(email);
    if (before !== undefined) return before;
    const reading = this.#readNow(email, waited).finally(() => this.#underWay.delete(email));
    this.#underWay.set(email, reading);
    return reading;
  }

  async #readNow(email: string, waited: boolean): Promise<ReadLetter | undefined> {
    const { store, reader, log } = this.#parts;
    let account = '';
    try {
      const found = await store.read('email', { id: email });
      if (found === undefined) return undefined;
      account = found.account;
      const { card, words, sort } = await reader.read(emailOctets(store.content, found), { waited });
      this.#troubles.delete(email);
      return { account, card: { email, card: formatCard(card), words, sort } };
    } catch (error) {
      if (this.#stopped) return undefined;
      if (!(error instanceof UnreadableError) && !this.#isLastTry(email, error)) return undefined;
      log.warn('A message could not be read; it can be downloaded as it is', { email, cause: describeError(error) });
      return { account, card: unreadableCard(email) };
    }
  }

  /** The disk may be at fault, and not the message. */
  #isLastTry(email: string, error: unknown): boolean {
    const { clock, log } = this.#parts;
    const tries = (this.#troubles.get(email)?.tries ?? 0) + 1;
    this.#troubles.delete(email);
    if (tries >= MOST_TRIES) return true;
    const [oldest] = this.#troubles.keys();
    if (this.#troubles.size >= MOST_TROUBLES && oldest !== undefined) this.#troubles.delete(oldest);
    this.#troubles.set(email, { tries, notBefore: clock.ticks() + PAUSE });
    log.warn('The octets of a message could not be had', { email, tries, cause: describeError(error) });
    this.#later();
    return false;
  }

  #later(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    this.#timer = this.#parts.clock.after(PAUSE, () => {
      this.#timer = undefined;
      this.#wake();
    });
  }

  /** Nobody waits for that. */
  #keepSoon(letters: readonly ReadLetter[]): void {
    const write = this.#keep(letters).catch((error: unknown) => this.#tell(error));
    this.#writes.add(write);
    void write.finally(() => this.#writes.delete(write));
  }

  /** What is made of them besides is no reason to read them again. */
  async #keep(letters: readonly ReadLetter[]): Promise<void> {
    const { store, onRead } = this.#parts;
    await store.write('putCards', { cards: letters.map(({ card }) => card) });
    await onRead?.(letters).catch((error: unknown) => this.#tell(error));
  }

  #tell(error: unknown): void {
    if (!this.#stopped) this.#parts.log.warn('Messages could not be read for now', { cause: describeError(error) });
  }
}
