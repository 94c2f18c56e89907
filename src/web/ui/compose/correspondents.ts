/** Whom one writes to, as the server remembers it (docs/jmap.md): for completing addresses, and to notice slips. */
import type { Api } from '../jmap/api.ts';
import type { Id } from '../jmap/types.ts';
import { sameAddress } from './people.ts';
import type { Person } from './people.ts';

export interface Correspondent extends Person {
  readonly id: Id;
}

export const OUTBOX = 'urn:posthorn:outbox';

export class Correspondents {
  private readonly api: Api;
  private known: Promise<readonly Correspondent[]> | undefined;

  constructor(api: Api) {
    this.api = api;
  }

  /** Those one has most to do with first; nothing where the server knows nobody, or can't be reached. */
  async find(text: string, limit = 8): Promise<readonly Correspondent[]> {
    if (!this.api.speaks(OUTBOX)) return [];
    try {
      const { list } = await this.api.call<{ readonly list: readonly Correspondent[] }>('Correspondent/query', {
        text,
        limit,
      });
      return list;
    } catch {
      return [];
    }
  }

  /** Is suggested no more. */
  async forget(id: Id): Promise<void> {
    await this.api.call('Correspondent/set', { destroy: [id] });
  }

  /** The nearest of those known to an address that nobody has written to: a slip of the finger, perhaps. */
  async slip(email: string): Promise<string | undefined> {
    // Several addresses that are pasted at once are one question.
    this.known ??= this.find('', MOST_KNOWN).finally(() => {
      this.known = undefined;
    });
    const list = await this.known;
    return nearAddress(
      email,
      list.map((one) => one.email),
    );
  }
}

const MOST_KNOWN = 300;

/** Where many people have their mail; none of them is told anything. */
const LARGE = ['gmail.com', 'outlook.com', 'hotmail.com', 'yahoo.com', 'icloud.com', 'proton.me', 'gmx.de', 'web.de'];

/** An address as it was probably meant: of the known ones the same but for a slip, else with a known domain. */
export function nearAddress(email: string, known: readonly string[]): string | undefined {
  const typed = sameAddress(email);
  const all = known.map(sameAddress);
  if (all.includes(typed)) return undefined;
  const [local, domain] = halves(typed);
  const here = all.filter((one) => halves(one)[1] === domain);
  const person =
    here.length === 0
      ? undefined
      : nearest(
          local,
          here.map((one) => halves(one)[0]),
        );
  if (here.length > 0) return person === undefined ? undefined : `${person}@${domain}`;
  const near = nearest(domain, [...all.map((one) => halves(one)[1]), ...LARGE]);
  return near === undefined || near === domain || LARGE.includes(domain) ? undefined : `${local}@${near}`;
}

function halves(email: string): readonly [string, string] {
  const at = email.lastIndexOf('@');
  return [email.slice(0, at), email.slice(at + 1)];
}

/** One slip in a short word, two in a long one; of a domain its last dot and what follows make no word longer. */
function nearest(word: string, among: readonly string[]): string | undefined {
  const { length } = word.replace(/\.[^.]*$/u, '');
  const most = length < 4 ? 0 : length < 9 ? 1 : 2;
  let best: { readonly one: string; readonly slips: number } | undefined;
  for (const one of among) {
    if (one === word || Math.abs(one.length - word.length) > most) continue;
    const slips = slipsBetween(word, one);
    if (slips <= most && (best === undefined || slips < best.slips)) best = { one, slips };
  }
  return best?.one;
}

/** Letters that are wrong, missing, too many, or swapped with their neighbour (Damerau–Levenshtein). */
function slipsBetween(a: string, b: string): number {
  let [before, above] = [[] as number[], Array.from({ length: b.length + 1 }, (_, n) => n)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return above[b.length] ?? 0;
}
