/**
 * Passwords: made into verifiers, and checked, by a worker that takes one at a time. Who waits for it stands in one of
 * two queues, so that those whom this host knows get through when strangers guess from everywhere. A queue that is
 * full lets nobody wait for minutes: the login is answered "busy" (454, -ERR [SYS/TEMP]).
 */
import { Worker } from 'node:worker_threads';
import type { PasswordAnswer, PasswordTask } from './password-worker.ts';

export interface Passwords {
  /** The argon2id verifier of a prepared password, in PHC form. */
  make(password: string): Promise<string>;
  /**
   * Whether it fits; 'busy' when too many wait already, 'unwanted' when its turn came and it wasn't wanted any more.
   * An undefined hash costs the same time and is false.
   */
  check(password: string, hash: string | undefined, turn?: Turn): Promise<boolean | 'busy' | 'unwanted'>;
  close(): Promise<void>;
}

/** How a check waits for its turn. */
export interface Turn {
  /** Before strangers. */
  readonly known?: boolean;
  /** Asked when its turn has come, which may be before the answer to the one before was heard: what costs so much is done only while it still matters. */
  readonly wanted?: () => boolean;
}

/** At 46 ms each the last in a queue waits about nine seconds: a hundred clients that come at once all get in. */
const LONGEST_QUEUE = 200;

/** One turn in so many is a stranger's, however many are known. */
const STRANGERS_TURN = 4;

/** What an unknown name's password is checked against: the same cost as ours, and no password is known to fit. */
export const DECOY = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

interface Waiting extends Turn {
  readonly task: PasswordTask;
  readonly resolve: (value: string | boolean) => void;
  readonly reject: (error: Error) => void;
}

export function openPasswords(longestQueue: number = LONGEST_QUEUE): Passwords {
  const known: Waiting[] = [];
  const strangers: Waiting[] = [];
  let asked: Waiting | undefined;
  let worker: Worker | undefined;
  let turns = 0;

  function next(): Waiting | undefined {
    turns++;
    const [first, second] = turns % STRANGERS_TURN === 0 ? [strangers, known] : [known, strangers];
    return first.shift() ?? second.shift();
  }

  /** Gives the worker something to do when it has nothing. */
  function go(): void {
    if (asked !== undefined) return;
    for (asked = next(); asked?.wanted?.() === false; asked = next()) asked.resolve('unwanted');
    if (asked === undefined) return;
    const to = (worker ??= started());
    to.ref();
    to.postMessage(asked.task);
  }

  /** Started with the first login, and again after it died: a host nobody logs in to needs none. */
  function started(): Worker {
    const fresh = new Worker(new URL('./password-worker.ts', import.meta.url));
    fresh.on('message', ({ value, problem }: PasswordAnswer) => {
      const answered = asked;
      asked = undefined;
      if (value === undefined) answered?.reject(new Error(problem ?? 'the password could not be hashed'));
      else answered?.resolve(value);
      go();
      if (asked === undefined) fresh.unref();
    });
    fresh.on('error', (error) => {
      worker = undefined;
      rejectAll(error as Error);
    });
    return fresh;
  }

  function rejectAll(error: Error): void {
    const all = [...(asked === undefined ? [] : [asked]), ...known.splice(0), ...strangers.splice(0)];
    asked = undefined;
    for (const one of all) one.reject(error);
  }

  function ask(task: PasswordTask, turn: Turn): Promise<string | boolean> {
    return new Promise((resolve, reject) => {
      (turn.known === true ? known : strangers).push({ ...turn, task, resolve, reject });
      go();
    });
  }

  function isFull(turn: Turn): boolean {
    const before = (turn.known === true ? known : strangers).length;
    return before + (asked === undefined ? 0 : 1) >= longestQueue;
  }

  return {
    make: async (password) => (await ask({ kind: 'make', password }, { known: true })) as string,
    async check(password, hash, turn = {}) {
      if (isFull(turn)) return 'busy';
      const fits = await ask({ kind: 'check', password, hash: hash ?? DECOY }, turn);
      return fits === 'unwanted' ? fits : fits === true && hash !== undefined;
    },
    async close() {
      await worker?.terminate();
      worker = undefined;
      rejectAll(new Error('the password checker was closed'));
    },
  };
}
