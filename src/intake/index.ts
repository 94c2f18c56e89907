/** Floor 5: the one door into the house. */
export { openIntake } from './accept.ts';
export type { Intake } from './accept.ts';
export type { Arrival, RoutedRecipient } from './arrival.ts';
export { openComposer } from './compose.ts';
export type { Composer } from './compose.ts';
export { openHeldMail } from './held.ts';
export type { HeldMail, HeldOutcome } from './held.ts';
export { append } from './append.ts';
export { lastReceived } from './arrived-at.ts';
export type { Appended } from './append.ts';
export type { AppendedEmail } from './passing.ts';
export { openCollected } from './collected.ts';
export { ImportedCopy } from './imported.ts';
export type { WholeMessage } from './imported.ts';
