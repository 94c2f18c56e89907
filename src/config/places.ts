/**
 * Kinds of settings that name places: domains, addresses to listen on, networks, name servers, files.
 * Nothing is looked up or opened here.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { canonicalLocal, formatAddress, parseAddress, parseDomain } from '../mail/index.ts';
import type { ListenAddress } from './config.ts';
import { bad, good, quoted, text } from './kind.ts';
import type { Kind, Reading } from './kind.ts';

const DOMAIN_MEND = 'Write a domain as "a.test": letters, digits and hyphens between dots, no dot at the end.';

function readDomain(words: string): Reading<string> {
  const domain = parseDomain(words, { utf8: true });
  return domain === undefined ? bad(`${quoted(words)} is not a domain`, DOMAIN_MEND) : good(domain);
}

/** A domain, in lower-case A-labels. */
export const domain: Kind<string> = text('domain', DOMAIN_MEND, readDomain);

const ANY_DOMAIN_MEND = 'Write a domain as "b.test", or "*" for every domain that has no route of its own.';

/** The domain of a route: "*" is every other. */
export const domainOrStar: Kind<string> = text('domain or "*"', ANY_DOMAIN_MEND, (words) =>
  words === '*' ? good(words) : readDomain(words),
);

const MAILBOX_MEND = 'Write a whole address, as "alice@a.test".';

export const mailbox: Kind<string> = text('address', MAILBOX_MEND, (words) => {
  const address = parseAddress(words, { utf8: true });
  return address === undefined ? bad(`${quoted(words)} is not an address`, MAILBOX_MEND) : good(formatAddress(address));
});

const SENDER_MEND = 'Write an address, as "alice@a.test", or a whole domain, as "@a.test".';

/** A sender as it is compared: "alice@a.test" with its local part in lower case, or "@a.test"; a domain alone is all its senders. */
export const sender: Kind<string> = text('address or domain', SENDER_MEND, (words) => {
  // A word without "@" and dot is somebody's name with its domain forgotten.
  const name = /[@.]/.test(words) ? parseDomain(words.replace(/^\*?@/, ''), { utf8: true }) : undefined;
  if (name !== undefined) return good(`@${name}`);
  const address = parseAddress(words, { utf8: true });
  return address === undefined
    ? bad(`${quoted(words)} is neither an address nor a domain`, SENDER_MEND)
    : good(formatAddress({ local: canonicalLocal(address.local), domain: address.domain }));
});

/** A host name or an IP address, without a port; an IPv6 address loses its brackets. */
function readHost(words: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(words)?.[1];
  if (bare !== undefined) return isIPv6(bare) ? bare : undefined;
  return isIP(words) !== 0 ? words : parseDomain(words, { utf8: true });
}

const HOST_MEND =
  'Write a name as "mx.b.test" or an IP address as "192.0.2.1" or "2001:db8::1"; the port stands in `port`.';

export const host: Kind<string> = text('host', HOST_MEND, (words) => {
  const found = readHost(words);
  return found === undefined ? bad(`${quoted(words)} names no host`, HOST_MEND) : good(found);
});

const SOCKET = 'unix:';
/** What the system takes for the path of a socket (unix(7): 108 octets with their end). */
const LONGEST_SOCKET = 107;
const SOCKET_MEND = `Write the socket as "unix:/run/dovecot/lmtp", its path ${LONGEST_SOCKET} octets at most.`;

/** A host, or the path of a socket of this machine, made absolute. */
export const nextHost: Kind<string> = text(host.name, HOST_MEND, (words, folder) => {
  if (!words.startsWith(SOCKET)) return host.read(words, folder);
  const read = file.read(words.slice(SOCKET.length), folder);
  if (!read.ok || Buffer.byteLength(read.value) > LONGEST_SOCKET)
    return bad(`${quoted(words)} names no socket`, SOCKET_MEND);
  return good(`${SOCKET}${read.value}`);
});

export function isSocket(name: string): boolean {
  return name.startsWith(SOCKET);
}

const LISTEN_MEND =
  'Write an address and a port, as "127.0.0.1:2525", "[::1]:2525" or "localhost:0" (port 0 takes a free one).';
const EVERYWHERE_MEND =
  'To listen everywhere write "0.0.0.0:PORT" for IPv4 and "[::]:PORT" for IPv6; for this machine only "127.0.0.1:PORT".';

/** "host:port" or "[IPv6]:port" in its two parts; undefined when it has not this shape. */
function splitPort(words: string): { readonly host: string; readonly port: string } | undefined {
  const [, v6, name, port] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([0-9]{1,5})$/.exec(words) ?? [];
  return port === undefined ? undefined : { host: v6 === undefined ? (name as string) : `[${v6}]`, port };
}

