import { signal } from '@preact/signals';

/** Messages that wait to be sent; shown beside the Outbox. */
export const waiting = signal(0);
