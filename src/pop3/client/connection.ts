/**
 * The client's side of POP3 (RFC 1939) over a Wire: one method a command, values in and out. Nothing it reads is
 * unbounded, messages are streamed to a sink, and every refusal keeps the server's own words.
 *
 * A command is said when its method is called, and its answer is read in its turn: where the server has PIPELINING
 * (RFC 2449 §6.6) others may be called before the first has resolved. Elsewhere wait for each.
 *
 * All methods reject with Pop3Error, or with WireError when the connection is gone. After a `protocol` error the
 * two sides no longer agree about what was said: close.
 */
import { WireError } from '../../net/index.ts';
import type { ChunkSink, DottedRead, StartTls, TlsState, Wire } from '../../net/index.ts';
import { chooseMechanism, decodeBase64 } from '../../sasl/index.ts';
import type { ClientLogin, SaslClient } from '../../sasl/index.ts';
import { parseCapability, parseDropListing, parseScanListing, parseUniqueIdListing } from '../grammar/listing.ts';
import type { Capability, DropListing, ScanListing, UniqueIdListing } from '../grammar/listing.ts';
import { parseStatus } from '../grammar/response.ts';
import type { StatusLine } from '../grammar/response.ts';
import { Pop3Error } from './error.ts';
import { LineSplitter } from './lines.ts';

/** RFC 2449 §4 says 512; servers were seen to say more. */
const LONGEST_LINE = 8_192;
/** The most octets of a listing: a million messages with long ids. */
const LONGEST_LISTING = 100_000_000;
/** Challenges after which an exchange leads nowhere. */
const MOST_CHALLENGES = 10;

export interface RetrieveOptions {
  readonly number: number;
  /** Takes the octets, dots unstuffed, CRLF line ends; a promise holds the server back. */
  readonly sink: ChunkSink;
  /** The most octets handed to the sink; what is beyond is read, counted and thrown away. */
  readonly limit: number;
}

export class Pop3Connection {
  readonly #wire: Wire;
  /** What the server said when it greeted us. */
  readonly greeting: string;
  /** Resolves when the answers to all that was said have been read. */
  #answered: Promise<void> = Promise.resolve();
  #unanswered = 0;
  /** Why nobody knows any more which answer belongs to what. */
  #lost: Pop3Error | undefined;

  private constructor(wire: Wire, greeting: string) {
    this.#wire = wire;
    this.greeting = greeting;
  }

  /** Waits for the greeting (RFC 1939 §4). A server that has no time says -ERR: `refused`. */
  static async open(wire: Wire): Promise<Pop3Connection> {
    const status = positive(await readStatus(wire, 'greeting'), 'greeting');
    return new Pop3Connection(wire, status.text);
  }

