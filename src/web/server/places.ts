/** So many at a time for each account. */
export interface Place {
  /** Called once. */
  leave(): void;
}

export class Places {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Undefined when all of the account's places are taken. */
  take(account: string): Place | undefined {
    const taken = this.#taken.get(account) ?? 0;
    if (taken >= this.#most) return undefined;
    this.#taken.set(account, taken + 1);
    return {
      leave: () => {
        const left = (this.#taken.get(account) ?? 1) - 1;
        if (left > 0) this.#taken.set(account, left);
        else this.#taken.delete(account);
      },
    };
  }
}
