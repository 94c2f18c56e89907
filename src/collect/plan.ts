/**
 * What a visit to a provider's maildrop has to do, decided from its listing and what we remember (pure): what is
 * new, what is to be looked at only, what may be deleted there, and whether the listing makes sense at all.
 */
import type { KnownMessage, LeaveRule, ListedMessage } from './ledger.ts';

export interface PlanFacts {
  readonly listing: readonly ListedMessage[];
  readonly known: readonly KnownMessage[];
  readonly rule: LeaveRule;
  readonly now: number;
  /** Octets above which only the header comes; undefined: everything comes whole. */
  readonly cap?: number;
}

export interface Plan {
  /** To be collected whole, in the provider's order: new ones, and those that somebody asked for. */
  readonly collect: readonly ListedMessage[];
  /** Larger than the limit and new: only their header. */
  readonly headers: readonly ListedMessage[];
  /** On our disk, and their time there is over. */
  readonly remove: readonly ListedMessage[];
  /** Not there any more since the last visit: somebody else deleted them. */
  readonly gone: readonly string[];
  /** There again, after they were gone: some servers do that. */
  readonly back: readonly string[];
}

/** Why nothing may be done before a person has said what it means. */
export interface Renumbered {
  /** How many of those we knew are not listed, and how many new ones are. */
  readonly vanished: number;
  readonly appeared: number;
  /** Pairs that may be the same message: as many octets. */
  readonly alike: number;
}

const DAY = 86_400_000;

/** What has an id that we know and another size may be another message: it is left where it is. */
export function planVisit({ listing, known, rule, now, cap }: PlanFacts): Plan {
  const byId = new Map(known.map((message) => [message.uidl, message]));
  const listed = new Set(listing.map(({ uidl }) => uidl));
  const collect: ListedMessage[] = [];
  const headers: ListedMessage[] = [];
  const remove: ListedMessage[] = [];
  for (const message of onceEach(listing)) {
    const before = byId.get(message.uidl);
    if (before === undefined) (cap !== undefined && message.octets > cap ? headers : collect).push(message);
    else if (isWanted(before)) collect.push(message);
    else if (before.octets === message.octets && mayGo(before, rule, now)) remove.push(message);
  }
  const there = known.filter(({ goneAt }) => goneAt === undefined);
  const gone = there.filter(({ uidl }) => !listed.has(uidl)).map(({ uidl }) => uidl);
  const back = known.filter(({ uidl, goneAt }) => goneAt !== undefined && listed.has(uidl)).map(({ uidl }) => uidl);
  return { collect, headers, remove, gone, back };
}

/** Somebody asked for it, and it is not whole here: its header alone is, nothing ever was, or it was deleted here. */
function isWanted({ state, restWanted, deletedHere }: KnownMessage): boolean {
  return restWanted && (state !== 'whole' || deletedHere);
}

/**
 * Whether a copy at the provider may be deleted now. Never one that is not whole on our disk: deleting what was only
 * looked at would lose it. What a person deleted here was seen by them, so its header is enough.
 */
export function mayGo({ state, collectedAt, deletedHere }: KnownMessage, rule: LeaveRule, now: number): boolean {
  if (rule.kind === 'for-ever') return false;
  if (rule.kind === 'until-deleted-here') return deletedHere;
  return state === 'whole' && now - collectedAt >= rule.days * DAY;
}

/** Fewer known messages than this say nothing about how a server gives out ids. */
const FEWEST = 4;

/**
 * A server that gives every message a new id (a move to other software, a restored backup) would have us collect
 * everything again. It is taken for that when more than half of what we knew is gone at once, and half of what is gone
 * has come back, by its size, under an id that we don't know (RFC 1939 §7: a unique-id persists across sessions).
 */
export function looksRenumbered(
  listing: readonly ListedMessage[],
  known: readonly KnownMessage[],
): Renumbered | undefined {
  const listed = new Set(listing.map(({ uidl }) => uidl));
  const ids = new Set(known.map(({ uidl }) => uidl));
  // What was gone before says nothing about this time.
  const there = known.filter(({ goneAt }) => goneAt === undefined);
  const vanished = there.filter(({ uidl }) => !listed.has(uidl));
  if (there.length < FEWEST || vanished.length * 2 <= there.length) return undefined;
  const appeared = listing.filter(({ uidl }) => !ids.has(uidl));
  const alike = pairs(
    vanished.map(({ octets }) => octets),
    appeared.map(({ octets }) => octets),
  );
  if (alike * 2 < vanished.length) return undefined;
  return { vanished: vanished.length, appeared: appeared.length, alike };
}

/** What a change of the rule would have the next visit delete at the provider, oldest first: told before it is made. */
export function wouldRemove({ listing, known, rule, now }: Omit<PlanFacts, 'cap'>): readonly ListedMessage[] {
  const age = new Map(known.map(({ uidl, collectedAt }) => [uidl, collectedAt]));
  const { remove } = planVisit({ listing, known, rule, now });
  return [...remove].sort((a, b) => (age.get(a.uidl) ?? 0) - (age.get(b.uidl) ?? 0));
}

/** A server that lists an id twice means one message by it: the first. */
function onceEach(listing: readonly ListedMessage[]): readonly ListedMessage[] {
  const seen = new Set<string>();
  return listing.filter(({ uidl }) => (seen.has(uidl) ? false : (seen.add(uidl), true)));
}

/** How many of these numbers can be paired with an equal one of those. */
function pairs(these: readonly number[], those: readonly number[]): number {
  const left = new Map<number, number>();
  for (const one of those) left.set(one, (left.get(one) ?? 0) + 1);
  let count = 0;
  for (const one of these) {
    const there = left.get(one) ?? 0;
    if (there === 0) continue;
    left.set(one, there - 1);
    count++;
  }
  return count;
}
