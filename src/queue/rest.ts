/** How a runner waits between its looks: for a time, for a change, or for room. */
import type { Cancel, Clock } from '../base/index.ts';

/** After a look that changes came behind, they are gathered this long before the next look. */
export const GATHER = 10;

export class Rest {
  readonly #clock: Clock;
  #stirred = false;
  #roused = false;
  #over = false;
  /** Ends the rest under way. */
  #end: (() => void) | undefined;
  #gathering = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something has changed. A rest ends at once; what changes during a look is gathered for the next one. */
  stir(): void {
    this.#stirred = true;
    if (!this.#gathering) this.#end?.();
  }

  /** There is room for more work: the next look is at once, whatever else is gathered. */
  rouse(): void {
    this.#roused = true;
    this.#end?.();
  }

  /** No more rest. */
  stop(): void {
    this.#over = true;
    this.#end?.();
  }

  /** Waits for a change or for room, and for at most `ms`. */
  for(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      let cancel: Cancel | undefined;
      const end = (): void => {
        cancel?.();
        this.#end = undefined;
        this.#stirred = false;
        this.#roused = false;
        this.#gathering = false;
        resolve();
      };
      if (this.#over || this.#roused) {
        end();
        return;
      }
      this.#gathering = this.#stirred;
      const most = this.#stirred ? GATHER : ms;
      if (most !== undefined) cancel = this.#clock.after(most, end);
      this.#end = end;
    });
  }
}
