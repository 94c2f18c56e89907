/**
 * One account's mail: what is loaded of it, kept right by what the server says has changed (RFC 8620 §5.2), and
 * changed at once on the screen, before the server has confirmed it.
 */
import type { Api } from './api.ts';
import { MessageQuery } from './message-query.ts';
import type { QuerySpec } from './message-query.ts';
import { countChanges, effective, inverse, patched } from './patch.ts';
import type { Patch, Standing } from './patch.ts';
import { Records } from './records.ts';
import { asTrouble, fromSetError, MethodError } from './trouble.ts';
import type { Trouble } from './trouble.ts';
import type { Args, ChangesResult, Email, GetResult, Id, Invocation, Mailbox, SetResult, Thread } from './types.ts';
import { ref } from './api.ts';

type Kind = 'Mailbox' | 'Email' | 'Thread';

/** What became of a change of many. */
export interface Outcome {
  /** Those that were changed, each with what takes it back. */
  readonly undo: ReadonlyMap<Id, Patch>;
  readonly refused: readonly Trouble[];
}

export interface Course {
  /** Called after each slice with how many are done. */
  readonly onProgress?: (done: number) => void;
  /** Looked at before each slice. */
  readonly isStopped?: () => boolean;
}

export class Mail {
  readonly records = new Records();
  readonly api: Api;
  /** The list on the screen. */
  private live: MessageQuery | undefined;
  private readonly states = new Map<Kind, string>();
  private syncing: Promise<void> | undefined;
  private isStale = false;

  constructor(api: Api) {
    this.api = api;
  }

  /** Loads the mailboxes, and the states from which changes are asked for. */
  async open(): Promise<void> {
    const [mailboxes, emails, threads] = (await this.api.group([
      ['Mailbox/get', { ids: null }, 'mailboxes'],
      ['Email/get', { ids: [], properties: ['id'] }, 'emails'],
      ['Thread/get', { ids: [] }, 'threads'],
    ])) as unknown as readonly [GetResult<Mailbox>, GetResult<Email>, GetResult<Thread>];
    const known = [...this.records.mailboxes.peek().keys()];
    const there = new Set(mailboxes.list.map(({ id }) => id));
    this.records.putMailboxes(
      mailboxes.list,
      known.filter((id) => !there.has(id)),
    );
    this.states.set('Mailbox', mailboxes.state).set('Email', emails.state).set('Thread', threads.state);
  }

  /** Makes this the list on the screen. */
  list(spec: QuerySpec): MessageQuery {
    this.live = new MessageQuery(this.api, this.records, spec);
    return this.live;
  }

  /** Asks what has changed. One at a time; who asks meanwhile waits for the next. */
  sync(): Promise<void> {
    if (this.syncing !== undefined) {
      this.isStale = true;
      return this.syncing;
    }
    this.syncing = this.syncAll().finally(() => {
      this.syncing = undefined;
    });
    return this.syncing;
  }

  /** Changes emails, at once on the screen; what the server refuses goes back to what it was. */
  async change(
    emails: readonly Standing[],
    patchOf: (email: Standing) => Patch,
    course: Course = {},
  ): Promise<Outcome> {
    const wanted = emails.flatMap((email) => {
      const patch = effective(email, patchOf(email));
      return patch === undefined ? [] : [{ email, patch }];
    });
    const undo = new Map<Id, Patch>();
    const refused: Trouble[] = [];
    for (const slice of slices(wanted, this.api.limits.inSet)) {
      if (course.isStopped?.() === true) break;
      const failures = await this.changeSlice(slice);
      for (const { email, patch } of slice) if (!failures.has(email.id)) undo.set(email.id, inverse(patch));
      refused.push(...failures.values());
      course.onProgress?.(undo.size + refused.length);
    }
    await this.sync().catch(() => undefined);
    return { undo, refused };
  }

  /** Returns those that were refused, put back to what they were. */
  private async changeSlice(
    slice: readonly { readonly email: Standing; readonly patch: Patch }[],
  ): Promise<ReadonlyMap<Id, Trouble>> {
    const pairs = slice.map(({ email, patch }) => [email, patched(email, patch)] as const);
    this.show(pairs);
    const failures = await this.sendPatches(slice);
    this.show(pairs.filter(([{ id }]) => failures.has(id)).map(([before, after]) => [after, before] as const));
    return failures;
  }

  private async sendPatches(
    slice: readonly { readonly email: Standing; readonly patch: Patch }[],
  ): Promise<ReadonlyMap<Id, Trouble>> {
    try {
      const update = Object.fromEntries(slice.map(({ email, patch }) => [email.id, patch]));
      const { notUpdated } = await this.api.call<SetResult>('Email/set', { update });
      return new Map(Object.entries(notUpdated ?? {}).map(([id, error]) => [id, fromSetError(error)]));
    } catch (error) {
      return new Map(slice.map(({ email }) => [email.id, asTrouble(error)]));
    }
  }

