/** Floor 6: the policy of each listener. */
export { attack } from './attack.ts';
export type { Target, TrickResult } from './attack.ts';
export { Sending } from './limits.ts';
export type { SendingLimits } from './limits.ts';
export { pop3Policy } from './pop3-policy.ts';
export { Refusals } from './refusals.ts';
export { explainRelay } from './explain.ts';
export type { RelayExplanation, RelayScenario } from './explain.ts';
export type { RelaySettings } from './relay.ts';
export { Suppressed } from './suppressed.ts';
export { smtpPolicy } from './smtp-policy.ts';
export { openTransaction, Transaction } from './transaction.ts';
export type { TransactionParts } from './transaction.ts';
