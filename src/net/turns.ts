/**
 * Whose turn it is. Lines that have come already are read without waiting, so a peer that sends thousands of cheap
 * commands in one go would have the process for itself until it has answered them all.
 */

/** Lines read in a row before the other connections have their turn. */
const IN_A_ROW = 64;

export class Turns {
  #taken = 0;

  /** After a line: a promise to wait for when it is the others' turn. */
  afterLine(): Promise<void> | undefined {
    this.#taken += 1;
    if (this.#taken % IN_A_ROW > 0) return undefined;
    return new Promise((resolve) => {
      // oxlint-disable-next-line eslint/no-restricted-globals -- the order of turns, not time: no clock is asked
      setImmediate(resolve);
    });
  }
}
