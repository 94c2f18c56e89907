/** Mailbox/set (RFC 8621 §2.5). */
import type { Clock } from '../../base/index.ts';
import type { MailboxFacts, MailboxRow, Store } from '../../store/index.ts';
import { flag, optional } from '../arguments.ts';
import { MAIL, MAIL_LIMITS } from '../capabilities.ts';
import { SetError } from '../errors.ts';
import { sinceIn } from '../frames/changes.ts';
import { setMethod } from '../frames/set.ts';
import type { JsonObject } from '../json.ts';
import { MAX_CHANGES } from '../limits.ts';
import type { Method } from '../method.ts';
import { mailState, readMailState } from '../state.ts';
import { depthBelow } from './depth.ts';
import { mailboxId, mailboxNumber, mailboxOf } from './mailbox.ts';
import { factsOf, refusal, refusalAmong, RULES, tooDeep } from './rules.ts';
import { MailboxUpdates } from './update.ts';

export function mailboxSetMethod(store: Store, clock: Clock): Method {
  const rows = (account: string): Promise<readonly MailboxRow[]> => store.read('listMailboxes', { account });
  return setMethod({
    type: 'Mailbox',
    capability: MAIL,
    takes: { onDestroyRemoveEmails: optional(flag, false) },
    rules: RULES,
    state: (account) => mailState(store, account, 'mailbox'),
    async read(ids, { account }) {
      const all = (await rows(account)).map((row) => mailboxOf(row));
      return new Map(all.filter(({ id }) => ids.includes(id)).map((one) => [one.id, { ...one } as JsonObject]));
    },
    async othersChanged(since, own, { account }) {
      const from = sinceIn(await readMailState(store, account, 'mailbox'), since);
      const changes = await store.read('mailboxChanges', { account, since: from, limit: MAX_CHANGES });
      if (changes === undefined || changes.more) return true;
      const ids = [...changes.created, ...changes.updated, ...changes.destroyed].map(mailboxId);
      return ids.some((id) => !own.has(id));
    },
    async create({ properties }, { account }) {
      const facts = factsOf(properties);
      if (facts instanceof SetError) return facts;
      if (depthBelow(await rows(account), facts.parent) > MAIL_LIMITS.maxMailboxDepth) return tooDeep();
      const made = await store.write('createMailbox', { account, at: clock.now(), ...facts });
      if (typeof made !== 'number') return refusalAmong(await rows(account), facts, made);
      return { ...mailboxOf(newRow(made, facts)) };
    },
    update: (updates, { account }) => new MailboxUpdates(store, clock, account).all(updates),
    async destroy(ids, { account, more }) {
      const outcomes: (SetError | undefined)[] = [];
      for (const id of ids) {
        const mailbox = mailboxNumber(id) ?? 0;
        outcomes.push(
          await destroy(store, { account, mailbox, removeEmails: more.onDestroyRemoveEmails, at: clock.now() }),
        );
      }
      return outcomes;
    },
  });
}

/** Emails that leave a mailbox in one commit: others' mail waits no longer than that takes. */
const REMOVED_AT_ONCE = 250;

async function destroy(
  store: Store,
  p: { readonly account: string; readonly mailbox: number; readonly removeEmails: boolean; readonly at: number },
): Promise<SetError | undefined> {
  for (;;) {
    const done = await store.write('destroyMailbox', { ...p, limit: REMOVED_AT_ONCE });
    if (done !== 'more') return done === 'done' ? undefined : refusal(done);
  }
}

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
