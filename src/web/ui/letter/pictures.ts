/** The pictures of a letter: which lie in it, which are on other people's servers, and which of those only watch. */

/** Where a picture's address leads. */
export type PictureSource =
  | { readonly kind: 'part'; readonly cid: string }
  | { readonly kind: 'inline'; readonly href: string }
  | { readonly kind: 'remote'; readonly url: URL }
  | { readonly kind: 'none' };

/** Longer data: addresses are dropped: base64 of about 1.5 MB. */
const LONGEST_INLINE = 2_000_000;
const LONGEST_REMOTE = 8_000;

export function pictureSource(text: string): PictureSource {
  const bare = text.replace(/[\t\n\r]/g, '').trim();
  const cid = /^cid:(.{1,500})$/is.exec(bare)?.[1];
  if (cid !== undefined) return { kind: 'part', cid: decoded(cid) };
  if (/^data:/i.test(bare)) return isRasterData(bare) ? { kind: 'inline', href: bare } : { kind: 'none' };
  // "//host/x.gif" has no scheme in a letter; whoever loads it anyway asks that host, so it counts as remote.
  const full = bare.replace(/^(\\\\|\/\/|\/\\|\\\/)/, 'https://');
  if (!/^https?:\/\//i.test(full) || full.length > LONGEST_REMOTE || !URL.canParse(full)) return { kind: 'none' };
  return { kind: 'remote', url: new URL(full) };
}

/** RFC 2392: what stands behind cid: is percent-encoded. */
function decoded(cid: string): string {
  try {
    return decodeURIComponent(cid);
  } catch {
    return cid;
  }
}

/** How the first octets of raster formats look in base64; SVG has none, and a name says nothing. */
const RASTER_BASE64 =
  /^(iVBORw0KGgo|\/9j\/|R0lGOD[dl]|UklGR[A-Za-z0-9+/]{5,7}XRUJQ|Qk[0-3]|AAAA[A-Za-z0-9+/]{2}Z0eXBhdmlm)/;

/** data: of a raster picture: by what it says and by its first octets. */
export function isRasterData(href: string): boolean {
  if (href.length > LONGEST_INLINE) return false;
  const data = /^data:image\/(png|jpe?g|gif|webp|bmp|avif)\s*;\s*base64\s*,\s*([A-Za-z0-9+/=\s%]+)$/i.exec(href)?.[2];
  return data !== undefined && RASTER_BASE64.test(data.slice(0, 40).replace(/\s/g, ''));
}

/** A picture on another server, as it stood in the letter. */
export interface RemotePicture {
  readonly url: string;
  readonly host: string;
  /** Why it is likely there to tell who reads; undefined when it looks like a picture. */
  readonly tracker: TrackerSign | undefined;
}

export type TrackerSign = 'tiny' | 'hidden' | 'identifier';

export interface PictureBox {
  readonly width?: string | null;
  readonly height?: string | null;
  /** The text of its style attribute. */
  readonly style?: string | null;
}

export function remotePicture(url: URL, box: PictureBox): RemotePicture {
  return { url: url.href, host: url.hostname, tracker: trackerSign(url, box) };
}

function trackerSign(url: URL, { width, height, style }: PictureBox): TrackerSign | undefined {
  const css = (style ?? '').replace(/\s+/g, '').toLowerCase();
  if (/display:none|visibility:hidden|opacity:0(\.0*)?(;|$)|mso-hide:all/.test(css)) return 'hidden';
  if (isTiny(width, cssMeasure(css, 'width')) && isTiny(height, cssMeasure(css, 'height'))) return 'tiny';
  return hasIdentifier(url) ? 'identifier' : undefined;
}

function cssMeasure(css: string, property: string): string | undefined {
  return new RegExp(`(?:^|;)(?:max-)?${property}:([\\d.]+)(px|pt)?(?:!important)?(?:;|$)`).exec(css)?.[1];
}

/** Up to 3 px in one direction; the style outranks the attribute. */
function isTiny(attribute: string | null | undefined, css: string | undefined): boolean {
  const text = css ?? (attribute ?? '').trim().replace(/px$/i, '');
  return /^\d+(\.\d+)?$/.test(text) && Number(text) <= 3;
}

/** A long string of letters and digits in a query, or in a path without the name of a file: somebody's number. */
function hasIdentifier(url: URL): boolean {
  const values = [...url.searchParams.values()];
  const last = url.pathname.split('/').at(-1) ?? '';
  const isFile = /\.(png|jpe?g|gif|webp|avif|bmp|ico|svg)$/i.test(last);
  const segments = isFile ? [] : url.pathname.split('/');
  return values.some((value) => looksRandom(value, 20)) || segments.some((segment) => looksRandom(segment, 32));
}

function looksRandom(text: string, least: number): boolean {
  return text.length >= least && /^[\w.~=+/|:-]+$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text);
}
