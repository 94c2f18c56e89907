/**
 * The message on its way out, between the 354 and the final dot (RFC 5321 §4.1.1.4, §4.5.2): line
 * ends mended, dots doubled, block by block as fast as the server takes it, memory bounded by one block.
 */
import { describeError } from '../../base/index.ts';
import { DotStuffer } from '../../net/index.ts';
import type { Answer, Conversation } from './conversation.ts';
import { LineEnds } from '../../mail/index.ts';

/** Octets collected before they are sent and the server's reading is waited for. */
const BLOCK = 64 * 1024;

export type Content = () => AsyncIterable<Buffer>;

/**
 * All is sent but what ends it, which the caller gets: up to there the server can't have taken the message. Or
 * something kept it from being sent; `bdat`: the server offers CHUNKING and does not know BDAT.
 */
export type ContentSent =
  /** `first`: no chunk of the message has been answered yet. */
  | { readonly kind: 'sent'; readonly end: Buffer; readonly first?: boolean }
  | { readonly kind: 'stopped'; readonly state: 'text' | 'bdat'; readonly answer: Answer };

export async function sendContent(talk: Conversation, content: Content): Promise<ContentSent> {
  const lineEnds = new LineEnds();
  const stuffer = new DotStuffer();
  const blocks = content()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await blocks.next();
      if (next.done === true) break;
      talk.wire.write(stuffer.push(lineEnds.push(next.value)));
      const stop = talk.wire.unsent < BLOCK ? undefined : await flushBlock(talk);
      if (stop !== undefined) {
        await blocks.return?.();
        return stop;
      }
    }
  } catch (error) {
    // Without the dot the server must throw away what it got: half a message is never delivered.
    const why = `The message could not be read here (${describeError(error)})`;
    return { kind: 'stopped', state: 'text', answer: talk.fail('content', 'text', why) };
  }
  return (await flushBlock(talk)) ?? { kind: 'sent', end: stuffer.end() };
}

/**
 * Sends what is collected. A server that answers before the final dot has refused the message, and
 * one that has hung up will never answer: better seen now, when it is certain that it took nothing,
 * than behind the dot, when nobody could know.
 */
export async function flushBlock(talk: Conversation): Promise<ContentSent | undefined> {
  const stopped = await talk.flush('text');
  if (stopped !== undefined) return { kind: 'stopped', state: 'text', answer: stopped };
  if (talk.wire.buffered === 0 && !talk.wire.peerLeft) return undefined;
  return { kind: 'stopped', state: 'text', answer: talk.hangUp(await talk.answer('text')) };
}
