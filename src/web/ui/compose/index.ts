/**
 * Writing and sending, as the shell sees it. The shell draws `ComposeLayer` above everything, `OutboxView` in place of
 * the list, `ReportCard` above the text of a message, and takes the commands and settings from here.
 */
import { write as open } from './open.ts';
import type { Writing } from './open.ts';

/** Opens the composer. */
export function write(wish: Writing): void {
  void open(wish);
}

export { composeCommands } from './commands.ts';
export { ComposeLayer, OutboxView, ReportCard } from './views.tsx';
export { waiting } from './waiting.ts';
