/** The event source (RFC 8620 §7.3) as text/event-stream. It ends with the login it was opened with. */
import type { Cancel, Clock } from '../../base/index.ts';
import { overLimit } from '../../jmap/index.ts';
import type { EventWishes, Jmap, JmapAccount, PushEvent } from '../../jmap/index.ts';
import type { Store } from '../../store/index.ts';
import { Places } from './places.ts';
import { asJmapProblem } from './problem.ts';

/** Of one account: as many windows as anybody has open. */
const MOST_STREAMS = 20;
/** A line that means nothing goes this often, so that nobody on the way takes the connection for dead. */
const SIGN_OF_LIFE = 45_000;
/** How soon a browser comes back when the connection was lost. */
const RETRY = 3_000;

export const EVENT_STREAM = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // nginx would collect events before it passes them on.
  'X-Accel-Buffering': 'no',
};

export interface StreamParts {
  readonly jmap: Jmap;
  readonly store: Store;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

export class EventStreams {
  readonly #parts: StreamParts;
  readonly #places = new Places(MOST_STREAMS);

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  /** `mayStay` is asked now and then, and whenever passwords may have changed. */
  open(account: JmapAccount, wishes: Omit<EventWishes, 'signal'>, mayStay: () => Promise<boolean>): Response {
    const { jmap, store, clock, stopping } = this.#parts;
    const place = this.#places.take(account.id);
    if (place === undefined) return asJmapProblem(overLimit('maxEventSources', MANY_STREAMS, 429));
    const over = new AbortController();
    const events = jmap.events(account, { ...wishes, signal: over.signal })[Symbol.asyncIterator]();
    let cancel: Cancel = () => undefined;
    let close = (): void => undefined;
    const end = (): void => {
      if (over.signal.aborted) return;
      over.abort();
      cancel();
      stopping.removeEventListener('abort', end);
      unsubscribe();
      place.leave();
      close();
    };
    const look = (): void => {
      void mayStay().then(
        (may) => {
          if (!may) end();
        },
        () => undefined,
      );
    };
    const unsubscribe = store.onChange(({ directory }) => {
      if (directory) look();
    });
    stopping.addEventListener('abort', end);
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(octets(`retry: ${String(RETRY)}\n\n`));
        const live = (): void => {
          if ((controller.desiredSize ?? 0) > -MOST_UNREAD) controller.enqueue(octets(':\n\n'));
          look();
          cancel = clock.after(SIGN_OF_LIFE, live);
        };
        cancel = clock.after(SIGN_OF_LIFE, live);
        close = () => {
          controller.close();
        };
      },
      async pull(controller) {
        const { done, value } = await events.next().catch((error: unknown) => {
          close = () => undefined;
          end();
          throw error;
        });
        if (over.signal.aborted) return;
        if (done === true) end();
        else controller.enqueue(octets(inText(value)));
      },
      cancel() {
        close = () => undefined;
        end();
      },
    });
    if (stopping.aborted) end();
    return new Response(stream, { headers: EVENT_STREAM });
  }
}

const MANY_STREAMS = `${String(MOST_STREAMS)} event sources of an account may be open at a time.`;
/** Chunks that nobody has read: a peer that stopped reading gets no more signs of life. */
const MOST_UNREAD = 10;

const encoder = new TextEncoder();
const octets = (text: string): Uint8Array => encoder.encode(text);

/** One write for one event. JSON holds no line ends. */
function inText(event: PushEvent): string {
  const id = event.event === 'state' ? `id: ${event.id}\n` : '';
  return `${id}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`;
}
