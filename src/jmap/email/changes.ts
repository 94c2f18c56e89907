/** Email/changes (RFC 8621 §4.3). */
import { MAIL } from '../capabilities.ts';
import { changesMethod } from '../frames/changes.ts';
import type { Method } from '../method.ts';
import type { EmailParts } from './parts.ts';

export function emailChanges({ store }: EmailParts): Method {
  return changesMethod({
    type: 'Email',
    capability: MAIL,
    store,
    changes: (since) => store.read('emailChanges', since),
    format: (id: string) => id,
  });
}
