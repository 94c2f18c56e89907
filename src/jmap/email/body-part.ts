/** EmailBodyPart (RFC 8621 §4.1.4): a part of a message as JMAP tells it. */
import type { Part } from '../../mime/index.ts';
import { partBlobId } from './blob-id.ts';
import { headersOf, valueOf } from './header-value.ts';
import { fieldsOf } from './message.ts';
import type { Message } from './message.ts';
import type { WantedOfParts } from './properties.ts';

export type EmailBodyPart = Readonly<Record<string, unknown>>;

/** With its own parts, where these are wanted. */
export async function bodyPart(message: Message, part: Part, wanted: WantedOfParts): Promise<EmailBodyPart> {
  const fields = wanted.needsHeader ? await fieldsOf(message, part) : [];
  const entries: [string, unknown][] = [];
  for (const property of wanted.properties) {
    const field = wanted.fields.find((one) => one.property === property);
    if (field !== undefined) entries.push([property, valueOf(fields, field)]);
    else if (property === 'headers') entries.push([property, headersOf(fields)]);
    else if (property !== 'subParts') entries.push([property, FACTS[property]?.(part, message) ?? null]);
    else if (part.subParts !== undefined) entries.push([property, await bodyParts(message, part.subParts, wanted)]);
  }
  return Object.fromEntries(entries);
}

export async function bodyParts(
  message: Message,
  parts: readonly Part[],
  wanted: WantedOfParts,
): Promise<readonly EmailBodyPart[]> {
  const all: EmailBodyPart[] = [];
  for (const part of parts) all.push(await bodyPart(message, part, wanted));
  return all;
}

/** What isn't there is null. */
const FACTS: Readonly<Record<string, (part: Part, message: Message) => unknown>> = {
  partId: (part) => (isMultipart(part) ? null : partIdOf(part)),
  blobId: (part, { blob }) => (isMultipart(part) ? null : partBlobId(blob, part.number)),
  size: ({ size }) => size,
  name: ({ name }) => name,
  type: ({ type }) => type,
  charset: ({ charset }) => charset,
  disposition: ({ disposition }) => disposition,
  cid: ({ cid }) => cid,
  language: ({ language }) => language,
  location: ({ location }) => location,
};

function isMultipart({ subParts }: Part): boolean {
  return subParts !== undefined;
}

export function partIdOf({ number }: Part): string {
  return String(number);
}
