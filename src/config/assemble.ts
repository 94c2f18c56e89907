/** From the value of every field to the Config the program works with: computed defaults are filled in here. */
import type { Config, RouteConfig } from './config.ts';
import type { RouteValues, Values } from './fields.ts';
import { parseDomain } from '../mail/index.ts';
import { isLoopback, isSocket } from './places.ts';

export interface Surroundings {
  /** Absolute; absent when there is only defaults. */
  readonly file?: string;
  /** The machine's own name. */
  readonly machineName: string;
}

export function assemble(values: Values, routes: readonly RouteValues[], around: Surroundings): Config {
  const postmaster = values.postmaster;
  return {
    ...(around.file === undefined ? {} : { file: around.file }),
    hostname: values.hostname ?? defaultHostname(around.machineName),
    domains: [...new Set(values.domains)],
    ...(postmaster === undefined ? {} : { postmaster }),
    smtp: { enabled: values['smtp.enabled'], listen: values['smtp.listen'] },
    submission: {
      enabled: values['submission.enabled'],
      listen: values['submission.listen'],
      listenTls: values['submission.listen_tls'],
      showClient: values['submission.show_client'],
    },
    pop3: { enabled: values['pop3.enabled'], listen: values['pop3.listen'], listenTls: values['pop3.listen_tls'] },
    lmtp: { listen: values['lmtp.listen'] },
    web: {
      listen: values['web.listen'],
      listenTls: values['web.listen_tls'],
      names: [...new Set(values['web.names'])],
      proxy: values['web.proxy'],
      pictures: values['web.pictures'],
      pushLocal: values['web.push_local'] ?? (onLoopbackOnly(values) && values['web.proxy'].length === 0),
      idle: values['web.idle'],
    },
    tls: {
      ...(values['tls.cert'] === undefined ? {} : { cert: values['tls.cert'] }),
      ...(values['tls.key'] === undefined ? {} : { key: values['tls.key'] }),
    },
    login: {
      plainOnLoopback: values['login.plain_on_loopback'] ?? onLoopbackOnly(values),
      channelBinding: values['login.channel_binding'],
    },
    limits: {
      messageSize: values['limits.message_size'],
      perAddress: values['limits.per_address'],
      perAccount: values['limits.per_account'],
    },
    relay: {
      networks: values['relay.networks'],
      domains: [...new Set(values['relay.domains'])],
      open: values['relay.open'],
    },
    queue: {
      retry: values['queue.retry'],
      giveUp: values['queue.give_up'],
      delayNotice: values['queue.delay_notice'],
      suppress: values['queue.suppress'],
      most: values['queue.most'],
      mostPerDestination: values['queue.most_per_destination'],
    },
    outbound: {
      port: values['outbound.port'],
      allowPrivate: values['outbound.allow_private'],
      timeouts: {
        connect: values['outbound.timeouts.connect'],
        greeting: values['outbound.timeouts.greeting'],
        command: values['outbound.timeouts.command'],
        data: values['outbound.timeouts.data'],
        block: values['outbound.timeouts.block'],
        dot: values['outbound.timeouts.dot'],
      },
    },
    client: { keyring: values['client.keyring'], ispdb: values['client.ispdb'] },
    dns: { servers: values['dns.servers'] },
    journey: { keep: values['journey.keep'] },
    routes: routes.map((route) => routeOf(route, values['outbound.port'])),
  };
}

/** A machine's own name is worth saying only when it can be found by others. */
function defaultHostname(machineName: string): string {
  const name = parseDomain(machineName);
  return name !== undefined && name.includes('.') ? name : 'localhost';
}

function onLoopbackOnly(values: Values): boolean {
  const open = [
    ...(values['smtp.enabled'] ? values['smtp.listen'] : []),
    ...(values['submission.enabled'] ? [...values['submission.listen'], ...values['submission.listen_tls']] : []),
    ...(values['pop3.enabled'] ? [...values['pop3.listen'], ...values['pop3.listen_tls']] : []),
    ...values['lmtp.listen'],
    ...values['web.listen'],
    ...values['web.listen_tls'],
  ];
  return open.every(({ host }) => isLoopback(host));
}

/** RFC 8314 §7.3: submissions, TLS from the first octet. */
const IMPLICIT_TLS_PORT = 465;
/** LMTP has no port of its own; "any private mail system" is where its servers are found. */
const LMTP_PORT = 24;

function routeOf(route: RouteValues, outboundPort: number): RouteConfig {
  const user = route['route.login.user'];
  const sender = route['route.sender'];
  const host = route['route.host'];
  return {
    domain: route['route.domain'] ?? '*',
    ...(sender === undefined ? {} : { sender }),
    host,
    port: routePort(route, outboundPort),
    protocol: route['route.protocol'],
    // What goes through a socket does not leave this machine, and no certificate could name it.
    tls: isSocket(host) ? 'never' : route['route.tls'],
    // The table is optional, so its fields may be absent together although each is required in it.
    ...((user as string | undefined) === undefined
      ? {}
      : { login: { user, passwordFile: route['route.login.password_file'] } }),
  };
}

function routePort(route: RouteValues, outboundPort: number): number {
  if (isSocket(route['route.host'])) return 0;
  if (route['route.port'] !== undefined) return route['route.port'];
  if (route['route.protocol'] === 'lmtp') return LMTP_PORT;
  return route['route.tls'] === 'implicit' ? IMPLICIT_TLS_PORT : outboundPort;
}
