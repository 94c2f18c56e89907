/** From key presses to commands. Pure: the shell hands the events in. */
import type { Command } from './command.ts';

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Milliseconds within which the second key of `g i` has to come. */
const PATIENCE = 1_500;

/** A press as the table writes it. Capital letters are Shift and the letter; signs (#, ?, *) are themselves. */
export function strokeOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Press): string {
  const letter = key.length === 1;
  const shift = shiftKey && (!letter || key.toLowerCase() !== key.toUpperCase());
  const parts = [ctrlKey || metaKey ? 'Mod' : '', altKey ? 'Alt' : '', shift ? 'Shift' : ''].filter(
    (part) => part !== '',
  );
  const name = key === ' ' ? 'Space' : letter ? key.toLowerCase() : key;
  return [...parts, name].join('+');
}

/** What still works while somebody types, and with single keys switched off. */
export const isStrong = (stroke: string): boolean => stroke.startsWith('Mod+') || /^(Shift\+)?F\d+$/.test(stroke);

/** A key that a switch turns off: one character without Ctrl or ⌘ (WCAG 2.1.4). */
export const isSingle = (keys: string): boolean =>
  keys.split(' ').every((stroke) => /^(Shift\+)?.$/u.test(stroke) || stroke === '+');

export type Meaning = Command | 'begun' | undefined;

/** Keeps the first half of `g i` until the second comes. */
export class KeyReader {
  private first: { readonly stroke: string; readonly at: number } | undefined;

  /** `begun`: it may become a command with the next press. Commands that are not possible now count as absent. */
  press(stroke: string, at: number, commands: readonly Command[], isPossible: (command: Command) => boolean): Meaning {
    const before = this.first !== undefined && at - this.first.at <= PATIENCE ? this.first.stroke : undefined;
    this.first = undefined;
    const possible = commands.filter(isPossible);
    const both = before === undefined ? undefined : find(possible, `${before} ${stroke}`);
    if (both !== undefined) return both;
    const one = find(possible, stroke);
    if (one !== undefined) return one;
    if (!possible.some(({ keys }) => keys.some((key) => key.startsWith(`${stroke} `)))) return undefined;
    this.first = { stroke, at };
    return 'begun';
  }
}

const find = (commands: readonly Command[], keys: string): Command | undefined =>
  commands.find((command) => command.keys.includes(keys));

const NAMES: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Enter: 'Enter',
};

/** Keys as people read them: ⌘K on a Mac, Ctrl+K elsewhere; `Shift+i` is written as it is. */
export const keysInWords = (keys: string, isMac: boolean): string =>
  keys
    .split(' ')
    .map((stroke) =>
      stroke
        .split('+')
        .map((part, n, all) => partInWords(part, n === all.length - 1 && all.length > 1, isMac))
        .join(isMac ? '' : '+'),
    )
    .join(' ');

function partInWords(part: string, isCombined: boolean, isMac: boolean): string {
  if (part === 'Mod') return isMac ? '⌘' : 'Ctrl';
  if (part === 'Shift' && isMac) return '⇧';
  return NAMES[part] ?? (isCombined && part.length === 1 ? part.toUpperCase() : part);
}

/** The command that these keys already mean, when another one. */
export const takenBy = (commands: readonly Command[], keys: string, id: string): Command | undefined =>
  commands.find(
    (command) =>
      command.id !== id &&
      command.keys.some((one) => one === keys || one.startsWith(`${keys} `) || keys.startsWith(`${one} `)),
  );
