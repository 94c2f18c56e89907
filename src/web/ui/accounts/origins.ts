/**
 * Where messages on the screen came from: which of them are here as their header alone. Asked for as they come into
 * view, many at a time. Bounded: what came into view longest ago is forgotten.
 */
import { signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Api } from '../jmap/api.ts';
import type { Id } from '../jmap/types.ts';
import { REMOTES } from './types.ts';

export interface Origin {
  readonly emailId: Id;
  readonly remoteId: string;
  readonly uidl: string;
  readonly size: number;
  readonly isHeaderOnly: boolean;
  readonly restWanted: boolean;
  readonly isGoneThere: boolean;
}

const MOST = 2_000;

export class Origins {
  private readonly api: Api;
  private readonly onReplaced: (before: Id, now: Id) => void;
  private readonly found = new Map<Id, Signal<Origin | undefined>>();
  /** Whose whole is on its way: it will be another email. */
  private readonly awaited = new Map<Id, Origin>();
  private wanted: Id[] = [];

  /** `onReplaced`: the whole of a message is here, in the place of its header. */
  constructor(api: Api, onReplaced: (before: Id, now: Id) => void) {
    this.api = api;
    this.onReplaced = onReplaced;
  }

  /** undefined inside: not known yet, or it was not collected. */
  of(id: Id): ReadonlySignal<Origin | undefined> {
    const known = this.found.get(id);
    if (known !== undefined) return known;
    const made = signal<Origin | undefined>(undefined);
    this.found.set(id, made);
    for (const oldest of this.found.keys()) {
      if (this.found.size <= MOST) break;
      this.found.delete(oldest);
    }
    if (this.api.speaks(REMOTES)) this.want([id]);
    return made;
  }

  /** Throws a Trouble where that could not be asked for. */
  async wantRest(id: Id): Promise<void> {
    await this.api.call('Remote/wantRest', { emailIds: [id] });
    await this.load([id]);
  }

  /** Something has changed: what is here as its header alone is asked for anew, and what was waited for may be here. */
  async look(): Promise<void> {
    const partial = [...this.found].filter(([, origin]) => origin.peek()?.isHeaderOnly === true).map(([id]) => id);
    const arrivals = this.lookForAwaited();
    this.want(partial);
    await arrivals;
  }

  private async lookForAwaited(): Promise<void> {
    for (const [before, { remoteId, uidl }] of this.awaited) {
      const { list } = await this.api.call<{ readonly list: readonly Origin[] }>('Remote/emails', {
        id: remoteId,
        uidls: [uidl],
      });
      const [now] = list;
      if (now === undefined || (now.emailId === before && now.restWanted)) continue;
      this.awaited.delete(before);
      if (now.emailId !== before) this.onReplaced(before, now.emailId);
    }
  }

  private want(ids: readonly Id[]): void {
    if (ids.length === 0) return;
    this.wanted.push(...ids);
    if (this.wanted.length > ids.length) return;
    queueMicrotask(() => {
      const all = [...new Set(this.wanted)];
      this.wanted = [];
      for (let at = 0; at < all.length; at += this.api.limits.inGet)
        void this.load(all.slice(at, at + this.api.limits.inGet)).catch(() => undefined);
    });
  }

  private async load(emailIds: readonly Id[]): Promise<void> {
    const { list } = await this.api.call<{ readonly list: readonly Origin[] }>('Remote/origins', { emailIds });
    const byId = new Map(list.map((origin) => [origin.emailId, origin]));
    for (const id of emailIds) {
      const origin = byId.get(id);
      const known = this.found.get(id);
      if (known !== undefined) known.value = origin;
      if (origin?.restWanted === true) this.awaited.set(id, origin);
    }
  }
}
