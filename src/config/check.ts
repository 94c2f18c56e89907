/** What must hold between fields, and what is allowed but worth a word. */
import type { Config } from './config.ts';
import type { RouteValues } from './fields.ts';
import type { Fault } from './kind.ts';
import { formatListen, isLoopback, isSocket } from './places.ts';

/** Something that is right as it is and still worth knowing. */
export interface Remark {
  readonly at: string;
  readonly sentence: string;
}

/** Faults between fields that are each right by themselves. @param routes as they are written. */
export function checkTogether(config: Config, routes: readonly RouteValues[]): readonly Fault[] {
  return [
    ...sameListeners(config),
    ...smtpPort(config),
    ...webInClear(config),
    ...halfCertificate(config),
    ...doubleDomains(config),
    ...doubleRoutes(config),
    ...routes.flatMap((route, i) => [...routeForNobody(route, i), ...lmtpRoute(route, i), ...socketRoute(route, i)]),
  ];
}

/** The addresses that are to be opened, each with the path it was written at. */
function listeners(
  config: Config,
): readonly { readonly at: string; readonly address: Config['smtp']['listen'][number] }[] {
  const named = (
    path: string,
    addresses: Config['smtp']['listen'],
  ): { at: string; address: Config['smtp']['listen'][number] }[] =>
    addresses.map((address, i) => ({ at: `${path}[${i}]`, address }));
  return [
    ...(config.smtp.enabled ? named('smtp.listen', config.smtp.listen) : []),
    ...named('lmtp.listen', config.lmtp.listen),
    ...(config.submission.enabled
      ? [
          ...named('submission.listen', config.submission.listen),
          ...named('submission.listen_tls', config.submission.listenTls),
        ]
      : []),
    ...(config.pop3.enabled
      ? [...named('pop3.listen', config.pop3.listen), ...named('pop3.listen_tls', config.pop3.listenTls)]
      : []),
    ...named('web.listen', config.web.listen),
    ...named('web.listen_tls', config.web.listenTls),
  ];
}

function sameListeners(config: Config): Fault[] {
  const taken = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { at, address } of listeners(config)) {
    if (address.port === 0) continue;
    const text = formatListen(address);
    const other = taken.get(text);
    if (other === undefined) taken.set(text, at);
    else
      faults.push({
        at,
        problem: `${text} is also asked for by ${other}`,
        mend: 'Give each listener a port of its own.',
      });
  }
  return faults;
}

function halfCertificate({ tls }: Config): Fault[] {
  if ((tls.cert === undefined) === (tls.key === undefined)) return [];
  const [there, missing] = tls.cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
  return [
    {
      at: `tls.${there}`,
      problem: `${there} is set and ${missing} is not`,
      mend: `Set both, or neither for a self-signed pair in the state directory.`,
    },
  ];
}

function doubleDomains({ domains, relay }: Config): Fault[] {
  const ours = new Set(domains);
  return relay.domains.flatMap((name, i) =>
    ours.has(name)
      ? [
          {
            at: `relay.domains[${i}]`,
            problem: `${name} is also in domains`,
            mend: 'A domain is either ours or one we pass on: remove it from one of the two.',
          },
        ]
      : [],
  );
}

function doubleRoutes({ routes }: Config): Fault[] {
  const first = new Map<string, number>();
  return routes.flatMap(({ domain, sender }, i) => {
    const of = sender === undefined ? domain : `${domain} from ${sender}`;
    const other = first.get(of);
    if (other === undefined) first.set(of, i);
    return other === undefined
      ? []
      : [
          {
            at: `route[${i}].${sender === undefined ? 'domain' : 'sender'}`,
            problem: `route ${other + 1} is for ${of} already`,
            mend: 'There is one route for a domain, a sender, or the two together: remove one of these.',
          },
        ];
  });
}

function routeForNobody(route: RouteValues, i: number): Fault[] {
  if (route['route.domain'] !== undefined || route['route.sender'] !== undefined) return [];
  const mend = 'Add domain = "b.example.net" ("*" for everything), or sender = "alice@example.com", or both.';
  return [{ at: `route[${i}]`, problem: 'domain and sender are missing', mend }];
}

const SMTP_PORT = 25;
const NOT_ON_25 = 'LMTP must not be spoken on port 25, which belongs to SMTP (RFC 2033 §5)';

function smtpPort({ lmtp }: Config): Fault[] {
  const mend = 'Give it another port; 24 is what many use.';
  return lmtp.listen.flatMap(({ port }, i) =>
    port === SMTP_PORT ? [{ at: `lmtp.listen[${i}]`, problem: NOT_ON_25, mend }] : [],
  );
}

/** Passwords and mail would be read on the way. */
function webInClear({ web }: Config): Fault[] {
  if (web.proxy.length > 0) return [];
  return web.listen.flatMap((address, i) =>
    isLoopback(address.host)
      ? []
      : [
          {
            at: `web.listen[${i}]`,
            problem: `${formatListen(address)} can be reached from elsewhere, and this listener speaks in clear`,
            mend: 'Write it in listen_tls, or name in `proxy` the networks of the proxy that speaks TLS for it.',
          },
        ],
  );
}

