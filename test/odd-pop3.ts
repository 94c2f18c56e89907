/** A POP3 server with habits: what it knows, how it names its messages, and what it says to a login, a test decides. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface OddServer {
  readonly port: number;
  /** Text by unique-id, in the order of the maildrop; LF line ends. */
  mail: Map<string, string>;
  /** Commands that it does not know. */
  lacks: ReadonlySet<string>;
  /** What it answers to PASS; undefined lets in who knows the password. */
  says: string | undefined;
  /** What it was told, without passwords. */
  readonly heard: string[];
}

/** In clear, which is taken on this machine alone. */
export async function startOddServer(t: TestContext, password: string): Promise<OddServer> {
  const odd = { port: 0, mail: new Map<string, string>(), lacks: new Set<string>(), says: undefined, heard: [] as string[] } as { -readonly [K in keyof OddServer]: OddServer[K] }; // prettier-ignore
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, odd, password);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  odd.port = (server.address() as AddressInfo).port;
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return odd;
}

function serve(socket: Socket, odd: OddServer, password: string): void {
  const drop = [...odd.mail];
  const marked = new Set<number>();
  let rest = '';
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
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      answer(line);
    }
  });

  function answer(line: string): void {
    const [verb = '', first = '', second = ''] = line.split(' ');
    const name = verb.toUpperCase();
    odd.heard.push(name === 'PASS' ? 'PASS' : line);
    if (odd.lacks.has(name)) return say('-ERR what is that?');
    const message = drop[Number(first) - 1];
    switch (name) {
      case 'CAPA':
        return list(['USER']);
      case 'USER':
        return say('+OK');
      case 'PASS':
        return say(line.slice(5) === password ? (odd.says ?? '+OK') : '-ERR wrong, and I will not say more');
      case 'LIST':
        return list(drop.map(([, text], i) => `${i + 1} ${wire(text).length}`));
      case 'UIDL':
        return list(drop.map(([uidl], i) => `${i + 1} ${uidl}`));
      case 'TOP':
      case 'RETR': {
        const text = wire(message?.[1] ?? '');
        const shown = name === 'TOP' && second === '0' ? text.slice(0, text.indexOf('\r\n\r\n') + 2) : text;
        return say(`+OK\r\n${shown.replace(/^\./gm, '..')}${shown.endsWith('\r\n') ? '' : '\r\n'}.`);
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
