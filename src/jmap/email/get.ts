/** Email/get (RFC 8621 §4.2). */
import type { EmailRow } from '../../store/index.ts';
import { flag, listOf, nullable, optional, text, unsigned } from '../arguments.ts';
import { MAIL } from '../capabilities.ts';
import { formatUtcDate } from '../dates.ts';
import { MethodError } from '../errors.ts';
import { getMethod } from '../frames/get.ts';
import { LIMITS } from '../limits.ts';
import { mailboxId } from '../mailbox/mailbox.ts';
import type { Method } from '../method.ts';
import { emailOctets } from '../reading/octets.ts';
import { mailState } from '../state.ts';
import { AnswerRoom } from './answer-room.ts';
import { ValueRoom } from './body-values.ts';
import { formatBlobId } from './blob-id.ts';
import { describeMessage } from './describe.ts';
import type { Wishes } from './describe.ts';
import { setOf } from './keywords.ts';
import type { Message } from './message.ts';
import type { EmailParts } from './parts.ts';
import { DEFAULT_PROPERTIES, isEmailProperty, notTooMany, sourceOf, wantedOfParts } from './properties.ts';

/** The arguments that Email/get and Email/parse have besides the standard ones. */
export const BODY_ARGUMENTS = {
  bodyProperties: nullable(listOf(text)),
  fetchTextBodyValues: optional(flag, false),
  fetchHTMLBodyValues: optional(flag, false),
  fetchAllBodyValues: optional(flag, false),
  maxBodyValueBytes: optional(unsigned, 0),
};

export function emailGet(parts: EmailParts): Method {
  return getMethod({
    type: 'Email',
    capability: MAIL,
    properties: DEFAULT_PROPERTIES,
    isProperty: isEmailProperty,
    takes: BODY_ARGUMENTS,
    async find({ account, ids, properties, more }) {
      const wishes: Wishes = { ...more, properties: notTooMany(properties), parts: wantedOfParts(more.bodyProperties) };
      const state = await mailState(parts.store, account, 'email');
      const rows = await parts.store.read('emailRows', { account, ids: ids ?? (await allOf(parts, account)) });
      const room = new ValueRoom();
      const answer = new AnswerRoom();
      const list: (Record<string, unknown> & { readonly id: string })[] = [];
      for (const row of rows) {
        const email = await describeEmail(parts, row, wishes, room);
        if (email === undefined) continue;
        answer.take(email);
        list.push({ ...email, id: row.id });
      }
      return { state, list };
    },
  });
}

/** Where nobody names ids: all there are, if they are not too many (RFC 8620 §5.1). */
async function allOf({ store }: EmailParts, account: string): Promise<readonly string[]> {
  const all = { account, sort: [], collapseThreads: false, position: 0, calculateTotal: false };
  const found = await store.read('queryEmails', { ...all, limit: LIMITS.maxObjectsInGet + 1 });
  const ids = found === 'no-anchor' ? [] : found.ids;
  if (ids.length <= LIMITS.maxObjectsInGet) return ids;
  throw new MethodError(
    'requestTooLarge',
    `There are more than ${LIMITS.maxObjectsInGet} emails; name some in \`ids\`.`,
  );
}

/** Undefined: it went while it was being read. */
async function describeEmail(
  parts: EmailParts,
  row: EmailRow,
  wishes: Wishes,
  room: ValueRoom,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const own = wishes.properties.flatMap((property) => {
    const tell = ROW[property];
    return tell === undefined ? [] : [[property, tell(row)] as const];
  });
  if (wishes.properties.every((property) => sourceOf(property) === 'row')) return Object.fromEntries(own);
  const message = await messageOf(parts, row);
  if (message === undefined) return undefined;
  return Object.fromEntries([...own, ...(await describeMessage(message, wishes, room))]);
}

/** The properties that the store keeps (RFC 8621 §4.1.1). */
export const ROW: Readonly<Record<string, (row: EmailRow) => unknown>> = {
  id: ({ id }) => id,
  blobId: ({ id }) => blobIdOf(id),
  threadId: ({ thread }) => thread,
  mailboxIds: ({ mailboxes }) => setOf(mailboxes.map(mailboxId)),
  keywords: ({ keywords }) => setOf(keywords),
  size: ({ octets }) => octets,
  receivedAt: ({ receivedAt }) => formatUtcDate(receivedAt),
};

export function blobIdOf(email: string): string {
  return formatBlobId({ kind: 'email', email });
}

/** The row is the account's, so its octets are, too. */
export async function messageOf(
  { store, reading }: EmailParts,
  row: Pick<EmailRow, 'id' | 'card' | 'octets'>,
): Promise<Message | undefined> {
  const card = await reading.cardOf(row);
  if (card === undefined) return undefined;
  const { id, octets: size } = row;
  return {
    blob: { kind: 'email', email: id },
    card,
    octets: {
      size,
      // What is told from the card alone needs no octets: they are looked for when somebody reads them.
      async *read(range) {
        const found = await store.read('email', { id });
        if (found === undefined) throw new MethodError('serverUnavailable', 'An email went while it was being read.');
        yield* emailOctets(store.content, found).read(range);
      },
    },
  };
}
