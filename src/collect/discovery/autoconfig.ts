/**
 * The file in which providers tell mail programs their servers (draft-ietf-mailmaint-autoconfig, config-v1.1.xml).
 * Read tolerantly and with bounds; it is a stranger's text.
 */
import { Parser } from 'htmlparser2';
import type { MailServer, Protection } from '../server.ts';
import type { Candidate } from './ladder.ts';

/** Characters of a file that are looked at. */
const LONGEST = 100_000;
const MOST_SERVERS = 50;

export interface Autoconfig {
  readonly pop3?: Candidate;
  readonly smtp?: Candidate;
  /** Protocols it offers besides, in upper case. */
  readonly others: readonly string[];
  /** It has a server that would be in clear only; it is not taken. */
  readonly clearOnly: boolean;
}

interface Listed {
  readonly side: 'in' | 'out';
  readonly type: string;
  hostname: string;
  port: string;
  sockettype: string;
  username: string;
}

/** undefined: it is no such file. */
export function readAutoconfig(
  text: string,
  address: { readonly local: string; readonly domain: string },
): Autoconfig | undefined {
  const listed = serversIn(text.slice(0, LONGEST));
  if (listed === undefined) return undefined;
  const candidates = listed.flatMap((one) => candidateOf(one, address));
  const pop3 = best(candidates, 'pop3');
  const smtp = best(candidates, 'smtp');
  return {
    ...(pop3 === undefined ? {} : { pop3 }),
    ...(smtp === undefined ? {} : { smtp }),
    others: [
      ...new Set(
        listed.filter(({ side, type }) => side === 'in' && type !== 'pop3').map(({ type }) => type.toUpperCase()),
      ),
    ],
    clearOnly: candidates.length === 0 && listed.some(({ sockettype }) => sockettype.toLowerCase() === 'plain'),
  };
}

function serversIn(text: string): readonly Listed[] | undefined {
  const servers: Listed[] = [];
  let isConfig = false;
  let open: Listed | undefined;
  let field: 'hostname' | 'port' | 'sockettype' | 'username' | undefined;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const tag = name.toLowerCase();
        if (tag === 'clientconfig') isConfig = true;
        if (tag === 'incomingserver' || tag === 'outgoingserver') {
          const side = tag === 'incomingserver' ? 'in' : 'out';
          open = {
            side,
            type: (attributes['type'] ?? '').toLowerCase(),
            hostname: '',
            port: '',
            sockettype: '',
            username: '',
          };
        }
        field = tag === 'hostname' || tag === 'port' || tag === 'sockettype' || tag === 'username' ? tag : undefined;
      },
      ontext(piece) {
        // Only the first of each counts: a second one is an alternative for other programs.
        if (open !== undefined && field !== undefined && open[field].length < 300) open[field] += piece.trim();
      },
      onclosetag(name) {
        field = undefined;
        if (!/^(?:incoming|outgoing)server$/iu.test(name) || open === undefined) return;
        if (servers.length < MOST_SERVERS) servers.push(open);
        open = undefined;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(text);
  return isConfig ? servers : undefined;
}

const PROTECTIONS: Readonly<Record<string, Protection>> = { ssl: 'implicit', starttls: 'starttls' };

function candidateOf(
  listed: Listed,
  address: { readonly local: string; readonly domain: string },
): readonly Candidate[] {
  const protocol =
    listed.type === 'pop3' && listed.side === 'in'
      ? 'pop3'
      : listed.type === 'smtp' && listed.side === 'out'
        ? 'smtp'
        : undefined;
  const protection = PROTECTIONS[listed.sockettype.toLowerCase()];
  const host = filled(listed.hostname, address).toLowerCase();
  const port = Number(listed.port);
  if (protocol === undefined || protection === undefined || !isHost(host) || !isPort(port)) return [];
  const server: MailServer = { protocol, protection, host, port };
  const login = filled(listed.username, address);
  return [{ server, login: login === '' || /[\r\n\0]/u.test(login) ? `${address.local}@${address.domain}` : login }];
}

/** TLS from the start goes before STARTTLS (RFC 8314 §3), else the order of the file. */
function best(candidates: readonly Candidate[], protocol: MailServer['protocol']): Candidate | undefined {
  const fitting = candidates.filter(({ server }) => server.protocol === protocol);
  return fitting.find(({ server }) => server.protection === 'implicit') ?? fitting[0];
}

function filled(text: string, { local, domain }: { readonly local: string; readonly domain: string }): string {
  return text
    .replaceAll('%EMAILADDRESS%', `${local}@${domain}`)
    .replaceAll('%EMAILLOCALPART%', local)
    .replaceAll('%EMAILDOMAIN%', domain);
}

function isHost(host: string): boolean {
  return host.length <= 255 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/u.test(host);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}
