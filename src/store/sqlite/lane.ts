/**
 * The way to one worker. Operations gather while the worker is busy and are handed over together: one
 * message for many, and, in the writer, one commit.
 *
 * A worker that dies takes the operations it had with it: each is rejected (it may have happened; it
 * was not acknowledged). The next operation starts a new worker; if that one dies before it has
 * answered anything, the lane stays closed, and says why.
 */
import { Worker } from 'node:worker_threads';
import { StoreError } from '../store.ts';
import type { OperationName, ParamsOf, ResultOf } from '../operations/index.ts';
import type { Answer, FromWorker, Request, ToWorker } from './messages.ts';

export interface LaneParts {
  readonly script: URL;
  readonly data: unknown;
  /** After each batch of answers; `done` are the operations that were carried out. */
  readonly onAnswers?: (batch: {
    readonly changed: boolean;
    readonly done: readonly Request[];
    readonly garbage: readonly string[];
  }) => void;
  readonly onTrouble: (sentence: string) => void;
}

interface Waiting {
  readonly request: Request;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Operations handed over at once: what one commit may hold, twice. */
const MOST_HANDED = 400;

export class Lane {
  readonly #parts: LaneParts;
  #worker: Worker | undefined;
  #queue: Waiting[] = [];
  #handed = new Map<number, Waiting>();
  #ids = 0;
  /** Whether the present worker has answered anything yet. */
  #proven = false;
  #dead: StoreError | undefined;
  #closing = false;
  #look: ((changed: boolean) => void) | undefined;
  #idle: (() => void) | undefined;
  #closed: (() => void) | undefined;

  private constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  static async open(parts: LaneParts): Promise<Lane> {
    const lane = new Lane(parts);
    await lane.#start();
    return lane;
  }

  /** Starts its worker with the first operation. */
  static asleep(parts: LaneParts): Lane {
    return new Lane(parts);
  }

  run<N extends OperationName>(name: N, params: ParamsOf<N>): Promise<ResultOf<N>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#closing) {
        reject(new StoreError('The store is closed'));
        return;
      }
      this.#queue.push({ request: { id: this.#ids++, name, params }, resolve, reject });
      if (this.#queue.length === 1) this.#handOverSoon();
    }) as Promise<ResultOf<N>>;
  }

  /** Whether another connection committed since the last look. */
  look(): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#worker === undefined || this.#closing) {
        resolve(false);
        return;
      }
      this.#look = resolve;
      this.#worker.postMessage({ kind: 'look' } satisfies ToWorker);
    });
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#queue.length + this.#handed.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    const worker = this.#worker;
    if (worker === undefined) return;
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      worker.postMessage({ kind: 'close' } satisfies ToWorker);
    });
  }

  /** For the test of a worker that dies. */
  async kill(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Promise<void> {
    // Flags of the main thread (--input-type, --test) mean nothing to a worker, and some break it.
    const worker = new Worker(this.#parts.script, { workerData: this.#parts.data, execArgv: [] });
    this.#worker = worker;
    this.#proven = false;
    return new Promise((resolve, reject) => {
      const refuse = (sentence: string): void => {
        reject(new StoreError(sentence));
        this.#lost(worker, sentence);
      };
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') {
          resolve();
          this.#handOver();
        } else if (message.kind === 'refused') refuse(message.error);
        else this.#receive(message);
      });
      worker.on('error', (error) => {
        refuse(`The thread of the database failed: ${error instanceof Error ? error.message : String(error)}`);
      });
      worker.on('exit', () => {
        refuse('The thread of the database ended');
      });
    });
  }

  #receive(message: Exclude<FromWorker, { kind: 'ready' | 'refused' }>): void {
    switch (message.kind) {
      case 'answers':
        this.#proven = true;
        this.#answerAll(message);
        this.#handOverSoon();
        return;
      case 'looked':
        this.#look?.(message.changed);
        this.#look = undefined;
        return;
      case 'closed':
        this.#closed?.();
    }
  }

  #answerAll({ answers, changed, garbage }: Extract<FromWorker, { kind: 'answers' }>): void {
    const done = answers.flatMap((answer) => this.#answer(answer));
    this.#parts.onAnswers?.({ changed, done, garbage });
  }

  /** The operation, if it was carried out. */
  #answer(answer: Answer): readonly Request[] {
    const waiting = this.#handed.get(answer.id);
    this.#handed.delete(answer.id);
    if ('error' in answer) waiting?.reject(new StoreError(answer.error));
    else waiting?.resolve(answer.result);
    return waiting === undefined || 'error' in answer ? [] : [waiting.request];
  }

  /**
   * At the end of this turn of the event loop: what other sockets brought in the same turn goes along.
   * Without it an idle worker gets one operation and the nineteen that came with it wait for its sync.
   */
  #handOverSoon(): void {
    // oxlint-disable-next-line eslint/no-restricted-globals -- the order of turns, not time: no clock is asked
    setImmediate(() => {
      this.#handOver();
    });
  }

  #handOver(): void {
    if (this.#dead !== undefined) {
      this.#rejectAll(this.#dead);
      return;
    }
    if (this.#queue.length === 0) {
      if (this.#handed.size === 0) this.#idle?.();
      return;
    }
    if (this.#handed.size > 0) return;
    if (this.#worker === undefined) {
      this.#start().catch(() => undefined);
      return;
    }
    const batch = this.#queue.splice(0, MOST_HANDED);
    for (const waiting of batch) this.#handed.set(waiting.request.id, waiting);
    this.#worker.postMessage({ kind: 'run', requests: batch.map(({ request }) => request) } satisfies ToWorker);
  }

  /** What the worker had is rejected; what it had not been given waits for the next one, unless this one never worked. */
  #lost(worker: Worker, sentence: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#closed?.();
    this.#look?.(false);
    this.#look = undefined;
    if (this.#closing && this.#closed !== undefined) return;
    const error = new StoreError(sentence);
    this.#parts.onTrouble(sentence);
    for (const { reject } of this.#handed.values()) reject(error);
    this.#handed = new Map();
    if (!this.#proven) this.#dead = error;
    this.#handOver();
  }

  #rejectAll(error: StoreError): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const { reject } of queue) reject(error);
    this.#idle?.();
  }
}
