import { EmptyState } from '../components/index.ts';
import { words } from '../words/index.ts';

export function OutboxView() {
  return <EmptyState icon="send" title={words.compose.outbox.none.title} text={words.compose.outbox.none.text} />;
}
