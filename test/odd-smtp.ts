/** A submission server of a test's own, in clear on this machine: takes what anybody sends, and can be away. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface OddSubmission {
  readonly port: number;
  /** What came, as it came. */
  readonly taken: string[];
  password: string;
  /** Nobody answers any more, until {@link resume}. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export async function startOddSubmission(t: TestContext, password: string): Promise<OddSubmission> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, odd);
  });
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
  const odd: OddSubmission = { port, taken: [], password, pause, resume: () => listen(port) };
  t.after(pause);
  return odd;
}

function serve(socket: Socket, odd: OddSubmission): void {
  let rest = '';
  let isData = false;
  socket.write('220 odd\r\n');
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1');
    for (let end = ending(); end >= 0; end = ending()) {
      const text = rest.slice(0, end);
      rest = rest.slice(end + (isData ? 5 : 2));
      if (isData) odd.taken.push(text);
      socket.write(isData ? '250 taken\r\n' : answer(text));
      isData = !isData && text.toUpperCase() === 'DATA';
    }
  });

  function ending(): number {
    return rest.indexOf(isData ? '\r\n.\r\n' : '\r\n');
  }

  function answer(line: string): string {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        return '250-odd\r\n250 AUTH PLAIN\r\n';
      case 'AUTH': {
        const [, , response = ''] = line.split(' ');
        const [, , given] = Buffer.from(response, 'base64').toString().split('\0');
        return given === odd.password ? '235 come in\r\n' : '535 5.7.8 that is not the word\r\n';
      }
      case 'DATA':
        return '354 go on\r\n';
      case 'QUIT':
        return '221 bye\r\n';
      default:
        return '250 well\r\n';
    }
  }
}
