/** All cases of JMAP. */
import { BLOBS } from './blobs.ts';
import type { JmapCase } from './client.ts';
import { DRAFT_ERRORS } from './draft-errors.ts';
import { DRAFTS } from './drafts.ts';
import { EMAILS_READ, TEXTS_READ } from './emails.ts';
import { EVENTS, WAITING } from './events.ts';
import { FIELDS_READ } from './fields.ts';
import { COPIES, IMPORTS, PARSES } from './filing.ts';
import { FILTERS } from './filters.ts';
import { IDENTITIES } from './identities.ts';
import { MAILBOX_QUERIES } from './mailbox-queries.ts';
import { MAILBOX_COUNTS, MAILBOXES } from './mailboxes.ts';
import { CHANGES, GET } from './objects.ts';
import { SORTS, WINDOWS } from './orders.ts';
import { PARTS_READ } from './parts.ts';
import { PUSHES } from './pushes.ts';
import { QUERY_CHANGES } from './query-changes.ts';
import { REFERENCES } from './references.ts';
import { REQUESTS } from './requests.ts';
import { SESSION } from './session.ts';
import { SET } from './sets.ts';
import { SNIPPETS } from './snippets.ts';
import { SUBMISSION_ERRORS, SUBMISSION_QUERIES } from './submission-errors.ts';
import { SUBMISSIONS } from './submissions.ts';
import { THREADS } from './threads.ts';
import { UPDATES } from './updates.ts';

export const JMAP_CASES: readonly JmapCase[] = [
  [SESSION, REQUESTS, REFERENCES, GET, CHANGES, SET],
  [MAILBOXES, MAILBOX_COUNTS, MAILBOX_QUERIES, THREADS],
  [EMAILS_READ, FIELDS_READ, PARTS_READ, TEXTS_READ],
  [FILTERS, SORTS, WINDOWS, QUERY_CHANGES, SNIPPETS],
  [DRAFTS, DRAFT_ERRORS, UPDATES, IMPORTS, PARSES, COPIES],
  [IDENTITIES, SUBMISSIONS, SUBMISSION_ERRORS, SUBMISSION_QUERIES],
  [BLOBS, EVENTS, PUSHES],
].flat(2);

/** Those that wait for a second to pass, and none minds what another does meanwhile. */
export const JMAP_WAITING_CASES: readonly JmapCase[] = WAITING;
