/** Messages for the cases that read them. */
import { fresh } from './client.ts';
import type { Answered, User } from './client.ts';

export async function told(
  ann: User,
  source: string,
  properties: readonly string[],
  more: Answered = {},
): Promise<Answered> {
  return ann.email(await ann.letter(ann.boxes['inbox'] ?? '', source), properties, more);
}

export const address = (email: string, name: string | null = null): Answered => ({ name, email });

export const part = (type: string, body: string, more: readonly string[] = []): string =>
  [`Content-Type: ${type}`, ...more, '', body].join('\n');
export const multipart = (subtype: string, parts: readonly string[]): string => {
  const boundary = fresh('boundary');
  const inner = parts.map((one) => `--${boundary}\n${one}\n`).join('');
  return `Content-Type: multipart/${subtype}; boundary="${boundary}"\n\n${inner}--${boundary}--\n`;
};
export const INLINE = ['Content-Disposition: inline'];
export const ATTACHED = ['Content-Disposition: attachment'];
export const mime = (body: string): string =>
  `From: Ann <ann@a.test>\nMessage-ID: <${fresh('mime')}@a.test>\nSubject: parts\nMIME-Version: 1.0\n${body}`;

/** The example of RFC 8621 §4.1.4. */
export const STRUCTURED = mime(
  multipart('mixed', [
    part('text/plain', 'A', INLINE),
    multipart('mixed', [
      multipart('alternative', [
        multipart('mixed', [
          part('text/plain', 'B', INLINE),
          part('image/jpeg', 'C', INLINE),
          part('text/plain', 'D', INLINE),
        ]),
        multipart('related', [part('text/html', 'E'), part('image/jpeg', 'F')]),
      ]),
      part('image/jpeg', 'G', ATTACHED),
      part('application/x-excel', 'H'),
      part('message/rfc822', 'From: j@a.test\nSubject: J\n\nJ'),
    ]),
    part('text/plain', 'K', INLINE),
  ]),
);
