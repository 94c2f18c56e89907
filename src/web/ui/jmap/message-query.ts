/**
 * The list on the screen: the ids of a query's results as far as anybody has looked, kept right by what the server
 * says has changed (RFC 8620 §5.5, §5.6). Rows are loaded by pages, with the threads that they stand for.
 */
import { signal } from '@preact/signals';
import { ref } from './api.ts';
import type { Api } from './api.ts';
import type { Records } from './records.ts';
import { asTrouble, MethodError } from './trouble.ts';
import type { Trouble } from './trouble.ts';
import { ROW_PROPERTIES } from './types.ts';
import type {
  Args,
  Comparator,
  Email,
  Filter,
  GetResult,
  Id,
  Invocation,
  QueryChangesResult,
  QueryResult,
  Thread,
} from './types.ts';

export interface QuerySpec {
  readonly filter?: Filter;
  readonly sort: readonly Comparator[];
  readonly collapseThreads: boolean;
}

/** Rows in one request. */
const PAGE = 50;

export class MessageQuery {
  readonly spec: QuerySpec;
  /** undefined: not known yet. */
  readonly total = signal<number | undefined>(undefined);
  /** Grows with each change of the order. */
  readonly version = signal(0);
  readonly trouble = signal<Trouble | undefined>(undefined);
  private readonly api: Api;
  private readonly records: Records;
  private ids: (Id | undefined)[] = [];
  private state: string | undefined;
  private isCalculable = false;
  private readonly loading = new Set<number>();
  private readonly removedHere = new Set<Id>();
  private looked: readonly [first: number, last: number] = [0, PAGE - 1];

  constructor(api: Api, records: Records, spec: QuerySpec) {
    this.api = api;
    this.records = records;
    this.spec = spec;
  }

  at(index: number): Id | undefined {
    return this.ids[index];
  }

  /** -1: not among those loaded. */
  indexOf(id: Id): number {
    return this.ids.indexOf(id);
  }

  between(first: number, last: number): readonly (Id | undefined)[] {
    return Array.from({ length: last - first + 1 }, (_, n) => this.ids[first + n]);
  }

  /** Makes sure that these rows are loaded, or on their way. */
  async need(first: number, last: number): Promise<void> {
    const end = Math.min(last, (this.total.peek() ?? PAGE) - 1);
    this.looked = [first, Math.max(first, end)];
    await this.load(pagesOf(first, end).filter((page) => this.misses(page)));
  }

  /** Everything again, beginning with what is looked at. What is shown stays until the new is there. */
  async refresh(): Promise<void> {
    this.state = undefined;
    this.loading.clear();
    await this.load(pagesOf(...this.looked));
  }

  /** Takes rows away before the server has confirmed it. */
  remove(ids: readonly Id[]): void {
    const before = this.ids.length;
    this.ids = withoutIds(this.ids, new Set(ids));
    for (const id of ids) this.removedHere.add(id);
    this.total.value = Math.max(0, (this.total.peek() ?? before) - (before - this.ids.length));
    this.version.value += 1;
  }

  /** undefined: there is nothing to ask, because nothing was loaded. */
  changesCall(call: string): Invocation | undefined {
    if (this.state === undefined || !this.isCalculable) return undefined;
    return ['Email/queryChanges', { ...this.spec, sinceQueryState: this.state, calculateTotal: true }, call];
  }

  /** What the server says to changesCall; an error means that everything has to be asked again. */
  async apply(result: Args | MethodError): Promise<void> {
    if (result instanceof MethodError || !this.merge(result as unknown as QueryChangesResult)) await this.refresh();
  }

  /** False: what is known does not fit what has changed. */
  private merge({ newQueryState, removed, added, total }: QueryChangesResult): boolean {
    const ids = this.ids.slice();
    for (const id of removed) {
      const index = ids.indexOf(id);
      if (index >= 0) ids.splice(index, 1);
      else if (!this.removedHere.delete(id)) return false;
    }
    for (const { id, index } of added) {
      if (index > ids.length) ids.length = index;
      ids.splice(index, 0, id);
    }
    if (total !== undefined && total !== ids.length) return false;
    for (const { id } of added) this.removedHere.delete(id);
    this.state = newQueryState;
    if (removed.length === 0 && added.length === 0) return true;
    this.ids = ids;
    this.total.value = ids.length;
    this.version.value += 1;
    return true;
  }

