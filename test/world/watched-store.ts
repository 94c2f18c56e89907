/**
 * A store that can be asked whether it rests. Its work is done in other threads, which know nothing of a
 * clock in a test's hands: time may move on only when none of it is under way.
 *
 * Through `life` a program can be killed: from then on nothing it asks of the store happens, and
 * nothing answers.
 */
import { settle } from '../../src/base/testing.ts';
import type { AcceptParams, ContentWriter, Store } from '../../src/store/index.ts';

/** A wire lets the others have their turn after each 64 lines: time must not pass while thousands are on their way. */
const TURNS = 60;

export class Work {
  #underWay = 0;
  #rested: (() => void)[] = [];

  during<Result>(work: Promise<Result>): Promise<Result> {
    this.#underWay += 1;
    return work.finally(() => {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const wake of this.#rested.splice(0)) wake();
    });
  }

  /** Resolves when nothing is under way and everything that followed from it has run. */
  async rest(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet += 1) {
      await settle(TURNS);
      if (this.#underWay === 0) continue;
      quiet = -1;
      await new Promise<void>((resolve) => {
        this.#rested.push(resolve);
      });
    }
  }
}

/** One run of the program, which can be cut off from everything. */
export interface Life {
  readonly dead: boolean;
}

/** @param amend what is accepted instead of what the program wanted to accept */
export function watchedStore(
  store: Store,
  work: Work,
  life: Life,
  amend: (accepted: AcceptParams) => AcceptParams,
): Store {
  const unlessDead = <Result>(ask: () => Promise<Result>): Promise<Result> => {
    if (life.dead) return never();
    return work.during(ask()).then((result) => (life.dead ? never() : result));
  };
  return {
    write: (name, params) =>
      unlessDead(() =>
        store.write(name, name === 'accept' ? (amend(params as AcceptParams) as typeof params) : params),
      ),
    read: (name, params) => unlessDead(() => store.read(name, params)),
    content: {
      create: () => watchedWriter(store.content.create(), unlessDead),
      read: (ref, range) => watchedPieces(store.content.read(ref, range), unlessDead),
    },
    onChange: (listener) =>
      store.onChange((change) => {
        if (!life.dead) listener(change);
      }),
    close: () => store.close(),
  };
}

type Unless = <Result>(ask: () => Promise<Result>) => Promise<Result>;

function watchedWriter(writer: ContentWriter, unlessDead: Unless): ContentWriter {
  return {
    write: (piece) => unlessDead(async () => writer.write(piece)),
    finish: () => unlessDead(() => writer.finish()),
    abort: () => unlessDead(() => writer.abort()),
  };
}

async function* watchedPieces(pieces: AsyncIterable<Buffer>, unlessDead: Unless): AsyncGenerator<Buffer> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await unlessDead(() => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    const closed = Promise.resolve(iterator.return?.());
    await unlessDead(() => closed);
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
