/**
 * Properties that stand for one header field, of an Email or of a body part: `header:{name}[:as{form}][:all]`
 * (RFC 8621 §4.1.3), and which forms a field may be read or written in (§4.1.2). The convenience properties (§4.1.3)
 * are the same thing under shorter names.
 */

import { hasForm, isHeaderForm } from '../../mime/index.ts';
import type { HeaderForm } from '../../mime/index.ts';

export interface HeaderProperty {
  /** As the client wrote it: answers use the same capitals. */
  readonly property: string;
  /** As the client wrote it; fields are matched in lower case ({@link HeaderProperty.field}). */
  readonly name: string;
  /** In lower case. */
  readonly field: string;
  readonly form: HeaderForm;
  readonly all: boolean;
}

/** A property that begins with `header:`; undefined when it isn't of the grammar, or of a form the field can't have. */
export function parseHeaderProperty(property: string): HeaderProperty | undefined {
  const found = /^header:([!-9;-~]{1,255})(?::as([A-Za-z]{1,20}))?(:all)?$/.exec(property);
  if (found === null) return undefined;
  const [, name, form = 'Raw', all] = found as unknown as [string, string, string | undefined, string | undefined];
  const field = name.toLowerCase();
  if (!isHeaderForm(form) || !hasForm(field, form)) return undefined;
  return { property, name, field, form, all: all !== undefined };
}

/** RFC 8621 §4.1.3: properties of an Email that are a field in a form, with the name they are written under. */
const FIELDS: Readonly<Record<string, readonly [name: string, form: HeaderForm]>> = {
  messageId: ['Message-ID', 'MessageIds'],
  inReplyTo: ['In-Reply-To', 'MessageIds'],
  references: ['References', 'MessageIds'],
  sender: ['Sender', 'Addresses'],
  from: ['From', 'Addresses'],
  to: ['To', 'Addresses'],
  cc: ['Cc', 'Addresses'],
  bcc: ['Bcc', 'Addresses'],
  replyTo: ['Reply-To', 'Addresses'],
  subject: ['Subject', 'Text'],
  sentAt: ['Date', 'Date'],
};

/** Their names. */
export const CONVENIENT: readonly string[] = Object.keys(FIELDS);

/** The field a convenience property stands for; undefined for any other property. */
export function convenientField(property: string): HeaderProperty | undefined {
  const found = Object.hasOwn(FIELDS, property) ? FIELDS[property] : undefined;
  if (found === undefined) return undefined;
  const [name, form] = found;
  return { property, name, field: name.toLowerCase(), form, all: false };
}
