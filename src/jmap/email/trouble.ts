/** Why the store does not change or take an email, as the SetErrors of RFC 8621 §4.6. */
import type { EmailTrouble } from '../../store/index.ts';
import { MAIL_LIMITS } from '../capabilities.ts';
import { invalidProperties, SetError } from '../errors.ts';

export function refusalOf(trouble: EmailTrouble): SetError {
  switch (trouble) {
    case 'missing':
      return new SetError('notFound');
    case 'no-mailbox':
      return invalidProperties(['mailboxIds'], 'There is no such mailbox.');
    case 'in-no-mailbox':
      return invalidProperties(['mailboxIds'], 'An email lies in one mailbox at least.');
    case 'too-many-keywords':
      return new SetError('tooManyKeywords', 'An email can not have so many keywords.');
    case 'too-many-mailboxes':
      return new SetError(
        'tooManyMailboxes',
        `An email can lie in ${MAIL_LIMITS.maxMailboxesPerEmail} mailboxes at most.`,
      );
  }
}
