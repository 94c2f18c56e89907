/**
 * The message in counted chunks (BDAT, RFC 3030 §2), instead of DATA: no dot means anything, and nothing in the
 * message can be taken for its end.
 *
 * A chunk is never said before a recipient was taken, although RFC 3030 §4.2 would let it leave together with MAIL and
 * RCPT and so save a round trip: a server that refuses a chunk without reading what it counts takes the octets of a
 * stranger for commands, and a connection lost anywhere in such a group would leave us unsure whether the message was
 * taken. As it is, BDAT costs as many round trips as DATA in a group does.
 *
 * As with the final dot, the last octets are kept back until the server is known to be there and not to have refused:
 * up to then it is certain that it took nothing. LAST follows when every chunk before it was taken, so that no server
 * can take a message that has lost a piece.
 */
import { describeError } from '../../base/index.ts';
import { isPositive, LineEnds } from '../../mail/index.ts';
import { flushBlock } from './content.ts';
import type { Content, ContentSent } from './content.ts';
import type { Answer, Conversation } from './conversation.ts';

/** Octets above which a chunk is full; it is in memory, since its size stands before it. */
export const CHUNK = 256 * 1024;
/** Chunks on their way without an answer, where commands may be pipelined. */
const WINDOW = 8;

const LF = 0x0a;
const CRLF = Buffer.from('\r\n');

export async function sendChunks(talk: Conversation, content: Content, pipelining: boolean): Promise<ContentSent> {
  return await new Chunks(talk, pipelining ? WINDOW : 1).send(content);
}

/** 500 to 504 are about the command, not about the message: this server does not do what it offers. */
export function isMisunderstood(answer: Answer): boolean {
  return answer.kind === 'reply' && answer.reply.code >= 500 && answer.reply.code <= 504;
}

class Chunks {
  readonly #talk: Conversation;
  readonly #window: number;
  readonly #lineEnds = new LineEnds();
  #collected: Buffer[] = [];
  #octets = 0;
  #last: number | undefined;
  #unanswered = 0;
  #taken = 0;

  constructor(talk: Conversation, window: number) {
    this.#talk = talk;
    this.#window = window;
  }

  async send(content: Content): Promise<ContentSent> {
    // After a 421 no command is said any more: what it counts would be read as commands itself.
    const { over } = this.#talk;
    if (over !== undefined) return { kind: 'stopped', state: 'text', answer: over };
    try {
      for await (const piece of content()) {
        this.#collect(this.#lineEnds.push(piece));
        const stop = this.#octets > CHUNK ? await this.#sayChunk() : undefined;
        if (stop !== undefined) return stop;
      }
    } catch (error) {
      // Without LAST the server must throw away what it got.
      const why = `The message could not be read here (${describeError(error)})`;
      return { kind: 'stopped', state: 'text', answer: this.#talk.fail('content', 'text', why) };
    }
    return (await this.#awaitAnswers(0)) ?? (await this.#sayLast());
  }

  #collect(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#collected.push(piece);
    this.#octets += piece.length;
    this.#last = piece.at(-1);
  }

  /** All that is collected, as one chunk that is not the last. */
  async #sayChunk(): Promise<ContentSent | undefined> {
    this.#talk.say(`BDAT ${this.#octets}`);
    for (const piece of this.#collected) this.#talk.wire.write(piece);
    this.#collected = [];
    this.#octets = 0;
    this.#unanswered += 1;
    const stopped = await this.#talk.flush('text');
    if (stopped !== undefined) return { kind: 'stopped', state: 'text', answer: stopped };
    return await this.#awaitAnswers(this.#window - 1);
  }

  /** Until no more than `left` are open. After one that was refused, those of the chunks behind it are read and count for nothing. */
  async #awaitAnswers(left: number): Promise<ContentSent | undefined> {
    while (this.#unanswered > left) {
      const answer = await this.#talk.answer('chunk');
      this.#unanswered -= 1;
      if (answer.kind === 'reply' && isPositive(answer.reply)) this.#taken += 1;
      else return await this.#stopped(answer);
    }
    return undefined;
  }

  async #stopped(answer: Answer): Promise<ContentSent> {
    if (this.#taken === 0 && isMisunderstood(answer))
      return { kind: 'stopped', state: 'bdat', answer: this.#talk.hangUp(answer) };
    while (this.#unanswered > 0) {
      await this.#talk.answer('chunk');
      this.#unanswered -= 1;
    }
    return { kind: 'stopped', state: 'text', answer };
  }

  /** The last chunk but for the line end it closes with, which the caller gets. */
  async #sayLast(): Promise<ContentSent> {
    if (this.#last !== undefined && this.#last !== LF) this.#collect(CRLF);
    const command = `BDAT ${this.#octets} LAST`;
    const chunk = Buffer.concat(this.#collected);
    this.#collected = [];
    const first = this.#taken === 0;
    if (chunk.length === 0)
      return (await flushBlock(this.#talk)) ?? { kind: 'sent', end: Buffer.from(`${command}\r\n`), first };
    this.#talk.say(command);
    this.#talk.wire.write(chunk.subarray(0, -CRLF.length));
    const stopped = await flushBlock(this.#talk);
    if (stopped?.kind !== 'stopped') return { kind: 'sent', end: CRLF, first };
    return first && isMisunderstood(stopped.answer) ? { ...stopped, state: 'bdat' } : stopped;
  }
}
