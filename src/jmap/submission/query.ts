/** EmailSubmission/query and /queryChanges (RFC 8621 §7.3, §7.4). */
import type { Store, SubmissionConditions, SubmissionFilter, SubmissionOrder } from '../../store/index.ts';
import { id, listOf, nullable, oneOf } from '../arguments.ts';
import type { Kind } from '../arguments.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { sinceIn } from '../frames/changes.ts';
import { readFilter, readSort } from '../frames/filter.ts';
import type { Comparator, Filter } from '../frames/filter.ts';
import { windowOf } from '../frames/query.ts';
import type { Asked, QueryChanges, QueryType } from '../frames/query.ts';
import type { JsonObject } from '../json.ts';
import { formatState, mailState, readMailState } from '../state.ts';
import { SUBMISSION } from './capability.ts';

interface Wish {
  readonly filter: SubmissionConditions | undefined;
  readonly sort: readonly SubmissionOrder[];
}

type Shape = Record<never, never>;

/** Submissions that are looked through: what was sent in the time that is kept. */
const MOST = 100_000;
/** Changes after which it is cheaper to ask anew. */
const MOST_CHANGES = 1_000;
/** Ids in one condition: engines bound the values of a statement. */
const MOST_IDS = 100;

export function submissionQuery(store: Store): QueryType<Wish, Shape> {
  const idsOf = ({ account, filter: { filter, sort } }: Asked<Wish, Shape>): Promise<readonly string[]> =>
    store.read('querySubmissions', { account, sort, limit: MOST, ...(filter === undefined ? {} : { filter }) });
  return {
    type: 'EmailSubmission',
    capability: SUBMISSION,
    takes: {},
    read(filter, sort) {
      const read = readFilter(filter, readCondition);
      const order = readSort(sort, { properties: ['emailId', 'threadId', 'sentAt', 'sendAt'], collations: [] });
      return {
        filter: read === null ? undefined : conditionsOf(read),
        sort: order.map(orderOf),
      };
    },
    async results(asked, window) {
      const queryState = await mailState(store, asked.account, 'submission');
      return { queryState, canCalculateChanges: true, ...windowOf(await idsOf(asked), window) };
    },
    async changes(asked, { queryState, calculateTotal }) {
      const now = await readMailState(store, asked.account, 'submission');
      const since = sinceIn(now, queryState);
      const changes = await store.read('submissionChanges', { account: asked.account, since, limit: MOST_CHANGES });
      if (changes === undefined || changes.more) return undefined;
      const ids = await idsOf(asked);
      const { created, updated, destroyed } = changes;
      return {
        newQueryState: formatState({ ...now, modseq: changes.upTo }),
        ...changesIn(ids, { created, changed: [...updated, ...destroyed] }),
        ...(calculateTotal ? { total: ids.length } : {}),
      };
    },
  };
}

/** RFC 8620 §5.6: what changed may have moved, so it is removed and, where it still matches, put back. */
function changesIn(
  ids: readonly string[],
  { created, changed }: { readonly created: readonly string[]; readonly changed: readonly string[] },
): Pick<QueryChanges, 'removed' | 'added'> {
  const moved = new Set([...created, ...changed]);
  return { removed: changed, added: ids.flatMap((id, index) => (moved.has(id) ? [{ id, index }] : [])) };
}

/** RFC 8621 §7.3 says sentAt, and calls the property sendAt: programs say either. */
function orderOf({ property, isAscending }: Comparator): SubmissionOrder {
  return { property: property === 'sendAt' ? 'sentAt' : (property as SubmissionOrder['property']), isAscending };
}

function conditionsOf(filter: Filter<SubmissionFilter>): SubmissionConditions {
  if ('condition' in filter) return filter.condition;
  return { operator: filter.operator, conditions: filter.conditions.map(conditionsOf) };
}

const utcTime: Kind<number> = {
  is: 'a UTCDate, as 2030-12-24T18:00:00Z',
  read(value) {
    const whole = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(value);
    const time = whole ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? undefined : time;
  },
};

const CONDITIONS: Readonly<Record<string, { readonly as: keyof SubmissionFilter; readonly kind: Kind<unknown> }>> = {
  identityIds: { as: 'identities', kind: nullable(listOf(id)) },
  emailIds: { as: 'emails', kind: nullable(listOf(id)) },
  threadIds: { as: 'threads', kind: nullable(listOf(id)) },
  undoStatus: { as: 'undoStatus', kind: nullable(oneOf('pending', 'final', 'canceled')) },
  before: { as: 'before', kind: nullable(utcTime) },
  after: { as: 'after', kind: nullable(utcTime) },
};

function readCondition(condition: JsonObject): SubmissionFilter {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(condition)) {
    const known = Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name] : undefined;
    if (known === undefined)
      throw new MethodError('unsupportedFilter', `Submissions can't be filtered by ${JSON.stringify(name)}.`);
    const one = known.kind.read(value);
    if (one === undefined) throw invalidArguments(`The filter's \`${name}\` must be ${known.kind.is}.`);
    if (Array.isArray(one) && one.length > MOST_IDS)
      throw new MethodError('unsupportedFilter', `A condition may have ${MOST_IDS} ids.`);
    if (one !== null) read[known.as] = one;
  }
  return read;
}
