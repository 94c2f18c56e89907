/** Writing and sending, as the shell sees it: it draws `ComposeLayer` above everything, and takes the commands from here. */
import { write as open } from './open.ts';
import type { Writing } from './open.ts';

/** Opens the composer. */
export function write(wish: Writing): void {
  void open(wish);
}

export { composeCommands } from './commands.ts';
export { ComposeLayer } from './views.tsx';
