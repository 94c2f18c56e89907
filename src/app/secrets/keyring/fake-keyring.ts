/** A keyring in the hands of a test: locked, gone or forgetful as it is told to be. */
import type { Keyring, Looked } from './keyring.ts';

export class FakeKeyring implements Keyring {
  readonly id = 'secret-service';
  readonly name = 'the keyring of this desktop';
  readonly kept = new Map<string, string>();
  /** What it says instead of what it has. */
  says: Extract<Looked, { kind: 'locked' | 'absent' }> | undefined;
  /** A person unlocks it when they are asked. */
  unlocksWhenAsked = false;
  /** Why it takes nothing. */
  refuses: string | undefined;
  asked = 0;

  async keep(key: string, mark: string): Promise<{ readonly reference: string } | { readonly why: string }> {
    if (this.refuses !== undefined) return { why: this.refuses };
    this.kept.set(mark, key);
    return { reference: mark };
  }

  async look(reference: string, ask?: AbortSignal): Promise<Looked> {
    if (ask !== undefined && this.says?.kind === 'locked') {
      this.asked++;
      if (this.unlocksWhenAsked) this.says = undefined;
    }
    if (this.says !== undefined) return this.says;
    const key = this.kept.get(reference);
    return key === undefined ? { kind: 'missing' } : { kind: 'found', key };
  }

  async forget(reference: string): Promise<void> {
    this.kept.delete(reference);
  }
}
