/** EmailSubmission/get, /changes, /query, /queryChanges and /set (RFC 8621 §7). */
import type { SubmissionRow, Store } from '../../store/index.ts';
import { changesMethod } from '../frames/changes.ts';
import { getMethod } from '../frames/get.ts';
import { queryMethods } from '../frames/query.ts';
import { setMethod } from '../frames/set.ts';
import type { Method, Properties } from '../method.ts';
import { mailState } from '../state.ts';
import { SUBMISSION } from './capability.ts';
import { utcDate } from './dates.ts';
import { submissionQuery } from './query.ts';
import { standsOf, statusOf } from './recipients.ts';
import { submissionSet } from './set.ts';
import type { SendingParts } from './submit.ts';

const PROPERTIES: readonly string[] = [
  'id',
  'identityId',
  'emailId',
  'threadId',
  'envelope',
  'sendAt',
  'undoStatus',
  'deliveryStatus',
  'dsnBlobIds',
  'mdnBlobIds',
];

export function submissionMethods(parts: SendingParts): readonly Method[] {
  const { store } = parts;
  return [
    getMethod({
      type: 'EmailSubmission',
      capability: SUBMISSION,
      properties: PROPERTIES,
      takes: {},
      async find({ account, ids, properties }) {
        const state = await mailState(store, account, 'submission');
        const wanted = ids ?? (await store.read('querySubmissions', { account, sort: [], limit: MOST_LISTED }));
        const rows = await store.read('submissions', { account, ids: wanted });
        const list: (Properties & { readonly id: string })[] = [];
        for (const row of rows) list.push(await submissionOf(store, row, properties));
        return { state, list };
      },
    }),
    changesMethod({
      type: 'EmailSubmission',
      capability: SUBMISSION,
      store,
      changes: (since) => store.read('submissionChanges', since),
      format: (id: string) => id,
    }),
    ...queryMethods(submissionQuery(store)),
    setMethod(submissionSet(parts)),
  ];
}

/** One more than the frame gives: it says then that there are too many. */
const MOST_LISTED = 501;

async function submissionOf(
  store: Store,
  row: SubmissionRow,
  properties: ReadonlySet<string>,
): Promise<Properties & { readonly id: string }> {
  const { id, identity, email, thread, undoStatus, reports } = row;
  const blobs = (kind: 'delivery' | 'disposition'): readonly string[] =>
    reports.flatMap((report) => (report.kind === kind ? [`e-${report.email}`] : []));
  return {
    id,
    identityId: identity,
    emailId: email,
    threadId: thread,
    envelope: JSON.parse(row.envelope) as unknown,
    sendAt: utcDate(row.sendAt),
    undoStatus,
    ...(properties.has('deliveryStatus') ? { deliveryStatus: await deliveryStatusOf(store, row) } : {}),
    dsnBlobIds: blobs('delivery'),
    mdnBlobIds: blobs('disposition'),
  };
}

async function deliveryStatusOf(store: Store, row: SubmissionRow): Promise<Properties> {
  const deliveries = await store.read('deliveries', { message: row.id });
  return Object.fromEntries(standsOf(row, deliveries).map((stand) => [stand.email, statusOf(stand)]));
}
