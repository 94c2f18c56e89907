/** A raw line-by-line client, so that what the tests say to the program is what stands in them. */
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const PATIENCE = 20_000;

export class Conversation {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('close', end);
    socket.on('end', end);
    socket.on('error', end);
  }

  static async open(
    port: number,
    options: { readonly tls?: boolean; readonly host?: string } = {},
  ): Promise<Conversation> {
    const host = options.host ?? '127.0.0.1';
    const socket =
      options.tls === true ? connectTls({ port, host, rejectUnauthorized: false }) : connectTcp({ port, host });
    await new Promise<void>((resolve, reject) => {
      socket.once(options.tls === true ? 'secureConnect' : 'connect', () => {
        resolve();
      });
      socket.once('error', reject);
    });
    return new Conversation(socket);
  }

  send(text: string | Buffer): void {
    this.#socket.write(text);
  }

  /** One line without its line end; undefined when the other side has closed. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#received.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#received.subarray(0, end).toString('latin1');
        this.#received = this.#received.subarray(end + 2);
        return line;
      }
      if (this.#ended) return undefined;
      await this.#more();
    }
  }

  /** A whole SMTP reply, its lines joined by "\n"; '' when the other side has closed. */
  async reply(): Promise<string> {
    const lines: string[] = [];
    for (let line = await this.line(); line !== undefined; line = await this.line()) {
      lines.push(line);
      if (!/^\d{3}-/.test(line)) break;
    }
    return lines.join('\n');
  }

  /** Sends a line and gives the whole SMTP reply. */
  ask(command: string): Promise<string> {
    this.send(`${command}\r\n`);
    return this.reply();
  }

  /** Sends a line and gives the first line of the answer (POP3). */
  async pop(command: string): Promise<string> {
    this.send(`${command}\r\n`);
    return (await this.line()) ?? '';
  }

  /** The lines of a multi-line POP3 answer after its first one, unstuffed, up to the dot. */
  async multiline(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (let line = await this.line(); line !== undefined && line !== '.'; line = await this.line()) {
      lines.push(line.startsWith('.') ? line.slice(1) : line);
    }
    return lines;
  }

  /** The same, or undefined when the connection was cut before the dot. */
  async whole(): Promise<readonly string[] | undefined> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) return undefined;
      if (line === '.') return lines;
      lines.push(line.startsWith('.') ? line.slice(1) : line);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no answer came in time; so far: ${this.#received.toString('latin1').slice(0, 500)}`));
      }, PATIENCE);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Greets, logs in (unless without a name), and sends one message; the reply to the final dot, or the first refusal. */
export async function sendMail(
  port: number,
  mail: {
    readonly from: string;
    readonly to: readonly string[];
    readonly text: string | Buffer;
    readonly tls?: boolean;
    readonly login?: { readonly user: string; readonly password: string };
    readonly parameters?: string;
  },
): Promise<string> {
  const smtp = await Conversation.open(port, { tls: mail.tls === true });
  try {
    await smtp.reply();
    await smtp.ask('EHLO client.test');
    if (mail.login !== undefined) {
      const response = Buffer.from(`\0${mail.login.user}\0${mail.login.password}`).toString('base64');
      const answer = await smtp.ask(`AUTH PLAIN ${response}`);
      if (!answer.startsWith('235')) return answer;
    }
    const sender = await smtp.ask(`MAIL FROM:<${mail.from}>${mail.parameters ?? ''}`);
    if (!sender.startsWith('250')) return sender;
    for (const recipient of mail.to) {
      const answer = await smtp.ask(`RCPT TO:<${recipient}>`);
      if (!answer.startsWith('25')) return answer;
    }
    const data = await smtp.ask('DATA');
    if (!data.startsWith('354')) return data;
    smtp.send(typeof mail.text === 'string' ? mail.text.replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..') : mail.text);
    const answer = await smtp.ask('.');
    await smtp.ask('QUIT');
    return answer;
  } finally {
    smtp.close();
  }
}

/** Logs in over POP3 and fetches every message; with `remove` they are deleted. */
export async function fetchMail(
  port: number,
  login: { readonly user: string; readonly password: string; readonly tls?: boolean; readonly remove?: boolean },
): Promise<readonly string[]> {
  const pop = await Conversation.open(port, { tls: login.tls === true });
  try {
    await pop.line();
    await pop.pop(`USER ${login.user}`);
    const answer = await pop.pop(`PASS ${login.password}`);
    if (!answer.startsWith('+OK')) throw new Error(`the login was refused: ${answer}`);
    const count = Number(/^\+OK (\d+)/.exec(await pop.pop('STAT'))?.[1]);
    const messages: string[] = [];
    for (let n = 1; n <= count; n++) {
      await pop.pop(`RETR ${n}`);
      messages.push((await pop.multiline()).join('\n'));
      if (login.remove === true) await pop.pop(`DELE ${n}`);
    }
    const goodbye = await pop.pop('QUIT');
    if (!goodbye.startsWith('+OK')) throw new Error(`QUIT was refused: ${goodbye}`);
    return messages;
  } finally {
    pop.close();
  }
}

/** The id in a 250 reply to the final dot. */
export function idIn(answer: string): string {
  const id = /[0-7][0-9a-hjkmnp-tv-z]{25}/.exec(answer)?.[0];
  if (id === undefined) throw new Error(`no message id in: ${answer}`);
  return id;
}
