/** A POP3 server with habits: what it knows, how it names its messages, and what it says to a login, a test decides. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls';

export interface OddServer {
  readonly port: number;
  /** Text by unique-id, in the order of the maildrop; LF line ends. */
  mail: Map<string, string>;
  password: string;
  /** Commands that it does not know. */
  lacks: ReadonlySet<string>;
  /** What it answers to PASS; undefined lets in who knows the password. */
  says: string | undefined;
  /** What a RETR of the message with this number waits for; undefined: nothing. */
  retr: ((number: number) => Promise<void>) | undefined;
  /** Its maildrop is open to one at a time (RFC 1939 §4); how often somebody came in between. */
  readonly inUse: { now: boolean; times: number };
  /** Answers to LIST wait for this. */
  hold: Promise<void> | undefined;
  /** It lists PIPELINING, and talks nonsense when it is sent several commands together. */
  losesPlace: boolean;
  /** What it was told, without passwords. */
  readonly heard: string[];
  /** Tokens that it takes (OAUTHBEARER, XOAUTH2), and the mechanisms by which; where there are any it takes no password. */
  tokens: { readonly mechanisms: readonly string[]; readonly right: string } | undefined;
  /** Nobody answers any more, until {@link resume}. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** From now on another certificate. */
  show(certificate: Shown): void;
}

/** PEM. */
export interface Shown {
  readonly cert: string;
  readonly key: string;
}

/** In clear, which is taken on this machine alone, unless it has a certificate: then TLS from the first octet. */
export async function startOddServer(t: TestContext, password: string, certificate?: Shown): Promise<OddServer> {
  const open = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, odd);
  };
  const server = certificate === undefined ? createServer(onSocket) : createTlsServer(certificate, onSocket);
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const pause = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const odd: OddServer = {
    port,
    mail: new Map(),
    password,
    lacks: new Set(),
    says: undefined,
    retr: undefined,
    losesPlace: false,
    inUse: { now: false, times: 0 },
    hold: undefined,
    heard: [],
    tokens: undefined,
    pause,
    resume: () => listen(port),
    show: (shown) => {
      if (server instanceof TlsServer) server.setSecureContext(shown);
    },
  };
  t.after(pause);
  return odd;
}

function serve(socket: Socket, odd: OddServer): void {
  const drop = [...odd.mail];
  const marked = new Set<number>();
  let isIn = false;
  socket.on('close', () => {
    if (isIn) odd.inUse.now = false;
  });
  let rest = '';
  /** It has said what is wrong with a token, and waits for the client's word to it (RFC 7628 §3.2.3). */
  let refusing = false;
  const say = (text: string): void => {
    socket.write(`${text}\r\n`);
  };
  const list = (lines: readonly string[]): void => {
    say(['+OK', ...lines, '.'].join('\r\n'));
  };
  const wire = (text: string): string => text.replaceAll('\n', '\r\n');
  say('+OK odd');
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1');
    if (odd.losesPlace && rest.indexOf('\r\n') < rest.lastIndexOf('\r\n')) return say('what was that?');
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      answer(line);
    }
  });

  function answer(line: string): void {
    const [verb = '', first = '', second = ''] = line.split(' ');
    const name = verb.toUpperCase();
    odd.heard.push(name === 'PASS' ? 'PASS' : name === 'AUTH' ? `AUTH ${first}` : line);
    if (refusing) {
      refusing = false;
      return say('-ERR [AUTH] the token has expired');
    }
    if (odd.lacks.has(name)) return say('-ERR what is that?');
    const message = drop[Number(first) - 1];
    switch (name) {
      case 'CAPA':
        return list([
          ...(odd.tokens === undefined ? ['USER'] : [`SASL PLAIN ${odd.tokens.mechanisms.join(' ')}`]),
          ...(odd.losesPlace ? ['PIPELINING'] : []),
        ]);
      case 'AUTH':
        if (isRightToken(odd.tokens, first, Buffer.from(second, 'base64').toString())) return say(odd.says ?? '+OK');
        refusing = true;
        return say(`+ ${Buffer.from('{"status":"invalid_token"}').toString('base64')}`);
      case 'USER':
        return say('+OK');
      case 'PASS':
        if (line.slice(5) !== odd.password) return say('-ERR wrong, and I will not say more');
        if (odd.inUse.now) {
          odd.inUse.times++;
          return say('-ERR [IN-USE] another program has it');
        }
        isIn = odd.says === undefined;
        odd.inUse.now = isIn;
        return say(odd.says ?? '+OK');
      case 'LIST':
        void (odd.hold ?? Promise.resolve()).then(() =>
          list(drop.map(([, text], i) => `${i + 1} ${wire(text).length}`)),
        );
        return undefined;
      case 'UIDL':
        return list(drop.map(([uidl], i) => `${i + 1} ${uidl}`));
      case 'TOP':
      case 'RETR': {
        const text = wire(message?.[1] ?? '');
        const shown = name === 'TOP' && second === '0' ? text.slice(0, text.indexOf('\r\n\r\n') + 2) : text;
        const send = (): void => {
          say(`+OK\r\n${shown.replace(/^\./gm, '..')}${shown.endsWith('\r\n') ? '' : '\r\n'}.`);
        };
        if (name === 'TOP' || odd.retr === undefined) return send();
        void odd.retr(Number(first)).then(send);
        return undefined;
      }
      case 'DELE':
        marked.add(Number(first));
        return say('+OK');
      case 'QUIT':
        for (const n of marked) odd.mail.delete(drop[n - 1]?.[0] ?? '');
        say('+OK');
        socket.end();
        return undefined;
      default:
        return say('-ERR what is that?');
    }
  }
}

/** The whole message has to be right: RFC 7628 §3.1, and what Google and Microsoft write down of XOAUTH2. */
export function isRightToken(
  tokens: OddServer['tokens'],
  mechanism: string,
  message: string,
  user = 'bob@token.test',
): boolean {
  if (tokens === undefined || !tokens.mechanisms.includes(mechanism)) return false;
  if (mechanism === 'XOAUTH2') return message === `user=${user}\u0001auth=Bearer ${tokens.right}\u0001\u0001`;
  const [header, ...pairs] = message.split('\u0001');
  return header === `n,a=${user},` && pairs.includes(`auth=Bearer ${tokens.right}`) && message.endsWith('\u0001\u0001');
}
