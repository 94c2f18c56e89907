/**
 * Which domains are ours: those of the configuration file joined with those added by command.
 * The second kind is kept in memory and read again when the store says that something changed, so
 * that a RCPT costs no query and a new domain takes effect within a blink.
 */
import type { Store } from '../store/index.ts';

export interface Domains {
  /** `domain` in lower-case A-labels. */
  isOurs(domain: string): Promise<boolean>;
  /** All of them, the file's first. */
  list(): Promise<readonly { readonly name: string; readonly from: 'file' | 'store' }[]>;
  close(): void;
}

export function openDomains(store: Store, fromFile: () => readonly string[]): Domains {
  let added: Promise<ReadonlySet<string>> | undefined;
  const stop = store.onChange(({ directory }) => {
    if (directory) added = undefined;
  });

  function fromStore(): Promise<ReadonlySet<string>> {
    if (added !== undefined) return added;
    const read = store.read('listDomains', {}).then((rows) => new Set(rows.map((row) => row.name)));
    added = read;
    // A failed look-up must not be remembered: the next asks again.
    read.catch(() => {
      if (added === read) added = undefined;
    });
    return read;
  }

  return {
    isOurs: async (domain) => fromFile().includes(domain) || (await fromStore()).has(domain),
    async list() {
      const file = fromFile();
      const others = [...(await fromStore())].filter((name) => !file.includes(name));
      return [
        ...file.map((name) => ({ name, from: 'file' as const })),
        ...others.map((name) => ({ name, from: 'store' as const })),
      ];
    },
    close: stop,
  };
}
