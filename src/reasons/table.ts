/**
 * The phrases in the order in which they are looked for: what is special before what is general. A
 * text often names two things ("blocked: no PTR record", "rate limited due to low reputation"): the
 * cause stands before its effect.
 */
import { CONTENT, FORM, SUSPECT } from './phrases/message.ts';
import { LISTED, ORIGIN } from './phrases/origin.ts';
import type { Phrase } from './phrases/phrase.ts';
import { PROVIDERS } from './phrases/providers.ts';
import { FULL, RECIPIENT, RELAY, SENDER } from './phrases/recipient.ts';
import { ADMISSION, AMOUNTS, CONVERSATION, RIGHTS } from './phrases/session.ts';
import { PASSING, TROUBLE } from './phrases/trouble.ts';

export { VAGUE } from './phrases/trouble.ts';

export const TELLING: readonly Phrase[] = [
  ...PROVIDERS,
  ...PASSING,
  ...ADMISSION,
  ...ORIGIN,
  ...RIGHTS,
  ...AMOUNTS,
  ...LISTED,
  ...FULL,
  ...FORM,
  ...RELAY,
  ...CONVERSATION,
  ...SENDER,
  ...CONTENT,
  ...RECIPIENT,
  ...SUSPECT,
  ...TROUBLE,
];
