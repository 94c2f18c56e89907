/**
 * Saves a draft a second after the last key, one save at a time, and never loses what was typed while one was under way.
 * Who uses it gives the save itself; this decides when, and says how it stands.
 */

export type SaveState =
  | { readonly kind: 'saved'; readonly at: number | undefined }
  /** Something was typed that is not saved yet. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'saving' }
  /** It is tried again by itself. `type`: what the server calls its reason (RFC 8620 §5.3). */
  | {
      readonly kind: 'failed';
      readonly why: string;
      readonly nextAt: number;
      readonly isRefused: boolean;
      readonly type?: string;
    };

export interface SaverParts<T> {
  /** Keeps this version; rejects when that did not work. */
  readonly save: (version: T) => Promise<void>;
  readonly now: () => number;
  /** Calls `fn` after so many milliseconds, unless what it gives back is called before. */
  readonly after: (ms: number, fn: () => void) => () => void;
  readonly onState: (state: SaveState) => void;
}

const QUIET = 1_000;
/** Somebody who never pauses is saved this often all the same. */
const LONGEST = 5_000;
const FIRST_RETRY = 2_000;
const LONGEST_RETRY = 60_000;

export class Saver<T> {
  readonly #parts: SaverParts<T>;
  #latest: { readonly version: T } | undefined;
  #firstChange = 0;
  #cancel: (() => void) | undefined;
  #saving: Promise<void> | undefined;
  #failures = 0;
  #stopped = false;

  constructor(parts: SaverParts<T>) {
    this.#parts = parts;
  }

  get isSaved(): boolean {
    return this.#latest === undefined && this.#saving === undefined;
  }

  /** What is written now; the version before it need not be kept. */
  change(version: T): void {
    if (this.#stopped) return;
    const { now, onState } = this.#parts;
    if (this.#latest === undefined) this.#firstChange = now();
    this.#latest = { version };
    if (this.#saving !== undefined) return;
    onState({ kind: 'changed' });
    if (this.#failures === 0) this.#wait(Math.max(0, Math.min(QUIET, this.#firstChange + LONGEST - now())));
  }

  /** Saves at once what isn't yet. Rejects with the reason when that fails; it is tried again later all the same. */
  async flush(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving.catch(() => undefined);
    if (this.#latest === undefined || this.#stopped) return;
    this.#cancel?.();
    await this.#saveNow();
    if (this.#latest !== undefined) await this.flush();
  }

  /** The letter was sent or thrown away: nothing more is saved. What is under way ends first. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    this.#latest = undefined;
    await this.#saving?.catch(() => undefined);
  }

  /** After a stop: what is changed from now on is saved again. */
  restart(): void {
    this.#stopped = false;
    this.#failures = 0;
  }

  #wait(ms: number): void {
    this.#cancel?.();
    this.#cancel = this.#parts.after(ms, () => {
      this.#saveNow().catch(() => undefined);
    });
  }

  #saveNow(): Promise<void> {
    const version = this.#latest;
    if (version === undefined || this.#saving !== undefined) return Promise.resolve();
    this.#latest = undefined;
    this.#parts.onState({ kind: 'saving' });
    const saving = this.#parts.save(version.version).then(
      () => {
        this.#ended(saving);
        this.#failures = 0;
        this.#parts.onState({ kind: 'saved', at: this.#parts.now() });
        if (this.#latest !== undefined) this.change(this.#latest.version);
      },
      (error: unknown) => {
        this.#ended(saving);
        this.#latest ??= version;
        this.#retryLater(error);
        throw error;
      },
    );
    this.#saving = saving;
    return saving;
  }

  #ended(saving: Promise<void>): void {
    if (this.#saving === saving) this.#saving = undefined;
  }

  #retryLater(error: unknown): void {
    if (this.#stopped) return;
    const ms = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.#failures++);
    const why = error instanceof Error ? error.message : String(error);
    // Whoever refuses says why; whoever can't be reached says nothing.
    const isRefused = (error as { readonly kind?: unknown } | undefined)?.kind === 'refused';
    const type = (error as { readonly type?: unknown } | undefined)?.type;
    const named = typeof type === 'string' ? { type } : {};
    this.#parts.onState({ kind: 'failed', why, nextAt: this.#parts.now() + ms, isRefused, ...named });
    this.#wait(ms);
  }
}
