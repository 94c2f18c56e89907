/**
 * What became of what was sent, as the shell sees it: `OutboxView` stands in place of the list, `ReportCard` above the
 * text of a message, `SentChip` beside a row, and `waiting` is how many messages somebody still has to get.
 */
export { outboxOf } from './outbox.ts';
export { ReportCard } from './report.tsx';
export { SentChip } from './state-chip.tsx';
export { OutboxView } from './view.tsx';
export { waiting } from './waiting.ts';
