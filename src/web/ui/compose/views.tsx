import { EmptyState } from '../components/index.ts';
import { words } from '../words/index.ts';

export function ComposeLayer() {
  return null;
}

export function OutboxView() {
  return <EmptyState icon="send" title={words.folders.outbox} text="" />;
}

/** What to do about a message that could not be delivered; nothing where `email` is no delivery report. */
export function ReportCard(_: { readonly email: string }) {
  return null;
}
