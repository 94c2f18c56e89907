/**
 * A make-believe JMAP server for tests: one account in memory, with states, changes and query windows as RFC 8620 has
 * them. Filters: inMailbox, hasKeyword, notKeyword, hasAttachment, text, AND, OR, NOT.
 */
import type { Args, Comparator, Filter, FullEmail, Id, Invocation, Mailbox, Session } from './types.ts';

type Kind = 'Email' | 'Mailbox' | 'Thread';

interface Note {
  readonly at: number;
  readonly kind: Kind;
  readonly id: Id;
  readonly what: 'created' | 'updated' | 'destroyed';
}

type Problem = { readonly error: string };

const RIGHTS = { mayReadItems: true, mayRename: true, mayDelete: true, mayAddItems: true, mayRemoveItems: true };

export class FakeServer {
  readonly session: Session = {
    username: 'anna@a.test',
    apiUrl: '/jmap/api',
    downloadUrl: '/jmap/download/{accountId}/{blobId}/{name}?type={type}',
    uploadUrl: '/jmap/upload/{accountId}/',
    eventSourceUrl: '/jmap/events?types={types}&closeafter={closeafter}&ping={ping}',
    state: '1',
    capabilities: {
      'urn:ietf:params:jmap:core': { maxCallsInRequest: 16, maxObjectsInGet: 500, maxObjectsInSet: 500 },
      'urn:ietf:params:jmap:mail': {},
    },
    accounts: {
      A: {
        name: 'anna@a.test',
        isReadOnly: false,
        accountCapabilities: { 'urn:ietf:params:jmap:mail': { maxSizeMailboxName: 255 } },
      },
    },
    primaryAccounts: { 'urn:ietf:params:jmap:mail': 'A' },
  };
  readonly emails = new Map<Id, FullEmail>();
  readonly mailboxes = new Map<Id, Mailbox>();
  /** Methods in the order they were called. */
  readonly called: string[] = [];
  /** The next Email/set refuses these. */
  readonly refuses = new Set<Id>();
  onChange: () => void = () => undefined;
  private now = 1;
  private lastMailbox = 0;
  private readonly notes: Note[] = [];
  /** What a query found at a state: changes are told from it. */
  private readonly found = new Map<string, readonly Id[]>();
  /** States before this are forgotten. */
  private oldest = 0;

  constructor(mailboxes: readonly (readonly [id: Id, name: string, role: string | null])[]) {
    mailboxes.forEach(([id, name, role], sortOrder) => {
      this.mailboxes.set(id, mailbox(id, name, role, sortOrder));
    });
    this.lastMailbox = mailboxes.length;
  }

  /** Puts an email there, as if it had just come. */
  add(email: FullEmail): void {
    const isNew = !this.emails.has(email.id);
    this.emails.set(email.id, email);
    this.note('Email', email.id, isNew ? 'created' : 'updated');
    this.note('Thread', email.threadId, 'updated');
    for (const id of Object.keys(email.mailboxIds)) this.note('Mailbox', id, 'updated');
    this.onChange();
  }

  forgetChanges(): void {
    this.now += 1;
    this.oldest = this.now;
    this.found.clear();
  }

  /** Answers a request (RFC 8620 §3.3). */
  answer(request: { readonly methodCalls: readonly Invocation[] }): {
    readonly methodResponses: readonly Invocation[];
  } {
    const responses: Invocation[] = [];
    for (const [method, args, call] of request.methodCalls) {
      this.called.push(method);
      const result = this.run(method, args as Args, responses);
      responses.push('error' in result ? ['error', { type: result['error'] }, call] : [method, result, call]);
    }
    // As on the wire: nothing is shared.
    return JSON.parse(JSON.stringify({ methodResponses: responses })) as { methodResponses: readonly Invocation[] };
  }

