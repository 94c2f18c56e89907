/** Whom one can write as (RFC 8621 §6), with the signatures that go with it. */
import { signal } from '@preact/signals';
import type { Api } from '../jmap/api.ts';
import { fromSetError } from '../jmap/trouble.ts';
import type { Address, GetResult, Id, SetResult } from '../jmap/types.ts';

export interface Identity {
  readonly id: Id;
  readonly name: string;
  /** `*@domain` for who may write as a whole domain. */
  readonly email: string;
  readonly replyTo: readonly Address[] | null;
  readonly bcc: readonly Address[] | null;
  readonly textSignature: string;
  readonly htmlSignature: string;
  readonly mayDelete: boolean;
}

export class Identities {
  readonly all = signal<readonly Identity[]>([]);
  private readonly api: Api;
  private loading: Promise<readonly Identity[]> | undefined;

  constructor(api: Api) {
    this.api = api;
  }

  /** Asks once, and after {@link mayHaveChanged}: where that fails, those known before do. `again`: asks in any case. */
  load(again = false): Promise<readonly Identity[]> {
    if (again) this.loading = undefined;
    this.loading ??= this.ask().catch((error: unknown) => {
      this.loading = undefined;
      const known = this.all.peek();
      if (!again && known.length > 0) return known;
      throw error;
    });
    return this.loading;
  }

  /** An account at a provider that was added brings an address. */
  mayHaveChanged(): void {
    this.loading = undefined;
  }

  private async ask(): Promise<readonly Identity[]> {
    const { list } = await this.api.call<GetResult<Identity>>('Identity/get', { ids: null });
    this.all.value = list;
    return list;
  }

  /** Throws a Trouble with the server's sentence. */
  async change(id: Id, patch: Partial<Identity>): Promise<void> {
    const { notUpdated } = await this.api.call<SetResult>('Identity/set', { update: { [id]: patch } });
    const refused = notUpdated?.[id];
    if (refused !== undefined) throw fromSetError(refused);
    await this.load(true);
  }

  async add(identity: Partial<Identity>): Promise<Id | undefined> {
    const { created, notCreated } = await this.api.call<SetResult>('Identity/set', { create: { i: identity } });
    const refused = notCreated?.['i'];
    if (refused !== undefined) throw fromSetError(refused);
    await this.load(true);
    return created?.['i']?.id;
  }

  async remove(id: Id): Promise<void> {
    const { notDestroyed } = await this.api.call<SetResult>('Identity/set', { destroy: [id] });
    const refused = notDestroyed?.[id];
    if (refused !== undefined) throw fromSetError(refused);
    await this.load(true);
  }

  byId(id: Id): Identity | undefined {
    return this.all.peek().find((one) => one.id === id);
  }
}

/** The signature as it stands in a letter: behind its separator (RFC 3676 §4.3), once. */
export function signatureText({ textSignature }: Pick<Identity, 'textSignature'>): string {
  const text = textSignature.replaceAll(/\r\n?/gu, '\n').replace(/^\n+|\s+$/gu, '');
  if (text === '') return '';
  return text.startsWith('-- \n') ? text : `-- \n${text}`;
}
