/** Email/parse (RFC 8621 §4.9): blobs as messages, without keeping them: attached messages, uploads. */
import { id, listOf, nullable, text } from '../arguments.ts';
import { MAIL } from '../capabilities.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { method } from '../method.ts';
import type { Method } from '../method.ts';
import { formatBlobId } from './blob-id.ts';
import { messageOfBlob } from './blobs.ts';
import { AnswerRoom } from './answer-room.ts';
import { ValueRoom } from './body-values.ts';
import { describeMessage } from './describe.ts';
import type { Wishes } from './describe.ts';
import { BODY_ARGUMENTS } from './get.ts';
import type { Message } from './message.ts';
import type { EmailParts } from './parts.ts';
import { DEFAULT_PARSED, isEmailProperty, notTooMany, wantedOfParts } from './properties.ts';

export function emailParse(parts: EmailParts): Method {
  return method({
    name: 'Email/parse',
    capability: MAIL,
    takes: { blobIds: listOf(id), properties: nullable(listOf(text)), ...BODY_ARGUMENTS },
    async run(args, { account }) {
      const blobIds = [...new Set(args.blobIds)];
      if (blobIds.length > LIMITS.maxObjectsInGet)
        throw new MethodError('requestTooLarge', `One call may parse ${LIMITS.maxObjectsInGet} blobs.`);
      const wishes = wishesOf(args);
      const room = new ValueRoom();
      const answer = new AnswerRoom();
      const parsed: Record<string, unknown> = {};
      const notParsable: string[] = [];
      const notFound: string[] = [];
      for (const blobId of blobIds) {
        const message = await messageOfBlob(parts, account.id, blobId);
        if (message === 'not-found') notFound.push(blobId);
        else if (message === undefined) notParsable.push(blobId);
        else answer.take((parsed[blobId] = await describeParsed(message, wishes, room)));
      }
      return {
        accountId: account.id,
        parsed: Object.keys(parsed).length === 0 ? null : parsed,
        notParsable: notParsable.length === 0 ? null : notParsable,
        notFound: notFound.length === 0 ? null : notFound,
      };
    },
  });
}

function wishesOf({
  properties,
  bodyProperties,
  ...values
}: {
  readonly properties: readonly string[] | null;
  readonly bodyProperties: readonly string[] | null;
} & Omit<Wishes, 'properties' | 'parts'>): Wishes {
  const unknown = properties?.find((property) => !isEmailProperty(property));
  if (unknown !== undefined) throw invalidArguments(`Email has no property ${JSON.stringify(unknown)}.`);
  return {
    ...values,
    properties: notTooMany(new Set(properties ?? DEFAULT_PARSED)),
    parts: wantedOfParts(bodyProperties),
  };
}

/** Nobody keeps it, so it has no id, no mailbox and no thread (RFC 8621 §4.9). */
async function describeParsed(
  message: Message,
  wishes: Wishes,
  room: ValueRoom,
): Promise<Readonly<Record<string, unknown>>> {
  const known: Readonly<Record<string, unknown>> = { blobId: formatBlobId(message.blob), size: message.octets.size };
  const described = new Map(await describeMessage(message, wishes, room));
  return Object.fromEntries(
    wishes.properties.map((one) => [one, described.has(one) ? described.get(one) : (known[one] ?? null)]),
  );
}
