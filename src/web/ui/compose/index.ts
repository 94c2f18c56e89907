/**
 * Writing and sending, as the shell sees it. The shell draws `ComposeLayer` above everything, `OutboxView` in place of
 * the list, `ReportCard` above the text of a message, and takes the commands and settings from here.
 */
import { signal } from '@preact/signals';
import type { Command } from '../shell/command.ts';

export type Writing =
  | { readonly kind: 'new'; readonly to?: string }
  | { readonly kind: 'reply' | 'reply-all' | 'forward' | 'forward-attached' | 'draft'; readonly email: string };

/** Opens the composer. */
export function write(_: Writing): void {
  // The composer is not there yet.
}

/** Messages that wait to be sent; shown beside the Outbox. */
export const waiting = signal(0);

export const composeCommands: readonly Command[] = [];

export { ComposeLayer, OutboxView, ReportCard } from './views.tsx';
