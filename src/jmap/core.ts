/** What belongs to no data type: Core/echo (RFC 8620 §4) and Blob/copy (§6.3). */
import { id, listOf } from './arguments.ts';
import { CORE } from './capabilities.ts';
import { invalidArguments, MethodError } from './errors.ts';
import { method } from './method.ts';
import type { Method } from './method.ts';

const echo: Method = {
  name: 'Core/echo',
  capability: CORE,
  run: (args) => Promise.resolve(args),
};

/** A login reaches one account, so there is never another one to copy from; what is wrong is said all the same. */
const blobCopy: Method = method({
  name: 'Blob/copy',
  capability: CORE,
  takes: { fromAccountId: id, blobIds: listOf(id) },
  run({ fromAccountId }, { account }) {
    if (fromAccountId === account.id)
      return Promise.reject(invalidArguments('`fromAccountId` must be another account than `accountId`.'));
    return Promise.reject(new MethodError('fromAccountNotFound'));
  },
});

export const CORE_METHODS: readonly Method[] = [echo, blobCopy];
