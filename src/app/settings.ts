/** From the configuration's words to each room's settings. Values that nobody has to choose stand here, with their reason. */
import type { Config } from '../config/index.ts';
import { readSecret } from '../config/index.ts';
import { inNetworks, isLoopback } from '../net/index.ts';
import type { Endpoint } from '../net/index.ts';
import type { OutboundSettings, Route } from '../outbound/index.ts';
import type { Pop3ServerSettings } from '../pop3/index.ts';
import type { QueueSettings } from '../queue/index.ts';
import type { RelaySettings, SendingLimits } from '../servers/index.ts';
import type { SmtpServerSettings } from '../smtp/index.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export function smtpSettings(config: Config): Omit<SmtpServerSettings, 'tls' | 'sasl' | 'plainLogin'> {
  return {
    hostname: config.hostname,
    protocol: 'smtp',
    maxMessage: config.limits.messageSize,
    // RFC 5321 §4.5.3.1.8 wants 100; mailing lists are glad of more.
    maxRecipients: 1_000,
    maxErrors: 100,
    // RFC 3461: NOTIFY, RET, ENVID and ORCPT are kept and acted on.
    dsn: true,
    // RFC 5321 §4.5.3.2.7 and §4.5.3.2.5.
    commandTimeout: 5 * MINUTE,
    dataTimeout: 3 * MINUTE,
    // 50 MB at 56 kbit/s takes two hours.
    sessionTimeout: 3 * 60 * MINUTE,
    // RFC 1047.
    acceptTimeout: MINUTE,
  };
}

/**
 * How long the banner waits at the port for other servers, in ms: what a client says unasked is there a few
 * milliseconds behind its connection. Programs of this machine and of networks that may relay are known, and served
 * at once.
 */
const BANNER_WAIT = 200;

export function bannerWait(config: Config, { address }: Endpoint): number {
  return isLoopback(address) || inNetworks(address, config.relay.networks) ? 0 : BANNER_WAIT;
}

/** FUTURERELEASE (RFC 4865): a birthday or the end of a holiday is within a month; a calendar is a better place for what is not. */
export const LONGEST_HOLD = 31 * 24 * 60 * MINUTE;

export function pop3Settings(config: Config): Omit<Pop3ServerSettings, 'tls' | 'sasl' | 'plainLogin'> {
  return {
    hostname: config.hostname,
    // RFC 1939 §3: at least ten minutes.
    idleTimeout: 10 * MINUTE,
    loginTimeout: 2 * MINUTE,
    maxLoginFailures: 5,
    maxErrors: 100,
  };
}

/** Far more than a person writes, far less than a spammer wants; told in the sentence of `limits.per_account`. */
const SENDING_LIMITS: SendingLimits = { messages: 10_000, newcomers: 2_000 };

export function sendingLimits(config: Config): SendingLimits | undefined {
  return config.limits.perAccount ? SENDING_LIMITS : undefined;
}

/** Whether a client at this address may log in without TLS. */
export function mayLogInClear(config: Config, address: string): boolean {
  return config.login.plainOnLoopback && isLoopback(address);
}

export function relaySettings(config: Config): RelaySettings {
  return config.relay;
}

export function queueSettings(config: Config): QueueSettings {
  return config.queue;
}

/** Passwords of routes are read here, at start and at reload, and stay in memory only. */
export function routesOf(config: Config): readonly Route[] {
  return config.routes.map(({ login, ...route }) => ({
    ...route,
    ...(login === undefined ? {} : { login: { user: login.user, password: readSecret(login.passwordFile) } }),
  }));
}

export function outboundSettings(
  config: Config,
  routes: readonly Route[],
  ownEndpoints: readonly Endpoint[],
): OutboundSettings {
  return { hostname: config.hostname, ...config.outbound, routes, ownEndpoints };
}
