/** Header fields as the properties of an Email, or of a body part, show them (RFC 8621 §4.1.2, §4.1.3). */
import { headerForm } from '../../mime/index.ts';
import type { HeaderField } from '../../mail/index.ts';
import type { HeaderProperty } from './header-property.ts';

export interface EmailHeader {
  readonly name: string;
  readonly value: string;
}

/** The property `headers`: every field as it came, in order. What is no field is left out. */
export function headersOf(fields: readonly HeaderField[]): readonly EmailHeader[] {
  return fields
    .filter(({ name }) => name !== '')
    .map((field) => ({ name: writtenName(field), value: headerForm(field, 'Raw') }));
}

/** In the capitals that it has in the message. */
function writtenName({ name, raw }: HeaderField): string {
  return raw.toString('latin1', 0, name.length);
}

/** The last field of that name, or all of them, in the form that is asked for. */
export function valueOf(fields: readonly HeaderField[], { field: name, form, all }: HeaderProperty): unknown {
  const found = fields.filter((field) => field.name === name);
  if (all) return found.map((field) => headerForm(field, form));
  const last = found.at(-1);
  return last === undefined ? null : headerForm(last, form);
}
