/** Changes of emails as JMAP patches (RFC 8620 §5.3): what they make of an email, and what takes them back. */
import type { Email, Id, IdSet } from './types.ts';

/** `keywords/$seen` or `mailboxIds/m1`, set or taken away. */
export type Patch = Readonly<Record<string, true | null>>;

/** What of an email can be changed. */
export type Standing = Pick<Email, 'id' | 'mailboxIds' | 'keywords'>;

type Field = 'keywords' | 'mailboxIds';

/** Only what makes a difference; undefined: nothing does. */
export function effective(email: Standing, patch: Patch): Patch | undefined {
  const entries = Object.entries(patch).filter(([path, value]) => has(email, path) !== (value === true));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function patched(email: Standing, patch: Patch): Standing {
  const sets: Record<Field, Record<string, true>> = {
    keywords: { ...email.keywords },
    mailboxIds: { ...email.mailboxIds },
  };
  for (const [path, value] of Object.entries(patch)) {
    const [field, key] = split(path);
    if (value === null) delete sets[field][key];
    else sets[field][key] = true;
  }
  return { id: email.id, ...sets };
}

/** Takes an effective patch back. */
export const inverse = (patch: Patch): Patch =>
  Object.fromEntries(Object.entries(patch).map(([path, value]) => [path, value === true ? null : true]));

const has = (email: Standing, path: string): boolean => {
  const [field, key] = split(path);
  return Object.hasOwn(email[field], key);
};

/** RFC 6901: ~1 is a slash, ~0 a tilde. */
function split(path: string): readonly [field: Field, key: string] {
  const slash = path.indexOf('/');
  return [
    path.slice(0, slash) as Field,
    path
      .slice(slash + 1)
      .replaceAll('~1', '/')
      .replaceAll('~0', '~'),
  ];
}

const pointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

export const keyword = (name: string, on: boolean): Patch => ({ [`keywords/${pointer(name)}`]: on ? true : null });

/** Out of one mailbox and into another; without `from`, out of all it is in. */
export function move(email: Standing, from: Id | undefined, to: Id): Patch {
  const left = from === undefined ? Object.keys(email.mailboxIds) : [from];
  const out = left.filter((id) => id !== to).map((id) => [`mailboxIds/${id}`, null] as const);
  return { ...Object.fromEntries(out), [`mailboxIds/${to}`]: true };
}

export interface CountChange {
  readonly total: number;
  readonly unread: number;
}

/** How a change moves the numbers beside the mailboxes. */
export function countChanges(
  pairs: readonly (readonly [before: Standing | undefined, after: Standing | undefined])[],
): ReadonlyMap<Id, CountChange> {
  const changes = new Map<Id, CountChange>();
  const add = (email: Standing | undefined, sign: 1 | -1): void => {
    if (email === undefined) return;
    const unread = isUnread(email.keywords) ? sign : 0;
    for (const id of Object.keys(email.mailboxIds)) {
      const known = changes.get(id) ?? { total: 0, unread: 0 };
      changes.set(id, { total: known.total + sign, unread: known.unread + unread });
    }
  };
  for (const [before, after] of pairs) {
    add(before, -1);
    add(after, 1);
  }
  return changes;
}

export const isUnread = (keywords: IdSet): boolean => keywords['$seen'] !== true && keywords['$draft'] !== true;