  private run(method: string, given: Args, before: readonly Invocation[]): Args | Problem {
    const args = resolved(given, before);
    switch (method) {
      case 'Mailbox/get':
        return this.get(
          [...this.mailboxes.values()].map((one) => this.counted(one)),
          args,
        );
      case 'Email/get':
        return this.get([...this.emails.values()], args);
      case 'Thread/get':
        return this.get(this.threads(), args);
      case 'Mailbox/changes':
        return this.changes('Mailbox', args);
      case 'Email/changes':
        return this.changes('Email', args);
      case 'Thread/changes':
        return this.changes('Thread', args);
      case 'Email/query':
        return this.query(args);
      case 'Email/queryChanges':
        return this.queryChanges(args);
      case 'Email/set':
        return this.setEmails(args);
      case 'Mailbox/set':
        return this.setMailboxes(args);
      default:
        return { error: 'unknownMethod' };
    }
  }

  private get<Thing extends { readonly id: Id }>(all: readonly Thing[], { ids, properties }: Args): Args {
    const wanted = ids as readonly Id[] | null | undefined;
    const byId = new Map(all.map((one) => [one.id, one]));
    const list = wanted === null || wanted === undefined ? all : wanted.flatMap((id) => byId.get(id) ?? []);
    return {
      state: String(this.now),
      list: properties === undefined ? list : list.map((one) => picked(one, properties as readonly string[])),
      notFound: (wanted ?? []).filter((id) => !byId.has(id)),
    };
  }

  private changes(kind: Kind, { sinceState }: Args): Args | Problem {
    const since = Number(sinceState);
    if (!(since >= this.oldest)) return { error: 'cannotCalculateChanges' };
    const last = new Map<Id, Set<string>>();
    for (const { at, kind: of, id, what } of this.notes) {
      if (of === kind && at > since) last.set(id, (last.get(id) ?? new Set()).add(what));
    }
    const those = (fits: (whats: Set<string>) => boolean): readonly Id[] =>
      [...last].filter(([, whats]) => fits(whats)).map(([id]) => id);
    return {
      oldState: String(since),
      newState: String(this.now),
      hasMoreChanges: false,
      created: those((whats) => whats.has('created') && !whats.has('destroyed')),
      updated: those((whats) => !whats.has('created') && !whats.has('destroyed')),
      destroyed: those((whats) => whats.has('destroyed') && !whats.has('created')),
    };
  }

  private query(args: Args): Args {
    const all = this.results(args);
    const { position = 0, limit = all.length } = args as { readonly position?: number; readonly limit?: number };
    return {
      queryState: String(this.now),
      canCalculateChanges: true,
      position,
      ids: all.slice(position, position + limit),
      ...(args['calculateTotal'] === true ? { total: all.length } : {}),
    };
  }

  private queryChanges(args: Args): Args | Problem {
    const before = this.found.get(`${String(args['sinceQueryState'])} ${queryKey(args)}`);
    if (before === undefined) return { error: 'cannotCalculateChanges' };
    const after = this.results(args);
    const [old, fresh] = [new Set(before), new Set(after)];
    return {
      oldQueryState: args['sinceQueryState'],
      newQueryState: String(this.now),
      total: after.length,
      removed: before.filter((id) => !fresh.has(id)),
      added: after.flatMap((id, index) => (old.has(id) ? [] : [{ id, index }])),
    };
  }

  private results(args: Args): readonly Id[] {
    const filter = args['filter'] as Filter | undefined;
    const sort = (args['sort'] ?? []) as readonly Comparator[];
    const found = [...this.emails.values()].filter((email) => filter === undefined || fits(email, filter));
    found.sort((a, b) => sort.map((by) => compare(a, b, by)).find((n) => n !== 0) ?? (a.id < b.id ? -1 : 1));
    const threads = new Set<Id>();
    const rows =
      args['collapseThreads'] === true
        ? found.filter(({ threadId }) => !threads.has(threadId) && threads.add(threadId))
        : found;
    const ids = rows.map(({ id }) => id);
    this.found.set(`${this.now} ${queryKey(args)}`, ids);
    return ids;
  }

