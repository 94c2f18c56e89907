/** What is being asked before something is done with messages. */
import { signal } from '@preact/signals';

export const asking = signal<'move' | 'destroy' | undefined>(undefined);
