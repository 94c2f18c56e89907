/** Where the words that were searched for stand in what was found (RFC 8621 §5): asked for as rows come into view. */
import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { Api } from '../jmap/api.ts';
import type { Filter, Id } from '../jmap/types.ts';

export interface Found {
  readonly subject: string | null;
  readonly preview: string | null;
}

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** The server marks with `<mark>` and escapes the rest (RFC 8621 §5); nothing else of it is markup. */
export function pieces(snippet: string): readonly Piece[] {
  const found: Piece[] = [];
  for (const [n, part] of snippet.split(/<mark>|<\/mark>/).entries()) {
    if (part !== '') found.push({ text: unescaped(part), marked: n % 2 === 1 });
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", apos: "'" };

const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|apos);/g, (whole, name: string) => ENTITIES[name] ?? whole);

/** Snippets of one search. */
export class Snippets {
  private readonly api: Api;
  private readonly filter: Filter;
  private readonly found = new Map<Id, Signal<Found | undefined>>();
  private wanted: Id[] = [];

  constructor(api: Api, filter: Filter) {
    this.api = api;
    this.filter = filter;
  }

  /** undefined inside: not known, or nothing to mark. */
  of(id: Id): Signal<Found | undefined> {
    const known = this.found.get(id);
    if (known !== undefined) return known;
    const made = signal<Found | undefined>(undefined);
    this.found.set(id, made);
    this.wanted.push(id);
    if (this.wanted.length === 1) queueMicrotask(() => void this.load());
    return made;
  }

  private async load(): Promise<void> {
    const emailIds = this.wanted;
    this.wanted = [];
    try {
      const { list } = await this.api.call<{ readonly list: readonly ({ readonly emailId: Id } & Found)[] }>(
        'SearchSnippet/get',
        { filter: this.filter, emailIds },
      );
      for (const { emailId, subject, preview } of list) {
        const known = this.found.get(emailId);
        if (known !== undefined) known.value = { subject, preview };
      }
    } catch {
      // Without snippets, rows show what they show anyway.
    }
  }
}