  private setEmails(args: Args): Args {
    const notUpdated: Record<Id, { type: string; description: string }> = {};
    const oldState = String(this.now);
    for (const [id, patch] of Object.entries((args['update'] ?? {}) as Record<Id, Record<string, unknown>>)) {
      const email = this.emails.get(id);
      if (email === undefined || this.refuses.delete(id)) {
        notUpdated[id] = { type: email === undefined ? 'notFound' : 'forbidden', description: 'Not this one.' };
        continue;
      }
      const next = structuredClone(email) as unknown as Record<string, Record<string, unknown>>;
      for (const [path, value] of Object.entries(patch)) {
        const [field = '', key = ''] = path.split('/');
        if (value === null) delete next[field]?.[key];
        else (next[field] ??= {})[key] = value;
      }
      for (const mailbox of Object.keys(email.mailboxIds)) this.note('Mailbox', mailbox, 'updated');
      this.add(next as unknown as FullEmail);
    }
    for (const id of (args['destroy'] ?? []) as readonly Id[]) this.destroy(id);
    return { oldState, newState: String(this.now), notUpdated, notDestroyed: {} };
  }

  private destroy(id: Id): void {
    const email = this.emails.get(id);
    if (email === undefined) return;
    this.emails.delete(id);
    this.note('Email', id, 'destroyed');
    this.note('Thread', email.threadId, 'updated');
    for (const mailbox of Object.keys(email.mailboxIds)) this.note('Mailbox', mailbox, 'updated');
    this.onChange();
  }

  private setMailboxes(args: Args): Args {
    const created: Record<string, { id: Id }> = {};
    const notCreated: Record<string, { type: string; properties: string[] }> = {};
    for (const [key, wanted] of Object.entries((args['create'] ?? {}) as Record<string, Partial<Mailbox>>)) {
      const { name = '', parentId = null } = wanted;
      if ([...this.mailboxes.values()].some((one) => one.name === name && one.parentId === parentId)) {
        notCreated[key] = { type: 'invalidProperties', properties: ['name'] };
        continue;
      }
      const id = `m${(this.lastMailbox += 1)}`;
      this.mailboxes.set(id, { ...mailbox(id, name, wanted.role ?? null, 10), parentId });
      this.note('Mailbox', id, 'created');
      created[key] = { id };
    }
    for (const [id, patch] of Object.entries((args['update'] ?? {}) as Record<Id, Partial<Mailbox>>)) {
      const before = this.mailboxes.get(id);
      if (before !== undefined) this.mailboxes.set(id, { ...before, ...patch });
      this.note('Mailbox', id, 'updated');
    }
    const notDestroyed: Record<string, { type: string }> = {};
    for (const id of (args['destroy'] ?? []) as readonly Id[]) {
      const inside = [...this.emails.values()].filter(({ mailboxIds }) => mailboxIds[id] === true);
      if (inside.length > 0 && args['onDestroyRemoveEmails'] !== true) {
        notDestroyed[id] = { type: 'mailboxHasEmail' };
        continue;
      }
      this.mailboxes.delete(id);
      this.note('Mailbox', id, 'destroyed');
      for (const email of inside) this.destroy(email.id);
    }
    this.onChange();
    return { newState: String(this.now), created, notCreated, notUpdated: {}, notDestroyed };
  }

  private threads(): readonly { readonly id: Id; readonly emailIds: readonly Id[] }[] {
    const threads = new Map<Id, FullEmail[]>();
    for (const email of this.emails.values())
      threads.set(email.threadId, [...(threads.get(email.threadId) ?? []), email]);
    return [...threads].map(([id, emails]) => ({
      id,
      emailIds: emails.toSorted((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1)).map((email) => email.id),
    }));
  }

  private counted(one: Mailbox): Mailbox {
    const inside = [...this.emails.values()].filter(({ mailboxIds }) => mailboxIds[one.id] === true);
    const unread = inside.filter(({ keywords }) => keywords['$seen'] !== true && keywords['$draft'] !== true);
    const threads = (some: readonly FullEmail[]): number => new Set(some.map(({ threadId }) => threadId)).size;
    return {
      ...one,
      totalEmails: inside.length,
      unreadEmails: unread.length,
      totalThreads: threads(inside),
      unreadThreads: threads(unread),
    };
  }

  private note(kind: Kind, id: Id, what: Note['what']): void {
    this.now += 1;
    this.notes.push({ at: this.now, kind, id, what });
  }
}

