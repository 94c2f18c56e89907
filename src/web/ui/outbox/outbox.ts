/** What was sent and has not all arrived (docs/jmap.md): asked for again whenever the server says that it moved. */
import { computed, effect, signal } from '@preact/signals';
import { clock } from '../clock.ts';
import type { Cancel } from '../clock.ts';
import type { Api } from '../jmap/api.ts';
import type { GetResult, Id } from '../jmap/types.ts';
import type { Desk } from '../shell/desk.ts';
import { OUTBOX } from '../compose/correspondents.ts';

export type OutboxState = 'held' | 'waiting' | 'sending' | 'sent' | 'refused' | 'unsure' | 'canceled';
export type OutboxAction = 'sendNow' | 'tryAgain' | 'sendAgain' | 'cancel';

export interface Reason {
  readonly id: string;
  readonly title: string;
  readonly side: string;
  readonly happened: string;
  readonly advice: string;
  readonly wait: 'we-try-again' | 'later-again' | 'no';
}

export interface OutboxRecipient {
  readonly email: string;
  readonly state: OutboxState;
  readonly heldBy: 'sender' | 'keeper' | null;
  readonly reason: Reason | null;
  readonly reply: string | null;
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly givesUpAt: string | null;
  readonly endedAt: string | null;
  readonly actions: readonly OutboxAction[];
}

export interface OutboxEntry {
  readonly id: Id;
  readonly emailId: Id;
  readonly sendAt: string;
  readonly undoStatus: 'pending' | 'final' | 'canceled';
  readonly state: OutboxState;
  readonly recipients: readonly OutboxRecipient[];
}

/** Of one letter in the list of the outbox. */
export interface OutboxLetter {
  readonly id: Id;
  readonly subject: string | null;
}

/** Milliseconds after the time at which something should move. */
const SLACK = 700;

export class Outbox {
  readonly entries = signal<readonly OutboxEntry[] | undefined>(undefined);
  readonly letters = signal<ReadonlyMap<Id, OutboxLetter>>(new Map());
  private readonly api: Api;
  private asking: Promise<void> | undefined;
  private isStale = false;
  private next: Cancel | undefined;

  constructor(api: Api) {
    this.api = api;
  }

  /** How the recipients of an email stand that have not all got it. */
  readonly byEmail = computed(
    () => new Map((this.entries.value ?? []).map((entry) => [entry.emailId, entry] as const)),
  );

  /** One at a time; who asks meanwhile gets another look behind it. */
  refresh(): Promise<void> {
    if (!this.api.speaks(OUTBOX)) return Promise.resolve();
    this.isStale = true;
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<void> {
    while (this.isStale) {
      this.isStale = false;
      try {
        const { list } = await this.api.call<GetResult<OutboxEntry>>('Outbox/get', { ids: null });
        await this.loadSubjects(list);
        this.entries.value = list;
        this.lookAgain(list);
      } catch {
        // The line says what is wrong with it; when it is back this is asked again.
      }
    }
  }

  private async loadSubjects(entries: readonly OutboxEntry[]): Promise<void> {
    const known = this.letters.peek();
    const ids = entries.map(({ emailId }) => emailId).filter((id) => !known.has(id));
    if (ids.length === 0) return;
    const { list } = await this.api.call<GetResult<OutboxLetter>>('Email/get', {
      ids: ids.slice(0, this.api.limits.inGet),
      properties: ['id', 'subject'],
    });
    const shown = new Set(entries.map(({ emailId }) => emailId));
    this.letters.value = new Map(
      [...known, ...list.map((one) => [one.id, one] as const)].filter(([id]) => shown.has(id)),
    );
  }

  /** What is held goes by itself: nobody says when that moment has come. */
  private lookAgain(entries: readonly OutboxEntry[]): void {
    this.next?.();
    const times = entries.flatMap(({ recipients }) => recipients.map(({ nextAt }) => Date.parse(nextAt ?? '')));
    const soonest = Math.min(...times.filter((at) => at > clock.now() - 60_000));
    if (!Number.isFinite(soonest)) return;
    const ms = Math.max(0, soonest - clock.now()) + SLACK;
    this.next = clock.after(Math.min(ms, 60 * 60_000), () => void this.refresh());
  }

  /** In words, what did not work; nothing where all did. */
  async act(id: Id, action: OutboxAction, recipients: readonly string[] | null): Promise<readonly string[]> {
    const { results } = await this.api.call<{
      readonly results: readonly {
        readonly email: string;
        readonly done: boolean;
        readonly description: string | null;
      }[];
    }>('Outbox/act', { id, action, recipients });
    await this.refresh();
    return results.flatMap(({ done, description }) => (done || description === null ? [] : [description]));
  }
}

/** Messages of which somebody still has to get theirs. */
function countWaiting(entries: readonly OutboxEntry[]): number {
  const waits: readonly OutboxState[] = ['held', 'waiting', 'sending', 'unsure'];
  return entries.filter(({ recipients }) => recipients.some(({ state }) => waits.includes(state))).length;
}

const known = new WeakMap<Desk, Outbox>();

export function outboxOf(desk: Desk): Outbox {
  const found = known.get(desk);
  if (found !== undefined) return found;
  const made = new Outbox(desk.api);
  known.set(desk, made);
  return made;
}

/** Keeps it right while the page is open. */
export function followOutbox(desk: Desk, onCount: (n: number) => void): () => void {
  const outbox = outboxOf(desk);
  const ends = [
    effect(() => {
      if (desk.pulse.value >= 0) void outbox.refresh();
    }),
    effect(() => {
      onCount(countWaiting(outbox.entries.value ?? []));
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
