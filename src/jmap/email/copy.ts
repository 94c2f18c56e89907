/**
 * Email/copy (RFC 8621 §4.7). A login reaches one account, so there is never another one to copy from; what is wrong
 * with the call is said all the same.
 */
import { flag, id, mapOf, nullable, object, optional, text } from '../arguments.ts';
import { MAIL } from '../capabilities.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { method } from '../method.ts';
import type { Method } from '../method.ts';

export const emailCopy: Method = method({
  name: 'Email/copy',
  capability: MAIL,
  takes: {
    fromAccountId: id,
    ifFromInState: nullable(text),
    ifInState: nullable(text),
    create: mapOf(id, object),
    onSuccessDestroyOriginal: optional(flag, false),
    destroyFromIfInState: nullable(text),
  },
  run({ fromAccountId }, { account }) {
    if (fromAccountId === account.id)
      return Promise.reject(invalidArguments('`fromAccountId` must be another account than `accountId`.'));
    return Promise.reject(new MethodError('fromAccountNotFound'));
  },
});
