/** Pictures made of dots, told by their first octets: what a server or a name says of them counts for nothing. */

export type RasterType =
  | 'image/png'
  | 'image/jpeg'
  | 'image/gif'
  | 'image/webp'
  | 'image/avif'
  | 'image/bmp'
  | 'image/x-icon';

/** How many octets {@link rasterType} looks at. */
export const RASTER_HEAD = 32;

/** Undefined for everything else: SVG above all, which is a program. */
export function rasterType(octets: Uint8Array): RasterType | undefined {
  const head = Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.length, RASTER_HEAD)).toString('latin1');
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(head)) return 'image/gif';
  if (/^RIFF[^]{4}WEBP/.test(head)) return 'image/webp';
  if (/^[^]{4}ftyp(avif|avis|mif1[^]{4,16}avif)/.test(head)) return 'image/avif';
  // "BM" alone begins many texts: its reserved octets and the size of its header tell.
  if (/^BM[^]{4}\0{4}[^]{4}[\x0c\x28\x34\x38\x6c\x7c]\0{3}/.test(head)) return 'image/bmp';
  return /^\0\0[\x01]\0[\x01-\xff]\0/.test(head) ? 'image/x-icon' : undefined;
}
