/** Messages of the open conversation that are unfolded: by their reader's own hand, or because they are new. */
import { signal } from '@preact/signals';
import type { Id } from '../jmap/types.ts';

export const unfolded = signal<ReadonlySet<Id>>(new Set());
