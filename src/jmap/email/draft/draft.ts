/**
 * A draft as a client gives it: an Email to be created (RFC 8621 §4.6). The same thing can be said in several ways, and
 * no two of them may be used at once.
 */
import { invalidProperties } from '../../errors.ts';
import type { SetError } from '../../errors.ts';
import { isObject, own } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { fieldOfEmail, givenFields } from './fields.ts';
import type { GivenField, Wrong } from './fields.ts';
import { isWrong, MOST_PARTS, readPart } from './part.ts';
import type { DraftContext, DraftPart } from './part.ts';

export interface Draft {
  /** Of the message; those of its body stand there. */
  readonly fields: readonly GivenField[];
  readonly body: DraftPart;
}

/** `given` has been through EMAIL_RULES: each property has a value of its type. */
export function readDraft(given: JsonObject): Draft | SetError {
  const fields = givenFields(given, fieldOfEmail);
  if (isWrong(fields)) return refuse(fields);
  const content = Object.keys(given).find((property) => fieldOfEmail(property)?.field.startsWith('content-') === true);
  if (content !== undefined) return refuse({ property: content, why: 'is for parts only' });
  const values = readValues(own(given, 'bodyValues') ?? null);
  if (isWrong(values)) return refuse(values);
  const context = { values, left: { parts: MOST_PARTS } };
  const body = own(given, 'bodyStructure') === undefined ? flatBody(given, context) : treeBody(given, fields, context);
  return isWrong(body) ? refuse(body) : { fields, body };
}

function refuse({ property, why, also = [] }: Wrong): SetError {
  return invalidProperties([property, ...also], `${JSON.stringify(property)} ${why}.`);
}

/** EmailBodyValue (§4.1.4). */
function readValues(given: Json): ReadonlyMap<string, string> | Wrong {
  const values = new Map<string, string>();
  for (const [partId, one] of Object.entries(isObject(given) ? given : {})) {
    const wrong = (why: string): Wrong => ({ property: 'bodyValues', why });
    if (!isObject(one)) return wrong('must be an object of EmailBodyValue objects');
    const value = own(one, 'value');
    if (typeof value !== 'string') return wrong('needs a `value` for each part');
    for (const [name, flag] of Object.entries(one)) {
      if (name === 'value') continue;
      if (name !== 'isEncodingProblem' && name !== 'isTruncated') return wrong(`has no ${JSON.stringify(name)}`);
      if (flag !== false) return wrong(`can not have \`${name}\` of what is to be created`);
    }
    values.set(partId, value);
  }
  return values;
}

function treeBody(given: JsonObject, fields: readonly GivenField[], context: DraftContext): DraftPart | Wrong {
  const [other, ...also] = ['textBody', 'htmlBody', 'attachments'].filter((one) => Object.hasOwn(given, one));
  if (other !== undefined) return { property: other, why: 'can not be set together with bodyStructure', also };
  const root = readPart(own(given, 'bodyStructure') ?? null, 'text/plain', context);
  if (isWrong(root)) return within('bodyStructure', root);
  const names = new Set(fields.map(({ name }) => name.toLowerCase()));
  const twice = root.fields.find(({ name }) => names.has(name.toLowerCase()));
  return twice === undefined
    ? root
    : { property: 'bodyStructure', why: `sets the header field ${twice.name}, which the email sets too` };
}

/** Text, HTML and attachments, in the form in which mail programs understand them. */
function flatBody(given: JsonObject, context: DraftContext): DraftPart | Wrong {
  const text = oneBody(given, 'textBody', 'text/plain', context);
  if (text !== undefined && isWrong(text)) return text;
  const html = oneBody(given, 'htmlBody', 'text/html', context);
  if (html !== undefined && isWrong(html)) return html;
  const attachments = attachmentsIn(given, context);
  if (isWrong(attachments)) return attachments;
  const shown = html === undefined ? [] : attachments.filter(isShownWithin);
  const others = attachments.filter((one) => !shown.includes(one));
  const rich = html === undefined || shown.length === 0 ? html : multipart('related', [html, ...shown]);
  const bodies = [text, rich].filter((one) => one !== undefined);
  const body =
    bodies.length > 1 ? multipart('alternative', bodies) : (bodies[0] ?? (others.length === 0 ? EMPTY : undefined));
  if (others.length === 0 && body !== undefined) return body;
  return multipart('mixed', [...(body === undefined ? [] : [body]), ...others]);
}

const EMPTY: DraftPart = { type: 'text/plain', fields: [], content: { kind: 'text', text: '' } };

function multipart(subtype: string, parts: readonly DraftPart[]): DraftPart {
  return { type: `multipart/${subtype}`, fields: [], content: { kind: 'parts', parts } };
}

/** A picture that the HTML names by its Content-ID. */
function isShownWithin({ disposition, cid }: DraftPart): boolean {
  return cid !== undefined && disposition?.toLowerCase() === 'inline';
}

function oneBody(
  given: JsonObject,
  property: 'textBody' | 'htmlBody',
  type: string,
  context: DraftContext,
): DraftPart | Wrong | undefined {
  const list = own(given, property) ?? null;
  if (list === null) return undefined;
  const [only, ...more] = list as readonly Json[];
  if (only === undefined || more.length > 0) return { property, why: 'must have exactly one part' };
  const part = readPart(only, type, context);
  if (isWrong(part)) return within(property, part);
  return part.type === type ? part : { property, why: `must be of the type ${type}` };
}

function attachmentsIn(given: JsonObject, context: DraftContext): readonly DraftPart[] | Wrong {
  const parts: DraftPart[] = [];
  for (const one of (own(given, 'attachments') ?? []) as readonly Json[]) {
    const part = readPart(one, 'application/octet-stream', context);
    if (isWrong(part)) return within('attachments', part);
    const disposed =
      part.disposition !== undefined || part.fields.some(({ name }) => /^content-disposition$/i.test(name));
    parts.push(disposed || part.content.kind === 'parts' ? part : { ...part, disposition: 'attachment' });
  }
  return parts;
}

/** The property of the Email, and what in it is wrong. */
function within(property: string, { property: inner, why }: Wrong): Wrong {
  return { property, why: inner === '' ? why : `has a part of which ${JSON.stringify(inner)} ${why}` };
}
