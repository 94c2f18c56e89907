/**
 * The client's end of the conversation: commands go out, replies come back, each within its time
 * (RFC 5321 §4.5.3.2). Nothing here throws: what is not a reply is a Trouble that says where the
 * conversation stood. After a trouble the connection is dead, and every later answer is that
 * trouble; after a 421 the server is closing (§3.8), and every later answer is that 421.
 */
import type { Clock } from '../../base/index.ts';
import type { Reply } from '../../mail/index.ts';
import { WireError } from '../../net/index.ts';
import type { StartTls, TlsState, Wire } from '../../net/index.ts';
import { LONGEST_REPLY_LINE, readReplyLine } from '../grammar/response.ts';
import type { OpenReply } from '../grammar/response.ts';
import { isAnswerTo, phraseOf } from './state.ts';
import type { ClientState } from './state.ts';

/** In ms, each for one whole reply, or for one block of the message. */
export interface ClientTimeouts {
  readonly greeting: number;
  readonly command: number;
  /** For the 354. */
  readonly data: number;
  readonly block: number;
  /** For the answer to the final dot. */
  readonly dot: number;
}

/**
 * - lost: the connection ended. timeout: nothing, or not enough, came in time.
 * - garbled: what came is not SMTP, or no answer to what was said.
 * - tls: the handshake failed. content: our own side could not produce the message.
 */
export interface Trouble {
  readonly kind: 'trouble';
  readonly what: 'lost' | 'timeout' | 'garbled' | 'tls' | 'content';
  readonly state: ClientState;
  /** One sentence without its full stop. */
  readonly problem: string;
}

export interface Answered {
  readonly kind: 'reply';
  readonly reply: Reply;
}

export type Answer = Answered | Trouble;

/** RFC 5321 §4.1.1.10 wants the 221 waited for, but nothing hangs on it any more. */
const LONGEST_FAREWELL = 10_000;

export class Conversation {
  readonly wire: Wire;
  readonly #clock: Clock;
  readonly #timeouts: ClientTimeouts;
  #over: Answer | undefined;

  constructor(wire: Wire, clock: Clock, timeouts: ClientTimeouts) {
    this.wire = wire;
    this.#clock = clock;
    this.#timeouts = timeouts;
  }

  /** The trouble or the 421 after which nothing more will be said. */
  get over(): Answer | undefined {
    return this.#over;
  }

