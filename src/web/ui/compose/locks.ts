/**
 * One window writes a draft at a time. The browser keeps the locks (Web Locks), and lets them go with a tab that dies.
 * Where it has none (a page that did not come over TLS), the server's answer to the next save tells (store-draft.ts).
 */
const nameOf = (key: string): string => `posthorn-draft-${key}`;

const held = new Map<string, () => void>();

const locks = (): LockManager | undefined => (navigator as { readonly locks?: LockManager }).locks;

export async function isHeldElsewhere(key: string): Promise<boolean> {
  if (held.has(key)) return false;
  const found = await locks()?.query();
  return found?.held?.some(({ name }) => name === nameOf(key)) ?? false;
}

/** Resolves once it is ours. `onLost` is called when another window takes it. */
export async function holdDraft(key: string, onLost: () => void, steal = false): Promise<void> {
  const manager = locks();
  if (manager === undefined || held.has(key)) return;
  await new Promise<void>((begun) => {
    const isHeld = (): Promise<void> =>
      new Promise((release) => {
        held.set(key, release);
        begun();
      });
    manager.request(nameOf(key), { steal }, isHeld).catch(() => {
      begun();
      if (held.delete(key)) onLost();
    });
  });
}

export function releaseDraft(key: string): void {
  const release = held.get(key);
  held.delete(key);
  release?.();
}
