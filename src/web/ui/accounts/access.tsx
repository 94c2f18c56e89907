import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';
import { Button, Field, notices } from '../components/index.ts';
import { words } from '../words/index.ts';
import { Refused } from './refused.tsx';
import { ServersForm } from './servers.tsx';
import type { Servers } from './servers.tsx';
import { CertificateCard, TroubleCard } from './trouble-card.tsx';
import type { Certificate, Refusal, Remote, Trouble } from './types.ts';
import { attempt, useAccounts } from './use.ts';

const say = words.accounts;

type Side = 'pop3' | 'smtp';

/** Servers, names and password of an account, as they are being changed. */
export interface Access {
  readonly servers: Signal<Servers>;
  readonly password: Signal<string>;
  readonly refused: Signal<Refusal | undefined>;
  readonly asked: Signal<{ readonly side: Side; readonly trouble: Trouble; readonly certificate: Certificate } | undefined>; // prettier-ignore
  readonly busy: Signal<boolean>;
  readonly passwordField: RefObject<HTMLInputElement | null>;
  /** Both servers are tried before anything of it is kept. */
  readonly save: () => void;
  /** Asks whether exactly this certificate is to be trusted. */
  readonly ask: (side: Side, trouble: Trouble) => (certificate: Certificate) => void;
  readonly trust: (side: Side, certificate: Certificate) => void;
}

export function useAccess({ id, pop3, smtp, pop3Login, smtpLogin }: Remote): Access {
  const accounts = useAccounts();
  const servers = useSignal<Servers>({ pop3, smtp, pop3Login, smtpLogin });
  const password = useSignal('');
  const refused = useSignal<Refusal | undefined>(undefined);
  const asked = useSignal<Access['asked']['value']>(undefined);
  const busy = useSignal(false);
  const passwordField = useRef<HTMLInputElement>(null);
  const saveAll = async (): Promise<void> => {
    busy.value = true;
    refused.value = undefined;
    try {
      const secret = password.peek() === '' ? {} : { password: password.peek() };
      refused.value = await accounts.change(id, { ...servers.peek(), ...secret });
    } finally {
      busy.value = false;
    }
    if (refused.peek() !== undefined) return;
    password.value = '';
    notices.say(say.saved);
  };
  const save = (): void => {
    attempt(saveAll());
  };
  return {
    servers,
    password,
    refused,
    asked,
    busy,
    passwordField,
    save,
    ask: (side, trouble) => (certificate) => {
      asked.value = { side, trouble, certificate };
    },
    trust: (side, certificate) => {
      servers.value = { ...servers.peek(), [side]: { ...servers.peek()[side], pinned: certificate.sha256 } };
      save();
    },
  };
}

export function AccessForm({ access }: { readonly access: Access }) {
  const { servers, password, refused, busy, passwordField, save } = access;
  return (
    <section>
      <h2>{say.access}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field
          label={say.newPassword}
          type="password"
          autoComplete="off"
          value={password.value}
          hint={say.newPasswordHint}
          onInput={(value) => (password.value = value)}
          element={(input) => {
            passwordField.current = input;
          }}
        />
        <details>
          <summary>{say.servers}</summary>
          <ServersForm servers={servers.value} set={(next) => (servers.value = next)} />
        </details>
        {refused.value !== undefined && <WhyNot access={access} refusal={refused.value} />}
        <Button type="submit" disabled={busy.value}>
          {busy.value ? say.trying : say.testAndSave}
        </Button>
      </form>
    </section>
  );
}

/** It may have been asked for at the other end of the page: it comes into view. */
function WhyNot({ access, refusal }: { readonly access: Access; readonly refusal: Refusal }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    element.current?.scrollIntoView({ block: 'nearest' });
  }, [refusal]);
  const { pop3, smtp } = refusal;
  return (
    <div ref={element} class="tried">
      {pop3 && <TroubleCard trouble={pop3} onTrust={access.ask('pop3', pop3)} />}
      {smtp && <TroubleCard trouble={smtp} onTrust={access.ask('smtp', smtp)} />}
      {!pop3 && !smtp && <Refused refusal={refusal} />}
    </div>
  );
}

/** The question whether a certificate is the right one, over the page. */
export function CertificateQuestion({ access: { asked, trust } }: { readonly access: Access }) {
  const question = asked.value;
  if (question === undefined) return null;
  const { side, trouble, certificate } = question;
  return (
    <CertificateCard
      trouble={trouble}
      certificate={certificate}
      goBack={() => (asked.value = undefined)}
      trust={() => {
        trust(side, certificate);
      }}
    />
  );
}