function mailbox(id: Id, name: string, role: string | null, sortOrder: number): Mailbox {
  const counts = { totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0 };
  return { id, name, role, sortOrder, parentId: null, myRights: RIGHTS, isSubscribed: true, ...counts };
}

const queryKey = ({ filter, sort, collapseThreads }: Args): string => JSON.stringify([filter, sort, collapseThreads]);

const picked = (one: object, properties: readonly string[]): object =>
  Object.fromEntries(Object.entries(one).filter(([name]) => name === 'id' || properties.includes(name)));

function fits(email: FullEmail, filter: Filter): boolean {
  if ('operator' in filter) {
    const results = (filter['conditions'] as readonly Filter[]).map((one) => fits(email, one));
    if (filter['operator'] === 'AND') return results.every(Boolean);
    return filter['operator'] === 'OR' ? results.some(Boolean) : !results.some(Boolean);
  }
  return Object.entries(filter).every(([name, value]) => {
    if (name === 'inMailbox') return email.mailboxIds[value as Id] === true;
    if (name === 'inMailboxOtherThan')
      return Object.keys(email.mailboxIds).some((id) => !(value as readonly Id[]).includes(id));
    if (name === 'hasKeyword') return email.keywords[value as string] === true;
    if (name === 'notKeyword') return email.keywords[value as string] !== true;
    if (name === 'hasAttachment') return email.hasAttachment === value;
    const text = `${email.subject} ${email.preview} ${email.from?.[0]?.email}`.toLowerCase();
    return text.includes(String(value).toLowerCase());
  });
}

function compare(a: FullEmail, b: FullEmail, { property, isAscending, keyword = '' }: Comparator): number {
  const valueOf = (email: FullEmail): string | number => {
    if (property === 'hasKeyword') return email.keywords[keyword] === true ? 1 : 0;
    if (property === 'from') return email.from?.[0]?.name ?? '';
    return (email as unknown as Record<string, string | number>)[property] ?? '';
  };
  const [x, y] = [valueOf(a), valueOf(b)];
  return x === y ? 0 : x < y === isAscending ? -1 : 1;
}

/** Back-references (RFC 8620 §3.7): names, and `*` for each of a list. */
function resolved(args: Args, before: readonly Invocation[]): Args {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => {
      if (!key.startsWith('#')) return [key, value];
      const { resultOf, path } = value as { readonly resultOf: string; readonly path: string };
      const answer = before.find(([, , call]) => call === resultOf)?.[1];
      return [key.slice(1), follow(answer, path.split('/').slice(1))];
    }),
  );
}

function follow(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (step === '*') return (value as readonly unknown[]).flatMap((one) => follow(one, rest));
  return follow((value as Record<string, unknown>)[step], rest);
}

/** An email with sensible values for whatever is not said. */
export function fakeEmail(some: Partial<FullEmail> & { readonly id: Id }): FullEmail {
  const text = some.preview ?? 'Hello';
  return {
    blobId: `e-${some.id}`,
    threadId: `t-${some.id}`,
    mailboxIds: { m1: true },
    keywords: {},
    size: 2_048,
    receivedAt: '2026-10-05T12:00:00Z',
    sentAt: '2026-10-05T12:00:00Z',
    from: [{ name: 'Bob Stone', email: 'bob@b.test' }],
    to: [{ name: null, email: 'anna@a.test' }],
    cc: null,
    bcc: null,
    replyTo: null,
    sender: null,
    subject: `Message ${some.id}`,
    hasAttachment: false,
    preview: text,
    messageId: [`${some.id}@b.test`],
    'header:Content-Type:asRaw': null,
    inReplyTo: null,
    references: null,
    textBody: [
      {
        partId: '1',
        blobId: `p-${some.id}-1`,
        size: text.length,
        name: null,
        type: 'text/plain',
        charset: 'utf-8',
        disposition: null,
        cid: null,
      },
    ],
    htmlBody: [],
    attachments: [],
    bodyValues: { '1': { value: text, isEncodingProblem: false, isTruncated: false } },
    ...some,
  };
}
