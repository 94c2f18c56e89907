/** The forms in which a header field can be asked for (RFC 8621 §4.1.2), and which field has which. */
import {
  decodeHeaderText,
  fieldOctets,
  formatJmapDate,
  headerOctetsToText,
  readAddresses,
  readAddressGroups,
  readDate,
} from '../mail/index.ts';
import type { EmailAddress, EmailAddressGroup, HeaderField } from '../mail/index.ts';
import { withoutComments } from './parameterized.ts';

/** What each form gives; null where the field can't be read as that. */
export interface HeaderForms {
  readonly Raw: string;
  readonly Text: string;
  readonly Addresses: readonly EmailAddress[];
  readonly GroupedAddresses: readonly EmailAddressGroup[];
  readonly MessageIds: readonly string[] | null;
  /** JMAP's Date, in the zone of its writer. */
  readonly Date: string | null;
  readonly URLs: readonly string[] | null;
}

export type HeaderForm = keyof HeaderForms;

const FORMS: { readonly [Form in HeaderForm]: (field: HeaderField) => HeaderForms[Form] } = {
  Raw: rawForm,
  Text: textForm,
  Addresses: (field) => readAddresses(legible(field)),
  GroupedAddresses: (field) => readAddressGroups(legible(field)),
  MessageIds: (field) => messageIds(legible(field)),
  Date: (field) => dateForm(legible(field)),
  URLs: (field) => urls(legible(field)),
};

/** The field in that form; whether it may be asked for is another question, {@link hasForm}. Never throws. */
export function headerForm<Form extends HeaderForm>(field: HeaderField, form: Form): HeaderForms[Form] {
  return FORMS[form](field);
}

export function isHeaderForm(name: string): name is HeaderForm {
  return Object.hasOwn(FORMS, name);
}

/** Of the fields that RFC 5322 or RFC 2369 defines; all forms are allowed for any other (RFC 8621 §4.1.2.2 to §4.1.2.7). */
const ALLOWED: ReadonlyMap<string, readonly HeaderForm[]> = new Map(
  [
    { forms: ['Raw', 'Text'], names: ['subject', 'comments', 'keywords', 'list-id'] },
    {
      forms: ['Raw', 'Addresses', 'GroupedAddresses'],
      names: [
        'from',
        'sender',
        'reply-to',
        'to',
        'cc',
        'bcc',
        'resent-from',
        'resent-sender',
        'resent-reply-to',
        'resent-to',
        'resent-cc',
        'resent-bcc',
      ],
    },
    { forms: ['Raw', 'MessageIds'], names: ['message-id', 'in-reply-to', 'references', 'resent-message-id'] },
    { forms: ['Raw', 'Date'], names: ['date', 'resent-date'] },
    {
      forms: ['Raw', 'URLs'],
      names: ['list-help', 'list-unsubscribe', 'list-subscribe', 'list-post', 'list-owner', 'list-archive'],
    },
    { forms: ['Raw'], names: ['return-path', 'received'] },
  ].flatMap(({ forms, names }) => names.map((name) => [name, forms as HeaderForm[]] as const)),
);

/** Whether a field of that name, in any case, may be asked for, or set, in that form. */
export function hasForm(name: string, form: HeaderForm): boolean {
  return ALLOWED.get(name.toLowerCase())?.includes(form) ?? true;
}

/** Everything behind the colon but the last line end; what isn't UTF-8 is U+FFFD, and NUL is dropped (§4.1.2.1). */
function rawForm({ name, raw }: HeaderField): string {
  const value = raw.toString('utf8', name === '' ? 0 : raw.indexOf(0x3a) + 1);
  return value.replace(/\r?\n$/, '').replaceAll('\0', '');
}

/** Unfolded, decoded, in one form of Unicode (§4.1.2.2). */
function textForm(field: HeaderField): string {
  return decodeHeaderText(legible(field)).replaceAll('\0', '').toWellFormed().normalize('NFC');
}

/** The unfolded value. */
function legible(field: HeaderField): string {
  return headerOctetsToText(fieldOctets(field).replaceAll('\0', ''));
}

/** msg-id = "<" id-left "@" id-right ">"; blanks within one came from folding it. Words between them are old (RFC 5322 §4.5.4). */
function messageIds(value: string): readonly string[] | null {
  const plain = withoutComments(value);
  const ids = [...plain.matchAll(/<([^<>]*)>/g)].map(([, id]) => (id as string).replace(/\s+/g, '')).filter(Boolean);
  if (ids.length > 0) return ids;
  // Programs have left out the angle brackets.
  const words = plain.split(/[\s,]+/).filter(Boolean);
  return words.length > 0 && words.every((word) => /^[^<>"]+@[^<>"]+$/.test(word)) ? words : null;
}

function dateForm(value: string): string | null {
  const date = readDate(value);
  return date === undefined ? null : formatJmapDate(date);
}

/** RFC 2369 §2: URLs in angle brackets, with comments and commas between them. */
function urls(value: string): readonly string[] | null {
  const found = [...value.matchAll(/<([^<>]*)>/g)]
    .map(([, url]) => (url as string).replace(/\s+/g, ''))
    .filter(Boolean);
  return found.length > 0 ? found : null;
}
