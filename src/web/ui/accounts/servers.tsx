import { Choice, Field } from '../components/index.ts';
import { words } from '../words/index.ts';
import type { RemoteSettings, Server } from './types.ts';

const say = words.accounts;

export type Servers = Pick<RemoteSettings, 'pop3' | 'smtp' | 'pop3Login' | 'smtpLogin'>;

/** Every value of both servers, each to be changed by itself. */
export function ServersForm({ servers, set }: { readonly servers: Servers; readonly set: (servers: Servers) => void }) {
  return (
    <div class="servers">
      <ServerForm
        title={say.fetching}
        server={servers.pop3}
        login={servers.pop3Login}
        setServer={(pop3) => {
          set({ ...servers, pop3 });
        }}
        setLogin={(pop3Login) => {
          set({ ...servers, pop3Login });
        }}
      />
      <ServerForm
        title={say.sending}
        server={servers.smtp}
        login={servers.smtpLogin}
        setServer={(smtp) => {
          set({ ...servers, smtp });
        }}
        setLogin={(smtpLogin) => {
          set({ ...servers, smtpLogin });
        }}
      />
    </div>
  );
}

interface ServerProps {
  readonly title: string;
  readonly server: Server;
  readonly login: string;
  readonly setServer: (server: Server) => void;
  readonly setLogin: (login: string) => void;
}

function ServerForm({ title, server, login, setServer, setLogin }: ServerProps) {
  return (
    <fieldset class="server fieldset">
      <legend>{title}</legend>
      <Field
        label={say.host}
        value={server.host}
        onInput={(host) => {
          // Another host has another certificate.
          setServer({ ...server, host: host.trim(), pinned: null });
        }}
      />
      <Field
        label={say.port}
        value={String(server.port)}
        onInput={(port) => {
          setServer({ ...server, port: Number(port) });
        }}
      />
      <Choice
        label={say.protection}
        value={server.protection}
        of={say.protections}
        choose={(protection) => {
          setServer({ ...server, protection });
        }}
      />
      <Field label={say.loginName} value={login} onInput={setLogin} />
      {server.pinned !== null && <p class="muted">{say.pinned}</p>}
    </fieldset>
  );
}
