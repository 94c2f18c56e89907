/** What the rules of submission say, as the errors that RFC 8621 §7.5 has for it: our own sentence and rule stay. */
import { isTransient } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';
import { SetError } from '../errors.ts';
import type { SetErrorType } from '../errors.ts';

const OF_RULE: Readonly<Record<string, { readonly type: SetErrorType; readonly properties?: readonly string[] }>> = {
  'sender-not-yours': { type: 'forbiddenMailFrom' },
  'limit-messages': { type: 'forbiddenToSend' },
  'from-not-yours': { type: 'forbiddenFrom' },
  'author-field-twice': { type: 'invalidEmail', properties: ['from', 'sender'] },
  'author-unreadable': { type: 'invalidEmail', properties: ['from', 'sender'] },
  'header-too-big': { type: 'invalidEmail', properties: ['headers'] },
  'loop-hops': { type: 'invalidEmail', properties: ['headers'] },
  'loop-delivered-to': { type: 'invalidEmail', properties: ['headers'] },
  'email-gone': { type: 'invalidProperties', properties: ['emailId'] },
};

/** For a message as a whole. What nobody foresaw is for the server's log, and for trying again. */
export function errorOf(answer: Reply): SetError {
  const known = OF_RULE[answer.rule ?? ''];
  const type = known?.type ?? (isTransient(answer) ? 'rateLimit' : 'invalidEmail');
  return new SetError(type, wordsOf(answer), known?.properties === undefined ? {} : { properties: known.properties });
}

/** For recipients; where the limit of a day stands in the way it is none of theirs. */
export function recipientsError(
  refused: readonly { readonly email: string; readonly answer: Reply }[],
): SetError | undefined {
  if (refused.length === 0) return undefined;
  const limit = refused.find(({ answer }) => answer.rule === 'limit-new-recipients');
  const words = refused.map(({ email, answer }) => `${email}: ${wordsOf(answer)}`).join(' ');
  if (limit !== undefined) return new SetError('rateLimit', wordsOf(limit.answer));
  return new SetError('invalidRecipients', words, { invalidRecipients: refused.map(({ email }) => email) });
}

function wordsOf({ lines }: Reply): string {
  return `${lines.join(' ')}.`;
}
