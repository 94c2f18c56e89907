/**
 * The key under which secrets are sealed that must be read again. It lies in the file secret.key, or in the keyring of
 * the desktop; then the file says where. It is moved from one to the other only when somebody wishes so, and taken
 * out of the old place only when it was read back from the new one: whenever the program dies, the file tells where
 * the key is. Another key is never made while there is one: what was sealed would be lost by it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openSeal } from '../../base/index.ts';
import type { Clock, Seal } from '../../base/index.ts';
import { TroubleError } from '../../collect/index.ts';
import { keyringOf } from './keyring/keyring.ts';
import type { Keyring, Looked } from './keyring/keyring.ts';
import { programRunner } from './keyring/run.ts';
import { makeSecretFile, readSecretFile, replaceSecretFile } from './secret-file.ts';

/** `auto`: a new key goes to the keyring where there is one, and an old one stays where it is. */
export type KeyringWish = 'auto' | 'on' | 'off';

/** Where the key is, for who asks how things are. */
export type KeyPlace =
  | { readonly place: 'none' | 'file' }
  | { readonly place: 'keyring'; readonly name: string; readonly state: Looked['kind'] };

export interface SecretKeyParts {
  /** Of the file. */
  readonly path: string;
  /** That of this system; undefined where it has none. */
  readonly keyring: Keyring | undefined;
}

/** That of a state directory, on this system. */
export function secretKeyOf({ clock }: { readonly clock: Clock }, stateDirectory: string): SecretKey {
  const keyring = keyringOf(process.platform, programRunner(clock));
  return new SecretKey({ path: join(stateDirectory, 'secret.key'), keyring });
}

const KEY_OCTETS = 32;
const IN_KEYRING = /^keyring (\S+) (\S+) (\S+)$/u;

/** What the file holds. `mark` tells a key by its digest, without giving anything of it away. */
type Held =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'keyring'; readonly id: string; readonly mark: string; readonly reference: string };

/** A key that the keyring has, and the line that says so. */
interface InKeyring {
  readonly line: string;
  readonly reference: string;
  readonly name: string;
}

export class SecretKey {
  readonly #parts: SecretKeyParts;
  #seal: Promise<Seal> | undefined;

  constructor(parts: SecretKeyParts) {
    this.#parts = parts;
  }

