/** Floor 5: carries out what we owe: attempts, retries, reports. */
export { changeQueue, EVERY_STATE, selectQueue } from './operator.ts';
export type { OperatorAction, OperatorResult, OperatorSelection } from './operator.ts';
export { startRunner } from './runner.ts';
export type { QueueSettings, Runner } from './runner.ts';
