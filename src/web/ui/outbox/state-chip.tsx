import { Icon } from '../components/index.ts';
import type { IconName } from '../components/index.ts';
import type { Id } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { outboxOf } from './outbox.ts';
import type { OutboxState } from './outbox.ts';

const say = words.outbox;

const ICONS: Readonly<Record<OutboxState, IconName>> = {
  held: 'clock',
  waiting: 'clock',
  sending: 'send',
  sent: 'check',
  refused: 'alert',
  unsure: 'help',
  canceled: 'undo',
};

/** How a message that was sent stands, as a word with a picture. */
export function StateChip({ state }: { readonly state: OutboxState }) {
  const tone = { refused: 'danger', unsure: 'warn', waiting: 'warn' }[state as string];
  return (
    <span class="chip" data-tone={tone}>
      <Icon name={ICONS[state]} />
      {say.states[state]}
    </span>
  );
}

/** Beside a row: what was sent and has not reached everybody. */
export function SentChip({ email }: { readonly email: Id }) {
  const entry = outboxOf(useDesk()).byEmail.value.get(email);
  if (entry === undefined || entry.state === 'sent' || entry.state === 'canceled') return null;
  return <StateChip state={entry.state} />;
}
