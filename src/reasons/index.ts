/** Floor 2: why mail was not taken, in words for people: codes, phrases and our own rules as reasons. */
export { explainReply, isReason, reasonOf } from './explain.ts';
export type { Refusal } from './explain.ts';
export { reasonInWords, SIDES } from './reason.ts';
export type { Reason, ReasonId, Side, Wait } from './reason.ts';
