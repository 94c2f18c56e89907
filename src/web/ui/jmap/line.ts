/** Whether the server can be reached: a state with words, not an error of each request. Asks again by itself. */
import { signal } from '@preact/signals';
import type { Cancel, Clock } from '../clock.ts';
import { asTrouble } from './trouble.ts';
import type { Trouble } from './trouble.ts';

export type LineState = 'up' | 'offline' | 'gone' | 'ended';

/** Milliseconds between looks at a server that does not answer: twice as long each time, within these. */
const FIRST_LOOK = 2_000;
const LONGEST_LOOK = 60_000;

export class Line {
  readonly state = signal<LineState>('up');
  /** Grows each time the server is back; what failed meanwhile is asked for again. */
  readonly generation = signal(0);
  private readonly clock: Clock;
  private readonly look: () => Promise<void>;
  private wait = FIRST_LOOK;
  private next: Cancel | undefined;

  /** `look` throws a Trouble while the server can't be reached. */
  constructor(clock: Clock, look: () => Promise<void>) {
    this.clock = clock;
    this.look = look;
  }

  /** Watches a request: its failure may mean that the line is down, its answer that it is up. */
  async watch<Answer>(request: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await request;
      this.up();
      return answer;
    } catch (error) {
      const trouble = asTrouble(error);
      if (isDown(trouble)) this.down(trouble.kind);
      else this.up();
      throw trouble;
    }
  }

  up(): void {
    this.next?.();
    this.next = undefined;
    this.wait = FIRST_LOOK;
    if (this.state.peek() === 'up') return;
    this.state.value = 'up';
    this.generation.value += 1;
  }

  /** Looks now: the browser says that the network is back, or somebody pressed a button. */
  async tryNow(): Promise<void> {
    this.next?.();
    this.next = undefined;
    try {
      await this.look();
      this.up();
    } catch (error) {
      const trouble = asTrouble(error);
      if (isDown(trouble)) this.down(trouble.kind);
      else this.up();
    }
  }

  private down(kind: 'offline' | 'gone' | 'ended'): void {
    this.state.value = kind;
    // A session that has ended comes back by logging in, not by waiting.
    if (kind === 'ended' || this.next !== undefined) return;
    this.next = this.clock.after(this.wait, () => {
      this.next = undefined;
      void this.tryNow();
    });
    this.wait = Math.min(this.wait * 2, LONGEST_LOOK);
  }
}

const isDown = (trouble: Trouble): trouble is Trouble & { readonly kind: 'offline' | 'gone' | 'ended' } =>
  trouble.kind === 'offline' || trouble.kind === 'gone' || trouble.kind === 'ended';
