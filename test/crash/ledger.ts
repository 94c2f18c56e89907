/**
 * What the program has promised so far, written down on the clients' side: which letters were begun,
 * sent whole, acknowledged; which copies were seen in which mailbox under which UIDL; which of them
 * were deleted, and which may have been. Every broken promise is an entry in `broken`.
 */
import { addedTo, tokenIn } from './letters.ts';
import type { Letter } from './letters.ts';

export interface Sent {
  readonly letter: Letter;
  /** `text`: its first octet has left. `dot`: its end too. `acknowledged`: 250 was seen. */
  state: 'text' | 'dot' | 'acknowledged';
  /** The message's id in the 250. */
  id?: string;
}

/** A QUIT under way, or one whose answer never came. */
export interface Quit {
  readonly mailbox: string;
  /** UIDLs marked with DELE. */
  readonly marked: readonly string[];
}

/** What one look into a mailbox found: UIDL, size in LIST, octets of RETR. */
export interface Found {
  readonly uidl: string;
  readonly listed: number;
  readonly octets: Buffer;
}

interface Copy {
  readonly token: string;
  readonly mailbox: string;
  state: 'there' | 'deleted' | 'in-doubt';
}

export class Ledger {
  readonly broken: string[] = [];
  readonly sent = new Map<string, Sent>();
  /** QUITs that were said and not answered yet, or never. */
  readonly quits = new Set<Quit>();
  /** Every UIDL ever seen: it names this copy for ever. */
  readonly #copies = new Map<string, Copy>();
  /** `mailbox token` → UIDL. */
  readonly #uidls = new Map<string, string>();

  begin(letter: Letter): Sent {
    const sent: Sent = { letter, state: 'text' };
    this.sent.set(letter.token, sent);
    return sent;
  }

  /** Letters whose text had begun to leave and whose 250 was not seen. */
  openLetters(): readonly Sent[] {
    return [...this.sent.values()].filter(({ state }) => state !== 'acknowledged');
  }

  quitAnswered(quit: Quit): void {
    this.quits.delete(quit);
    for (const uidl of quit.marked) this.#mark(uidl, 'deleted');
  }

  /** After a kill: what was not answered may have happened. The verifier decides with the next full look. */
  quitsInDoubt(): readonly Quit[] {
    for (const { marked } of this.quits) for (const uidl of marked) this.#mark(uidl, 'in-doubt');
    const doubtful = [...this.quits];
    this.quits.clear();
    return doubtful;
  }

  /** One copy as a client got it. */
  see(mailbox: string, { uidl, listed, octets }: Found): void {
    if (octets.length !== listed)
      this.#breach(`${mailbox} ${uidl}: LIST says ${listed} octets, RETR gave ${octets.length}`);
    const token = tokenIn(octets);
    const sent = this.sent.get(token ?? '');
    if (token === undefined || sent === undefined) return this.#breach(`${mailbox} ${uidl}: a message nobody sent`);
    if (!sent.letter.to.includes(mailbox)) this.#breach(`${mailbox} ${uidl}: ${token} was not for this mailbox`);
    this.#seeAdded(`${mailbox} ${uidl}`, sent, addedTo(sent.letter, octets));
    this.#seeName(mailbox, uidl, token);
  }

  /** The same, without its octets: the copy was fetched before. */
  seeAgain(mailbox: string, uidl: string): boolean {
    const copy = this.#copies.get(uidl);
    if (copy === undefined || copy.mailbox !== mailbox) return false;
    this.#seeName(mailbox, uidl, copy.token);
    return true;
  }

  /** After a restart: `uidls` is all that lies in the mailbox. */
  seeAll(mailbox: string, uidls: readonly string[], doubtful: readonly Quit[]): void {
    if (new Set(uidls).size !== uidls.length) this.#breach(`${mailbox}: a UIDL stands twice in the listing`);
    const there = new Set(uidls);
    for (const quit of doubtful.filter((one) => one.mailbox === mailbox)) this.#seeQuit(quit, there);
    for (const [uidl, copy] of this.#copies) {
      if (copy.mailbox === mailbox && copy.state === 'there' && !there.has(uidl))
        this.#breach(`${mailbox} ${uidl}: ${copy.token} is gone, and nobody deleted it`);
    }
    for (const { letter, state } of this.sent.values()) {
      if (state === 'acknowledged' && letter.to.includes(mailbox) && !this.#uidls.has(`${mailbox} ${letter.token}`))
        this.#breach(`${mailbox}: ${letter.token} was acknowledged and is not there`);
    }
  }

  /** Whether this copy has ever been in the mailbox. */
  wasSeen(mailbox: string, token: string): boolean {
    return this.#uidls.has(`${mailbox} ${token}`);
  }

  /** Prefixes are ours to write, the letter is not ours to change. */
  #seeAdded(where: string, sent: Sent, added: string | undefined): void {
    if (added === undefined) return this.#breach(`${where}: ${sent.letter.token} is not what was sent`);
    if (!/^Return-Path: <.*>\r\nDelivered-To: .*\r\nReceived: (?:.*\r\n[ \t])*.*\r\n$/.test(added))
      this.#breach(`${where}: ${sent.letter.token} has a broken prefix ${JSON.stringify(added)}`);
    if (sent.id !== undefined && !added.includes(sent.id)) this.#breach(`${where}: the id ${sent.id} is missing`);
  }

  #seeName(mailbox: string, uidl: string, token: string): void {
    const copy = this.#copies.get(uidl);
    const known = this.#uidls.get(`${mailbox} ${token}`);
    if (copy !== undefined && (copy.token !== token || copy.mailbox !== mailbox))
      return this.#breach(`${mailbox} ${uidl}: the UIDL named ${copy.token} in ${copy.mailbox} before`);
    if (copy?.state === 'deleted') return this.#breach(`${mailbox} ${uidl}: ${token} was deleted and is back`);
    if (known !== undefined && known !== uidl)
      return this.#breach(`${mailbox}: ${token} is there as ${known} and as ${uidl}`);
    this.#copies.set(uidl, copy ?? { token, mailbox, state: 'there' });
    this.#uidls.set(`${mailbox} ${token}`, uidl);
  }

  /** A QUIT without an answer has removed all that was marked, or nothing. */
  #seeQuit({ mailbox, marked }: Quit, there: ReadonlySet<string>): void {
    const left = marked.filter((uidl) => there.has(uidl)).length;
    if (left > 0 && left < marked.length)
      this.#breach(`${mailbox}: a QUIT removed ${marked.length - left} of ${marked.length} messages`);
    for (const uidl of marked) this.#mark(uidl, there.has(uidl) ? 'there' : 'deleted');
  }

  #mark(uidl: string, state: Copy['state']): void {
    const copy = this.#copies.get(uidl);
    if (copy !== undefined) copy.state = state;
  }

  #breach(sentence: string): void {
    this.broken.push(sentence);
  }
}
