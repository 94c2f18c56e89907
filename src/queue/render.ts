/**
 * The octets that leave for a next server: our prefix, then the content as it came. A rendering of
 * one attempt, never stored (HOUSE P2).
 */
import { formatDeliveredTo, parseAddress } from '../mail/index.ts';
import type { ContentStore, QueuedMessage } from '../store/index.ts';

export interface Rendering {
  readonly octets: number;
  content(): AsyncIterable<Buffer>;
}

/**
 * @param original the alias this copy is forwarded for: it is named in Delivered-To, so that a
 *   message that comes back to the alias is seen to loop
 */
export function renderForNextServer(content: ContentStore, message: QueuedMessage, original?: string): Rendering {
  const forwardedFor = original === undefined ? undefined : parseAddress(original, { utf8: true });
  const prefix = Buffer.concat([
    forwardedFor === undefined ? Buffer.alloc(0) : formatDeliveredTo(forwardedFor),
    message.prefix,
  ]);
  return {
    octets: prefix.length + message.content.octets,
    async *content() {
      if (prefix.length > 0) yield prefix;
      yield* content.read(message.content);
    },
  };
}
