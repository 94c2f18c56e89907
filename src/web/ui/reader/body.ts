/** What of an email is shown as its text, and what as files beside it. Pure. */
import type { BodyPart, FullEmail } from '../jmap/types.ts';

export interface Body {
  /** Part by part, never joined. Undefined: there is none, or text is wanted. */
  readonly html: readonly string[] | undefined;
  readonly text: string | undefined;
  readonly flowed: 'yes' | 'delsp' | undefined;
  readonly hasBoth: boolean;
  readonly isTruncated: boolean;
  /** Its characters could not all be read. */
  readonly isDamaged: boolean;
}

/** The HTML where there is some, unless text is preferred and is there. */
export function bodyOf(email: FullEmail, preferText: boolean): Body {
  const html = valuesOf(email, email.htmlBody, 'text/html');
  const text = valuesOf(email, email.textBody, 'text/plain');
  const onlyHtml = text.parts.length === 0;
  const useHtml = html.parts.length > 0 && (!preferText || onlyHtml);
  const used = useHtml ? html : text;
  return {
    html: useHtml ? html.texts : undefined,
    text: text.texts.length === 0 ? undefined : text.texts.join('\n'),
    flowed: flowedOf(text.parts[0]),
    hasBoth: html.parts.length > 0 && !onlyHtml && email.textBody.some(({ type }) => type === 'text/plain'),
    isTruncated: used.parts.some(({ partId }) => email.bodyValues[partId ?? '']?.isTruncated === true),
    isDamaged: used.parts.some(({ partId }) => email.bodyValues[partId ?? '']?.isEncodingProblem === true),
  };
}

/** Parts of the body that are neither text nor HTML are shown among the files (RFC 8621 §4.1.4). */
function valuesOf(
  email: FullEmail,
  parts: readonly BodyPart[],
  type: string,
): { readonly parts: readonly BodyPart[]; readonly texts: readonly string[] } {
  const wanted = parts.filter((part) => part.type === type && email.bodyValues[part.partId ?? ''] !== undefined);
  return { parts: wanted, texts: wanted.map(({ partId }) => email.bodyValues[partId ?? '']?.value ?? '') };
}

function flowedOf(part: BodyPart | undefined): 'yes' | 'delsp' | undefined {
  const field = part?.['header:Content-Type:asRaw'] ?? '';
  if (!/;\s*format\s*=\s*"?flowed\b/i.test(field)) return undefined;
  return /;\s*delsp\s*=\s*"?yes\b/i.test(field) ? 'delsp' : 'yes';
}

/** Files to show as tiles: attachments, and pictures or sounds in the text; not those that the HTML shows itself. */
export function filesOf(email: FullEmail): readonly BodyPart[] {
  const inText = [...email.textBody, ...email.htmlBody].filter(({ type }) => !/^text\/(plain|html)$/.test(type));
  const all = [...email.attachments, ...inText].filter(({ blobId }) => blobId !== null);
  const distinct = [...new Map(all.map((part) => [part.blobId, part])).values()];
  const html = email.htmlBody.map(({ partId }) => email.bodyValues[partId ?? '']?.value ?? '').join('');
  return distinct.filter(
    ({ cid, disposition }) => cid === null || disposition === 'attachment' || !mentions(html, cid),
  );
}

const mentions = (html: string, cid: string): boolean =>
  html.includes(`cid:${cid}`) || html.includes(`cid:${encodeURIComponent(cid)}`);

const RASTER = /^image\/(png|jpe?g|gif|webp|bmp|avif)$/i;

/** Parts that `cid:` in the HTML may show (RFC 2392): raster pictures only. */
export const picturesInside = (email: FullEmail): readonly BodyPart[] =>
  [...email.attachments, ...email.htmlBody].filter(
    ({ cid, blobId, type }) => cid !== null && blobId !== null && RASTER.test(type),
  );

/** Whatever it claims to be, it is shown as letters only, so its name may say so where its type says nothing. */
function isText(type: string, name: string | null): boolean {
  if (/^text\/|^application\/(?:json|xml|x-sh|sql|javascript)$|\+(?:json|xml)$/.test(type)) return !/svg/.test(type);
  return (
    type === 'application/octet-stream' &&
    /\.(?:txt|csv|tsv|log|md|json|xml|ini|yaml|yml|diff|patch)$/i.test(name ?? '')
  );
}

export type FileKind = 'picture' | 'text' | 'pdf' | 'message' | 'archive' | 'other';

export function kindOf({ type, name }: Pick<BodyPart, 'type' | 'name'>): FileKind {
  if (RASTER.test(type)) return 'picture';
  if (type === 'message/rfc822' || type === 'message/global') return 'message';
  if (type === 'application/pdf') return 'pdf';
  if (isText(type, name)) return 'text';
  return /zip|tar|gzip|7z|rar/i.test(`${type} ${/\.(\w+)$/.exec(name ?? '')?.[1] ?? ''}`) ? 'archive' : 'other';
}
