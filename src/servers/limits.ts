/**
 * How much one account may send in a day: messages, and people it has never written to before. A
 * stolen password is worth little to a spammer when it reaches few strangers; somebody who writes
 * to the people they always write to never meets the second limit.
 *
 * Counted in the store with the message, so a restart forgets nothing. Recipients of messages that
 * are still under way count too: a hundred connections at once get no further than one.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../base/index.ts';
import { canonicalAddress, refusal } from '../mail/index.ts';
import type { Address, Reply } from '../mail/index.ts';
import type { Sent, Store } from '../store/index.ts';

/** Of one account, on one day (UTC). */
export interface SendingLimits {
  readonly messages: number;
  /** Recipients never written to before. */
  readonly newcomers: number;
}

interface Login {
  readonly account: string;
  readonly name: string;
}

const DAY = 24 * 60 * 60_000;

export class Sending {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #limits: () => SendingLimits | undefined;
  /** By account: newcomers of messages under way, and in how many of them each stands. */
  readonly #underWay = new Map<string, Map<string, number>>();

  /** @param limits undefined: nothing is limited, and nothing counted. */
  constructor(parts: {
    readonly store: Store;
    readonly clock: Clock;
    readonly limits: () => SendingLimits | undefined;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
  }

  /** Why this account can't begin another message today. */
  async messageRefusal({ account, name }: Login): Promise<Reply | undefined> {
    const limits = this.#limits();
    if (limits === undefined) return undefined;
    const { messages } = await this.#store.read('sentBy', { account, day: this.#day() });
    if (messages < limits.messages) return undefined;
    const text = `${name} has sent ${limits.messages} messages today, which is the limit here; it may go on at 00:00 UTC`;
    return refusal(452, '4.7.1', text, 'limit-messages');
  }

  /** Why this account can't write to this address today. */
  async recipientRefusal({ account, name }: Login, to: Address): Promise<Reply | undefined> {
    const limits = this.#limits();
    if (limits === undefined) return undefined;
    const who = digestOf(account, to);
    const sent = await this.#store.read('sentBy', { account, day: this.#day(), who });
    const underWay = this.#underWay.get(account);
    if (sent.known || underWay?.has(who) === true) return undefined;
    if (sent.newcomers + (underWay?.size ?? 0) < limits.newcomers) return undefined;
    const text =
      `${name} has written to ${limits.newcomers} new addresses today, which is the limit here; more at 00:00 UTC. ` +
      'Addresses it has written to before are not limited';
    return refusal(450, '4.7.1', text, 'limit-new-recipients');
  }

  /** Begins a message; what is taken by it counts until it is given back. */
  begin(login: Login): Taken {
    return new Taken(login.account, this.#underWay, (who) =>
      this.#limits() === undefined ? undefined : { account: login.account, day: this.#day(), who },
    );
  }

  #day(): number {
    return Math.floor(this.#clock.now() / DAY);
  }
}

/** The recipients of one message under way. */
export class Taken {
  readonly #account: string;
  readonly #underWay: Map<string, Map<string, number>>;
  readonly #sent: (who: readonly string[]) => Sent | undefined;
  readonly #who = new Set<string>();

  constructor(
    account: string,
    underWay: Map<string, Map<string, number>>,
    sent: (who: readonly string[]) => Sent | undefined,
  ) {
    this.#account = account;
    this.#underWay = underWay;
    this.#sent = sent;
  }

  add(to: Address): void {
    const who = digestOf(this.#account, to);
    if (this.#who.has(who)) return;
    this.#who.add(who);
    const counts = this.#underWay.get(this.#account) ?? new Map<string, number>();
    counts.set(who, (counts.get(who) ?? 0) + 1);
    this.#underWay.set(this.#account, counts);
  }

  /** For the commit of the message. */
  get sent(): Sent | undefined {
    return this.#sent([...this.#who]);
  }

  /** The message is over, whatever became of it. */
  giveBack(): void {
    const counts = this.#underWay.get(this.#account);
    for (const who of this.#who) {
      const left = (counts?.get(who) ?? 1) - 1;
      if (left === 0) counts?.delete(who);
      else counts?.set(who, left);
    }
    this.#who.clear();
    if (counts?.size === 0) this.#underWay.delete(this.#account);
  }
}

/** 128 bits; another account's digest of the same address is another one. */
function digestOf(account: string, address: Address): string {
  return createHash('sha256')
    .update(`${account}\n${canonicalAddress(address)}`)
    .digest('base64url')
    .slice(0, 22);
}
