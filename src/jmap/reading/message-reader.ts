/**
 * Reads one message, in two passes: the first finds its parts, the second looks into those that are text. Nothing of it
 * is held but headers and a bounded amount of text.
 */
import { fieldValue, readDate } from '../../mail/index.ts';
import type { EmailAddress, HeaderField } from '../../mail/index.ts';
import {
  baseSubject,
  bodyLists,
  BodyTextReader,
  hasAttachment,
  headerForm,
  previewOf,
  TreeReader,
  wordsOf as wordsIn,
} from '../../mime/index.ts';
import type { BodyPiece, Part, ReadTree } from '../../mime/index.ts';
import type { EmailCard } from '../../store/index.ts';
import { unicodeKey } from '../collation.ts';
import { CONVENIENT, convenientField } from '../email/header-property.ts';
import { valueOf } from '../email/header-value.ts';
import type { Range } from './octets.ts';
import type { Reading } from './reading.ts';

/** What is looked at for the search; of a longer message the rest is not found by its words. */
const MOST = {
  /** Octets of one text as they came. */
  part: 524_288,
  /** Octets of all of them. */
  parts: 2_097_152,
  /** Texts. */
  texts: 50,
  /** Characters that the search keeps. */
  body: 524_288,
  header: 131_072,
  /** Characters of one field, and of all names of attachments. */
  field: 32_768,
} as const;

interface Text {
  readonly part: Part;
  readonly reader: BodyTextReader;
  left: number;
}

export class MessageReader {
  readonly #tree = new TreeReader();
  #read: ReadTree | undefined;
  #texts: Text[] = [];
  #at = 0;

  /** Takes the next octets of the message; behind {@link endTree} those of the ranges that it asked for. */
  write(octets: Buffer): void {
    if (this.#read === undefined) this.#tree.write(octets);
    else this.#writeTexts(octets);
  }

  /** The message has ended. What is wanted next, in this order, all of it. */
  endTree(): readonly Range[] {
    this.#read = this.#tree.end();
    let left: number = MOST.parts;
    for (const part of textsIn(this.#read.root).slice(0, MOST.texts)) {
      const octets = Math.min(part.bodyLength, MOST.part, left);
      if (octets > 0) this.#texts.push({ part, reader: new BodyTextReader(part, MOST.part), left: octets });
      left -= octets;
    }
    return this.#texts.map(({ part: { bodyAt }, left: octets }) => ({ start: bodyAt, end: bodyAt + octets }));
  }

  /** The ranges have ended. */
  end(): Reading {
    const read = this.#read as ReadTree;
    const fields = read.fields(1);
    const texts = new Map(this.#texts.map(({ part, reader }) => [part.number, reader.end().value]));
    const values = Object.fromEntries(
      CONVENIENT.flatMap((name) => {
        const field = convenientField(name);
        return field === undefined ? [] : [[name, valueOf(fields, field)] as const];
      }),
    );
    const attached = hasAttachment(read.root);
    return {
      card: {
        fields: values,
        beyond: [],
        preview: previewOf(pieces(bodyLists(read.root).textBody, texts)),
        hasAttachment: attached,
        tree: { root: read.root, troubles: read.troubles },
        isUnreadable: false,
      },
      words: wordsOf(read, fields, texts),
      sort: sortOf(values, fields, attached),
    };
  }

  #writeTexts(octets: Buffer): void {
    for (let from = 0; from < octets.length;) {
      const text = this.#texts[this.#at];
      if (text === undefined) return;
      const end = Math.min(octets.length, from + text.left);
      text.reader.write(octets.subarray(from, end));
      text.left -= end - from;
      from = end;
      if (text.left === 0) this.#at++;
    }
  }
}

/** Leaves that are text, in their order. */
function textsIn(part: Part): readonly Part[] {
  if (part.subParts !== undefined) return part.subParts.flatMap(textsIn);
  return part.type.startsWith('text/') ? [part] : [];
}

function wordsOf(
  { root }: ReadTree,
  fields: readonly HeaderField[],
  texts: ReadonlyMap<number, string>,
): EmailCard['words'] {
  const text = (name: string, form: 'Text' | 'Addresses'): string =>
    short(
      fields
        .filter((field) => field.name === name)
        .map((field) => (form === 'Text' ? headerForm(field, form) : headerForm(field, form).map(inWords).join('\n')))
        .join('\n'),
      MOST.field,
    );
  return {
    subject: text('subject', 'Text'),
    from: text('from', 'Addresses'),
    to: text('to', 'Addresses'),
    cc: text('cc', 'Addresses'),
    bcc: text('bcc', 'Addresses'),
    body: wordsIn(pieces(textsIn(root), texts), MOST.body),
    attachments: short(namesIn(root).join('\n'), MOST.field),
    header: short(
      fields
        .filter(({ name }) => name !== '')
        .map(line)
        .join('\n'),
      MOST.header,
    ),
  };
}

function inWords({ name, email }: EmailAddress): string {
  return `${name ?? ''} ${email}`.trim();
}

function line(field: HeaderField): string {
  return `${field.name}: ${headerForm(field, 'Text')}`;
}

/** Those of the parts that are text. */
function pieces(parts: readonly Part[], texts: ReadonlyMap<number, string>): readonly BodyPiece[] {
  return parts.flatMap(({ number, type }) => {
    const text = texts.get(number);
    return text === undefined ? [] : [{ isHtml: type === 'text/html', text }];
  });
}

function namesIn(part: Part): readonly string[] {
  return [...(part.name === undefined ? [] : [part.name]), ...(part.subParts ?? []).flatMap(namesIn)];
}

function short(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).toWellFormed();
}

/** RFC 8621 §4.4.2; texts as they are compared. */
function sortOf(
  values: Readonly<Record<string, unknown>>,
  fields: readonly HeaderField[],
  attached: boolean,
): EmailCard['sort'] {
  const date = fields.findLast(({ name }) => name === 'date');
  const sentAt = date === undefined ? undefined : readDate(fieldValue(date))?.ms;
  const subject = typeof values['subject'] === 'string' ? values['subject'] : '';
  return {
    subject: unicodeKey(baseSubject(subject)),
    from: unicodeKey(firstOf(values['from'])),
    to: unicodeKey(firstOf(values['to'])),
    ...(sentAt === undefined ? {} : { sentAt }),
    hasAttachment: attached,
  };
}

function firstOf(addresses: unknown): string {
  const [first] = (addresses ?? []) as readonly EmailAddress[];
  return (first?.name ?? '') === '' ? (first?.email ?? '') : (first?.name ?? '');
}