function lmtpRoute(route: RouteValues, i: number): Fault[] {
  if (route['route.protocol'] !== 'lmtp' || route['route.port'] !== SMTP_PORT) return [];
  const mend = 'Name the port its LMTP listens on (24 without one), or remove protocol if it speaks SMTP.';
  return [{ at: `route[${i}].port`, problem: NOT_ON_25, mend }];
}

function socketRoute(route: RouteValues, i: number): Fault[] {
  if (!isSocket(route['route.host'])) return [];
  const at = `route[${i}]`;
  const faults: Fault[] = [];
  if (route['route.protocol'] !== 'lmtp')
    faults.push({ at: `${at}.host`, problem: 'a socket takes mail by LMTP only', mend: 'Add protocol = "lmtp".' });
  if (route['route.port'] !== undefined)
    faults.push({ at: `${at}.port`, problem: 'a socket has no port', mend: 'Remove port.' });
  if (route['route.tls'] === 'required' || route['route.tls'] === 'implicit')
    faults.push({
      at: `${at}.tls`,
      problem: 'no certificate can prove a socket',
      mend: 'Remove tls: what goes through a socket does not leave this machine.',
    });
  return faults;
}

/** @param written the paths of the fields that stand in the file. */
export function remarks(config: Config, written: ReadonlySet<string>): readonly Remark[] {
  return [...loudly(config), ...quietly(config, written)];
}

/** What opens the host to others. */
function loudly(config: Config): Remark[] {
  const found: Remark[] = [];
  if (config.relay.open)
    found.push({ at: 'relay.open', sentence: 'THIS IS AN OPEN RELAY: everybody may send to everybody through it.' });
  if (config.login.plainOnLoopback && listeners(config).some(({ address }) => !isLoopback(address.host))) {
    found.push({
      at: 'login.plain_on_loopback',
      sentence:
        'Logins from this machine need no TLS although the host is reachable from elsewhere: a proxy on this machine would make everyone look local.',
    });
  }
  for (const [i, { host }] of config.lmtp.listen.entries()) {
    if (isLoopback(host)) continue;
    found.push({
      at: `lmtp.listen[${i}]`,
      sentence:
        'LMTP asks for no login: whoever reaches this address can put mail into every mailbox. Let only the server in front of this one reach it.',
    });
  }
  for (const [i, route] of config.routes.entries()) {
    if (route.login === undefined || route.tls === 'required' || route.tls === 'implicit') continue;
    if (isLoopback(route.host) || isSocket(route.host)) continue;
    found.push({
      at: `route[${i}].login`,
      sentence: `With tls = "${route.tls}" nothing makes sure that the password goes to ${route.host} and is not read on the way: "required" or "implicit" does.`,
    });
  }
  return found;
}

/** RFC 5321 §4.5.3.1.7. */
const LEAST_MESSAGE_SIZE = 64_000;

function quietly(config: Config, written: ReadonlySet<string>): Remark[] {
  const found: Remark[] = [];
  if (config.limits.messageSize < LEAST_MESSAGE_SIZE)
    found.push({
      at: 'limits.message_size',
      sentence: 'RFC 5321 §4.5.3.1.7 asks every server to take messages of 64KB.',
    });
  if (written.has('hostname') && !config.hostname.includes('.'))
    found.push({ at: 'hostname', sentence: 'Many servers refuse a host whose name has no dot in it.' });
  if (takesMailForNobody(config)) {
    found.push({
      at: 'postmaster',
      sentence:
        'This host has no domains and no mailboxes are fetched from it: unless it has an account, it must say who its postmaster is (RFC 5321 §4.5.1).',
    });
  }
  for (const [i, { sender }] of config.routes.entries()) {
    if (sender === undefined || config.relay.networks.length === 0) continue;
    found.push({
      at: `route[${i}].sender`,
      sentence: 'Mail from relay.networks comes without a login, so this route is not for it.',
    });
  }
  const services = {
    smtp: config.smtp.listen,
    submission: [...config.submission.listen, ...config.submission.listenTls],
    pop3: [...config.pop3.listen, ...config.pop3.listenTls],
  };
  for (const [service, addresses] of Object.entries(services)) {
    if (config[service as keyof typeof services].enabled && addresses.length === 0) {
      found.push({
        at: `${service}.listen`,
        sentence: `${service} is enabled and has no address to listen on: nothing is opened for it.`,
      });
    }
  }
  return found;
}

function takesMailForNobody({ domains, postmaster, pop3, smtp, lmtp, submission }: Config): boolean {
  const takesMail = smtp.enabled || lmtp.listen.length > 0 || submission.enabled;
  return postmaster === undefined && domains.length === 0 && !pop3.enabled && takesMail;
}
