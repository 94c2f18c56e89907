/** What can be done, as one table: menus, buttons, keys, the palette and the key sheet all read it. */
import type { IconName } from '../components/icons.ts';

export interface Command {
  /** Stays the same over versions: changed keys are kept by it. */
  readonly id: string;
  readonly name: string;
  readonly group: 'list' | 'message' | 'go' | 'app';
  /** `j`, `Shift+i`, `Mod+k` (Ctrl, or ⌘ on a Mac), `g i` (one after the other). The first is shown in menus. */
  readonly keys: readonly string[];
  readonly icon?: IconName;
  /** Not in the palette: it makes sense only as a key. */
  readonly keyOnly?: boolean;
  /** Absent: always. */
  readonly can?: () => boolean;
  readonly run: () => void;
}

export const isPossible = (command: Command): boolean => command.can?.() ?? true;

/** The commands with the keys that somebody chose for them. */
export const withKeys = (
  commands: readonly Command[],
  chosen: Readonly<Record<string, readonly string[]>>,
): readonly Command[] =>
  commands.map((command) => {
    const keys = Object.hasOwn(chosen, command.id) ? chosen[command.id] : undefined;
    return keys === undefined ? command : { ...command, keys };
  });
