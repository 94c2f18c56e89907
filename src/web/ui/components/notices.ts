/** What the interface says in passing: toasts, with Undo where something can be taken back, and words for screen readers. */
import { signal } from '@preact/signals';
import { clock } from '../clock.ts';
import type { Cancel, Clock } from '../clock.ts';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly undo?: () => void;
}

/** Milliseconds that a notice stays. */
const STAYS = 10_000;
const MOST = 3;

export class Notices {
  readonly shown = signal<readonly Notice[]>([]);
  /** What a screen reader says next. */
  readonly spoken = signal('');
  private readonly timers = new Map<number, Cancel>();
  private readonly clock: Clock;
  private last = 0;

  constructor(time: Clock) {
    this.clock = time;
  }

  /**
   * Shows and speaks a text. The newest that can be undone is what the undo key takes back. What says the same, and can't
   * be undone, makes room for it. `stays` in milliseconds.
   */
  say(text: string, undo?: () => void, stays = STAYS): number {
    const same = this.shown.peek().filter((one) => one.text === text && one.undo === undefined);
    for (const one of same) this.dismiss(one.id);
    const id = (this.last += 1);
    const kept = this.shown.value.slice(-(MOST - 1));
    this.shown.value = [...kept, { id, text, ...(undo === undefined ? {} : { undo }) }];
    this.speak(text);
    this.wait(id, stays);
    return id;
  }

  /** Another text in its place, which is not spoken: a countdown would never be silent. */
  change(id: number, text: string): void {
    this.shown.value = this.shown.value.map((one) => (one.id === id ? { ...one, text } : one));
  }

  isShown(id: number): boolean {
    return this.shown.value.some((one) => one.id === id);
  }

  /** The same text twice must be heard twice, so a mark that nobody hears makes them differ. */
  speak(text: string): void {
    this.spoken.value = this.spoken.value === text ? `${text}\u00a0` : text;
  }

  /** While somebody points at the notices, none goes away. */
  hold(): void {
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
  }

  go(): void {
    for (const { id } of this.shown.value) this.wait(id);
  }

  dismiss(id: number): void {
    this.timers.get(id)?.();
    this.timers.delete(id);
    this.shown.value = this.shown.value.filter((one) => one.id !== id);
    // Whoever pressed it pointed at it: nobody says that they no longer point at what is gone.
    for (const one of this.shown.value) if (!this.timers.has(one.id)) this.wait(one.id);
  }

  /** False: nothing that can be taken back is on the screen. */
  undoLast(): boolean {
    const notice = this.shown.value.findLast(({ undo }) => undo !== undefined);
    if (notice === undefined) return false;
    this.dismiss(notice.id);
    notice.undo?.();
    return true;
  }

  private wait(id: number, stays = STAYS): void {
    this.timers.get(id)?.();
    this.timers.set(
      id,
      this.clock.after(stays, () => {
        this.dismiss(id);
      }),
    );
  }
}

export const notices = new Notices(clock);
