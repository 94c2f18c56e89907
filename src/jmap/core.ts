/** What belongs to no data type: Core/echo (RFC 8620 §4) and Blob/copy (§6.3). */
import { id, listOf } from './arguments.ts';
import { openBlob } from './blobs.ts';
import type { BlobSource } from './blobs.ts';
import { CORE } from './capabilities.ts';
import { MethodError, SetError } from './errors.ts';
import { LIMITS } from './limits.ts';
import { method, objectOrNull } from './method.ts';
import type { Method } from './method.ts';

const echo: Method = {
  name: 'Core/echo',
  capability: CORE,
  run: (args) => Promise.resolve(args),
};

/** A login has one account: from there to there, a blob is its own copy. */
function blobCopy(blobs: ReadonlyMap<string, BlobSource>): Method {
  return method({
    name: 'Blob/copy',
    capability: CORE,
    takes: { fromAccountId: id, blobIds: listOf(id) },
    async run({ fromAccountId, blobIds }, { account }) {
      if (fromAccountId !== account.id) throw new MethodError('fromAccountNotFound');
      if (blobIds.length > LIMITS.maxObjectsInSet) throw new MethodError('requestTooLarge');
      const copied = new Map<string, string>();
      const notCopied = new Map<string, SetError>();
      for (const blobId of blobIds) {
        if ((await openBlob(blobs, account.id, blobId)) === undefined) notCopied.set(blobId, new SetError('notFound'));
        else copied.set(blobId, blobId);
      }
      return {
        fromAccountId,
        accountId: account.id,
        copied: objectOrNull(copied),
        notCopied: objectOrNull(notCopied),
      };
    },
  });
}

export function coreMethods(blobs: ReadonlyMap<string, BlobSource>): readonly Method[] {
  return [echo, blobCopy(blobs)];
}
