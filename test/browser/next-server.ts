/** A next server on loopback, in the test's own process, with manners that may change while it is talked to. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { eventually } from '../program.ts';

export interface Manners {
  /** It says nothing at all. */
  mute?: boolean;
  /** Its answer to each recipient. */
  rcpt?: string;
  /** Behind the end of the data: nothing is said, or the connection is gone. */
  end?: 'silent' | 'gone';
}

export interface NextServer {
  readonly port: number;
  readonly manners: Manners;
  /** Connections so far. */
  readonly calls: () => number;
  /** How many whole messages with this subject came. */
  readonly count: (subject: string) => number;
  /** Waits until one has come. */
  readonly got: (subject: string) => Promise<void>;
}

/** Closed, with its connections, after the test. */
export async function startNextServer(t: TestContext, manners: Manners = {}): Promise<NextServer> {
  const texts: string[] = [];
  const open = new Set<Socket>();
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    if (manners.mute !== true) socket.write('220 next.test ESMTP\r\n');
    hear(socket, manners, texts);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const count = (subject: string): number =>
    texts.filter((text) => text.includes(`\r\nSubject: ${subject}\r\n`)).length;
  return {
    port: (server.address() as AddressInfo).port,
    manners,
    calls: () => calls,
    count,
    got: async (subject) => {
      await eventually(`“${subject}” has come`, () => Promise.resolve(count(subject) > 0));
    },
  };
}

const END = '\r\n.\r\n';

/** One connection: command lines, and behind DATA the text up to its dot. */
function hear(socket: Socket, manners: Manners, texts: string[]): void {
  let [input, isText] = ['', false];
  socket.on('data', (chunk: Buffer) => {
    input += chunk.toString('latin1');
    for (;;) {
      const [end, length] = isText ? [input.indexOf(END), END.length] : [input.indexOf('\r\n'), 2];
      if (end < 0) return;
      const heard = input.slice(0, end);
      input = input.slice(end + length);
      if (isText) {
        texts.push(`\r\n${heard}`);
        isText = false;
        if (manners.end === 'gone') socket.destroy();
        if (manners.end === undefined) socket.write('250 2.0.0 taken\r\n');
      } else {
        const answer = answerTo(heard, manners);
        isText = answer.startsWith('354');
        socket.write(`${answer}\r\n`);
      }
    }
  });
}

function answerTo(line: string, { rcpt = '250 2.1.5 ok' }: Manners): string {
  switch (line.slice(0, 4).toUpperCase()) {
    case 'EHLO':
      return '250-next.test\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME';
    case 'RCPT':
      return rcpt;
    case 'DATA':
      return rcpt.startsWith('2') ? '354 go on' : '554 5.5.1 for nobody';
    case 'QUIT':
      return '221 2.0.0 bye';
    default:
      return '250 2.0.0 ok';
  }
}
