/**
 * Every setting there is: its name in the file, what kind it is, its default, one sentence for
 * people, and when a change takes effect. The one place: the check, `config explain`,
 * `config example` and docs/config.md all read this table.
 */
import type { Kind } from './kind.ts';
import { list } from './kind.ts';
import {
  domain,
  domainOrStar,
  file,
  httpsOrOff,
  listenAddress,
  loginName,
  mailbox,
  nameServer,
  network,
  nextHost,
  oneOf,
  sender,
} from './places.ts';
import { count, duration, durationOrOff, flag, port, size } from './units.ts';

export interface Field<T> {
  readonly kind: Kind<T & {}>;
  /** The default, in the words of the file. */
  readonly initial?: unknown;
  /** Where there is no fixed default: what holds instead, in words. */
  readonly otherwise?: string;
  /** Must be written (only in tables that are themselves optional). */
  readonly required?: true;
  readonly sentence: string;
  /** Whether a running server takes a change over on reload. */
  readonly change: 'at once' | 'restart';
  /** A value to show where the default shows nothing. */
  readonly example?: unknown;
}

type Rest = Omit<Field<unknown>, 'kind' | 'initial' | 'otherwise' | 'change' | 'required'>;

function field<T extends {}>(kind: Kind<T>, initial: unknown, rest: Rest): Field<T> {
  return { kind, initial, change: 'at once', ...rest };
}

function optional<T extends {}>(kind: Kind<T>, otherwise: string, rest: Rest): Field<T | undefined> {
  return { kind, otherwise, change: 'at once', ...rest };
}

function required<T extends {}>(kind: Kind<T>, rest: Rest): Field<T> {
  return { kind, required: true, change: 'at once', ...rest };
}

/** The same field, for what is built once when the server starts. */
function fixed<T>(built: Field<T>): Field<T> {
  return { ...built, change: 'restart' };
}

const listeners = list('list of address:port', listenAddress, { atMost: 64 });
const domains = list('list of domains', domain, { atMost: 100_000 });
const networks = list('list of networks', network, { atMost: 10_000 });
const nameServers = list('list of name servers', nameServer, { atMost: 16 });
const services = list('list of "submission", "pop3"', oneOf(['submission', 'pop3']), { atMost: 2 });
const durations = list('list of durations', duration, { atLeast: 1, atMost: 100 });

