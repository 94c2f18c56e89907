/**
 * Calls that change an account, beside each other or one alone. A call with `ifInState` is alone: between the look at
 * the state and its changes no other client's call may come (RFC 8620 §5.3). Mail that arrives meanwhile may.
 */

interface Turn {
  /** Settled when the last one that was alone is done. */
  last: Promise<unknown>;
  /** Those that began since, beside each other. */
  together: Promise<unknown>[];
  /** Under way or waiting. */
  count: number;
}

export class Turns {
  readonly #accounts = new Map<string, Turn>();

  /** Rejects with what the work rejects with. */
  async take<T>(account: string, alone: boolean, work: () => Promise<T>): Promise<T> {
    const turn = this.#accounts.get(account) ?? { last: Promise.resolve(), together: [], count: 0 };
    this.#accounts.set(account, turn);
    turn.count++;
    const before = alone ? Promise.all([turn.last, ...turn.together]) : turn.last;
    const result = before.then(work);
    const done = result.then(nothing, nothing).then(() => {
      if (--turn.count === 0) this.#accounts.delete(account);
    });
    if (alone) [turn.last, turn.together] = [done, []];
    else turn.together.push(done);
    return await result;
  }
}

function nothing(): void {
  // How it ended is for the one who asked.
}
