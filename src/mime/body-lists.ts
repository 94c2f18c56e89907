/** Which parts are the body and which are attachments: the algorithm of RFC 8621 §4.1.4, to the letter. */
import type { Part } from './tree.ts';

export interface BodyLists {
  /** To be shown one after the other, by who prefers plain text, or HTML. */
  readonly textBody: readonly Part[];
  readonly htmlBody: readonly Part[];
  readonly attachments: readonly Part[];
}

interface Lists {
  /** Null: what comes now is no part of it. */
  text: Part[] | null;
  html: Part[] | null;
  readonly attachments: Part[];
}

export function bodyLists(root: Part): BodyLists {
  const textBody: Part[] = [];
  const htmlBody: Part[] = [];
  const attachments: Part[] = [];
  readStructure([root], { type: 'mixed', inAlternative: false }, { text: textBody, html: htmlBody, attachments });
  return { textBody, htmlBody, attachments };
}

interface Around {
  /** Subtype of the multipart. */
  readonly type: string;
  /** It, or one around it, is an alternative. */
  readonly inAlternative: boolean;
}

function readStructure(parts: readonly Part[], around: Around, given: Lists): void {
  // Where only one of two lists goes on holds for the rest of this multipart, and what lies in it.
  const lists = { ...given };
  const { text, html } = given;
  const textLength = text?.length ?? -1;
  const htmlLength = html?.length ?? -1;
  for (const [index, part] of parts.entries()) readPart(part, index, around, lists);
  if (around.type !== 'alternative' || lists.text === null || lists.html === null) return;
  // Only one form was found: it stands for the other too.
  const foundText = lists.text.slice(textLength);
  const foundHtml = lists.html.slice(htmlLength);
  if (foundText.length === 0) lists.text.push(...foundHtml);
  if (foundHtml.length === 0) lists.html.push(...foundText);
}

function readPart(part: Part, index: number, around: Around, lists: Lists): void {
  if (part.subParts !== undefined) {
    const type = part.type.slice('multipart/'.length);
    readStructure(part.subParts, { type, inAlternative: around.inAlternative || type === 'alternative' }, lists);
  } else if (!isInline(part, index, around)) lists.attachments.push(part);
  else if (around.type === 'alternative') formOf(part, lists).push(part);
  else {
    if (around.inAlternative && part.type === 'text/plain') lists.html = null;
    if (around.inAlternative && part.type === 'text/html') lists.text = null;
    lists.text?.push(part);
    lists.html?.push(part);
    if ((lists.text === null || lists.html === null) && isMedia(part.type)) lists.attachments.push(part);
  }
}

/** Of an alternative. A form for which there is no list any more is in the body already. */
function formOf(part: Part, { text, html, attachments }: Lists): Part[] {
  if (part.type === 'text/plain') return text ?? [];
  return part.type === 'text/html' ? (html ?? []) : attachments;
}

/** A part of the body, and no attachment. */
function isInline({ disposition, type, name }: Part, index: number, around: Around): boolean {
  if (disposition === 'attachment') return false;
  if (type !== 'text/plain' && type !== 'text/html' && !isMedia(type)) return false;
  // In a related only its root; and a text with a file's name that isn't the first is an attachment.
  return index === 0 || (around.type !== 'related' && (isMedia(type) || name === undefined));
}

function isMedia(type: string): boolean {
  return type.startsWith('image/') || type.startsWith('audio/') || type.startsWith('video/');
}

/** Made by programs, for programs: signatures, and what tells one of a receipt or a report. */
const FOR_PROGRAMS = new Set([
  'application/pgp-signature',
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
  'application/pgp-encrypted',
]);

/**
 * Whether there is something to download (RFC 8621 §4.1.4): not what is shown in its place, nor a picture that an HTML
 * part of the same multipart/related may show, nor what only programs read.
 */
export function hasAttachment(root: Part, { attachments } = bodyLists(root)): boolean {
  const embedded = new Set<Part>(embeddedIn(root));
  return attachments.some(
    (part) => part.disposition !== 'inline' && !FOR_PROGRAMS.has(part.type) && !embedded.has(part),
  );
}

/** Pictures of a multipart/related that can be named from within it, where its root is HTML. */
function embeddedIn(part: Part): readonly Part[] {
  const parts = part.subParts ?? [];
  const embedded =
    part.type === 'multipart/related' && parts[0] !== undefined && hasHtml(parts[0])
      ? parts.slice(1).filter((one) => isMedia(one.type) && (one.cid ?? one.location) !== undefined)
      : [];
  return [...embedded, ...parts.flatMap(embeddedIn)];
}

function hasHtml(part: Part): boolean {
  return part.type === 'text/html' || (part.subParts ?? []).some(hasHtml);
}
