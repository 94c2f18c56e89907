/**
 * Passwords: made into verifiers, and checked, by a worker with a short queue. When the queue is
 * full nobody waits for minutes: the login is answered "busy" (454, -ERR [SYS/TEMP]).
 */
import { Worker } from 'node:worker_threads';
import type { PasswordAnswer, PasswordQuestion, PasswordTask } from './password-worker.ts';

export interface Passwords {
  /** The argon2id verifier of a prepared password, in PHC form. */
  make(password: string): Promise<string>;
  /** Whether it fits; 'busy' when too many wait already. An undefined hash costs the same time and is false. */
  check(password: string, hash: string | undefined): Promise<boolean | 'busy'>;
  close(): Promise<void>;
}

/** At 46 ms each the last in the queue waits about nine seconds: a hundred clients that come at once all get in. */
const LONGEST_QUEUE = 200;

/** What an unknown name's password is checked against: the same cost as ours, and no password is known to fit. */
export const DECOY = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

interface Waiting {
  readonly resolve: (value: string | boolean) => void;
  readonly reject: (error: Error) => void;
}

export function openPasswords(longestQueue: number = LONGEST_QUEUE): Passwords {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let nextId = 0;

  /** Started with the first login, and again after it died: a host nobody logs in to needs none. */
  function started(): Worker {
    if (worker !== undefined) return worker;
    const fresh = new Worker(new URL('./password-worker.ts', import.meta.url));
    fresh.unref();
    fresh.on('message', (answer: PasswordAnswer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (waiting.size === 0) fresh.unref();
      if (answer.value === undefined) asked?.reject(new Error(answer.problem ?? 'the password could not be hashed'));
      else asked?.resolve(answer.value);
    });
    fresh.on('error', (error) => {
      worker = undefined;
      for (const asked of waiting.values()) asked.reject(error as Error);
      waiting.clear();
    });
    worker = fresh;
    return fresh;
  }

  function ask(task: PasswordTask): Promise<string | boolean> {
    return new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      const question: PasswordQuestion = { id, task };
      const to = started();
      to.ref();
      to.postMessage(question);
    });
  }

  return {
    make: async (password) => (await ask({ kind: 'make', password })) as string,
    async check(password, hash) {
      if (waiting.size >= longestQueue) return 'busy';
      const fits = await ask({ kind: 'check', password, hash: hash ?? DECOY });
      return fits === true && hash !== undefined;
    },
    async close() {
      await worker?.terminate();
      worker = undefined;
      for (const asked of waiting.values()) asked.reject(new Error('the password checker was closed'));
      waiting.clear();
    },
  };
}
