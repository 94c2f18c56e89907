/** Cases for the event source (RFC 8620 §7.3; RFC 8621 §1.5). */
import { fresh, group, hear, holds, like, message, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';

interface Heard {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Answered;
}

/** Events of one connection, one after the other. */
class Events {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = '';

  private constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader;
  }

  static async open(
    user: User,
    wish: Readonly<Record<string, string>>,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Events> {
    const values = { types: '*', closeafter: 'no', ping: '0', ...wish };
    const url = (user.session['eventSourceUrl'] as string).replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(values[name as keyof typeof values]),
    );
    const headers = { authorization: user.authorization, accept: 'text/event-stream', ...more };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(15_000) });
    same(
      [response.status, response.headers.get('content-type')?.split(';')[0]],
      [200, 'text/event-stream'],
      'status and type',
    );
    return new Events((response.body as ReadableStream<Uint8Array>).getReader());
  }

  /** Undefined at the end. */
  async next(): Promise<Heard | undefined> {
    for (;;) {
      const [, block] = /^([\s\S]*?)\n\n/.exec(this.#text) ?? [];
      if (block === undefined) {
        const { done, value } = await this.#reader.read();
        if (done) return undefined;
        this.#text += Buffer.from(value).toString();
        continue;
      }
      this.#text = this.#text.slice(block.length + 2);
      const line = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
      const data = line('data');
      if (data !== undefined)
        return { event: line('event') ?? 'message', id: line('id'), data: JSON.parse(data) as Answered };
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

async function listening(
  { ann }: JmapServer,
  wish: Readonly<Record<string, string>>,
  play: (events: Events, ann: User) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const events = await Events.open(ann, wish, more);
  try {
    await play(events, ann);
  } finally {
    await events.close();
  }
}

export const EVENTS = group('Event source', [
  [
    '8620-7.3-state',
    'must',
    'A change is told as a StateChange, with the states of now',
    (server) =>
      listening(server, {}, async (events, ann) => {
        const id = await ann.letter(await ann.mailbox(), message([]));
        let told: Answered = {};
        for (const goal = await ann.state('Email'); told['Email'] !== goal;) {
          const heard = await events.next();
          like(heard, { event: 'state', data: { '@type': 'StateChange' } }, 'event');
          same(Object.keys(heard?.data['changed'] as object), [ann.account], 'accounts');
          told = { ...told, ...(heard?.data['changed'][ann.account] as Answered) };
        }
        holds(
          ['Mailbox', 'Thread', 'Email'].every((type) => typeof told[type] === 'string'),
          'types',
          [told, id],
        );
      }),
  ],
  [
    '8620-7.1-only-changed',
    'should',
    'A keyword is told as a change of Email and of nothing else',
    async (server) => {
      const id = await server.ann.letter(await server.ann.mailbox(), message([]));
      await listening(server, {}, async (events, ann) => {
        await ann.changed('Email', id, { 'keywords/todo': true });
        const told = (await events.next())?.data['changed'][ann.account] as Answered;
        same(told, { Email: await ann.state('Email') }, 'types');
      });
    },
  ],
  [
    '8620-7.3-types',
    'must',
    'Only the types that were asked for are told',
    (server) =>
      listening(server, { types: 'Mailbox' }, async (events, ann) => {
        await ann.letter(ann.boxes['inbox'] ?? '', message([]));
        same(Object.keys((await events.next())?.data['changed'][ann.account] as object), ['Mailbox'], 'types');
      }),
  ],
  [
    '8620-7.3-close-after',
    'must',
    'closeafter state ends it behind a state',
    (server) =>
      listening(server, { closeafter: 'state' }, async (events, ann) => {
        await ann.mailbox();
        like(await events.next(), { event: 'state' }, 'event');
        same(await events.next(), undefined, 'the end');
      }),
  ],
  [
    '8620-7.3-last-event-id',
    'should',
    'Who comes back is told what it missed',
    async (server) => {
      let last = '';
      await listening(server, {}, async (events, ann) => {
        await ann.mailbox();
        last = (await events.next())?.id ?? '';
      });
      holds(last !== '', 'an id', last);
      await server.ann.mailbox();
      await listening(server, {}, async (events) => like(await events.next(), { event: 'state' }, 'event'), {
        'last-event-id': last,
      });
    },
  ],
  [
    '8620-7.3-empty',
    'house',
    'A template that was filled with nothing is one without wishes',
    (server) =>
      listening(server, { types: '', closeafter: '', ping: '' }, async (events, ann) => {
        await ann.mailbox();
        like(await events.next(), { event: 'state' }, 'event');
      }),
  ],
  [
    '8620-7.3-malformed',
    'house',
    'What can’t be read of a request for events is 400',
    async ({ ann }) => {
      const url = (ann.session['eventSourceUrl'] as string)
        .replace('{types}', '*')
        .replace('{closeafter}', 'soon')
        .replace('{ping}', '0');
      same((await hear(url, { headers: { authorization: ann.authorization } })).status, 400, 'status');
    },
  ],
]);

/** They wait until nothing has been told for a second. */
export const WAITING = group('Event source', [
  [
    '8620-7.3-ping',
    'must',
    'A ping tells its interval',
    (server) =>
      listening(server, { types: 'EmailDelivery', ping: '1' }, async (events) => {
        const heard = await events.next();
        same(heard?.event, 'ping', 'event');
        like(
          heard?.data,
          { interval: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1 },
          'data',
        );
      }),
  ],
  [
    '8620-7.3-others',
    'must',
    'What happens to others is not told',
    (server) =>
      listening({ ...server, ann: server.bob }, { ping: '1' }, async (events) => {
        await server.ann.mailbox();
        same((await events.next())?.event, 'ping', 'event');
      }),
  ],
  [
    '8621-1.5-delivery',
    'should',
    'EmailDelivery is told of when mail comes, and not when a flag is set',
    (server) =>
      listening(server, { types: 'EmailDelivery', ping: '1' }, async (events, ann) => {
        await ann.mailbox({ name: fresh('box') });
        same((await events.next())?.event, 'ping', 'event');
      }),
  ],
]);