  /** CAPA (RFC 2449 §5). A server that doesn't know it has no capabilities. */
  async capa(): Promise<readonly Capability[]> {
    const doing = 'asking what the server can do';
    return await this.#say('CAPA', async () =>
      (await readStatus(this.#wire, doing)).positive ? await this.#listing(doing, parseCapability) : [],
    );
  }

  /** STLS and the handshake (RFC 2595 §4). What CAPA said before counts no more. */
  async stls(options: Omit<Extract<StartTls, { readonly role: 'client' }>, 'role'>): Promise<TlsState> {
    await this.#order('STLS', 'starting TLS');
    return await this.#wire.startTls({ role: 'client', ...options });
  }

  /** USER and PASS (RFC 1939 §7). The password goes as it is: only where the line is confidential. */
  async login({ name, password }: ClientLogin): Promise<void> {
    if (/[\r\n\0]/.test(name + password)) throw impossible('the name or the password holds a line end');
    await this.#order(`USER ${name}`, 'logging in');
    await this.#order(`PASS ${password}`, 'logging in');
  }

  /** AUTH with the best mechanism that the server listed and we speak (RFC 5034). */
  async authenticate(
    login: ClientLogin,
    capabilities: readonly Capability[],
    wanted?: readonly string[],
  ): Promise<void> {
    const offered = capabilities.find((capability) => capability.name === 'SASL')?.parameters ?? [];
    const mechanism = chooseMechanism(offered, this.#wire.tls !== undefined, wanted, this.#wire);
    if (mechanism === undefined) throw impossible('the server offers no way to log in that is safe here');
    await this.#exchange(mechanism.connect(login));
  }

  /** AUTH with an exchange that was chosen before. */
  async authenticateWith(exchange: SaslClient): Promise<void> {
    await this.#exchange(exchange);
  }

  async stat(): Promise<DropListing> {
    const status = await this.#order('STAT', 'asking for the size of the maildrop');
    return understood(parseDropListing(status.text), 'asking for the size of the maildrop');
  }

  /** The size of one message. */
  async size(number: number): Promise<number> {
    const status = await this.#order(`LIST ${number}`, 'asking for the size of a message');
    return understood(parseScanListing(status.text), 'asking for the size of a message').octets;
  }

  async list(): Promise<readonly ScanListing[]> {
    return await this.#orderList('LIST', 'listing the messages', parseScanListing);
  }

  /** The permanent name of one message. */
  async uniqueId(number: number): Promise<string> {
    const status = await this.#order(`UIDL ${number}`, 'asking for the id of a message');
    return understood(parseUniqueIdListing(status.text), 'asking for the id of a message').uidl;
  }

  async uidl(): Promise<readonly UniqueIdListing[]> {
    return await this.#orderList('UIDL', 'listing the ids of the messages', parseUniqueIdListing);
  }

  /** Rejects with WireError 'closed' when the server left before the end: what the sink has is then half a message. */
  async retr({ number, ...options }: RetrieveOptions): Promise<DottedRead> {
    return await this.#orderText(`RETR ${number}`, 'retrieving a message', options);
  }

  /** The header and `lines` lines of the body. */
  async top({ number, lines, ...options }: RetrieveOptions & { readonly lines: number }): Promise<DottedRead> {
    return await this.#orderText(`TOP ${number} ${lines}`, 'retrieving the top of a message', options);
  }

  async dele(number: number): Promise<void> {
    await this.#order(`DELE ${number}`, 'deleting a message');
  }

  async noop(): Promise<void> {
    await this.#order('NOOP', 'keeping the connection');
  }

  async rset(): Promise<void> {
    await this.#order('RSET', 'taking deletions back');
  }

  /** When it resolves, what was deleted is gone; when it rejects, some or all of it may still be there. */
  async quit(): Promise<void> {
    await this.#order('QUIT', 'ending the session');
    await this.#wire.close();
  }

  /** Leaves at once: what was not answered yet rejects, and nothing that was marked is deleted (RFC 1939 §6). */
  abandon(): void {
    this.#wire.destroy();
  }

  async #exchange(client: SaslClient): Promise<void> {
    const first = client.initial === undefined ? '' : ` ${client.initial.toString('base64') || '='}`;
    this.#wire.write(`AUTH ${client.mechanism}${first}\r\n`);
    for (let turn = 0; turn < MOST_CHALLENGES; turn++) {
      const line = await readText(this.#wire, 'logging in');
      const challenge = /^\+ ?([^ ]*)$/.exec(line);
      if (challenge === null || line.startsWith('+OK')) {
        positive(statusOf(line, 'logging in'), 'logging in');
        if (client.mayEnd()) return;
        throw protocolError('logging in', 'the server let us in without showing that it knows the password');
      }
      const data = decodeBase64(challenge[1] as string);
      const answer = data === undefined ? undefined : client.next(data);
      this.#wire.write(answer === undefined ? '*\r\n' : `${answer.toString('base64')}\r\n`);
    }
    throw protocolError('logging in', 'the server asked again and again');
  }

  /** Says it now, and reads when all that was said before has been answered. */
  async #say<Answer>(command: string, read: () => Promise<Answer>): Promise<Answer> {
    const before = this.#answered;
    let answered = (): void => undefined;
    this.#answered = new Promise((resolve) => {
      answered = resolve;
    });
    this.#wire.write(`${command}\r\n`);
    // A read that is under way has sent what there was; a broken line shows at the next one.
    if (this.#unanswered++ > 0) this.#wire.flush().catch(() => undefined);
    try {
      await before;
      if (this.#lost !== undefined) throw this.#lost;
      return await read();
    } catch (error) {
      if (error instanceof Pop3Error && error.kind === 'protocol') this.#lost ??= error;
      throw error;
    } finally {
      this.#unanswered--;
      answered();
    }
  }

  async #order(command: string, doing: string): Promise<StatusLine> {
    return await this.#say(command, async () => positive(await readStatus(this.#wire, doing), doing));
  }

  async #orderText(
    command: string,
    doing: string,
    { sink, limit }: Omit<RetrieveOptions, 'number'>,
  ): Promise<DottedRead> {
    return await this.#say(command, async () => {
      positive(await readStatus(this.#wire, doing), doing);
      return await this.#wire.readDotted(limit, sink);
    });
  }

  async #orderList<Item>(
    command: string,
    doing: string,
    parse: (line: string) => Item | undefined,
  ): Promise<readonly Item[]> {
    return await this.#say(command, async () => {
      positive(await readStatus(this.#wire, doing), doing);
      return await this.#listing(doing, parse);
    });
  }

  async #listing<Item>(doing: string, parse: (line: string) => Item | undefined): Promise<readonly Item[]> {
    const items: Item[] = [];
    const splitter = new LineSplitter(LONGEST_LINE, (line) => {
      items.push(understood(parse(line), doing));
    });
    const read = await this.#wire
      .readDotted(LONGEST_LISTING, (piece) => {
        splitter.push(piece);
      })
      .catch((error: unknown) => {
        throw error instanceof RangeError ? protocolError(doing, error.message) : error;
      });
    if (read.tooBig) throw protocolError(doing, 'the list is longer than any maildrop');
    return items;
  }
}

async function readText(wire: Wire, doing: string): Promise<string> {
  const read = await wire.readLine(LONGEST_LINE);
  if (read.kind === 'line') return read.bytes.toString('utf8');
  if (read.kind === 'end') throw new WireError('closed', `The server closed the connection while we were ${doing}.`);
  throw protocolError(doing, 'its answer is too long');
}

async function readStatus(wire: Wire, doing: string): Promise<StatusLine> {
  return statusOf(await readText(wire, doing), doing);
}

function statusOf(line: string, doing: string): StatusLine {
  const status = parseStatus(line);
  if (status === undefined) throw protocolError(doing, 'the server does not answer as a POP3 server does');
  return status;
}

function positive(status: StatusLine, doing: string): StatusLine {
  if (status.positive) return status;
  throw new Pop3Error({ kind: 'refused', doing, words: status.text, code: status.code });
}

function understood<Value>(value: Value | undefined, doing: string): Value {
  if (value === undefined) throw protocolError(doing, 'the answer of the server makes no sense');
  return value;
}

function protocolError(doing: string, words: string): Pop3Error {
  return new Pop3Error({ kind: 'protocol', doing, words });
}

function impossible(words: string): Pop3Error {
  return new Pop3Error({ kind: 'impossible', doing: 'logging in', words });
}
