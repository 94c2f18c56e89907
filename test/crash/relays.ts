/**
 * What the next server must have: each acknowledged letter for elsewhere at least once, and once only,
 * unless a kill fell into the window that nobody can close (the next server took it, our commit of
 * that did not happen).
 */
import type { Ledger } from './ledger.ts';
import { addedTo, tokenIn } from './letters.ts';
import type { Sink, Taken } from './sink.ts';

/** `exact`: those that the dead program's own queue still called unsent. `rough`: those taken shortly before the kill. */
export type Window =
  | { readonly kind: 'exact'; readonly open: ReadonlySet<string> }
  | { readonly kind: 'rough'; readonly since: number };

/** A delivery as the queue and the sink both know it. */
export function deliveryKey(id: string, recipient: string): string {
  return `${id} ${recipient}`;
}

export class Relays {
  readonly #sink: Sink;
  readonly #ledger: Ledger;
  /** By life of the program: how its end left the window. */
  readonly #windows = new Map<number, Window>();

  constructor(sink: Sink, ledger: Ledger) {
    this.#sink = sink;
    this.#ledger = ledger;
  }

  ended(life: number, window: Window): void {
    this.#windows.set(life, window);
  }

  /** Acknowledged letters for elsewhere that have not come to the sink. */
  missing(): readonly string[] {
    const came = new Set(this.#arrivals().keys());
    return [...this.#ledger.sent.values()]
      .filter(({ state }) => state === 'acknowledged')
      .flatMap(({ letter }) => letter.to.filter(isElsewhere).map((address) => `${letter.token} ${address}`))
      .filter((key) => !came.has(key));
  }

  /** The ids of those that arrived again, each shown to be allowed to. */
  judge(): readonly string[] {
    const again: string[] = [];
    for (const [key, arrivals] of this.#arrivals()) {
      for (const [at, arrival] of arrivals.entries()) {
        this.#judgeOctets(key, arrival);
        const before = arrivals[at - 1];
        if (before === undefined) continue;
        again.push(idOf(arrival.octets));
        if (before.life === arrival.life) this.#ledger.broken.push(`${key} was relayed twice by one process`);
        else if (!this.#mayComeAgain(key, before))
          this.#ledger.broken.push(`${key} was relayed again, though it was settled before the kill`);
      }
    }
    return again;
  }

  #arrivals(): Map<string, Taken[]> {
    const arrivals = new Map<string, Taken[]>();
    for (const taken of this.#sink.taken) {
      for (const recipient of taken.recipients) {
        const key = `${tokenIn(taken.octets) ?? 'without a token'} ${recipient}`;
        arrivals.set(key, [...(arrivals.get(key) ?? []), taken]);
      }
    }
    return arrivals;
  }

  #judgeOctets(key: string, { octets }: Taken): void {
    const sent = this.#ledger.sent.get(tokenIn(octets) ?? '');
    const added = sent && addedTo(sent.letter, octets);
    if (added === undefined || !/^Received: (?:.*\r\n[ \t])*.*\r\n$/.test(added))
      this.#ledger.broken.push(`${key} was relayed, and it is not what was sent`);
  }

  #mayComeAgain(key: string, before: Taken): boolean {
    const window = this.#windows.get(before.life);
    if (window?.kind === 'rough') return before.at >= window.since;
    const recipient = key.slice(key.indexOf(' ') + 1);
    return window?.open.has(deliveryKey(idOf(before.octets), recipient)) === true;
  }
}

export function isElsewhere(address: string): boolean {
  return address.endsWith('@out.test');
}

/** Our id in the Received field that stands first. */
function idOf(octets: Buffer): string {
  return /\bid ([0-7][0-9a-z]{25})/.exec(octets.subarray(0, 1_024).toString('latin1'))?.[1] ?? '';
}
