/**
 * Makes and checks argon2id hashes off the main thread and off libuv's pool, where they would hold
 * up file syncs and name look-ups (measured: 1 ms becomes 450 ms). One at a time, in order.
 */
import { argon2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 46 ms here. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_OCTETS = 16;
const HASH_OCTETS = 32;

export type PasswordTask =
  | { readonly kind: 'make'; readonly password: string }
  | { readonly kind: 'check'; readonly password: string; readonly hash: string };

export interface PasswordAnswer {
  /** The hash made, or whether the password fits; undefined with a problem. */
  readonly value?: string | boolean;
  readonly problem?: string;
}

parentPort?.on('message', (task: PasswordTask) => {
  parentPort?.postMessage(answer(task));
});

function answer(task: PasswordTask): PasswordAnswer {
  try {
    return { value: task.kind === 'make' ? makeHash(task.password) : checkHash(task.password, task.hash) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'the password could not be hashed' };
  }
}

/** The PHC string form, "$argon2id$v=19$m=19456,t=2,p=1$salt$hash". */
export function makeHash(password: string): string {
  const salt = randomBytes(SALT_OCTETS);
  const hash = derive(password, salt, COST, HASH_OCTETS);
  const cost = `m=${COST.memory},t=${COST.passes},p=${COST.parallelism}`;
  return `$argon2id$v=19$${cost}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** Throws on a text that is no argon2id hash: then the store holds something that is not ours. */
export function checkHash(password: string, text: string): boolean {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text);
  if (found === null) throw new Error('the stored password verifier is not an argon2id hash');
  const [, memory, passes, parallelism, salt, hash] = found as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const expected = Buffer.from(hash, 'base64');
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return timingSafeEqual(derive(password, Buffer.from(salt, 'base64'), cost, expected.length), expected);
}

interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

function derive(password: string, salt: Buffer, cost: Cost, length: number): Buffer {
  return argon2Sync('argon2id', {
    message: Buffer.from(password, 'utf8'),
    nonce: salt,
    memory: cost.memory,
    passes: cost.passes,
    parallelism: cost.parallelism,
    tagLength: length,
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