  /** Deletes emails for ever. Returns how many, and why others were not. */
  async destroy(
    emails: readonly Standing[],
    course: Course = {},
  ): Promise<{ readonly done: number; readonly refused: readonly Trouble[] }> {
    let done = 0;
    const refused: Trouble[] = [];
    for (const slice of slices(emails, this.api.limits.inSet)) {
      if (course.isStopped?.() === true) break;
      try {
        const { notDestroyed } = await this.api.call<SetResult>('Email/set', { destroy: slice.map(({ id }) => id) });
        const failures = Object.entries(notDestroyed ?? {}).filter(([, { type }]) => type !== 'notFound');
        refused.push(...failures.map(([, error]) => fromSetError(error)));
        const kept = new Set(failures.map(([id]) => id));
        const gone = slice.filter(({ id }) => !kept.has(id));
        this.show(gone.map((email) => [email, undefined] as const));
        this.records.removeEmails(gone.map(({ id }) => id));
        done += gone.length;
      } catch (error) {
        refused.push(asTrouble(error));
        break;
      }
      course.onProgress?.(done);
    }
    await this.sync().catch(() => undefined);
    return { done, refused };
  }

  /** Draws a change, and moves the numbers beside the mailboxes with it. */
  private show(pairs: readonly (readonly [before: Standing, after: Standing | undefined])[]): void {
    this.records.patchEmails(pairs.flatMap(([, after]) => after ?? []));
    const mailboxes = this.records.mailboxes.peek();
    const counted = [...countChanges(pairs)].flatMap(([id, { total, unread }]) => {
      const mailbox = mailboxes.get(id);
      if (mailbox === undefined || (total === 0 && unread === 0)) return [];
      const { totalEmails, unreadEmails } = mailbox;
      return [{ id, totalEmails: Math.max(0, totalEmails + total), unreadEmails: Math.max(0, unreadEmails + unread) }];
    });
    if (counted.length > 0) this.records.putMailboxes(counted);
  }

  private async syncAll(): Promise<void> {
    do {
      this.isStale = false;
      await this.syncOnce();
    } while (this.isStale);
  }

  private async syncOnce(): Promise<void> {
    const list = this.live;
    const listCall = list?.changesCall('list');
    const results = await this.api.settled([
      ['Mailbox/changes', { sinceState: this.states.get('Mailbox') }, 'mailboxes'],
      ['Mailbox/get', { '#ids': ref('mailboxes', 'Mailbox/changes', '/created') }, 'made'],
      ['Mailbox/get', { '#ids': ref('mailboxes', 'Mailbox/changes', '/updated') }, 'altered'],
      ['Email/changes', { sinceState: this.states.get('Email') }, 'emails'],
      ['Thread/changes', { sinceState: this.states.get('Thread') }, 'threads'],
      ...(listCall === undefined ? [] : [listCall]),
    ]);
    const [mailboxes, made, altered, emails, threads, listed] = results;
    if ([mailboxes, emails, threads].some((result) => result instanceof MethodError)) return this.startAnew();
    const [boxes, mails, lines] = [mailboxes, emails, threads] as unknown as readonly ChangesResult[];
    this.takeMailboxes(boxes, [made, altered]);
    await this.takeEmails(mails, lines);
    if (listed !== undefined) await list?.apply(listed);
    else if (list !== undefined && hasChanges(mails)) await list.refresh();
    if ([boxes, mails, lines].some((result) => result?.hasMoreChanges === true)) this.isStale = true;
  }

  /** The server can't tell what changed since then: what is loaded is loaded again. */
  private async startAnew(): Promise<void> {
    this.records.clear();
    await this.open();
    await this.live?.refresh();
  }

  private takeMailboxes(changes: ChangesResult | undefined, gets: readonly (Args | MethodError | undefined)[]): void {
    if (changes === undefined) return;
    const list = gets.flatMap((got) =>
      got === undefined || got instanceof MethodError ? [] : (got as unknown as GetResult<Mailbox>).list,
    );
    if (list.length > 0 || changes.destroyed.length > 0) this.records.putMailboxes(list, changes.destroyed);
    this.states.set('Mailbox', changes.newState);
  }

  /** Of what is loaded, what can have changed is loaded again: an email's mailboxes and keywords, a thread's emails. */
  private async takeEmails(emails: ChangesResult | undefined, threads: ChangesResult | undefined): Promise<void> {
    if (emails === undefined || threads === undefined) return;
    this.records.removeEmails(emails.destroyed);
    this.records.removeThreads(threads.destroyed);
    const changed = slices(this.records.loadedEmails(emails.updated), this.api.limits.inGet);
    const grown = slices(this.records.loadedThreads([...threads.updated, ...threads.created]), this.api.limits.inGet);
    const calls: readonly Invocation[] = [
      ...changed.map((ids, n): Invocation => [
        'Email/get',
        { ids, properties: ['id', 'mailboxIds', 'keywords'] },
        `e${n}`,
      ]),
      ...grown.map((ids, n): Invocation => ['Thread/get', { ids }, `t${n}`]),
    ];
    if (calls.length > 0) {
      const results = await this.api.group(calls);
      results.forEach((result, n) => {
        const { list } = result as unknown as GetResult<unknown>;
        if (n < changed.length) this.records.patchEmails(list as readonly Email[]);
        else this.records.putThreads(list as readonly Thread[]);
      });
    }
    this.states.set('Email', emails.newState).set('Thread', threads.newState);
  }
}

const hasChanges = (changes: ChangesResult | undefined): boolean =>
  changes !== undefined && changes.created.length + changes.updated.length + changes.destroyed.length > 0;

export function slices<Thing>(things: readonly Thing[], size: number): readonly (readonly Thing[])[] {
  return Array.from({ length: Math.ceil(things.length / size) }, (_, n) => things.slice(n * size, (n + 1) * size));
}
