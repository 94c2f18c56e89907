/**
 * Linux and its relatives: the Secret Service of the desktop (GNOME Keyring, KWallet, KeePassXC), by way of
 * `secret-tool` of libsecret. It takes secrets on standard input, and gives them out on standard output.
 */
import { whyNot } from './absent.ts';
import type { Keyring, Looked } from './keyring.ts';
import type { Ended, RunProgram } from './run.ts';

const PROGRAM = 'secret-tool';
/** For a person to find and type the password of their keyring. */
const PATIENCE = 180_000;

export function secretService(run: RunProgram): Keyring {
  const attributes = (mark: string): readonly string[] => ['application', 'posthorn', 'key', mark];
  return {
    id: 'secret-service',
    name: 'the keyring of this desktop',
    async keep(key, mark) {
      const label = '--label=Posthorn: the key to the passwords of your mail providers';
      const ended = await run(PROGRAM, ['store', label, ...attributes(mark)], { input: key, longest: PATIENCE });
      return isDone(ended) ? { reference: mark } : { why: whyNot(ended, PROGRAM) };
    },
    async look(reference, ask) {
      // Looks without asking anybody; only `lookup` has the desktop ask for the password of a locked keyring.
      const found = looked(await run(PROGRAM, ['search', '--all', ...attributes(reference)]));
      if (found.kind !== 'locked' || ask === undefined) return found;
      const asked = await run(PROGRAM, ['lookup', ...attributes(reference)], { longest: PATIENCE, signal: ask });
      return isDone(asked) && asked.stdout !== '' ? { kind: 'found', key: asked.stdout.trim() } : found;
    },
    async forget(reference) {
      await run(PROGRAM, ['clear', ...attributes(reference)]);
    },
  };
}

/** A locked keyring says what is in it, and not the secret. */
function looked(ended: Ended): Looked {
  if (ended.kind !== 'ended' || ended.code !== 0) return { kind: 'absent', why: whyNot(ended, PROGRAM) };
  const key = /^secret = (\S+)$/mu.exec(ended.stdout)?.[1];
  if (key !== undefined) return { kind: 'found', key };
  return ended.stdout.trim() === '' ? { kind: 'missing' } : { kind: 'locked' };
}

function isDone(ended: Ended): ended is Extract<Ended, { readonly kind: 'ended' }> {
  return ended.kind === 'ended' && ended.code === 0;
}
