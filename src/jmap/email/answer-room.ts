/**
 * What one answer may hold of emails. Headers, trees of thousands of parts and their names can be asked for of 500
 * emails, in many ways at once; all of it lies in memory before it goes out.
 */
import { MethodError } from '../errors.ts';
import { weightOf } from '../json.ts';

/** Characters: the texts that body-values.ts lets in, and as much again. */
const MOST = 64 * 1024 * 1024;

export class AnswerRoom {
  #left = MOST;

  /** Throws `requestTooLarge` where there is no room for it. */
  take(email: unknown): void {
    this.#left -= weightOf(email, this.#left);
    if (this.#left < 0)
      throw new MethodError(
        'requestTooLarge',
        'The answer would have more than 64 MB; ask for fewer emails, or for less of each.',
      );
  }
}
