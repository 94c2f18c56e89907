/** The list on the screen: what it shows, which row is in focus, and what is selected. */
import { computed, signal } from '@preact/signals';
import type { Mail } from '../jmap/mail.ts';
import type { MessageQuery } from '../jmap/message-query.ts';
import type { Email, Filter, Id } from '../jmap/types.ts';
import { narrowed, SORTS } from './orders.ts';
import type { Quick, Sort } from './orders.ts';
import { countSelected, EVERYTHING, isSelected, NOTHING, set, toggle, without } from './selection.ts';
import type { Selection } from './selection.ts';

/** Where the rows come from. */
export type Source =
  | { readonly kind: 'folder'; readonly folder: Id }
  | { readonly kind: 'search'; readonly query: string; readonly filter: Filter; readonly hasText: boolean };

export class ListModel {
  readonly mail: Mail;
  readonly source = signal<Source | undefined>(undefined);
  readonly query = signal<MessageQuery | undefined>(undefined);
  readonly sort = signal<Sort>('newest');
  readonly quick = signal<ReadonlySet<Quick>>(new Set());
  readonly selection = signal<Selection>(NOTHING);
  /** The row that the keys mean. */
  readonly active = signal(0);
  /** Grows when focus must go to the active row. */
  readonly wantsFocus = signal(0);
  readonly selected = computed(() => countSelected(this.selection.value, this.total()));
  private readonly isGrouped: () => boolean;
  private activeId: Id | undefined;
  private anchor = 0;
  /** Waits for a list that is being loaded. */
  private loading: Promise<void> = Promise.resolve();

  constructor(mail: Mail, isGrouped: () => boolean) {
    this.mail = mail;
    this.isGrouped = isGrouped;
  }

  /** What is found by searching stands by itself: the message that fits, not its conversation. */
  get collapses(): boolean {
    return this.isGrouped() && this.source.peek()?.kind === 'folder';
  }

  /** The mailbox that is shown; undefined in a search. */
  get folder(): Id | undefined {
    const source = this.source.peek();
    return source?.kind === 'folder' ? source.folder : undefined;
  }

  total(): number {
    return this.query.value?.total.value ?? 0;
  }

  show(source: Source): void {
    if (sameSource(source, this.source.peek())) return;
    this.source.value = source;
    this.quick.value = new Set();
    this.reload();
  }

  sortBy(sort: Sort): void {
    this.sort.value = sort;
    this.reload();
  }

  toggleQuick(one: Quick): void {
    const next = new Set(this.quick.peek());
    if (!next.delete(one)) next.add(one);
    this.quick.value = next;
    this.reload();
  }

  clearQuick(): void {
    this.quick.value = new Set();
    this.reload();
  }

  /** A new list, from its beginning. */
  reload(): void {
    const filter = this.filter();
    if (filter === undefined) return;
    this.selection.value = NOTHING;
    this.active.value = 0;
    this.activeId = undefined;
    this.anchor = 0;
    const query = this.mail.list({ filter, sort: SORTS[this.sort.peek()], collapseThreads: this.collapses });
    this.query.value = query;
    this.loading = query.need(0, 49);
  }

  loaded(): Promise<void> {
    return this.loading;
  }

  filter(): Filter | undefined {
    const source = this.source.peek();
    return source === undefined ? undefined : narrowed(source, this.quick.peek());
  }

  idAt(index: number): Id | undefined {
    return this.query.peek()?.at(index);
  }

  activeEmail(): Email | undefined {
    const id = this.idAt(this.active.peek());
    return id === undefined ? undefined : this.mail.records.email(id).peek();
  }

  /** Moves the focus; what is not loaded yet is. */
  focus(index: number, andShow = true): void {
    const last = (this.query.peek()?.total.peek() ?? 0) - 1;
    this.active.value = Math.max(0, Math.min(index, last));
    this.activeId = this.idAt(this.active.peek());
    if (andShow) this.wantsFocus.value += 1;
  }

  focusId(id: Id): void {
    const index = this.query.peek()?.indexOf(id) ?? -1;
    if (index >= 0) this.focus(index, false);
  }

  /** After the order has changed: the row in focus stays the same message, where it is still there. */
  settle(): void {
    const query = this.query.peek();
    if (query === undefined) return;
    const index = this.activeId === undefined ? -1 : query.indexOf(this.activeId);
    const last = Math.max(0, (query.total.peek() ?? 0) - 1);
    const next = index >= 0 ? index : Math.min(this.active.peek(), last);
    if (next !== this.active.peek()) this.active.value = next;
    this.activeId = query.at(next) ?? this.activeId;
  }

  // --- Selecting ---

  isSelected(id: Id): boolean {
    return isSelected(this.selection.value, id);
  }

  toggleAt(index: number): void {
    const id = this.idAt(index);
    if (id === undefined) return;
    this.selection.value = toggle(this.selection.peek(), id);
    this.anchor = index;
  }

  /** From where the last selection began to here. Rows that nobody has looked at are loaded first. */
  async selectTo(index: number): Promise<void> {
    const query = this.query.peek();
    if (query === undefined) return;
    const [first, last] = [Math.min(this.anchor, index), Math.max(this.anchor, index)];
    await query.need(first, last);
    const ids = query.between(first, last).flatMap((id) => id ?? []);
    this.selection.value = set(NOTHING, ids, true);
  }

  selectEverything(): void {
    this.selection.value = EVERYTHING;
  }

  selectNothing(): void {
    this.selection.value = NOTHING;
  }

  /** Takes rows off the list before the server has confirmed it; focus goes to what comes next. */
  drop(ids: readonly Id[]): void {
    const query = this.query.peek();
    if (query === undefined) return;
    const gone = new Set(ids);
    const next = this.nextKept(gone);
    query.remove(ids);
    this.selection.value = without(this.selection.peek(), ids);
    this.activeId = next;
    this.settle();
  }

  private nextKept(gone: ReadonlySet<Id>): Id | undefined {
    const query = this.query.peek();
    const at = this.active.peek();
    for (let n = at; n < (query?.total.peek() ?? 0); n += 1) {
      const id = query?.at(n);
      if (id === undefined || !gone.has(id)) return id;
    }
    for (let n = at - 1; n >= 0; n -= 1) {
      const id = query?.at(n);
      if (id === undefined || !gone.has(id)) return id;
    }
    return undefined;
  }
}

function sameSource(a: Source, b: Source | undefined): boolean {
  if (b === undefined || a.kind !== b.kind) return false;
  return a.kind === 'folder' ? a.folder === (b as typeof a).folder : JSON.stringify(a) === JSON.stringify(b);
}
