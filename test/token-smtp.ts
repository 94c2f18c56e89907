/** A submission server that lets nobody in but with a token, and really looks at it. TLS from the first octet. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { isRightToken } from './odd-pop3.ts';
import type { OddServer } from './odd-pop3.ts';

export interface TokenSmtp {
  readonly port: number;
  tokens: NonNullable<OddServer['tokens']>;
  /** Other tokens from now on, also for who is in already. */
  change(tokens: NonNullable<OddServer['tokens']>): void;
  /** Texts that it took, dots still stuffed. */
  readonly taken: string[];
  /** What it was told, without what stands behind AUTH and its mechanism. */
  readonly heard: string[];
  /** Octets of a message that it says it takes. */
  size: number;
}

export async function startTokenSmtp(
  t: TestContext,
  tls: { readonly cert: string; readonly key: string },
  tokens: TokenSmtp['tokens'],
): Promise<TokenSmtp> {
  const open = new Set<TLSSocket>();
  const smtp = { port: 0, tokens, taken: [] as string[], heard: [] as string[], size: 1_000_000, change };
  function change(right: TokenSmtp['tokens']): void {
    smtp.tokens = right;
    for (const socket of open) socket.destroy();
  }
  const server = createServer(tls, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, smtp);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  smtp.port = (server.address() as AddressInfo).port;
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return smtp;
}

function serve(socket: TLSSocket, smtp: TokenSmtp): void {
  const say = (text: string): void => void socket.write(`${text}\r\n`);
  let rest = '';
  let text: string[] | undefined;
  let [isIn, refusing] = [false, false];
  say('220 token.test');
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1');
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (text === undefined) answer(line);
      else if (line === '.') {
        smtp.taken.push(text.join('\n'));
        text = undefined;
        say('250 2.0.0 taken');
      } else text.push(line);
    }
  });

  function answer(line: string): void {
    const [verb = '', mechanism = '', message = ''] = line.split(' ');
    const name = verb.toUpperCase();
    smtp.heard.push(name === 'AUTH' ? `AUTH ${mechanism}` : line);
    if (refusing) {
      refusing = false;
      return say('535 5.7.8 the token has expired');
    }
    if (name === 'EHLO')
      return say(`250-token.test\r\n250-SIZE ${smtp.size}\r\n250 AUTH PLAIN ${smtp.tokens.mechanisms.join(' ')}`);
    if (name === 'QUIT') {
      say('221 2.0.0 bye');
      socket.end();
      return undefined;
    }
    if (name === 'AUTH') {
      isIn = isRightToken(smtp.tokens, mechanism, Buffer.from(message, 'base64').toString());
      refusing = !isIn;
      return say(isIn ? '235 2.7.0 welcome' : `334 ${Buffer.from('{"status":"401"}').toString('base64')}`);
    }
    if (!isIn) return say('530 5.7.0 log in first');
    if (name === 'DATA') text = [];
    return say(name === 'DATA' ? '354 go on' : '250 2.0.0 ok');
  }
}
