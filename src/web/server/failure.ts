/** A request that could not be carried out: the log says why, the answer says that it is there. */
import type { Context } from 'hono';
import { describeError } from '../../base/index.ts';
import type { Logger } from '../../base/index.ts';

/** Somebody who went away before the request was whole is no fault of ours. */
export function logFailure(log: Logger, c: Context, error: Error): void {
  const gone = c.req.raw.signal.aborted || (error as NodeJS.ErrnoException).code === 'ECONNRESET';
  // What stands further behind may be the name of a file that somebody sent.
  const path = c.req.path.split('/', 3).join('/');
  const fields = { method: c.req.method, path, cause: describeError(error) };
  if (gone) log.debug('A client went away in the middle of its request', fields);
  else log.error('A request to the web interface failed', fields);
}
