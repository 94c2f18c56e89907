/**
 * Opens the doors: one listener for each address of each service that runs here, each connection
 * handed to a protocol session with its policy.
 */
import type { Logins } from '../accounts/index.ts';
import { describeError } from '../base/index.ts';
import type { ListenAddress } from '../config/index.ts';
import { listen } from '../net/index.ts';
import type { Endpoint, Listener, TlsServerContext, Wire } from '../net/index.ts';
import { servePop3 } from '../pop3/index.ts';
import type { SaslBackend } from '../sasl/index.ts';
import { pop3Policy, Refusals, smtpPolicy } from '../servers/index.ts';
import { serveSmtp } from '../smtp/index.ts';
import type { SmtpServerSettings } from '../smtp/index.ts';
import type { Core } from './core.ts';
import type { HandIn } from './hand-in.ts';
import type { Role } from './roles.ts';
import { bannerWait, LONGEST_HOLD, mayLogInClear, pop3Settings, relaySettings, smtpSettings } from './settings.ts';

type WireService = 'smtp' | 'lmtp' | 'submission' | 'pop3';
export type Service = WireService | 'web';

/** One open door, as the ready file names it. */
export interface Door {
  readonly service: Service;
  readonly host: string;
  readonly port: number;
  readonly tls: 'none' | 'starttls' | 'implicit';
}

export interface Listeners {
  readonly doors: readonly Door[];
  /** Takes no new connections, tells sessions to end, waits up to `drainMs`, then cuts. */
  close(drainMs: number): Promise<void>;
}

/** Connections of one listener in all, and of one client address (limits.per_address). */
export const MOST_CONNECTIONS = 1_000;
export const MOST_PER_ADDRESS = 200;

const TOO_MANY = 'Too many connections just now; please try again later';

type Plan = { readonly service: WireService; readonly address: ListenAddress; readonly implicit: boolean };

/** Opens all or none: when one can't be opened, the others are closed and the error says which. */
export async function openListeners(
  core: Core,
  roles: readonly Role[],
  parts: { readonly logins: Logins; readonly handIn: HandIn; readonly certificate: () => TlsServerContext },
): Promise<Listeners> {
  const shutdown = new AbortController();
  const refusals = new Refusals(core);
  const sessions = sessionsOf(core, { ...parts, refusals, shutdown: shutdown.signal });
  const opened: { readonly door: Door; readonly listener: Listener }[] = [];
  const closeAll = async (drainMs: number): Promise<void> => {
    shutdown.abort(new Error('the server is stopping'));
    await Promise.all(opened.map(({ listener }) => listener.close({ drainMs })));
    await refusals.close();
  };
  try {
    for (const plan of plansOf(core, roles)) {
      const listener = await openOne(core, plan, { certificate: parts.certificate, session: sessions[plan.service] });
      const tls = plan.implicit ? 'implicit' : 'starttls';
      opened.push({
        door: { service: plan.service, host: listener.address.address, port: listener.address.port, tls },
        listener,
      });
    }
  } catch (error) {
    await closeAll(0);
    throw error;
  }
  return { doors: opened.map(({ door }) => door), close: closeAll };
}

function plansOf(core: Core, roles: readonly Role[]): readonly Plan[] {
  const { smtp, lmtp, submission, pop3 } = core.config();
  const plans = (service: WireService, addresses: readonly ListenAddress[], implicit: boolean): readonly Plan[] =>
    addresses.map((address) => ({ service, address, implicit }));
  return [
    ...(smtp.enabled && roles.includes('smtp') ? plans('smtp', smtp.listen, false) : []),
    ...(roles.includes('smtp') ? plans('lmtp', lmtp.listen, false) : []),
    ...(submission.enabled && roles.includes('submission')
      ? [...plans('submission', submission.listen, false), ...plans('submission', submission.listenTls, true)]
      : []),
    ...(pop3.enabled && roles.includes('pop3')
      ? [...plans('pop3', pop3.listen, false), ...plans('pop3', pop3.listenTls, true)]
      : []),
  ];
}

type Session = (wire: Wire) => Promise<void>;

async function openOne(
  core: Core,
  { service, address, implicit }: Plan,
  parts: { readonly certificate: () => TlsServerContext; readonly session: Session },
): Promise<Listener> {
  const { clock, log } = core;
  try {
    return await listen({
      host: address.host,
      port: address.port,
      clock,
      timeouts: { read: 5 * 60_000 },
      ...(implicit ? { implicitTls: parts.certificate } : {}),
      maxConnections: MOST_CONNECTIONS,
      ...(core.config().limits.perAddress ? { maxPerAddress: MOST_PER_ADDRESS } : {}),
      onConnection: parts.session,
      onRefused: () => (service === 'pop3' ? `-ERR [SYS/TEMP] ${TOO_MANY}\r\n` : `421 4.3.2 ${TOO_MANY}\r\n`),
      onError: (error, peer) => {
        log.debug('A connection failed', { service, peer: peer?.address, cause: describeError(error) });
      },
    });
  } catch (error) {
    throw new Error(`The ${service} listener could not be opened. ${describeError(error)}`, {
      cause: error,
    });
  }
}

interface SessionParts {
  readonly logins: Logins;
  readonly refusals: Refusals;
  readonly certificate: () => TlsServerContext;
  readonly handIn: HandIn;
  readonly shutdown: AbortSignal;
}

function sessionsOf(
  core: Core,
  { logins, refusals, certificate, handIn, shutdown }: SessionParts,
): Record<WireService, Session> {
  const { store, clock, log, process, config } = core;
  const policyOf = (service: 'smtp' | 'lmtp' | 'submission') =>
    smtpPolicy({
      service,
      router: core.router,
      settings: () => relaySettings(config()),
      hostname: () => config().hostname,
      ...handIn,
      refusals,
      clock,
      log,
    });
  const mx = policyOf('smtp');
  const lmtp = policyOf('lmtp');
  const submission = policyOf('submission');
  const pop3 = pop3Policy({ store, clock, log, process, refusals });
  const plainLogin = (peer: Endpoint): boolean => mayLogInClear(config(), peer.address);
  const sasl = (service: 'submission' | 'pop3'): Logged =>
    backend(logins, service, !config().login.channelBinding.includes(service));
  const smtpBase = (): SmtpServerSettings => ({ ...smtpSettings(config()), tls: certificate });

  return {
    smtp: (wire) =>
      serveSmtp(wire, {
        settings: { ...smtpBase(), bannerWait: (peer) => bannerWait(config(), peer) },
        policy: mx,
        log,
        clock,
        shutdown,
      }),
    lmtp: (wire) =>
      serveSmtp(wire, {
        settings: { ...smtpBase(), protocol: 'lmtp', dsn: false },
        policy: lmtp,
        log,
        clock,
        shutdown,
      }),
    submission: (wire) =>
      serveSmtp(wire, {
        settings: { ...smtpBase(), sasl: sasl('submission'), plainLogin, longestHold: LONGEST_HOLD },
        policy: submission,
        log,
        clock,
        shutdown,
      }),
    pop3: (wire) =>
      servePop3(wire, {
        settings: { ...pop3Settings(config()), tls: certificate, sasl: sasl('pop3'), plainLogin },
        policy: pop3,
        log,
        clock,
        shutdown,
      }),
  };
}

type Logged = SaslBackend<{ readonly account: string; readonly name: string; readonly mechanism: string }>;

function backend(logins: Logins, service: string, unbound: boolean): Logged {
  return {
    password: (login, peer) => logins.verify(login, peer, service),
    proof: (claim, peer) => logins.prove(claim, peer, service),
    unbound,
  };
}