export const listenAddress: Kind<ListenAddress> = {
  name: 'address:port',
  read(words) {
    if (typeof words === 'number') return bad(`${quoted(words)} says no address`, EVERYWHERE_MEND);
    if (typeof words !== 'string') return bad(`${quoted(words)} is not a text in quotes`, LISTEN_MEND);
    if (/^\*?:?[0-9]+$/.test(words)) return bad(`${quoted(words)} says no address`, EVERYWHERE_MEND);
    const parts = splitPort(words);
    if (parts === undefined) {
      const mend = isIPv6(words.replace(/:[0-9]+$/, ''))
        ? 'Put the IPv6 address in square brackets, as "[::1]:2525".'
        : LISTEN_MEND;
      return bad(`${quoted(words)} is not an address and a port`, mend);
    }
    const found = readHost(parts.host);
    if (found === undefined) return bad(`${quoted(words)} names no address of a machine`, LISTEN_MEND);
    if (Number(parts.port) > 65_535)
      return bad(`${parts.port} is not a port`, 'Ports go from 0 (a free one) to 65535.');
    return good({ host: found, port: Number(parts.port) });
  },
};

/** "host:port" as it would stand in the file. */
export function formatListen(listen: ListenAddress): string {
  return isIPv6(listen.host) ? `[${listen.host}]:${listen.port}` : `${listen.host}:${listen.port}`;
}

/** 127.0.0.0/8, ::1 and "localhost": what only this machine can reach. */
export function isLoopback(name: string): boolean {
  if (name === 'localhost') return true;
  const version = isIP(name);
  if (version === 4) return name.startsWith('127.');
  return version === 6 && LOOPBACK.check(name.split('%')[0] as string, 'ipv6');
}

const LOOPBACK = new BlockList();
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');

const SERVER_MEND =
  'Write the IP address of a name server, with its port if it is not 53: "127.0.0.1:5353", "192.0.2.53", "[::1]:5353".';

/** A name server as node:dns takes it, always with its port: "127.0.0.1:53", "[::1]:53". */
export const nameServer: Kind<string> = text('name server', SERVER_MEND, (words) => {
  const parts = isIP(words) === 0 ? splitPort(words) : { host: words, port: '53' };
  const found = parts === undefined ? undefined : readHost(parts.host);
  if (parts === undefined || found === undefined || isIP(found) === 0)
    return bad(`${quoted(words)} is not the address of a name server`, SERVER_MEND);
  const number = Number(parts.port);
  if (number < 1 || number > 65_535) return bad(`${parts.port} is not a port`, 'Ports go from 1 to 65535.');
  return good(formatListen({ host: found, port: number }));
});

const NETWORK_MEND = 'Write a network as "192.0.2.0/24" or "2001:db8::/32", or a single IP address.';

/** A network in CIDR notation, always with its prefix length: "192.0.2.0/24". */
export const network: Kind<string> = text('network', NETWORK_MEND, (words) => {
  const [, address, length] = /^([0-9a-f.:]+)(?:\/([0-9]{1,3}))?$/i.exec(words) ?? [];
  const version = address === undefined ? 0 : isIP(address);
  if (version === 0) return bad(`${quoted(words)} is not a network`, NETWORK_MEND);
  const longest = version === 4 ? 32 : 128;
  const prefix = length === undefined ? longest : Number(length);
  if (prefix > longest) return bad(`${quoted(words)} has a prefix longer than ${longest}`, NETWORK_MEND);
  if (prefix === 0)
    return bad(
      `${quoted(words)} is the whole Internet`,
      'That makes an open relay; who wants one writes `open = true` in [relay].',
    );
  return good(`${address}/${prefix}`);
});

const FILE_MEND = 'Write the path of a file; a relative one starts at the folder of the configuration file.';

/** The path of a file, made absolute. */
export const file: Kind<string> = text('file', FILE_MEND, (words, folder) =>
  words === '' || words.includes('\0')
    ? bad(`${quoted(words)} is not a path`, FILE_MEND)
    : good(resolve(folder, words)),
);

const HTTPS_MEND = 'Write an address that begins with https://, or "off".';

/** The address of a folder on the web, without its last slash, or "off": ''. */
export const httpsOrOff: Kind<string> = text('https address or "off"', HTTPS_MEND, (words) => {
  if (words === 'off') return good('');
  const url = URL.parse(words);
  const isPlain = url?.protocol === 'https:' && url.username === '' && url.search === '' && url.hash === '';
  return isPlain ? good(url.href.replace(/\/$/u, '')) : bad(`${quoted(words)} is no https address`, HTTPS_MEND);
});

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Kind<Word> {
  const name = words.map((word) => `"${word}"`).join(', ');
  return {
    name,
    read(value) {
      const word = words.find((candidate) => candidate === value);
      return word === undefined
        ? bad(`${quoted(value)} is none of the words known here`, `Write one of ${name}.`)
        : good(word);
    },
  };
}

/** A name to log in with: any text that fits on a line. */
export const loginName: Kind<string> = text('text', 'Write the name you log in with there.', (words) =>
  words === '' || words.length > 255 || /[\p{Cc}]/u.test(words)
    ? bad(`${quoted(words)} is not a login name`, 'Write 1 to 255 characters without control characters.')
    : good(words),
);
