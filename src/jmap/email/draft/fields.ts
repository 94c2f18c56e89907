/** Header fields that a client sets, of a draft or of a part of it, and what may not stand together (RFC 8621 §4.6). */
import type { HeaderForm } from '../../../mime/index.ts';
import { HEADER_LIMITS } from '../../../mail/index.ts';
import { weightOf } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { convenientField, parseHeaderProperty } from '../header-property.ts';
import type { HeaderProperty } from '../header-property.ts';
import { kindOfField } from '../rules.ts';
import type { FormValues } from '../rules.ts';

/** One field, to be written in the order of these. */
export type GivenField = {
  readonly [Form in HeaderForm]: { readonly name: string; readonly form: Form; readonly value: FormValues[Form] };
}[HeaderForm];

/** What is wrong, and with which property. */
export interface Wrong {
  readonly property: string;
  readonly why: string;
  /** Other properties of which the same is true. */
  readonly also?: readonly string[];
}

/** Written by us, whatever anybody says. */
const OURS = new Set(['mime-version', 'content-transfer-encoding']);

/**
 * The fields among the properties of an Email, or of a part: `fieldOf` says which properties of it are a field. Every
 * field may be set by one property only.
 */
export function givenFields(
  given: JsonObject,
  fieldOf: (property: string) => HeaderProperty | undefined,
): readonly GivenField[] | Wrong {
  const fields: GivenField[] = [];
  const seen = new Map<string, string>();
  for (const [property, value] of Object.entries(given)) {
    const asked = fieldOf(property);
    if (asked === undefined) continue;
    const other = seen.get(asked.field);
    if (other !== undefined) return { property, why: `stands for the same header field as ${JSON.stringify(other)}` };
    seen.set(asked.field, property);
    const set = fieldsOf(asked, value);
    if (set === undefined) return { property, why: `must be ${kindOfField(asked).is}` };
    // Before anything is made of it, which takes seconds of what is that large.
    if (weightOf(value, LARGEST) >= LARGEST) return { property, why: 'is larger than the header of a message may be' };
    const wrong = set.find(isIllegal);
    if (wrong !== undefined) return { property, why: 'has characters that can not stand in a header field' };
    if (!OURS.has(asked.field)) fields.push(...set);
  }
  return fields;
}

/** As JSON: addresses have their names there, and quotes around them. */
const LARGEST = 2 * HEADER_LIMITS.octets;

/** A convenience property of an Email, or a header:… one. */
export function fieldOfEmail(property: string): HeaderProperty | undefined {
  return convenientField(property) ?? parseHeaderProperty(property);
}

function fieldsOf({ name, form, all, ...asked }: HeaderProperty, value: Json): readonly GivenField[] | undefined {
  const read = kindOfField({ name, form, all, ...asked }).read(value);
  if (read === undefined) return undefined;
  const values = all ? (read as readonly unknown[]) : read === null ? [] : [read];
  return values.map((one) => ({ name, form, value: one }) as GivenField);
}

/**
 * A line end that no blank follows would begin another field; NUL stands nowhere. In the other forms control characters
 * are taken out when they are written; in a raw value every octet is the client's.
 */
function isIllegal({ form, value }: GivenField): boolean {
  if (form === 'Raw') return /\0|\r(?!\n)|\n(?![ \t])|\n[ \t]*(?:\r?\n|$)/.test(value.replace(/\r\n/g, '\n'));
  if (form === 'MessageIds') return value.some((one) => !/^[^\s<>\p{Cc}]{1,900}$/u.test(one));
  if (form === 'URLs') return value.some((one) => !/^[^\s<>\p{Cc}]{1,2000}$/u.test(one));
  if (form === 'Addresses') return value.some(({ email }) => hasControl(email));
  if (form === 'GroupedAddresses')
    return value.some(({ addresses }) => addresses.some(({ email }) => hasControl(email)));
  return false;
}

function hasControl(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text);
}
