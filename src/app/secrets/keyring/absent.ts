/** Why a keyring's program gave no answer, as a clause without its full stop. */
import type { Ended } from './run.ts';

export function whyNot(ended: Ended, program: string): string {
  if (ended.kind === 'no-program') return `the program ${program} is not installed`;
  if (ended.kind === 'slow') return 'nobody answered in time';
  const [first = ''] = ended.stderr.trim().split('\n');
  const words = first.replace(/^[\w.-]+: /u, '').replace(/\.$/u, '');
  return words === '' ? `${program} ended with ${ended.code}` : words;
}