export const FIELDS = {
  hostname: optional(domain, 'the name of this machine if it has a dot in it, else "localhost"', {
    sentence:
      'The name this host gives itself: in greetings, in EHLO, in trace fields and in its own certificate. Other servers expect that it resolves to this machine.',
    example: 'mx.example.com',
  }),
  domains: field(domains, [], {
    sentence:
      'The domains that are ours: mail for them is filed here, or refused when nobody has that address. Joined with those of `posthorn domain add`.',
    example: ['example.com'],
  }),
  postmaster: optional(mailbox, 'the first account', {
    sentence:
      'Who gets the mail for postmaster@ and abuse@ of our domains, and notes about reports that could not be sent. A host without mailboxes must name somebody.',
    example: 'alice@example.com',
  }),

  'smtp.enabled': fixed(field(flag, true, { sentence: 'Whether mail is taken in from other servers.' })),
  'smtp.listen': fixed(
    field(listeners, ['127.0.0.1:2525'], {
      sentence:
        'Where other servers connect (a public host: port 25). TLS is offered with STARTTLS; there is no login here.',
    }),
  ),

  'submission.enabled': fixed(
    field(flag, true, { sentence: 'Whether mail clients may send through this host, after a login.' }),
  ),
  'submission.listen': fixed(
    field(listeners, ['127.0.0.1:2587'], {
      sentence:
        'Where mail clients connect that begin in clear and change to TLS with STARTTLS (a public host: port 587).',
    }),
  ),
  'submission.listen_tls': fixed(
    field(listeners, ['127.0.0.1:2465'], {
      sentence: 'Where mail clients connect that speak TLS from the first octet (a public host: port 465).',
    }),
  ),
  'submission.show_client': field(flag, false, {
    sentence:
      'Whether the Received field of a submitted message names the address of the client it came from. The journey knows it in any case.',
  }),

  'pop3.enabled': fixed(field(flag, true, { sentence: 'Whether mailboxes can be fetched over POP3, after a login.' })),
  'pop3.listen': fixed(
    field(listeners, ['127.0.0.1:2110'], {
      sentence: 'Where POP3 clients connect that begin in clear and change to TLS with STLS (a public host: port 110).',
    }),
  ),
  'pop3.listen_tls': fixed(
    field(listeners, ['127.0.0.1:2995'], {
      sentence: 'Where POP3 clients connect that speak TLS from the first octet (a public host: port 995).',
    }),
  ),

  'lmtp.listen': fixed(
    field(listeners, [], {
      sentence:
        'Where another mail server hands over mail for our addresses by LMTP, with an answer for each recipient. There is no login here, and nothing is passed on to others.',
      example: ['127.0.0.1:2424'],
    }),
  ),
  'web.listen': fixed(
    field(listeners, ['127.0.0.1:2080'], {
      sentence:
        'Where the browser finds the web interface, and other programs JMAP, in clear: on loopback only, unless `proxy` says who speaks TLS for it. `[]` opens nothing.',
    }),
  ),
  'web.listen_tls': fixed(
    field(listeners, [], {
      sentence: 'The same with TLS from the first octet and the certificate of [tls] (a public host: port 443).',
      example: ['0.0.0.0:443', '[::]:443'],
    }),
  ),
  'web.names': field(domains, [], {
    sentence:
      'The names it is reached by, besides `hostname` and those of this machine. A request for any other name is refused: a foreign page could have brought it here.',
    example: ['mail.example.com'],
  }),
  'web.proxy': field(networks, [], {
    sentence:
      'Where the proxies are that speak TLS with the browser and pass requests on. Their X-Forwarded-For and X-Forwarded-Proto are believed; others get in only where it is in the clear on loopback.',
    example: ['127.0.0.1'],
  }),
  'web.pictures': field(flag, true, {
    sentence:
      "Whether this host fetches pictures of a message from others' servers when its reader asks for them. Never from private addresses; false fetches none.",
  }),
  'web.push_local': optional(
    flag,
    'true while every listener is on loopback and no proxy passes requests on, else false',
    {
      sentence:
        'Whether programs may have changes pushed to this machine and to private networks, where one may have a push service of its own. Certificates are not checked on loopback. false: only to the public Internet.',
      example: false,
    },
  ),
  'web.idle': field(duration, '30d', { sentence: 'How long a login in the browser lasts after its last use.' }),

  'tls.cert': optional(file, 'a self-signed certificate, made in the state directory', {
    sentence: 'The certificate chain, PEM, our own certificate first. Read again on reload.',
    example: '/etc/letsencrypt/live/mx.example.com/fullchain.pem',
  }),
  'tls.key': optional(file, 'the key of that self-signed certificate', {
    sentence: 'The private key of the certificate, PEM.',
    example: '/etc/letsencrypt/live/mx.example.com/privkey.pem',
  }),

  'login.plain_on_loopback': optional(flag, 'true while every listener is on loopback, else false', {
    sentence: 'Whether a client on this machine may log in without TLS. From elsewhere a login always needs TLS.',
    example: false,
  }),
  'login.channel_binding': field(services, ['submission'], {
    sentence:
      'Where SCRAM-SHA-256-PLUS is offered, which nobody in the middle of a TLS connection can pass on. Some mail clients (mutt, where it is built with GNU SASL) choose it though they can not do it, and then do not get in.',
    example: [],
  }),

  'limits.message_size': field(size, '50MB', {
    sentence:
      'The largest message that is taken, as it comes over the wire. RFC 5321 §4.5.3.1.7 asks for 64KB at the very least.',
  }),
  'limits.per_address': fixed(
    field(flag, true, {
      sentence:
        'Whether limits are counted across the connections of one client address. Limits within one connection always stay.',
    }),
  ),
  'limits.per_account': field(flag, true, {
    sentence:
      'Whether an account is limited to 10,000 messages a day, and to 2,000 recipients a day that it has never written to before. A stolen password is worth little then.',
  }),

  'relay.networks': field(networks, [], {
    sentence:
      'Networks whose machines may send to any domain without a login. Empty: nobody is trusted for an address alone.',
    example: ['192.0.2.0/24', '2001:db8::/32'],
  }),
  'relay.domains': field(domains, [], {
    sentence: 'Domains whose mail is taken from anyone and passed on by route or MX: we are their backup MX.',
    example: ['friend.example.org'],
  }),
  'relay.open': field(flag, false, {
    sentence:
      'Whether everybody may send to everybody through this host. An open relay is found and abused within hours: for closed test networks only.',
  }),

  'queue.retry': field(durations, ['1m', '5m', '15m', '1h', '4h'], {
    sentence: 'How long to wait after each failed attempt; the last one repeats.',
  }),
  'queue.give_up': field(duration, '5d', {
    sentence: 'How old a message may get in the queue before it goes back to its sender as undeliverable.',
  }),
  'queue.delay_notice': field(duration, '4h', {
    sentence: 'How long a message waits before its sender is told of the delay, once. Longer than `give_up`: never.',
  }),
  'queue.most': field(count(1_000), 100, {
    sentence: 'How many messages may be on their way out at once, each on a connection of its own.',
  }),
  'queue.most_per_destination': field(count(1_000), 10, {
    sentence:
      'How many of them to one destination. A new one gets fewer at first, and one that is down or asks for patience gets fewer, down to one now and then, until it takes mail again.',
  }),

  'queue.suppress': field(durationOrOff, '7d', {
    sentence:
      'How long an address is remembered that a server (or the DNS) called non-existent when we tried it. An account that wrote to it is told so when it writes to it again; sent once more within the hour, the message is tried all the same. "off": nobody is told.',
  }),

  'outbound.port': field(port, 25, { sentence: 'The port next servers listen on. A test world uses another.' }),
  'outbound.allow_private': field(flag, false, {
    sentence:
      'Whether mail goes to servers whose names resolve to loopback or private addresses. Routes are not bound by it.',
  }),
  'outbound.timeouts.connect': field(duration, '30s', {
    sentence: 'How long to wait until a next server takes the connection, for each of its addresses.',
  }),
  'outbound.timeouts.greeting': field(duration, '5m', { sentence: 'How long to wait for its greeting.' }),
  'outbound.timeouts.command': field(duration, '5m', { sentence: 'How long to wait for the reply to a command.' }),
  'outbound.timeouts.data': field(duration, '2m', {
    sentence: 'How long to wait for its leave to send the message, after DATA.',
  }),
  'outbound.timeouts.block': field(duration, '3m', {
    sentence: 'How long it may take to accept each block of the message.',
  }),
  'outbound.timeouts.dot': field(duration, '10m', {
    sentence: 'How long to wait for the final reply, after the end of the message. Too short a time makes duplicates.',
  }),

  'client.keyring': fixed(
    field(oneOf(['auto', 'on', 'off']), 'auto', {
      sentence:
        'Where the key lies that the passwords of your providers are sealed with. "auto": a new one goes to the keyring of the desktop where there is one, and an old one stays where it is. "on" and "off" move it to the keyring, and to the file secret.key.',
    }),
  ),
  'client.ispdb': fixed(
    field(httpsOrOff, 'https://autoconfig.thunderbird.net/v1.1', {
      sentence:
        'The database of providers that is asked for the servers of an address when its domain names none. It hears the domain, not the address. "off": nobody is asked.',
    }),
  ),

  'dns.servers': fixed(
    field(nameServers, [], {
      sentence: 'The name servers to ask. Empty: those of the system.',
      example: ['127.0.0.1:5353'],
    }),
  ),

  'journey.keep': field(duration, '30d', { sentence: 'How long the story of a message is kept after its last event.' }),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

/** The fields of each `[[route]]`, under their names in it. */
export const ROUTE_FIELDS = {
  'route.domain': optional(domainOrStar, 'every domain where a `sender` is written; one of the two must be', {
    sentence: 'Mail for this domain takes this route; "*" is every domain that has none of its own (a smarthost).',
    example: 'b.example.net',
  }),
  'route.sender': optional(sender, 'every sender', {
    sentence:
      'Only mail of this sender, an address or a whole domain ("@a.test"), handed in with a login. It goes before a smarthost for all, and behind a route for the domain the mail is for.',
    example: 'alice@example.com',
  }),
  'route.host': required(nextHost, {
    sentence:
      'The next server, by name or IP address; its MX records are not asked for. For LMTP also a socket of this machine, "unix:/run/dovecot/lmtp".',
    example: 'smtp.example.net',
  }),
  'route.port': optional(port, 'for LMTP 24, with `tls = "implicit"` 465, else `outbound.port`', {
    sentence: 'The port it listens on.',
    example: 587,
  }),
  'route.protocol': field(oneOf(['smtp', 'lmtp']), 'smtp', {
    sentence:
      '"lmtp": a store near this host that answers for each recipient (RFC 2033); never on port 25, and not over the Internet.',
  }),
  'route.tls': field(oneOf(['never', 'opportunistic', 'required', 'implicit']), 'opportunistic', {
    sentence:
      '"never": in clear. "opportunistic": STARTTLS where it is offered. "required": STARTTLS with a certificate that holds, or no delivery. "implicit": TLS from the first octet, with a certificate that holds.',
  }),
  'route.login.user': required(loginName, {
    sentence: 'The name to log in with at that server.',
    example: 'us@example.net',
  }),
  'route.login.password_file': required(file, {
    sentence:
      'The file that holds the password, on its first line and nothing else. It should be readable by the server alone.',
    example: '/etc/posthorn/smarthost.password',
  }),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

/** The tables of the file, in the order they are documented. */
export const TABLES: readonly {
  readonly path: string;
  readonly sentence: string;
  readonly many?: true;
  readonly optional?: true;
}[] = [
  { path: '', sentence: 'These stand at the top, before the first table.' },
  { path: 'smtp', sentence: 'Mail from other servers.' },
  { path: 'submission', sentence: 'Mail from mail clients.' },
  { path: 'pop3', sentence: 'Mailboxes, fetched.' },
  { path: 'lmtp', sentence: 'Mail from a mail server in front of this one.' },
  { path: 'web', sentence: 'The browser.' },
  { path: 'tls', sentence: 'The certificate all listeners show. Both or neither.' },
  { path: 'login', sentence: 'How clients may log in.' },
  { path: 'limits', sentence: 'What is too much.' },
  { path: 'relay', sentence: 'Who may send to domains that are not ours. Closed by default: after a login only.' },
  { path: 'queue', sentence: 'Mail that waits for a next server.' },
  { path: 'outbound', sentence: 'Mail on its way out.' },
  {
    path: 'outbound.timeouts',
    sentence: 'How long a next server may take; the defaults are those of RFC 5321 §4.5.3.2.',
  },
  { path: 'client', sentence: 'The mail program on your own computer (`posthorn client`).' },
  { path: 'dns', sentence: 'Name look-ups.' },
  { path: 'journey', sentence: 'The recorded story of each message.' },
  {
    path: 'route',
    sentence:
      'Where mail goes instead of to the MX of its domain, one `[[route]]` for each way. The closest fit is taken, wherever it stands: sender and domain, then domain, then sender, then `domain = "*"`.',
    many: true,
  },
  {
    path: 'route.login',
    sentence: 'A login at that server, written as `login = { user = "…", password_file = "…" }`.',
    optional: true,
  },
];

type ValueOf<F> = F extends Field<infer T> ? T : never;
type ValuesOf<Fields> = { readonly [Path in keyof Fields]: ValueOf<Fields[Path]> };
export type Values = ValuesOf<typeof FIELDS>;
export type RouteValues = ValuesOf<typeof ROUTE_FIELDS>;

const ALL: ReadonlyMap<string, Field<unknown>> = new Map<string, Field<unknown>>([
  ...Object.entries(FIELDS),
  ...Object.entries(ROUTE_FIELDS),
]);

export function fieldAt(path: string): Field<unknown> | undefined {
  return ALL.get(path);
}

export function tableAt(path: string): (typeof TABLES)[number] | undefined {
  return TABLES.find((table) => table.path === path);
}

/** The paths of the fields that stand directly in a table, in their order. */
export function fieldsOf(table: string): readonly string[] {
  return [...ALL.keys()].filter((path) => parentOf(path) === table);
}

/** All fields, in the order of the documentation. */
export function allFields(): readonly string[] {
  return [...ALL.keys()];
}

/** "outbound.timeouts.dot" → "outbound.timeouts"; "hostname" → "". */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** "outbound.timeouts.dot" → "dot". */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
