/** Floor 3: one attempt to hand a message on. */
export { openOutbound } from './open.ts';
export type { OutboundParts } from './open.ts';
export type * from './outbound.ts';
