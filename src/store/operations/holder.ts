/** A process identity as one text, so that rows can be found by who holds them. */
import type { ProcessIdentity } from '../../base/index.ts';

export function holderOf({ machine, boot, pid, start }: ProcessIdentity): string {
  return JSON.stringify({ machine, boot, pid, start });
}

export function processOf(holder: string): ProcessIdentity {
  return JSON.parse(holder) as ProcessIdentity;
}
