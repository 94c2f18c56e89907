/** Tells push subscriptions what changed (RFC 8620 §7.2): each on its own course, all from what the store says. */
import type { PushSubscription, StoreChange } from '../../store/index.ts';
import { Course } from './course.ts';
import type { CourseParts } from './course.ts';

export class PushSender {
  readonly #parts: CourseParts;
  readonly #courses = new Map<string, Course>();
  readonly #unsubscribe: () => void;
  readonly #stopping = new AbortController();
  #looking: Promise<void> | undefined;
  #again = false;

  constructor(parts: Omit<CourseParts, 'look' | 'stopping'>) {
    this.#parts = {
      ...parts,
      stopping: this.#stopping.signal,
      look: () => {
        this.look();
      },
    };
    this.#unsubscribe = parts.store.onChange((change) => {
      this.#changed(change);
    });
    this.look();
  }

  /** A subscription was made, changed or removed. */
  look(): void {
    if (this.#stopping.signal.aborted) return;
    this.#again = true;
    this.#looking ??= this.#readAll().finally(() => {
      this.#looking = undefined;
      if (this.#again) this.look();
    });
  }

  /** What is being posted is broken off, and posted again by the next process. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#unsubscribe();
    await this.#looking;
    await Promise.all([...this.#courses.values()].map((course) => course.end()));
  }

  #changed(change: StoreChange): void {
    // Another process may have changed subscriptions, or a command the password that they end with.
    if (change.mail === 'all' || change.directory) this.look();
    else
      for (const course of this.#courses.values())
        if (this.#parts.types.some((type) => type.mayChange(course.account, change))) course.nudge();
  }

  async #readAll(): Promise<void> {
    const { store, log } = this.#parts;
    while (this.#again && !this.#stopping.signal.aborted) {
      this.#again = false;
      const written = new Map([...this.#courses].map(([id, course]) => [id, course.written]));
      try {
        this.#take(await store.read('pushSubscriptions', {}), written);
      } catch (error) {
        log.warn('The push subscriptions could not be read; the next change tries it again', { cause: error });
      }
    }
  }

  /** @param written by each course when the reading began */
  #take(rows: readonly PushSubscription[], written: ReadonlyMap<string, number>): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const [id, course] of this.#courses)
      if (!ids.has(id)) {
        this.#courses.delete(id);
        void course.end();
      }
    for (const row of rows) {
      const known = this.#courses.get(row.id);
      const course = known ?? new Course(this.#parts, row);
      this.#courses.set(row.id, course);
      course.update(row, written.get(row.id) ?? 0);
    }
  }
}
