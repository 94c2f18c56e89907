/** All cases of JMAP. */
import type { JmapCase } from './client.ts';
import { MAILBOX_COUNTS, MAILBOX_QUERIES, MAILBOXES } from './mailboxes.ts';
import { CHANGES, GET, SET } from './objects.ts';
import { REFERENCES, REQUESTS } from './requests.ts';
import { SESSION } from './session.ts';

export const JMAP_CASES: readonly JmapCase[] = [
  ...SESSION,
  ...REQUESTS,
  ...REFERENCES,
  ...GET,
  ...CHANGES,
  ...SET,
  ...MAILBOXES,
  ...MAILBOX_COUNTS,
  ...MAILBOX_QUERIES,
];
