/** The accounts at other providers of the one whose mail this is: what is shown of them, and what can be done. */
import { signal } from '@preact/signals';
import { clock } from '../clock.ts';
import type { Cancel } from '../clock.ts';
import type { Api } from '../jmap/api.ts';
import { REMOTES } from './types.ts';
import type { MessageThere, Refusal, Remote, RemoteSettings, Rung, Tried, Trouble } from './types.ts';

/** Milliseconds between looks at a visit or a search that is under way. */
const LOOK_EVERY = 700;

export interface NewRemote extends RemoteSettings {
  readonly address: string;
  readonly name: string;
  readonly password: string;
}

export interface ThereAnswer {
  readonly trouble: Trouble | null;
  readonly total: number;
  readonly octets: number;
  readonly list: readonly MessageThere[];
}

const visitOf = ({ id, visiting }: Remote): string => `${id} ${visiting?.since ?? ''}`;

export class Accounts {
  /** undefined: not loaded yet. */
  readonly all = signal<readonly Remote[] | undefined>(undefined);
  /** Visits that were told to end. */
  private readonly stopped = signal<ReadonlySet<string>>(new Set());
  private readonly api: Api;
  private next: Cancel | undefined;

  constructor(api: Api) {
    this.api = api;
  }

  /** Whether this is the mail program of a person's own computer. */
  get isOffered(): boolean {
    return this.api.speaks(REMOTES);
  }

  async load(): Promise<void> {
    if (!this.isOffered) return;
    const { list } = await this.api.call<{ readonly list: readonly Remote[] }>('Remote/get', { ids: null });
    this.all.value = list;
    this.next?.();
    this.next = list.some(({ visiting }) => visiting !== null)
      ? clock.after(LOOK_EVERY, () => void this.load().catch(() => undefined))
      : undefined;
  }

  /** undefined: it is there now. Both servers were tried. */
  async add(remote: NewRemote): Promise<Refusal | undefined> {
    const answer = await this.set({ create: { a: remote } });
    return answer.notCreated?.['a'];
  }

  /** `confirm`: how many messages it deletes at the provider. */
  async change(
    id: string,
    changes: Partial<RemoteSettings> & { readonly password?: string },
    confirm?: number,
  ): Promise<Refusal | undefined> {
    const answer = await this.set({
      update: { [id]: changes },
      ...(confirm === undefined ? {} : { confirm: { [id]: confirm } }),
    });
    return answer.notUpdated?.[id];
  }

  async remove(id: string): Promise<void> {
    await this.set({ destroy: [id] });
  }

  async check(id: string, answer: 'same-messages' | 'new-messages' | null = null): Promise<void> {
    await this.api.call('Remote/check', { id, answer });
    await this.load();
  }

  /** It ends behind the message it is at. */
  async stop(remote: Remote): Promise<void> {
    await this.api.call('Remote/stop', { id: remote.id });
    this.stopped.value = new Set([...this.stopped.peek(), visitOf(remote)]);
  }

  isStopping(remote: Remote): boolean {
    return this.stopped.value.has(visitOf(remote));
  }

  test(
    servers: Pick<RemoteSettings, 'pop3' | 'smtp' | 'pop3Login' | 'smtpLogin'>,
    password: string | null,
    id: string | null = null,
  ): Promise<Tried> {
    return this.api.call<Tried>('Remote/test', { ...servers, password, id });
  }

  there(id: string, position: number): Promise<ThereAnswer> {
    return this.api.call<ThereAnswer>('Remote/there', { id, position });
  }

  /** Whole, larger than the limit or not, by the next visit, which is now. */
  async fetchThere(id: string, uidls: readonly string[]): Promise<void> {
    await this.api.call('Remote/fetch', { id, uidls });
    await this.load();
  }

  deleteThere(
    id: string,
    uidls: readonly string[],
  ): Promise<{ readonly trouble: Trouble | null; readonly deleted: number }> {
    return this.api.call('Remote/deleteThere', { id, uidls });
  }

  /** Looks for the servers of an address; `onRungs` is told as they come. Throws MethodError for what is no address. */
  async discover(address: string, onRungs: (rungs: readonly Rung[]) => void): Promise<void> {
    const { id } = await this.api.call<{ readonly id: string }>('Remote/discover', { address });
    for (;;) {
      const now = await this.api.call<{ readonly isDone: boolean; readonly rungs: readonly Rung[] }>(
        'Remote/discovered',
        { id },
      );
      onRungs(now.rungs);
      if (now.isDone) return;
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY / 2, resolve));
    }
  }

  private async set(args: object): Promise<{
    readonly notCreated: Readonly<Record<string, Refusal>> | null;
    readonly notUpdated: Readonly<Record<string, Refusal>> | null;
  }> {
    const answer = await this.api.call<Awaited<ReturnType<Accounts['set']>>>('Remote/set', args);
    await this.load();
    return answer;
  }
}
