/** Makes a draft (RFC 8621 §4.6): it is read, composed, and filed; attachments stream from where they lie. */
import { newTicket } from '../../../base/index.ts';
import { parseAddress } from '../../../mail/index.ts';
import { composeMessage } from '../../../mime/index.ts';
import type { ComposeTrouble, FieldToWrite, PartToWrite } from '../../../mime/index.ts';
import { attachmentsIn } from '../../capabilities.ts';
import { formatUtcDate } from '../../dates.ts';
import { invalidProperties, SetError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import type { Octets } from '../../reading/octets.ts';
import { findBlob } from '../blobs.ts';
import { file, tooLarge } from '../file.ts';
import type { MadeEmail } from '../file.ts';
import type { EmailParts } from '../parts.ts';
import { stateOf } from '../rules.ts';
import { readDraft } from './draft.ts';
import type { Draft } from './draft.ts';
import { fieldOfEmail } from './fields.ts';
import type { DraftPart } from './part.ts';

/** `properties` have been through the rules of an Email. */
export async function createDraft(
  parts: EmailParts,
  account: string,
  properties: JsonObject,
): Promise<MadeEmail | SetError> {
  const draft = readDraft(properties);
  if (draft instanceof SetError) return draft;
  const blobs = await blobsOf(parts, account, draft.body);
  if (blobs instanceof SetError) return blobs;
  const messageId = `${newTicket()}@${rightOf(parts.hostname(), draft)}`;
  const now = parts.clock.now();
  const composed = await composeMessage({
    fields: [...draft.fields, ...missingFields(draft, messageId, now)],
    body: partToWrite(draft.body, blobs),
    seed: messageId,
  });
  if ('trouble' in composed) return refusalOf(composed, properties);
  if (composed.size > parts.maxMessage) return tooLarge(parts.maxMessage);
  const { receivedAt = now, ...state } = stateOf(properties);
  return await file(parts, account, { ...state, receivedAt }, composed.chunks());
}

/** RFC 5322 §3.6.4: the name of this host, or, where it has none that others know, the author's domain. */
function rightOf(hostname: string, { fields }: Draft): string {
  if (hostname !== 'localhost') return hostname;
  const from = fields.find(({ name }) => name.toLowerCase() === 'from');
  const [author] = from?.form === 'Addresses' ? from.value : [];
  return parseAddress(author?.email ?? '', { utf8: true })?.domain ?? hostname;
}

/** The octets of each blob in it, by its id. */
async function blobsOf(
  parts: EmailParts,
  account: string,
  body: DraftPart,
): Promise<ReadonlyMap<string, Octets> | SetError> {
  const found = new Map<string, Octets>();
  const notFound: string[] = [];
  for (const blobId of new Set(blobIdsIn(body))) {
    const blob = await findBlob(parts, account, blobId);
    if (blob === undefined) notFound.push(blobId);
    else found.set(blobId, blob.octets);
  }
  if (notFound.length > 0) return new SetError('blobNotFound', 'There are no such blobs.', { notFound });
  const size = blobIdsIn(body).reduce((sum, blobId) => sum + (found.get(blobId)?.size ?? 0), 0);
  const most = attachmentsIn(parts.maxMessage);
  return size > most ? new SetError('tooLarge', `Attachments may have ${most} octets together.`) : found;
}

function blobIdsIn({ content }: DraftPart): readonly string[] {
  if (content.kind === 'parts') return content.parts.flatMap(blobIdsIn);
  return content.kind === 'blob' ? [content.blobId] : [];
}

/** RFC 8621 §4.6: what every message has. A field that stands in the body's root counts, too. */
function missingFields({ fields, body }: Draft, messageId: string, now: number): readonly FieldToWrite[] {
  const has = (wanted: string): boolean =>
    [...fields, ...body.fields].some(({ name }) => name.toLowerCase() === wanted);
  return [
    ...(has('date') ? [] : [{ name: 'Date', form: 'Date', value: formatUtcDate(now) } as const]),
    ...(has('message-id') ? [] : [{ name: 'Message-ID', form: 'MessageIds', value: [messageId] } as const]),
  ];
}

function partToWrite({ content, ...part }: DraftPart, blobs: ReadonlyMap<string, Octets>): PartToWrite {
  switch (content.kind) {
    case 'text':
      return { ...part, content };
    case 'blob':
      return { ...part, content: { kind: 'octets', source: blobs.get(content.blobId) as Octets } };
    case 'parts':
      return { ...part, content: { kind: 'parts', parts: content.parts.map((one) => partToWrite(one, blobs)) } };
  }
}

function refusalOf({ trouble, of }: ComposeTrouble, given: JsonObject): SetError {
  if (trouble === 'header-too-large') return new SetError('tooLarge', 'The header is larger than a message may have.');
  const property = Object.keys(given).find((one) => fieldOfEmail(one)?.field === of.toLowerCase());
  const body = ['bodyStructure', 'attachments', 'htmlBody', 'textBody'].find((one) => Object.hasOwn(given, one));
  return invalidProperties([property ?? body ?? 'bodyStructure'], `It can not be written: ${trouble} (${of}).`);
}
