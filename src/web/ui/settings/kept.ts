/** What this browser keeps between visits. Never a secret: what is stored here, everybody at this machine can read. */
import { effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';

export type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** A signal that is written down when it changes. What is kept counts only where it has the type of the default. */
export function kept<Values extends object>(store: Store, key: string, defaults: Values): Signal<Values> {
  const values = signal(read(store, key, defaults));
  const found = values.peek();
  effect(() => {
    if (values.value !== found) write(store, key, values.value);
  });
  return values;
}

function read<Values extends object>(store: Store, key: string, defaults: Values): Values {
  let found: unknown;
  try {
    found = JSON.parse(store.getItem(key) ?? 'null');
  } catch {
    return defaults;
  }
  if (typeof found !== 'object' || found === null) return defaults;
  const usable = Object.entries(found).filter(
    ([name, value]) => Object.hasOwn(defaults, name) && isLike(defaults[name as keyof Values], value),
  );
  return { ...defaults, ...Object.fromEntries(usable) };
}

const isLike = (wanted: unknown, value: unknown): boolean =>
  typeof wanted === typeof value && Array.isArray(wanted) === Array.isArray(value) && value !== null;

/** Private windows have no storage, full ones take nothing: then it holds for this visit. */
function write(store: Store, key: string, values: object): void {
  try {
    store.setItem(key, JSON.stringify(values));
  } catch {
    // Nothing to be done, and nothing is lost that the user sees now.
  }
}

/** localStorage, or a make-believe one where the browser gives none. */
export function browserStore(): Store {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined };
  }
}
