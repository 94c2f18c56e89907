import { Button, Dialog, ErrorCard, Waiting } from '../components/index.ts';
import { words } from '../words/index.ts';
import { phase, start } from './app.ts';
import { isOwnComputer } from './bar.tsx';
import { LoginForm, LoginPage } from './login.tsx';
import { Shell } from './shell.tsx';

export function App() {
  const now = phase.value;
  switch (now.is) {
    case 'starting':
      return (
        <main class="login">
          <Waiting>
            <p class="muted">{words.session.starting}</p>
          </Waiting>
        </main>
      );
    case 'out':
      return <LoginPage />;
    case 'failed': {
      const say = words.trouble[now.trouble.kind === 'busy' ? 'tooMany' : now.trouble.kind];
      return (
        <main class="login">
          <ErrorCard
            what={say.what}
            why={say.why}
            said={now.trouble.said}
            youCan={
              <Button kind="primary" onClick={() => void start()}>
                {words.common.tryAgain}
              </Button>
            }
          />
        </main>
      );
    }
    case 'in':
      return (
        <>
          <Shell desk={now.desk} />
          {now.desk.line.state.value === 'ended' && <LogInAgain login={now.desk.login} />}
        </>
      );
  }
}

function LogInAgain({ login }: { readonly login: string }) {
  return (
    <Dialog title={words.session.again}>
      <p>{words.session.againWhy}</p>
      {isOwnComputer(login) ? <p>{words.accounts.openAgain}</p> : <LoginForm fixedLogin={login} />}
    </Dialog>
  );
}
