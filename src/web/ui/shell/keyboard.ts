/** Keys of the page, where nobody is writing. */
import { clock } from '../clock.ts';
import { choices } from '../settings/device.ts';
import { commands } from './all-commands.ts';
import { isPossible } from './command.ts';
import { isSingle, isStrong, KeyReader, strokeOf } from './keys.ts';

const reader = new KeyReader();

/** Listens on the whole page; dialogs and menus keep their keys to themselves. */
export function followKeys(): () => void {
  addEventListener('keydown', onKey);
  return () => {
    removeEventListener('keydown', onKey);
  };
}

function onKey(event: KeyboardEvent): void {
  // 229: an input method is at work, whatever else the event says.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
  if (document.querySelector('dialog[open], [popover]:popover-open') !== null) return;
  const stroke = strokeOf(event);
  if (isWriting(event.target) && !isStrong(stroke)) return;
  if (isWidgetKey(event)) return;
  const meaning = reader.press(stroke, clock.now(), usable(), isPossible);
  if (meaning === undefined) return;
  event.preventDefault();
  if (meaning !== 'begun') meaning.run();
}

/** With single keys switched off, those that need Ctrl, ⌘ or a function key are left. */
function usable() {
  if (choices.peek().singleKeys) return commands.peek();
  return commands.peek().map((command) => ({ ...command, keys: command.keys.filter((keys) => !isSingle(keys)) }));
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'));

/** Enter presses the button that has focus, arrows move in what has arrows of its own. */
const isWidgetKey = ({ key, target }: KeyboardEvent): boolean =>
  target instanceof Element &&
  ((key === 'Enter' && target.closest('button, a, summary, [role=treeitem]') !== null) ||
    (key.startsWith('Arrow') && target.closest('[role=tree], [role=radiogroup], [data-reader], input') !== null));
