/** The choices of this browser. `posthorn.look` is also read by public/theme.js, before the first paint. */
import { effect } from '@preact/signals';
import type { LetterLook } from '../letter/index.ts';
import { browserStore, kept } from './kept.ts';

const store = browserStore();

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'compact' | 'cosy' | 'roomy';

export const look = kept(store, 'posthorn.look', { theme: 'system' as Theme, density: 'cosy' as Density });

export const choices = kept(store, 'posthorn.choices', {
  markRead: 'now' as 'now' | 'soon' | 'never',
  afterRemove: 'next' as 'next' | 'list',
  grouped: true,
  preferText: false,
  singleKeys: true,
  /** Keys that were changed, by command; an empty list: none. */
  keys: {} as Readonly<Record<string, readonly string[]>>,
});

/** Things that tell about somebody's mail, so each account has its own. */
export function choicesOf(account: string) {
  return kept(store, `posthorn.account.${account}`, {
    /** By the sender's address in lower case. */
    pictures: {} as Readonly<Record<string, 'always' | 'never'>>,
    /** In the dark: as it was sent, or adapted. By the sender's address too. */
    looks: {} as Readonly<Record<string, LetterLook>>,
    recentSearches: [] as readonly string[],
    closedFolders: [] as readonly string[],
  });
}

export type AccountChoices = ReturnType<typeof choicesOf>;

/** Keeps the page's theme and density as chosen. */
export function followLook(root: HTMLElement): void {
  effect(() => {
    const { theme, density } = look.value;
    setOrRemove(root, 'theme', theme === 'system' ? undefined : theme);
    setOrRemove(root, 'density', density === 'cosy' ? undefined : density);
  });
}

function setOrRemove(root: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) delete root.dataset[name];
  else root.dataset[name] = value;
}
