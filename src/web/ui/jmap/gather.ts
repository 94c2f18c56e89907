/** Which emails a change of rows is about: those of the rows' conversations, or everything that a query finds. */
import { ref } from './api.ts';
import type { Mail } from './mail.ts';
import { slices } from './mail.ts';
import type { Course } from './mail.ts';
import type { Standing } from './patch.ts';
import type { Email, Filter, GetResult, Id, QueryResult, Thread } from './types.ts';

const STANDING = ['id', 'threadId', 'mailboxIds', 'keywords'] as const;

/** Threads in one request: each may have many emails, and one get takes only so many. */
const THREADS = 50;

/**
 * The emails that rows stand for. With `mailbox`, each row is a conversation, and those of its emails count that lie in
 * that mailbox; without, each row is itself.
 */
export async function standingOfRows(
  mail: Mail,
  ids: readonly Id[],
  mailbox: Id | undefined,
): Promise<readonly Standing[]> {
  const rows = await standing(mail, ids);
  if (mailbox === undefined) return rows;
  const threads = await threadsOf(mail, [...new Set(rows.map(({ threadId }) => threadId))]);
  const all = await standing(mail, [...new Set([...ids, ...threads.flatMap(({ emailIds }) => emailIds)])]);
  return all.filter((email) => email.mailboxIds[mailbox] === true);
}

/** Everything that a filter finds, in slices; `onProgress` says how many are found so far. */
export async function standingOfAll(
  mail: Mail,
  filter: Filter | undefined,
  course: Course,
): Promise<readonly Standing[]> {
  const found = new Map<Id, Standing>();
  const limit = mail.api.limits.inGet;
  for (let position = 0; course.isStopped?.() !== true;) {
    const [query, get] = (await mail.api.group([
      [
        'Email/query',
        {
          ...(filter === undefined ? {} : { filter }),
          sort: [{ property: 'receivedAt', isAscending: true }],
          position,
          limit,
        },
        'q',
      ],
      ['Email/get', { '#ids': ref('q', 'Email/query', '/ids'), properties: STANDING }, 'g'],
    ])) as unknown as readonly [QueryResult, GetResult<Email>];
    for (const email of get.list) found.set(email.id, email);
    course.onProgress?.(found.size);
    if (query.ids.length === 0) break;
    position += query.ids.length;
  }
  return [...found.values()];
}

async function standing(mail: Mail, ids: readonly Id[]): Promise<readonly Email[]> {
  const loaded = ids.map((id) => mail.records.email(id).peek());
  const missing = ids.filter((_, n) => loaded[n] === undefined);
  const gets = slices(missing, mail.api.limits.inGet).map((slice) =>
    mail.api.call<GetResult<Email>>('Email/get', { ids: slice, properties: STANDING }),
  );
  const fetched = (await Promise.all(gets)).flatMap(({ list }) => list);
  return [...loaded.flatMap((email) => email ?? []), ...fetched];
}

async function threadsOf(mail: Mail, ids: readonly Id[]): Promise<readonly Thread[]> {
  const loaded = ids.map((id) => mail.records.thread(id).peek());
  const missing = ids.filter((_, n) => loaded[n] === undefined);
  const gets = slices(missing, THREADS).map((slice) => mail.api.call<GetResult<Thread>>('Thread/get', { ids: slice }));
  return [...loaded.flatMap((thread) => thread ?? []), ...(await Promise.all(gets)).flatMap(({ list }) => list)];
}
