/**
 * How a blob is handed to a browser. What others sent must never run as a page, a script or a style of ours, whatever
 * type the address asks for: `script-src 'self'` would let it.
 */
import { safeName } from './file-name.ts';

export interface DownloadFacts {
  readonly type: string;
  readonly name: string;
  readonly octets: number;
}

/** What a browser may show in its own window: nothing in these can run. Without parameters. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp', 'text/plain']);

/** Types that a browser would execute, or take as part of a page. */
const ACTIVE =
  /script|html|xml|svg|css|wasm|manifest|multipart|^application\/(?:json|pdf|x-shockwave)|^text\/(?!plain|calendar|vcard)/i;

/** Where a browser may put it: Sec-Fetch-Dest. Not a script, a style, a worker, a frame. */
export function mayBeUsedAs(destination: string | undefined): boolean {
  return destination === undefined || ['empty', 'document', 'image', 'audio', 'video'].includes(destination);
}

/** `browser`: the request says that it comes from one; a program gets the type that it asked for (RFC 8620 §6.2). */
export function downloadHeaders(
  { type, name, octets }: DownloadFacts,
  { inline, browser }: { readonly inline: boolean; readonly browser: boolean },
): Record<string, string> {
  const [media = ''] = type.split(';');
  const shown = inline && SHOWN.has(media.trim().toLowerCase());
  return {
    'Content-Type': browser && ACTIVE.test(media) ? 'application/octet-stream' : type,
    'Content-Length': String(octets),
    'Content-Disposition': `${shown ? 'inline' : 'attachment'}; ${fileName(name)}`,
    // RFC 8620 §6.2: it never changes. What a browser keeps is there after the login for whoever sits down next.
    'Cache-Control': browser ? 'no-store' : 'private, immutable, max-age=31536000',
    'Content-Security-Policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
  };
}

/** RFC 6266 with RFC 8187: an ASCII form for old programs, and the name itself in UTF-8. */
function fileName(name: string): string {
  const safe = safeName(name);
  const ascii = safe.replaceAll(/[^ !#-$&-+.-~-]/g, '_').replaceAll(/["\\%]/g, '_');
  const encoded = encodeURIComponent(safe).replaceAll(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
