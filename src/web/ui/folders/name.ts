import type { Mailbox } from '../jmap/types.ts';
import { words } from '../words/index.ts';

/** Special mailboxes have the words of the interface, where their owner has not given them others. */
export function folderName({ name, role }: Pick<Mailbox, 'name' | 'role'>): string {
  const known = role === null ? undefined : words.folders.roles[role];
  return known !== undefined && name.toLowerCase() === role ? known : name;
}
