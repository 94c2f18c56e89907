/** What lies over the page: one at a time. */
import { signal } from '@preact/signals';

export const overlay = signal<'palette' | 'keys' | undefined>(undefined);

/** The folders, where there is no room for them beside the list. */
export const drawer = signal(false);
