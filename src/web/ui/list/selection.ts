/** What is selected in a list: some rows, or all that the list has, loaded or not, but for some. Pure. */
import type { Id } from '../jmap/types.ts';

export type Selection =
  | { readonly of: 'some'; readonly ids: ReadonlySet<Id> }
  | { readonly of: 'all'; readonly except: ReadonlySet<Id> };

export const NOTHING: Selection = { of: 'some', ids: new Set() };
export const EVERYTHING: Selection = { of: 'all', except: new Set() };

export const isSelected = (selection: Selection, id: Id): boolean =>
  selection.of === 'some' ? selection.ids.has(id) : !selection.except.has(id);

/** How many rows, of a list of so many. */
export const countSelected = (selection: Selection, total: number): number =>
  selection.of === 'some' ? selection.ids.size : Math.max(0, total - selection.except.size);

export function toggle(selection: Selection, id: Id): Selection {
  return set(selection, [id], !isSelected(selection, id));
}

export function set(selection: Selection, ids: readonly Id[], on: boolean): Selection {
  const listed = new Set(selection.of === 'some' ? selection.ids : selection.except);
  for (const id of ids) {
    if (on === (selection.of === 'some')) listed.add(id);
    else listed.delete(id);
  }
  return selection.of === 'some' ? { of: 'some', ids: listed } : { of: 'all', except: listed };
}

/** Those that are gone from the list are no longer selected. */
export function without(selection: Selection, gone: readonly Id[]): Selection {
  if (selection.of === 'some') return set(selection, gone, false);
  const except = new Set(selection.except);
  for (const id of gone) except.delete(id);
  return { of: 'all', except };
}
