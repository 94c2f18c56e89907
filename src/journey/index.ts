/** Floor 6: what happened to a message, told from the recorded events. */
import { isId } from '../base/index.ts';
import type { Store } from '../store/index.ts';
import { tellStory } from './story.ts';
import type { Story } from './story.ts';

export { asSeenByRecipient, asSeenBySender } from './views.ts';
export { arrivalInWords, inWords, stepSentence } from './words.ts';
export type { DeliveryStory, End, Step, Story } from './story.ts';

/**
 * The stories behind an id of ours, or behind a Message-ID: those of others repeat and are forged,
 * so all that carry it are told, newest first.
 */
export async function findStories(store: Store, idOrMessageId: string): Promise<readonly Story[]> {
  const key = idOrMessageId.trim();
  // A delivery `<id>/<n>` is told with its whole message.
  const id = key.replace(/\/\d+$/, '');
  const messages = await store.read('findMessages', isId(id) ? { id } : { messageId: inBrackets(key) });
  return Promise.all(
    messages.map(async (message) => {
      const [deliveries, events, attempts] = await Promise.all([
        store.read('deliveries', { message: message.id }),
        store.read('events', { message: message.id }),
        store.read('attempts', { message: message.id }),
      ]);
      return tellStory(message, deliveries, events, attempts);
    }),
  );
}

/** People leave out the angle brackets, or a shell eats them. */
function inBrackets(text: string): string {
  return text.startsWith('<') ? text : `<${text}>`;
}