  private misses(page: number): boolean {
    const first = page * PAGE;
    const last = Math.min(first + PAGE, this.total.peek() ?? first + PAGE) - 1;
    return this.between(first, last).some((id) => id === undefined || this.records.email(id).peek() === undefined);
  }

  private async load(pages: readonly number[]): Promise<void> {
    const wanted = pages.filter((page) => !this.loading.has(page));
    await Promise.all(wanted.map((page) => this.loadPage(page)));
  }

  private async loadPage(page: number): Promise<void> {
    this.loading.add(page);
    try {
      const results = await this.api.settled(this.calls(page));
      const [query] = results;
      if (query instanceof MethodError) throw query;
      this.takeRecords(results);
      this.takeIds(query as unknown as QueryResult, page * PAGE);
      this.trouble.value = undefined;
    } catch (error) {
      this.trouble.value = asTrouble(error);
    }
    this.loading.delete(page);
  }

  /** RFC 8621 §4.10: the rows, their threads, and what else is in those. */
  private calls(page: number): readonly Invocation[] {
    const query: Invocation = [
      'Email/query',
      { ...this.spec, position: page * PAGE, limit: PAGE, calculateTotal: this.state === undefined || page === 0 },
      'query',
    ];
    const ids = ref('query', 'Email/query', '/ids');
    if (!this.spec.collapseThreads) return [query, ['Email/get', { '#ids': ids, properties: ROW_PROPERTIES }, 'rows']];
    return [
      query,
      ['Email/get', { '#ids': ids, properties: ROW_PROPERTIES }, 'rows'],
      ['Thread/get', { '#ids': ref('rows', 'Email/get', '/list/*/threadId') }, 'threads'],
      [
        'Email/get',
        { '#ids': ref('threads', 'Thread/get', '/list/*/emailIds'), properties: ROW_PROPERTIES },
        'conversations',
      ],
    ];
  }

  /** The conversations may be more than one get may ask for: then the rows alone must do. */
  private takeRecords([, rows, threads, conversations]: readonly (Args | MethodError | undefined)[]): void {
    if (rows instanceof MethodError) throw rows;
    for (const result of [rows, conversations]) {
      if (result !== undefined && !(result instanceof MethodError)) {
        this.records.putEmails((result as unknown as GetResult<Email>).list);
      }
    }
    if (threads !== undefined && !(threads instanceof MethodError)) {
      this.records.putThreads((threads as unknown as GetResult<Thread>).list);
    }
  }

  private takeIds(result: QueryResult, position: number): void {
    if (this.state !== result.queryState) {
      this.ids = [];
      this.removedHere.clear();
      this.state = result.queryState;
      this.isCalculable = result.canCalculateChanges;
      this.total.value = result.total ?? this.total.peek() ?? result.ids.length;
    }
    this.ids.length = this.total.peek() ?? result.ids.length;
    result.ids.forEach((id, n) => {
      if (position + n < this.ids.length) this.ids[position + n] = id;
    });
    this.version.value += 1;
  }
}

function pagesOf(first: number, last: number): readonly number[] {
  const from = Math.floor(Math.max(0, first) / PAGE);
  const to = Math.floor(Math.max(0, first, last) / PAGE);
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}

/** Keeps the holes, each a row further down. */
function withoutIds(ids: readonly (Id | undefined)[], gone: ReadonlySet<Id>): (Id | undefined)[] {
  const kept: (Id | undefined)[] = [];
  let length = 0;
  for (let n = 0; n < ids.length; n += 1) {
    const id = ids[n];
    if (id !== undefined && gone.has(id)) continue;
    if (id !== undefined) kept[length] = id;
    length += 1;
  }
  kept.length = length;
  return kept;
}
