import { useSignal } from '@preact/signals';
import { Button, Confirm, ErrorCard, Field, notices } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { go } from '../shell/route.ts';
import { exactDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import { AccessForm, CertificateQuestion, useAccess } from './access.tsx';
import type { Access } from './access.tsx';
import { Copies } from './copies.tsx';
import { VisitProgress } from './progress.tsx';
import { Refused } from './refused.tsx';
import { TroubleCard } from './trouble-card.tsx';
import type { Refusal, Remote, Trouble } from './types.ts';
import { attempt, useAccounts } from './use.ts';

const say = words.accounts;

export function AccountPage({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const access = useAccess(remote);
  return (
    <div class="account">
      <h1>
        <Foreign text={remote.address} />
      </h1>
      <Standing remote={remote} access={access} />
      <div class="actions">
        {remote.visiting === null && (
          <Button
            kind={remote.standing.kind === 'done' || remote.standing.kind === 'never' ? 'primary' : 'plain'}
            icon="refresh"
            onClick={() => {
              attempt(accounts.check(remote.id));
            }}
          >
            {say.checkNow}
          </Button>
        )}
        <Button
          onClick={() => {
            go({ view: 'accounts', account: remote.id, page: 'there' });
          }}
        >
          {say.thereTitle}
        </Button>
      </div>
      <Copies remote={remote} />
      <Rhythm remote={remote} />
      <AccessForm access={access} />
      <Removal remote={remote} />
      <CertificateQuestion access={access} />
    </div>
  );
}

function Removal({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const asking = useSignal(false);
  const remove = async (): Promise<void> => {
    await accounts.remove(remote.id);
    go({ view: 'accounts' });
  };
  return (
    <section>
      <h2>{say.removeTitle}</h2>
      <p>{say.removeText}</p>
      <Button kind="danger" onClick={() => (asking.value = true)}>
        {say.remove}
      </Button>
      {asking.value && (
        <Confirm
          title={say.removeAsk(remote.address)}
          text={<p>{say.removeText}</p>}
          doIt={say.remove}
          close={() => (asking.value = false)}
          run={() => {
            attempt(remove());
          }}
        />
      )}
    </section>
  );
}

function Standing({ remote, access }: { readonly remote: Remote; readonly access: Access }) {
  const { standing, visitedAt, dueAt } = remote;
  if (remote.visiting !== null) return <VisitProgress remote={remote} />;
  if (standing.kind === 'trouble')
    return <StandingTrouble key={standing.trouble.kind} trouble={standing.trouble} nextAt={dueAt} access={access} />;
  if (standing.kind === 'renumbered') return <Renumbered id={remote.id} {...standing} />;
  return (
    <p role="status">
      {standing.kind === 'never' ? say.neverVisited : say.visited(standing.collected, standing.left)}{' '}
      {standing.kind === 'done' && standing.headersOnly > 0 && `${say.headersCame(standing.headersOnly)} `}
      {visitedAt !== null && <span class="muted">{say.at(exactDate(Date.parse(visitedAt)))}</span>}{' '}
      {dueAt !== null && <span class="muted">{say.nextAt(exactDate(Date.parse(dueAt)))}</span>}
      {standing.kind === 'done' && standing.withoutIds && <span class="muted"> {say.withoutIds}</span>}
    </p>
  );
}

interface StandingTroubleProps {
  readonly trouble: Trouble;
  readonly nextAt: string | null;
  readonly access: Access;
}

/** What can be done about it is at hand: the password to be entered, the certificate to be looked at. */
function StandingTrouble({ trouble, nextAt, access }: StandingTroubleProps) {
  const isLogin = trouble.kind === 'wrong-login';
  return (
    <TroubleCard trouble={trouble} nextAt={nextAt} onTrust={access.ask('pop3', trouble)}>
      {isLogin && (
        <Button kind="primary" onClick={() => access.passwordField.current?.focus()}>
          {say.enterPassword}
        </Button>
      )}
    </TroubleCard>
  );
}

interface RenumberedProps {
  readonly id: string;
  readonly vanished: number;
  readonly appeared: number;
  readonly alike: number;
}

function Renumbered({ id, vanished, appeared, alike }: RenumberedProps) {
  const accounts = useAccounts();
  return (
    <ErrorCard
      tone="warn"
      what={say.renumbered}
      why={say.renumberedWhy(vanished, appeared, alike)}
      youCan={
        <>
          <Button
            kind="primary"
            onClick={() => {
              attempt(accounts.check(id, 'same-messages'));
            }}
          >
            {say.sameMessages}
          </Button>
          <Button
            onClick={() => {
              attempt(accounts.check(id, 'new-messages'));
            }}
          >
            {say.newMessages}
          </Button>
        </>
      }
    />
  );
}

const MEGABYTE = 1_000_000;

function Rhythm({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const every = useSignal(String(remote.every));
  const cap = useSignal(remote.cap === null ? '' : String(remote.cap / MEGABYTE));
  const refused = useSignal<Refusal | undefined>(undefined);
  const save = async (): Promise<void> => {
    const octets = cap.value.trim() === '' ? null : Math.round(Number(cap.value.replace(',', '.')) * MEGABYTE);
    refused.value = await accounts.change(remote.id, { every: Number(every.value), cap: octets });
    if (refused.value === undefined) notices.say(say.saved);
  };
  return (
    <section>
      <h2>{say.rhythm}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          attempt(save());
        }}
      >
        <Field label={say.every} value={every.value} onInput={(value) => (every.value = value)} />
        <Field label={say.cap} hint={say.capHint} value={cap.value} onInput={(value) => (cap.value = value)} />
        {refused.value !== undefined && <Refused refusal={refused.value} />}
        <Button type="submit">{say.save}</Button>
      </form>
    </section>
  );
}
