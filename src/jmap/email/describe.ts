/** The properties of an Email that come from its message (RFC 8621 §4.1.2 to §4.1.4): from the card, or from the octets. */
import { bodyLists } from '../../mime/index.ts';
import type { BodyLists } from '../../mime/index.ts';
import { bodyPart, bodyParts } from './body-part.ts';
import { bodyValues } from './body-values.ts';
import type { ValueRoom, ValueWishes } from './body-values.ts';
import type { HeaderField } from '../../mail/index.ts';
import { convenientField, parseHeaderProperty } from './header-property.ts';
import type { HeaderProperty } from './header-property.ts';
import { headersOf, valueOf } from './header-value.ts';
import { fieldsOf, rootOf } from './message.ts';
import type { Message } from './message.ts';
import { convenienceOf, sourceOf } from './properties.ts';
import type { WantedOfParts } from './properties.ts';

/** What Email/get and Email/parse are asked for. */
export interface Wishes extends ValueWishes {
  /** Those of the mail store (§4.1.1) are passed over. */
  readonly properties: readonly string[];
  readonly parts: WantedOfParts;
}

/** The properties as they stand in the answer, by their names as they were asked for. */
export async function describeMessage(
  message: Message,
  wishes: Wishes,
  room: ValueRoom,
): Promise<readonly (readonly [property: string, value: unknown])[]> {
  const teller = new Teller(message, wishes, room);
  const told: [string, unknown][] = [];
  for (const property of wishes.properties)
    if (sourceOf(property) !== 'row') told.push([property, await teller.tell(property)]);
  return told;
}

class Teller {
  readonly #message: Message;
  readonly #wishes: Wishes;
  readonly #room: ValueRoom;
  #lists: BodyLists | undefined;
  #fields: ReturnType<typeof fieldsOf> | undefined;
  readonly #values = new Map<string, unknown>();

  constructor(message: Message, wishes: Wishes, room: ValueRoom) {
    this.#message = message;
    this.#wishes = wishes;
    this.#room = room;
  }

  async tell(property: string): Promise<unknown> {
    const { card } = this.#message;
    const { parts } = this.#wishes;
    switch (property) {
      case 'hasAttachment':
        return card.hasAttachment;
      case 'preview':
        return card.preview;
      case 'headers':
        return headersOf(await this.#header());
      case 'bodyStructure':
        return await bodyPart(this.#message, rootOf(this.#message), parts);
      case 'textBody':
      case 'htmlBody':
      case 'attachments':
        return await bodyParts(this.#message, this.#bodyLists()[property], parts);
      case 'bodyValues':
        return await bodyValues(this.#message, this.#bodyLists(), this.#wishes, this.#room);
      default:
        return await this.#field(property);
    }
  }

  async #field(property: string): Promise<unknown> {
    const { fields, beyond } = this.#message.card;
    const short = convenientField(property) === undefined ? convenienceOf(property) : property;
    if (short !== undefined && !beyond.includes(short)) return fields[short] ?? null;
    const field = parseHeaderProperty(property) ?? convenientField(property);
    return field === undefined ? null : this.#valueOf(await this.#header(), field);
  }

  /** Names in other capitals are the same field: it is read once. */
  #valueOf(fields: readonly HeaderField[], asked: HeaderProperty): unknown {
    const key = `${asked.field}:${asked.form}:${String(asked.all)}`;
    if (!this.#values.has(key)) this.#values.set(key, valueOf(fields, asked));
    return this.#values.get(key);
  }

  #bodyLists(): BodyLists {
    return (this.#lists ??= bodyLists(rootOf(this.#message)));
  }

  #header(): ReturnType<typeof fieldsOf> {
    return (this.#fields ??= fieldsOf(this.#message, rootOf(this.#message)));
  }
}
