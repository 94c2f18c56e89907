import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Button, Field, notices } from '../components/index.ts';
import { asTrouble } from '../jmap/trouble.ts';
import { go } from '../shell/route.ts';
import { words } from '../words/index.ts';
import { Ladder } from './ladder.tsx';
import { guessed, serversFrom } from './found.ts';
import { ServersForm } from './servers.tsx';
import type { Servers } from './servers.tsx';
import { CertificateCard, TroubleCard } from './trouble-card.tsx';
import type { Certificate, Rung, Tried, Trouble } from './types.ts';
import { useAccounts } from './use.ts';

const say = words.accounts;

/** By address and password: the servers are looked for in front of one's eyes, tried, and only then kept. */
export function Setup() {
  const accounts = useAccounts();
  const name = useSignal('');
  const address = useSignal('');
  const password = useSignal('');
  const rungs = useSignal<readonly Rung[] | undefined>(undefined);
  const servers = useSignal<Servers | undefined>(undefined);
  const tried = useSignal<Tried | undefined>(undefined);
  const busy = useSignal<'finding' | 'trying' | undefined>(undefined);
  const error = useSignal<string | undefined>(undefined);
  const asked = useSignal<
    { readonly side: 'pop3' | 'smtp'; readonly trouble: Trouble; readonly certificate: Certificate } | undefined
  >(undefined);
  const passwordField = useRef<HTMLInputElement | null>(null);

  const guarded = async (what: 'finding' | 'trying', work: () => Promise<void>): Promise<void> => {
    busy.value = what;
    error.value = undefined;
    try {
      await work();
    } catch (failure) {
      error.value = asTrouble(failure).said ?? say.failed;
    }
    busy.value = undefined;
  };

  const find = (event: Event): void => {
    event.preventDefault();
    tried.value = undefined;
    rungs.value = [];
    void guarded('finding', async () => {
      await accounts.discover(address.value, (now) => {
        rungs.value = now;
      });
      servers.value = serversFrom(rungs.peek() ?? [], address.value.trim());
    });
  };

  const add = (): void => {
    const wanted = servers.peek();
    if (wanted === undefined) return;
    void guarded('trying', async () => {
      const leave = { kind: 'days', days: 14 } as const;
      const refused = await accounts.add({ ...wanted, address: address.value.trim(), name: name.value, password: password.value, leave, cap: null, every: 10 }); // prettier-ignore
      if (refused === undefined) {
        notices.say(say.added(address.value.trim()));
        go({ view: 'folder' });
        return;
      }
      tried.value =
        refused.type === 'serversFailed' ? { pop3: refused.pop3 ?? null, smtp: refused.smtp ?? null } : undefined;
      if (tried.value === undefined) error.value = refused.description ?? say.failed;
      if (refused.pop3?.kind === 'wrong-login' || refused.smtp?.kind === 'wrong-login') passwordField.current?.focus();
    });
  };

  const trust = (side: 'pop3' | 'smtp', certificate: Certificate): void => {
    const now = servers.peek();
    if (now === undefined) return;
    servers.value = { ...now, [side]: { ...now[side], pinned: certificate.sha256 } };
    add();
  };

  return (
    <div class="setup">
      <h1>{say.addTitle}</h1>
      <form onSubmit={find}>
        <Field
          label={say.yourName}
          value={name.value}
          autoComplete="name"
          onInput={(value) => (name.value = value)}
          hint={say.yourNameHint}
        />
        <Field
          label={say.address}
          type="email"
          autoComplete="email"
          required
          value={address.value}
          onInput={(value) => (address.value = value)}
        />
        <Field
          label={say.password}
          type="password"
          autoComplete="off"
          value={password.value}
          hint={say.passwordHint}
          onInput={(value) => (password.value = value)}
          element={(input) => {
            passwordField.current = input;
          }}
        />
        <div class="actions">
          <Button
            kind={servers.value === undefined ? 'primary' : 'plain'}
            type="submit"
            disabled={busy.value !== undefined}
          >
            {busy.value === 'finding' ? say.finding : say.find}
          </Button>
          {servers.value === undefined && (
            <Button onClick={() => (servers.value = guessed(address.value.trim()))}>{say.byHand}</Button>
          )}
        </div>
      </form>
      {error.value !== undefined && (
        <p class="field-error" role="alert">
          {error.value}
        </p>
      )}
      {rungs.value !== undefined && <Ladder rungs={rungs.value} isClimbing={busy.value === 'finding'} />}
      {servers.value !== undefined && (
        <>
          <ServersForm servers={servers.value} set={(next) => (servers.value = next)} />
          {tried.value !== undefined && (
            <div class="tried">
              <TriedSide side="pop3" trouble={tried.value.pop3} />
              <TriedSide side="smtp" trouble={tried.value.smtp} />
            </div>
          )}
          <p class="muted">{say.leaveHint}</p>
          <div class="actions">
            <Button kind="primary" disabled={busy.value !== undefined || password.value === ''} onClick={add}>
              {busy.value === 'trying' ? say.trying : say.testAndAdd}
            </Button>
          </div>
        </>
      )}
      {asked.value !== undefined && (
        <CertificateCard
          trouble={asked.value.trouble}
          certificate={asked.value.certificate}
          goBack={() => (asked.value = undefined)}
          trust={trustAsked(asked.value)}
        />
      )}
    </div>
  );

  function trustAsked({ side, certificate }: NonNullable<typeof asked.value>): () => void {
    return () => {
      trust(side, certificate);
    };
  }

  function TriedSide({ side, trouble }: { readonly side: 'pop3' | 'smtp'; readonly trouble: Trouble | null }) {
    if (trouble === null) return <p class="works">{say.works(side === 'pop3' ? say.fetching : say.sending)}</p>;
    return (
      <TroubleCard
        trouble={trouble}
        onTrust={(certificate) => {
          asked.value = { side, trouble, certificate };
        }}
      />
    );
  }
}
