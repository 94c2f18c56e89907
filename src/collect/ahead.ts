/**
 * How far a visit goes ahead of the server's answers: where it reads commands that were sent together (PIPELINING,
 * RFC 2449 §6.6), the next messages are asked for while the first is still on its way. So a line with a long delay costs
 * it once for many messages. What is under way is bounded in number and octets.
 */

/** Messages that are asked for and not on our disk yet. */
const MOST = 16;
/** Their octets, as listed: a fast line with a delay of 100 ms holds as many. One that is larger goes alone. */
const MOST_OCTETS = 256_000;

interface UnderWay {
  readonly octets: number;
  readonly done: Promise<void>;
}

export class Ahead {
  readonly #mayPipeline: boolean;
  #underWay: UnderWay[] = [];
  /** What nobody waits for before the end. */
  readonly #beside = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(mayPipeline: boolean) {
    this.#mayPipeline = mayPipeline;
  }

  /** Resolves when the next may begin. Rejects with what the first that failed rejected with. */
  async begin(octets: number, work: () => Promise<void>): Promise<void> {
    while (!this.#fits(octets)) await this.#first();
    this.#throwFailure();
    const done = this.#watched(work());
    this.#underWay.push({ octets, done });
    if (!this.#mayPipeline) await this.#first();
  }

  /** Goes on beside the others where it may; else resolves when it is ended. */
  async beside(work: () => Promise<void>): Promise<void> {
    if (!this.#mayPipeline) return await work();
    const ended = this.#watched(work());
    this.#beside.add(ended);
    void ended.then(() => this.#beside.delete(ended));
  }

  /** Resolves when all is ended. */
  async end(): Promise<void> {
    await this.settled();
    this.#throwFailure();
  }

  /** Resolves when nothing is under way any more, whatever came of it. */
  async settled(): Promise<void> {
    while (this.#underWay.length + this.#beside.size > 0) {
      const all = [...this.#underWay.map(({ done }) => done), ...this.#beside];
      this.#underWay = [];
      await Promise.all(all);
    }
  }

  #fits(octets: number): boolean {
    const sum = this.#underWay.reduce((before, one) => before + one.octets, octets);
    return this.#underWay.length === 0 || (this.#underWay.length < MOST && sum <= MOST_OCTETS);
  }

  async #first(): Promise<void> {
    await this.#underWay.shift()?.done;
    this.#throwFailure();
  }

  /** Never rejects: the first failure is kept for whoever waits next. */
  async #watched(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
