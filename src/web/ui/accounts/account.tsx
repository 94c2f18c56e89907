import { useSignal } from '@preact/signals';
import { Button, Choice, Confirm, ErrorCard, Field, notices } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { go } from '../shell/route.ts';
import { exactDate } from '../words/dates.ts';
import { size, words } from '../words/index.ts';
import { useAccounts } from './use.ts';
import { ServersForm } from './servers.tsx';
import type { Servers } from './servers.tsx';
import { SeenList } from './seen-list.tsx';
import { CertificateCard, TroubleCard } from './trouble-card.tsx';
import type { Certificate, LeaveRule, Refusal, Remote, Trouble } from './types.ts';
import { VisitProgress } from './progress.tsx';

const say = words.accounts;

type Asked = { readonly side: 'pop3' | 'smtp'; readonly trouble: Trouble; readonly certificate: Certificate };

export function AccountPage({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const removing = useSignal(false);
  return (
    <div class="account">
      <h1>
        <Foreign text={remote.address} />
      </h1>
      <Standing remote={remote} />
      <div class="actions">
        {remote.visiting === null && (
          <Button kind="primary" icon="refresh" onClick={() => void accounts.check(remote.id)}>
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
      <Access remote={remote} />
      <section>
        <h2>{say.removeTitle}</h2>
        <p>{say.removeText}</p>
        <Button kind="danger" onClick={() => (removing.value = true)}>
          {say.remove}
        </Button>
      </section>
      {removing.value && (
        <Confirm
          title={say.removeAsk(remote.address)}
          text={<p>{say.removeText}</p>}
          doIt={say.remove}
          close={() => (removing.value = false)}
          run={() => {
            void accounts.remove(remote.id).then(() => {
              go({ view: 'accounts' });
            });
          }}
        />
      )}
    </div>
  );
}

function Standing({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const { standing, visitedAt, dueAt } = remote;
  if (remote.visiting !== null) return <VisitProgress remote={remote} />;
  if (standing.kind === 'trouble')
    return <TroubleCard trouble={standing.trouble} again={() => void accounts.check(remote.id)} />;
  if (standing.kind === 'renumbered') {
    const { vanished, appeared, alike } = standing;
    return (
      <ErrorCard
        tone="warn"
        what={say.renumbered}
        why={say.renumberedWhy(vanished, appeared, alike)}
        youCan={
          <>
            <Button kind="primary" onClick={() => void accounts.check(remote.id, 'same-messages')}>
              {say.sameMessages}
            </Button>
            <Button onClick={() => void accounts.check(remote.id, 'new-messages')}>{say.newMessages}</Button>
          </>
        }
      />
    );
  }
  return (
    <p role="status">
      {standing.kind === 'never' ? say.neverVisited : say.visited(standing.collected, standing.left)}{' '}
      {visitedAt !== null && <span class="muted">{say.at(exactDate(Date.parse(visitedAt)))}</span>}{' '}
      {dueAt !== null && <span class="muted">{say.nextAt(exactDate(Date.parse(dueAt)))}</span>}
      {standing.kind === 'done' && standing.withoutIds && <span class="muted"> {say.withoutIds}</span>}
    </p>
  );
}

type LeaveChoice = 'for-ever' | 'days' | 'until-deleted-here';

/** How long copies stay at the provider. A choice that deletes there says how many first. */
function Copies({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const days = useSignal(String(remote.leave.kind === 'days' ? remote.leave.days : 14));
  const asked = useSignal<{ readonly rule: LeaveRule; readonly refusal: Refusal } | undefined>(undefined);
  const trouble = useSignal<Refusal | undefined>(undefined);
  const set = async (rule: LeaveRule, confirm?: number): Promise<void> => {
    const refusal = await accounts.change(remote.id, { leave: rule }, confirm);
    asked.value = refusal?.type === 'needsConfirmation' ? { rule, refusal } : undefined;
    trouble.value = refusal !== undefined && asked.value === undefined ? refusal : undefined;
    if (refusal === undefined) notices.say(say.saved);
  };
  const question = asked.value;
  return (
    <section>
      <h2>{say.copies}</h2>
      <Choice<LeaveChoice>
        label={say.copiesStay}
        value={remote.leave.kind}
        of={say.leaves}
        choose={(kind) => void set(kind === 'days' ? { kind, days: Number(days.value) } : { kind })}
      />
      {remote.leave.kind === 'days' && (
        <form
          class="line-form"
          onSubmit={(event) => {
            event.preventDefault();
            void set({ kind: 'days', days: Number(days.value) });
          }}
        >
          <Field label={say.days} value={days.value} onInput={(value) => (days.value = value)} />
          <Button type="submit">{say.save}</Button>
        </form>
      )}
      {trouble.value !== undefined && <Refused refusal={trouble.value} />}
      {question !== undefined && (
        <Confirm
          title={say.deletes(question.refusal.count ?? 0, remote.pop3.host)}
          text={
            <>
              <p>{say.deletesText(size(question.refusal.octets ?? 0))}</p>
              <SeenList list={question.refusal.sample ?? []} />
            </>
          }
          doIt={say.deleteThere(question.refusal.count ?? 0, remote.pop3.host)}
          close={() => (asked.value = undefined)}
          run={() => void set(question.rule, question.refusal.count)}
        />
      )}
    </section>
  );
}

function Refused({ refusal }: { readonly refusal: Refusal }) {
  const trouble = refusal.pop3 ?? refusal.smtp;
  if (trouble !== undefined && trouble !== null) return <TroubleCard trouble={trouble} />;
  return (
    <p class="field-error" role="alert">
      {refusal.description ?? say.failed}
    </p>
  );
}

const MEGABYTE = 1_000_000;

function Rhythm({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const every = useSignal(String(remote.every));
  const cap = useSignal(remote.cap === null ? '' : String(remote.cap / MEGABYTE));
  const refused = useSignal<Refusal | undefined>(undefined);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const octets = cap.value.trim() === '' ? null : Math.round(Number(cap.value.replace(',', '.')) * MEGABYTE);
    refused.value = await accounts.change(remote.id, { every: Number(every.value), cap: octets });
    if (refused.value === undefined) notices.say(say.saved);
  };
  return (
    <section>
      <h2>{say.rhythm}</h2>
      <form onSubmit={(event) => void save(event)}>
        <Field label={say.every} value={every.value} onInput={(value) => (every.value = value)} />
        <Field label={say.cap} hint={say.capHint} value={cap.value} onInput={(value) => (cap.value = value)} />
        {refused.value !== undefined && <Refused refusal={refused.value} />}
        <Button type="submit">{say.save}</Button>
      </form>
    </section>
  );
}

/** Servers, names and password; both servers are tried before anything of it is kept. */
function Access({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const { pop3, smtp, pop3Login, smtpLogin } = remote;
  const servers = useSignal<Servers>({ pop3, smtp, pop3Login, smtpLogin });
  const password = useSignal('');
  const refused = useSignal<Refusal | undefined>(undefined);
  const asked = useSignal<Asked | undefined>(undefined);
  const busy = useSignal(false);
  const save = async (): Promise<void> => {
    busy.value = true;
    const secret = password.peek() === '' ? {} : { password: password.peek() };
    refused.value = await accounts.change(remote.id, { ...servers.peek(), ...secret });
    busy.value = false;
    if (refused.value !== undefined) return;
    password.value = '';
    notices.say(say.saved);
  };
  const ask = (side: 'pop3' | 'smtp', trouble: Trouble) => (certificate: Certificate) => {
    asked.value = { side, trouble, certificate };
  };
  return (
    <section>
      <h2>{say.access}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label={say.newPassword}
          type="password"
          autoComplete="off"
          value={password.value}
          hint={say.newPasswordHint}
          onInput={(value) => (password.value = value)}
        />
        <details>
          <summary>{say.servers}</summary>
          <ServersForm servers={servers.value} set={(next) => (servers.value = next)} />
        </details>
        {refused.value?.pop3 && <TroubleCard trouble={refused.value.pop3} onTrust={ask('pop3', refused.value.pop3)} />}
        {refused.value?.smtp && <TroubleCard trouble={refused.value.smtp} onTrust={ask('smtp', refused.value.smtp)} />}
        {refused.value !== undefined && refused.value.type !== 'serversFailed' && <Refused refusal={refused.value} />}
        <Button type="submit" disabled={busy.value}>
          {busy.value ? say.trying : say.testAndSave}
        </Button>
      </form>
      {asked.value !== undefined && <AskedCard asked={asked.value} />}
    </section>
  );

  function AskedCard({ asked: { side, trouble, certificate } }: { readonly asked: Asked }) {
    return (
      <CertificateCard
        trouble={trouble}
        certificate={certificate}
        goBack={() => (asked.value = undefined)}
        trust={() => {
          servers.value = { ...servers.peek(), [side]: { ...servers.peek()[side], pinned: certificate.sha256 } };
          void save();
        }}
      />
    );
  }
}
