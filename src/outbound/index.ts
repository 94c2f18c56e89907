/** Floor 3: one attempt to hand a message on. */
export type * from './outbound.ts';
