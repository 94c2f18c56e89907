/** Focus between the parts of the page: folders, list, message. */

/** The first that is there and on the screen. */
const STOPS: Readonly<Record<'folders' | 'list' | 'reader', readonly string[]>> = {
  folders: ['.folders [role=tree] [tabindex="0"]'],
  list: ['.list [role=grid] [tabindex="0"]', '.list [role=grid]', '.list button'],
  reader: ['.reader [data-reader]', '.reader button'],
};

export type Pane = keyof typeof STOPS;

const ORDER: readonly Pane[] = ['folders', 'list', 'reader'];

/** False: it is not on the screen. */
export function focusPane(pane: Pane): boolean {
  for (const stop of STOPS[pane]) {
    const element = [...document.querySelectorAll<HTMLElement>(stop)].find((one) => one.checkVisibility());
    if (element === undefined) continue;
    element.focus();
    return true;
  }
  return false;
}

/** From where focus is, one on or one back, round and round. */
export function cyclePanes(step: 1 | -1): void {
  const here = ORDER.findIndex((pane) => document.activeElement?.closest(`.${pane}`) !== null);
  for (let n = 1; n <= ORDER.length; n += 1) {
    const next = ORDER[(Math.max(here, step === 1 ? -1 : 0) + step * n + ORDER.length * 2) % ORDER.length];
    if (next !== undefined && focusPane(next)) return;
  }
}

export const focusSearch = (): void => {
  const box = document.querySelector<HTMLInputElement>('[data-search]');
  box?.focus();
  box?.select();
};
