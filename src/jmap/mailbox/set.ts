/** Mailbox/set (RFC 8621 §2.5). */
import type { Clock } from '../../base/index.ts';
import type { MailboxFacts, MailboxRow } from '../../store/index.ts';
import { flag, optional } from '../arguments.ts';
import { MAIL, MAIL_LIMITS } from '../capabilities.ts';
import { SetError } from '../errors.ts';
import { setMethod } from '../frames/set.ts';
import type { Update } from '../frames/set.ts';
import type { JsonObject } from '../json.ts';
import type { MailStore } from '../mail-store.ts';
import type { Method, Properties } from '../method.ts';
import { formatState, readMailState } from '../state.ts';
import { mailboxNumber, mailboxOf, rightsOn } from './mailbox.ts';
import { factsOf, refusal, RULES, tooDeep } from './rules.ts';

export function mailboxSetMethod(store: MailStore, clock: Clock): Method {
  const rows = (account: string): Promise<readonly MailboxRow[]> => store.read('listMailboxes', { account });
  return setMethod({
    type: 'Mailbox',
    capability: MAIL,
    takes: { onDestroyRemoveEmails: optional(flag, false) },
    rules: RULES,
    state: async (account) => formatState(await readMailState(store, account)),
    async read(ids, { account }) {
      const all = (await rows(account)).map((row) => mailboxOf(row));
      return new Map(all.filter(({ id }) => ids.includes(id)).map((one) => [one.id, { ...one } as JsonObject]));
    },
    async create({ properties }, { account }) {
      const facts = factsOf(properties);
      if (facts instanceof SetError) return facts;
      if (depthBelow(await rows(account), facts.parent) > MAIL_LIMITS.maxMailboxDepth) return tooDeep();
      const made = await store.write('createMailbox', { account, at: clock.now(), ...facts });
      return typeof made === 'number' ? { ...mailboxOf(newRow(made, facts)) } : refusal(made);
    },
    async update(updates, { account }) {
      const outcomes: (Properties | null | SetError)[] = [];
      for (const one of updates) outcomes.push(await update(store, clock, account, one, await rows(account)));
      return outcomes;
    },
    async destroy(ids, { account, more }) {
      const outcomes: (SetError | undefined)[] = [];
      for (const id of ids) {
        const mailbox = mailboxNumber(id) ?? 0;
        const removeEmails = more.onDestroyRemoveEmails;
        const one = { account, mailbox, removeEmails, limit: REMOVED_AT_ONCE, at: clock.now() };
        let done = await store.write('destroyMailbox', one);
        while (done === 'more') done = await store.write('destroyMailbox', one);
        outcomes.push(done === 'done' ? undefined : refusal(done));
      }
      return outcomes;
    },
  });
}

/** Emails that leave a mailbox in one commit: others' mail waits no longer than that takes. */
const REMOVED_AT_ONCE = 250;

function newRow(id: number, { parent, role, ...facts }: MailboxFacts): MailboxRow {
  return {
    id,
    ...facts,
    ...(parent === null ? {} : { parent }),
    ...(role === null ? {} : { role }),
    totalEmails: 0,
    unreadEmails: 0,
    totalThreads: 0,
    unreadThreads: 0,
  };
}

async function update(
  store: MailStore,
  clock: Clock,
  account: string,
  { id, current, patched }: Update,
  all: readonly MailboxRow[],
): Promise<Properties | null | SetError> {
  const mailbox = mailboxNumber(id) ?? 0;
  const facts = factsOf(patched);
  if (facts instanceof SetError) return facts;
  const changed = Object.fromEntries(
    Object.entries(facts).filter(
      ([name, value]) => value !== (factsOf(current) as MailboxFacts)[name as keyof MailboxFacts],
    ),
  ) as Partial<MailboxFacts>;
  const movable = rightsOn(current['role'] as string | null)['mayRename'] === true;
  if (!movable && ['name', 'parent', 'role'].some((name) => Object.hasOwn(changed, name))) return refusal('is-inbox');
  if (
    changed.parent !== undefined &&
    depthBelow(all, changed.parent) + height(all, mailbox) - 1 > MAIL_LIMITS.maxMailboxDepth
  ) {
    return tooDeep();
  }
  if (Object.keys(changed).length > 0) {
    const done = await store.write('updateMailbox', { account, mailbox, at: clock.now(), ...changed });
    if (done !== 'done') return refusal(done);
  }
  return facts.name === patched['name'] ? null : { name: facts.name };
}

/** How deep a child of that parent lies; 1 at the top. */
function depthBelow(all: readonly MailboxRow[], parent: number | null): number {
  let depth = 1;
  for (let up = parent; up !== null && depth <= all.length; depth++)
    up = all.find(({ id }) => id === up)?.parent ?? null;
  return depth;
}

/** How many levels a mailbox and what lies below it take. */
function height(all: readonly MailboxRow[], mailbox: number): number {
  const heights = all.map(({ id }) => levelsAbove(all, id, mailbox));
  return Math.max(1, ...heights);
}

/** Levels from `top` down to `mailbox`, both counted; 0 where it does not lie there. */
function levelsAbove(all: readonly MailboxRow[], mailbox: number, top: number): number {
  let levels = 1;
  for (let at: number | undefined = mailbox; at !== undefined && levels <= all.length; levels++) {
    if (at === top) return levels;
    const here: number = at;
    at = all.find(({ id }) => id === here)?.parent;
  }
  return 0;
}
