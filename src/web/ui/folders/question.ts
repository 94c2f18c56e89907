/** What is being asked about a folder. */
import { signal } from '@preact/signals';
import type { Id } from '../jmap/types.ts';

export type Question =
  | { readonly kind: 'create'; readonly parent: Id | null }
  | { readonly kind: 'rename' | 'move' | 'remove' | 'empty' | 'read'; readonly folder: Id };

export const question = signal<Question | undefined>(undefined);
