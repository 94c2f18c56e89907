/** What the composers of an open mailbox share. */
import { effect } from '@preact/signals';
import { Correspondents } from './correspondents.ts';
import { Identities } from './identities.ts';
import { theDesk } from '../shell/app.ts';
import type { Desk } from '../shell/desk.ts';

export interface Writers {
  readonly identities: Identities;
  readonly people: Correspondents;
}

const known = new WeakMap<Desk, Writers>();

export function writers(desk: Desk = theDesk()): Writers {
  const found = known.get(desk);
  if (found !== undefined) return found;
  const made = { identities: new Identities(desk.api), people: new Correspondents(desk.api) };
  known.set(desk, made);
  effect(() => {
    if (desk.pulse.value >= 0) made.identities.mayHaveChanged();
  });
  return made;
}
