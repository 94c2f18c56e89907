/** The store with its operations for mail (store/mail.ts), which are being built. */
import type { MailReads, MailWrites, Store } from '../store/index.ts';

export interface MailStore extends Pick<Store, 'content' | 'onChange'> {
  read<N extends keyof MailReads>(name: N, params: Parameters<MailReads[N]>[0]): Promise<ReturnType<MailReads[N]>>;
  write<N extends keyof MailWrites>(name: N, params: Parameters<MailWrites[N]>[0]): Promise<ReturnType<MailWrites[N]>>;
}

export function mailStore(store: Store): MailStore {
  return store as unknown as MailStore;
}
