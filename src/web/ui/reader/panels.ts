/** What is shown about a message, in a dialog of its own. */
import { signal } from '@preact/signals';
import type { Id } from '../jmap/types.ts';
import { visibleString } from '../letter/visible-text.ts';

export type Panel =
  | { readonly kind: 'source' | 'headers' | 'journey'; readonly email: Id }
  /** A message that came inside another, or lies in a file of that name. */
  | { readonly kind: 'inner'; readonly blob: Id; readonly file?: string };

export const panel = signal<Panel | undefined>(undefined);

/** A subject as the name of a file: nothing hidden in it, and not too long. What else a disk can't take the browser leaves out. */
export const subjectInName = ({ subject }: { readonly subject: string | null }): string =>
  visibleString(subject ?? '')
    .trim()
    .slice(0, 100);

export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Octets of a source that are loaded and drawn; the file has all of it. */
export const SHOWN_SOURCE = 400_000;

/** The fields of a header as they stand in the source, unfolded (RFC 5322 §2.2.3). */
export function headerFields(source: string): readonly Field[] {
  const head = source.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const unfolded = head.replace(/\r?\n(?=[ \t])/g, '');
  return unfolded.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [{ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }];
  });
}
