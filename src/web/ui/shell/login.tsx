import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, Field } from '../components/index.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import { words } from '../words/index.ts';
import { logIn } from './app.ts';
import { Mark } from './mark.tsx';

const say = words.session;

export function LoginPage() {
  return (
    <main class="login">
      <div class="login-card">
        <Mark />
        <h1>{say.title}</h1>
        <LoginForm />
      </div>
    </main>
  );
}

/** With `fixedLogin`, only the password is asked for: the mailbox of that address is open. */
export function LoginForm({ fixedLogin }: { readonly fixedLogin?: string }) {
  const login = useSignal(fixedLogin ?? '');
  const password = useSignal('');
  const busy = useSignal(false);
  const error = useSignal<string | undefined>(undefined);
  const first = useRef<HTMLInputElement | null>(null);
  const second = useRef<HTMLInputElement | null>(null);
  useEffect(() => {
    (fixedLogin === undefined ? first : second).current?.focus();
  }, [fixedLogin]);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    // A password manager may have filled the fields without an event that says so.
    login.value = fixedLogin ?? first.current?.value.trim() ?? '';
    password.value = second.current?.value ?? '';
    if (login.value === '' || password.value === '') {
      error.value = say.needBoth;
      (login.value === '' ? first : second).current?.focus();
      return;
    }
    busy.value = true;
    error.value = undefined;
    try {
      await logIn(login.value, password.value);
    } catch (failure) {
      error.value = sentenceOf(asTrouble(failure));
      second.current?.focus();
      second.current?.select();
    }
    busy.value = false;
  };

  return (
    <form class="login-form" method="post" action="/session" onSubmit={(event) => void submit(event)}>
      <Field
        label={say.login}
        type="email"
        name="login"
        autoComplete="username"
        required
        value={login.value}
        readOnly={fixedLogin !== undefined}
        onInput={(value) => (login.value = value)}
        element={(input) => {
          first.current = input;
        }}
      />
      <Field
        label={say.password}
        type="password"
        name="password"
        autoComplete="current-password"
        required
        value={password.value}
        error={error.value}
        onInput={(value) => (password.value = value)}
        element={(input) => {
          second.current = input;
        }}
      />
      <Button kind="primary" type="submit" disabled={busy.value}>
        {busy.value ? say.busy : say.submit}
      </Button>
    </form>
  );
}

function sentenceOf(trouble: Trouble): string {
  if (trouble.kind === 'refused') return trouble.said ?? say.refused;
  return trouble.said ?? words.trouble[trouble.kind === 'busy' ? 'tooMany' : trouble.kind].what;
}
