/**
 * Reads messages in a worker, off the thread that answers people: their octets go in, piece by piece, and what they
 * hold comes out. One at a time; those that somebody waits for come first. A message at which the worker dies, or stops
 * answering, is unreadable: that is an answer, too.
 */
import { Worker } from 'node:worker_threads';
import type { Cancel, Clock } from '../../base/index.ts';
import type { Octets, Range } from './octets.ts';
import type { ReadAnswer, Reading, ReadTask } from './reading.ts';

export interface Reader {
  /** Rejects with {@link UnreadableError}, or with whatever reading the octets rejects with. */
  read(source: Octets, turn?: { readonly waited: boolean }): Promise<Reading>;
  close(): Promise<void>;
}

/** The message can't be read, now or later; its octets can still be had. */
export class UnreadableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableError';
  }
}

/** Pieces that are on their way to the worker: what a reader of mail may hold is bounded, however large a message is. */
const MOST_UNDER_WAY = 8;
/** A piece takes milliseconds: who says nothing for so long never will. */
const LONGEST_SILENCE = 60_000;
/** Of one worker, in MiB. */
const MOST_MEMORY = 256;

interface Job {
  readonly source: Octets;
  readonly resolve: (reading: Reading) => void;
  readonly reject: (error: unknown) => void;
}

export interface ReaderParts {
  readonly clock: Clock;
  /** For tests: another worker. */
  readonly worker?: URL;
}

export function openReader({ clock, worker = new URL('./read-worker.ts', import.meta.url) }: ReaderParts): Reader {
  const waited: Job[] = [];
  const others: Job[] = [];
  let closed = false;
  let running: Promise<void> | undefined;
  let line: Line | undefined;

  async function run(): Promise<void> {
    for (let job = next(); job !== undefined; job = next()) await serve(job);
    running = undefined;
    line?.rest();
  }

  function next(): Job | undefined {
    return waited.shift() ?? others.shift();
  }

  async function serve({ source, resolve, reject }: Job): Promise<void> {
    line = line?.isOpen === true ? line : new Line(worker, clock);
    try {
      resolve(await line.read(source));
    } catch (error) {
      reject(error);
    }
  }

  return {
    read(source, turn = { waited: true }) {
      if (closed) return Promise.reject(new Error('the reader was closed'));
      return new Promise((resolve, reject) => {
        (turn.waited ? waited : others).push({ source, resolve, reject });
        running ??= run();
      });
    },
    async close() {
      closed = true;
      for (const job of [...waited.splice(0), ...others.splice(0)]) job.reject(new Error('the reader was closed'));
      await line?.close('the reader was closed');
      await running;
    },
  };
}

type Said = Exclude<ReadAnswer, { kind: 'taken' }>;

function unreadable(answer: Said): UnreadableError {
  return new UnreadableError(answer.kind === 'unreadable' ? answer.problem : 'the reader said something else');
}

/** One worker, and what is said to it. */
class Line {
  readonly #worker: Worker;
  readonly #clock: Clock;
  #underWay = 0;
  #job = 0;
  /** What it said last that nobody has heard. */
  #answer: Said | Error | undefined;
  #heard: (() => void) | undefined;
  isOpen = true;

  constructor(worker: URL, clock: Clock) {
    this.#clock = clock;
    this.#worker = new Worker(worker, { resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY } });
    this.#worker.on('message', (answer: ReadAnswer) => {
      if (answer.kind === 'taken') this.#underWay--;
      else if (answer.job === this.#job) this.#answer = answer;
      this.#heard?.();
    });
    this.#worker.on('error', (error) => {
      this.#died(new UnreadableError(`the reader died of it: ${(error as Error).message}`));
    });
    this.#worker.on('exit', () => {
      this.#died(new UnreadableError('the reader ended'));
    });
  }

  async read(source: Octets): Promise<Reading> {
    this.#worker.ref();
    this.#answer = undefined;
    this.#tell({ kind: 'begin', job: ++this.#job });
    try {
      await this.#send(source);
      const wants = await this.#reply();
      if (wants.kind !== 'wants') throw unreadable(wants);
      await this.#send(source, wants.ranges);
      const answer = await this.#reply();
      if (answer.kind !== 'read') throw unreadable(answer);
      return answer.reading;
    } catch (error) {
      if (this.isOpen) this.#tell({ kind: 'abandon' });
      throw error;
    }
  }

  /** All octets, or these; less of them when it has said something. */
  async #send(source: Octets, ranges: readonly Range[] = [{ start: 0, end: source.size }]): Promise<void> {
    for (const range of ranges) {
      for await (const octets of source.read(range)) {
        while (this.#underWay >= MOST_UNDER_WAY && this.#answer === undefined) await this.#word();
        if (this.#answer !== undefined) return;
        this.#underWay++;
        this.#tell({ kind: 'piece', octets });
      }
    }
    this.#tell({ kind: 'end' });
  }

  async #reply(): Promise<Said> {
    while (this.#answer === undefined) await this.#word();
    const answer = this.#answer;
    if (answer instanceof Error) throw answer;
    this.#answer = undefined;
    return answer;
  }

  /** Nothing is to be read: it keeps nobody from ending. */
  rest(): void {
    this.#worker.unref();
  }

  async close(why: string): Promise<void> {
    this.#died(new Error(why));
    await this.#worker.terminate();
  }

  #tell(task: ReadTask): void {
    this.#worker.postMessage(task);
  }

  /** Waits until it says something, or has been silent for too long. */
  async #word(): Promise<void> {
    let cancel: Cancel | undefined;
    await new Promise<void>((resolve) => {
      this.#heard = resolve;
      cancel = this.#clock.after(LONGEST_SILENCE, () => {
        this.#died(new UnreadableError('the reader came to no end with it'));
        void this.#worker.terminate();
      });
    });
    this.#heard = undefined;
    cancel?.();
  }

  #died(error: Error): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#answer = error;
    this.#heard?.();
  }
}
