import { Button, EmptyState } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { go } from '../shell/route.ts';
import { words } from '../words/index.ts';
import { AccountPage } from './account.tsx';
import { Setup } from './setup.tsx';
import { TherePage } from './there.tsx';
import type { Remote } from './types.ts';
import { useAccounts } from './use.ts';

const say = words.accounts;

/** All accounts, one of them, or a new one, by what the address says. */
export function AccountsView({
  account,
  page,
}: {
  readonly account: string | undefined;
  readonly page: string | undefined;
}) {
  const accounts = useAccounts();
  const all = accounts.all.value;
  const remote = all?.find(({ id }) => id === account);
  return (
    <section class="page accounts" aria-label={say.title}>
      {account === 'new' && <Setup />}
      {account !== 'new' && remote !== undefined && page === 'there' && <TherePage key={remote.id} remote={remote} />}
      {account !== 'new' && remote !== undefined && page !== 'there' && <AccountPage key={remote.id} remote={remote} />}
      {account !== 'new' && remote === undefined && all !== undefined && <AccountList all={all} />}
    </section>
  );
}

function AccountList({ all }: { readonly all: readonly Remote[] }) {
  const add = (): void => {
    go({ view: 'accounts', account: 'new' });
  };
  return (
    <>
      <h1>{say.title}</h1>
      {all.length === 0 && (
        <EmptyState icon="inbox" title={say.none} text={say.noneText}>
          <Button kind="primary" icon="plus" onClick={add}>
            {say.addTitle}
          </Button>
        </EmptyState>
      )}
      <ul class="settings-list">
        {all.map((remote) => (
          <li key={remote.id}>
            <span class="grow">
              <Foreign text={remote.address} />
              <br />
              <span class="muted">{shortStanding(remote)}</span>
            </span>
            <Button
              onClick={() => {
                go({ view: 'accounts', account: remote.id });
              }}
            >
              {say.open(remote.address)}
            </Button>
          </li>
        ))}
      </ul>
      {all.length > 0 && (
        <Button icon="plus" onClick={add}>
          {say.addTitle}
        </Button>
      )}
    </>
  );
}

function shortStanding({ visiting, standing }: Remote): string {
  if (visiting !== null) return say.collecting;
  if (standing.kind === 'trouble') return standing.trouble.what;
  if (standing.kind === 'renumbered') return say.renumbered;
  return standing.kind === 'never' ? say.neverVisited : say.visited(standing.collected, standing.left);
}
