import { useEffect } from 'preact/hooks';
import { Button, Icon } from '../components/index.ts';
import { outboxOf, waiting } from '../outbox/index.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { attempt, useAccounts } from './use.ts';

const say = words.accounts;

/** A provider that nobody answers at: what still works, and what waits. */
export function OfflineBanner() {
  const accounts = useAccounts();
  const outbox = outboxOf(useDesk());
  const away = (accounts.all.value ?? []).filter(
    ({ standing }) => standing.kind === 'trouble' && standing.trouble.kind === 'no-answer',
  );
  const stuck = (outbox.entries.value ?? []).filter(({ recipients }) =>
    recipients.some(({ state, reason }) => state === 'waiting' && reason?.id === 'provider-unreachable'),
  );
  const isAway = away.length + stuck.length > 0;
  const again = async (): Promise<void> => {
    await Promise.all([
      ...away.map(({ id }) => accounts.check(id)),
      ...stuck.map(({ id }) => outbox.act(id, 'tryAgain', null)),
    ]);
  };
  // The program looks at the networks of this computer by itself, every few seconds; the browser may know sooner.
  useEffect(() => {
    if (!isAway) return undefined;
    const onLine = (): void => void again().catch(() => undefined);
    addEventListener('online', onLine);
    return () => {
      removeEventListener('online', onLine);
    };
  });
  if (!isAway) return null;
  return (
    <div class="banner" role="status">
      <Icon name="offline" />
      <span>
        {away.length === 0
          ? say.offlineSending(waiting.value)
          : say.offline(away.map(({ pop3 }) => pop3.host).join(', '), waiting.value)}
      </span>
      <Button
        onClick={() => {
          attempt(again());
        }}
      >
        {words.common.tryAgain}
      </Button>
    </div>
  );
}