  /**
   * Queues a command line; it leaves with the next `answer` or `flush`. `line` has no line end: one
   * that came in with an address would make a second command of what stands behind it, so it ends the conversation.
   */
  say(line: string): void {
    if (this.#over !== undefined) return;
    if (/[\r\n\0]/.test(line))
      this.fail('content', 'mail', 'An address or a parameter holds a line end or a NUL, and was not sent');
    else this.wire.write(`${line}\r\n`);
  }

  /** Reads the server's next reply, which answers what `state` says. */
  async answer(state: ClientState): Promise<Answer> {
    if (this.#over !== undefined) return this.#over;
    const answer = await this.#within(state, () => this.#read(state));
    if (answer.kind === 'trouble') return this.hangUp(answer);
    if (answer.reply.code === 421) this.#over = answer;
    return answer;
  }

  /**
   * The next of several answers to one thing (LMTP). A 421 may be meant for one recipient, and then the answers
   * for the others stand behind it; where none comes any more, it is the answer for all.
   */
  async nextAnswer(state: ClientState): Promise<Answer> {
    const over = this.#over;
    if (over?.kind !== 'reply') return await this.answer(state);
    const answer = await this.#within('quit', () => this.#read(state));
    return answer.kind === 'reply' ? answer : over;
  }

  /**
   * To be called before a transaction: what the server has said unasked would be taken for its first answer, and each
   * answer for that of the command before. A 421 is one (RFC 5321 §3.8); anything else shows that the two have lost each other.
   */
  async beInStep(state: ClientState): Promise<void> {
    if (this.#over !== undefined || this.wire.buffered === 0) return;
    const words = await this.answer(state);
    if (words.kind === 'reply' && words.reply.code !== 421)
      this.hangUp(garbled(state, `the server had said ${words.reply.code} already, and nobody had asked`));
  }

  /**
   * Sends what is queued; undefined when it went well. A server that hung up, or reads no more, may
   * have said why before: then its last words are the answer, not the broken connection.
   */
  async flush(state: ClientState): Promise<Answer | undefined> {
    if (this.#over !== undefined) return this.#over;
    const limit = this.#timeout(state);
    this.wire.timeout = limit;
    try {
      await this.wire.flush();
      return undefined;
    } catch (error) {
      const failed = troubleOf(error, false, state, limit);
      const words = this.wire.buffered === 0 ? failed : await this.#within(state, () => this.#read(state));
      return this.hangUp(words.kind === 'reply' ? words : failed);
    }
  }

  /** The handshake (RFC 3207 §4). What was received in clear before it is thrown away by the wire. */
  async handshake(options: Extract<StartTls, { role: 'client' }>): Promise<TlsState | Trouble> {
    if (this.#over?.kind === 'trouble') return this.#over;
    const result = await this.#within('tls', () => this.wire.startTls(options));
    return 'kind' in result ? this.hangUp(result) : result;
  }

  /** Ends the connection at once: the conversation can't be brought back to where both sides agree. */
  fail(what: Trouble['what'], state: ClientState, problem: string): Trouble {
    return this.hangUp({ kind: 'trouble', what, state, problem });
  }

  /** Ends the connection at once, `answer` being the last word. */
  hangUp<Last extends Answer>(answer: Last): Last {
    this.#over = answer;
    this.wire.destroy();
    return answer;
  }

  async #read(state: ClientState): Promise<Answer> {
    let open: OpenReply | undefined;
    for (;;) {
      const read = await this.wire.readLine(LONGEST_REPLY_LINE);
      if (read.kind === 'end') return trouble('lost', state, `The server closed the connection ${phraseOf(state)}`);
      if (read.kind === 'too-long') return garbled(state, 'a line of its answer is endless');
      const progress = readReplyLine(read.bytes, open);
      if (progress.kind === 'garbled') return garbled(state, progress.problem);
      if (progress.kind === 'more') open = progress.open;
      else if (isAnswerTo(state, progress.reply.code)) return { kind: 'reply', reply: progress.reply };
      else return garbled(state, `a ${progress.reply.code} is no answer to this`);
    }
  }

  /** Runs one step against its deadline: a server that sends an octet now and then doesn't buy time with it. */
  async #within<Result>(state: ClientState, step: () => Promise<Result>): Promise<Result | Trouble> {
    const limit = this.#timeout(state);
    let late = false;
    const cancel = this.#clock.after(limit, () => {
      late = true;
      this.wire.destroy();
    });
    this.wire.timeout = limit;
    try {
      return await step();
    } catch (error) {
      return troubleOf(error, late, state, limit);
    } finally {
      cancel();
    }
  }

  #timeout(state: ClientState): number {
    if (state === 'greeting') return this.#timeouts.greeting;
    if (state === 'data') return this.#timeouts.data;
    if (state === 'text' || state === 'chunk') return this.#timeouts.block;
    if (state === 'dot') return this.#timeouts.dot;
    return state === 'quit' ? Math.min(this.#timeouts.command, LONGEST_FAREWELL) : this.#timeouts.command;
  }
}

function trouble(what: Trouble['what'], state: ClientState, problem: string): Trouble {
  return { kind: 'trouble', what, state, problem };
}

function garbled(state: ClientState, how: string): Trouble {
  return trouble('garbled', state, `The conversation broke ${phraseOf(state)}: ${how}`);
}

function troubleOf(error: unknown, late: boolean, state: ClientState, limit: number): Trouble {
  const kind = error instanceof WireError ? error.kind : 'closed';
  const detail = error instanceof Error ? error.message : String(error);
  if (late || kind === 'timeout') {
    return trouble('timeout', state, `The server did nothing for ${seconds(limit)} ${phraseOf(state)}`);
  }
  if (kind === 'tls') return trouble('tls', state, `TLS failed ${phraseOf(state)}: ${detail}`);
  return trouble('lost', state, `The connection was lost ${phraseOf(state)} (${detail})`);
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