  /**
   * Makes the key in its file when there is none. Rejects with TroubleError while the keyring doesn't give it out, and
   * with a sentence when the file holds no key.
   * @param ask given: the person may be asked to unlock the keyring, until it is aborted
   */
  seal(ask?: AbortSignal): Promise<Seal> {
    this.#seal ??= this.#open(ask).catch((error: unknown) => {
      this.#seal = undefined;
      throw error;
    });
    return this.#seal;
  }

  async place(): Promise<KeyPlace> {
    const held = await this.#held();
    if (held.kind === 'nothing') return { place: 'none' };
    if (held.kind === 'key') return { place: 'file' };
    const { kind: state } = await this.#look(held);
    return { place: 'keyring', name: this.#nameOf(held.id), state };
  }

  /**
   * Puts the key where it is wished to be, making it if there is none. Never loses it: what can't be done is told, and
   * the key stays where it was.
   * @returns sentences about what was done, or could not be
   */
  async settle(wish: KeyringWish): Promise<readonly string[]> {
    const held = await this.#held();
    if (held.kind === 'keyring') return wish === 'off' ? await this.#moveToFile(held) : [];
    if (wish === 'off' || (wish === 'auto' && held.kind === 'key')) return [];
    const key = held.kind === 'key' ? held.key : newKey();
    const kept = await this.#keepInKeyring(key);
    if ('why' in kept) return wish === 'on' || held.kind === 'nothing' ? [staysInFile(this.#parts, kept.why)] : [];
    if (held.kind === 'key') return [await this.#point(kept, key)];
    if ((await makeSecretFile(this.#parts.path, kept.line)) !== kept.line) {
      // Another process was first: the key that it made holds.
      await this.#parts.keyring?.forget(kept.reference);
    }
    return [];
  }

  /** From now on the file only says where the key is. Whoever moved it back in this moment had it taken out of there. */
  async #point({ line, reference, name }: InKeyring, key: string): Promise<string> {
    const { path, keyring } = this.#parts;
    await replaceSecretFile(path, line);
    if ((await keyring?.look(reference))?.kind === 'found')
      return `The key to the passwords of your providers lies in ${name} now.`;
    await replaceSecretFile(path, key);
    return staysInFile(this.#parts, 'it was taken out again at once');
  }

  async #open(ask: AbortSignal | undefined): Promise<Seal> {
    const held = await this.#held();
    if (held.kind === 'keyring') return openSeal(octetsOf(await this.#keyFrom(held, ask)));
    const key = held.kind === 'key' ? held.key : await makeSecretFile(this.#parts.path, newKey());
    // Another process may have put it into the keyring in this moment.
    return isKey(key) ? openSeal(octetsOf(key)) : await this.#open(ask);
  }

  async #held(): Promise<Held> {
    const { path } = this.#parts;
    const text = await readSecretFile(path);
    if (text === undefined) return { kind: 'nothing' };
    const [, id, mark, reference] = IN_KEYRING.exec(text) ?? [];
    if (id !== undefined && mark !== undefined && reference !== undefined)
      return { kind: 'keyring', id, mark, reference };
    if (isKey(text)) return { kind: 'key', key: text };
    throw new Error(
      `${path} is no key. Restore it from a backup; or remove it, and enter the passwords of your providers again.`,
    );
  }

  async #look({ id, mark, reference }: Extract<Held, { kind: 'keyring' }>, ask?: AbortSignal): Promise<Looked> {
    const { keyring } = this.#parts;
    if (keyring === undefined || keyring.id !== id) return { kind: 'absent', why: 'this system has no such keyring' };
    const looked = await keyring.look(reference, ask);
    // Another key under that name opens nothing of ours.
    return looked.kind === 'found' && !(isKey(looked.key) && markOf(looked.key) === mark)
      ? { kind: 'missing' }
      : looked;
  }

  async #keyFrom(held: Extract<Held, { kind: 'keyring' }>, ask: AbortSignal | undefined): Promise<string> {
    const looked = await this.#look(held, ask);
    if (looked.kind === 'found') return looked.key;
    throw new TroubleError(troubleOf(looked, this.#nameOf(held.id), this.#parts.path));
  }

  /** Read back from there, or it is not kept. */
  async #keepInKeyring(key: string): Promise<InKeyring | { readonly why: string }> {
    const { keyring } = this.#parts;
    if (keyring === undefined) return { why: 'this system has none that is known here' };
    const mark = markOf(key);
    const kept = await keyring.keep(key, mark);
    if ('why' in kept) return kept;
    const back = await keyring.look(kept.reference);
    if (back.kind !== 'found' || back.key !== key) return { why: 'what was put in did not come out again' };
    const { reference } = kept;
    return { line: `keyring ${keyring.id} ${mark} ${reference}`, reference, name: keyring.name };
  }

  async #moveToFile(held: Extract<Held, { kind: 'keyring' }>): Promise<readonly string[]> {
    const { path, keyring } = this.#parts;
    const looked = await this.#look(held, new AbortController().signal);
    const name = this.#nameOf(held.id);
    if (looked.kind !== 'found') {
      const { what, you } = troubleOf(looked, name, path);
      return [`The key stays in ${name}: it can’t be moved to a file now. ${what} ${you}`];
    }
    await replaceSecretFile(path, looked.key);
    if ((await readSecretFile(path)) === looked.key) await keyring?.forget(held.reference);
    return [`The key to the passwords of your providers lies in ${path} now.`];
  }

  #nameOf(id: string): string {
    const { keyring } = this.#parts;
    return keyring?.id === id ? keyring.name : 'the keyring of another system';
  }
}

function newKey(): string {
  return randomBytes(KEY_OCTETS).toString('base64url');
}

function octetsOf(key: string): Buffer {
  return Buffer.from(key, 'base64url');
}

function isKey(text: string): boolean {
  return /^[\w-]+$/u.test(text) && octetsOf(text).length === KEY_OCTETS;
}

function markOf(key: string): string {
  return createHash('sha256').update(`posthorn key ${key}`).digest('hex').slice(0, 32);
}

function staysInFile({ path }: SecretKeyParts, why: string): string {
  return `The key to the passwords of your providers lies in the file ${path}, because no keyring takes it: ${why}.`;
}

function troubleOf(
  looked: Exclude<Looked, { kind: 'found' }>,
  name: string,
  path: string,
): ConstructorParameters<typeof TroubleError>[0] {
  const why = `The key to your passwords lies in ${name}`;
  const shared = { kind: 'keyring', next: 'again' } as const;
  switch (looked.kind) {
    case 'locked':
      return {
        ...shared,
        what: 'The keyring is locked.',
        why: `${why}, which gives it out only when you have unlocked it.`,
        you: 'Unlock it: log in to your desktop, or open its program for passwords and keys. It goes on by itself then.',
      };
    case 'absent':
      return {
        ...shared,
        what: 'The keyring does not answer.',
        why: `${why}, and ${looked.why}.`,
        you: 'Start the mail program in your desktop’s session, where the keyring runs. It is tried again by itself.',
      };
    case 'missing':
      return {
        ...shared,
        what: 'The key is not in the keyring.',
        why: `${why}, and it is not there any more; or this is another user or computer.`,
        you: `If it is gone for good, stop the mail program, remove ${path}, start it again, and enter the passwords of your providers again. Your mail is not sealed with it.`,
      };
  }
}
