/** Floor 6: carries out what we owe: attempts, retries, reports. */
export { explainReason } from './reason.ts';
export { becauseOf, changeQueue, EVERY_STATE, reasonOfEntry, selectQueue, summariseQueue } from './operator.ts';
export type { OperatorAction, OperatorResult, OperatorSelection } from './operator.ts';
export { startRunner } from './runner.ts';
export type { QueueSettings, Runner } from './runner.ts';
export type { ReasonSummary } from './summary.ts';
export { takeBack } from './take-back.ts';
export type { TakeBackOrder, TakenBackRecipient } from './take-back.ts';
