import { Button, Icon } from '../components/index.ts';
import { waiting } from '../outbox/index.ts';
import { words } from '../words/index.ts';
import { useAccounts } from './use.ts';

const say = words.accounts;

/** A provider that nobody answers at: what still works, and what waits. */
export function OfflineBanner() {
  const accounts = useAccounts();
  const away = (accounts.all.value ?? []).filter(
    ({ standing }) => standing.kind === 'trouble' && standing.trouble.kind === 'no-answer',
  );
  if (away.length === 0) return null;
  const again = (): void => {
    for (const { id } of away) void accounts.check(id);
  };
  return (
    <div class="banner" role="status">
      <Icon name="offline" />
      <span>{say.offline(away.map(({ pop3 }) => pop3.host).join(', '), waiting.value)}</span>
      <Button onClick={again}>{words.common.tryAgain}</Button>
    </div>
  );
}
