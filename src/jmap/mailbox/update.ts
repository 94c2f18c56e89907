/** Updates of mailboxes, several in one call (RFC 8621 §2.5; RFC 8620 §5.3: the end has to be valid, not each step). */
import { newTicket } from '../../base/index.ts';
import type { Clock } from '../../base/index.ts';
import type { MailboxFacts, MailboxRow, MailboxTrouble, Store } from '../../store/index.ts';
import { MAIL_LIMITS } from '../capabilities.ts';
import { SetError } from '../errors.ts';
import type { Update } from '../frames/set.ts';
import type { Properties } from '../method.ts';
import { mailboxNumber, rightsOn } from './mailbox.ts';
import { depthBelow, height } from './depth.ts';
import { factsOf, refusal, refusalAmong, tooDeep } from './rules.ts';

type Outcome = Properties | null | SetError;

/** What one mailbox is to be. */
interface Wanted {
  readonly mailbox: number;
  readonly before: MailboxFacts;
  readonly facts: MailboxFacts;
  /** Of `facts`, what is another. */
  readonly changes: Partial<MailboxFacts>;
  readonly outcome: Properties | null;
}

export class MailboxUpdates {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #account: string;

  constructor(store: Store, clock: Clock, account: string) {
    this.#store = store;
    this.#clock = clock;
    this.#account = account;
  }

  /** For each, in order: what the client does not know of the new mailbox, or why it stays as it was. */
  async all(updates: readonly Update[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    const stuck = new Map<number, Wanted>();
    for (const [i, update] of updates.entries()) {
      const wanted = this.#wanted(update, await this.#rows());
      const trouble = wanted instanceof SetError ? undefined : await this.#write(wanted.mailbox, wanted.changes);
      if (wanted instanceof SetError) outcomes.push(wanted);
      else outcomes.push(trouble === undefined ? wanted.outcome : await this.#refusal(wanted, trouble));
      if (!(wanted instanceof SetError) && (trouble === 'name-taken' || trouble === 'role-taken')) stuck.set(i, wanted);
    }
    for (const [i, outcome] of await this.#exchange(stuck)) outcomes[i] = outcome;
    return outcomes;
  }

  #rows(): Promise<readonly MailboxRow[]> {
    return this.#store.read('listMailboxes', { account: this.#account });
  }

  async #write(mailbox: number, changes: Partial<MailboxFacts>): Promise<MailboxTrouble | undefined> {
    if (Object.keys(changes).length === 0) return undefined;
    const params = { account: this.#account, mailbox, at: this.#clock.now(), ...changes };
    const done = await this.#store.write('updateMailbox', params);
    return done === 'done' ? undefined : done;
  }

  async #refusal({ facts }: Wanted, trouble: MailboxTrouble): Promise<SetError> {
    return refusalAmong(await this.#rows(), facts, trouble);
  }

  #wanted({ id, current, patched }: Update, rows: readonly MailboxRow[]): Wanted | SetError {
    const mailbox = mailboxNumber(id) ?? 0;
    const [before, facts] = [factsOf(current), factsOf(patched)];
    if (before instanceof SetError) return before;
    if (facts instanceof SetError) return facts;
    const changes = differences(before, facts);
    const moves = changes.name !== undefined || changes.parent !== undefined || changes.role !== undefined;
    if (moves && rightsOn(before.role)['mayRename'] !== true) return refusal('is-inbox');
    const { parent } = changes;
    if (parent !== undefined && depthBelow(rows, parent) + height(rows, mailbox) - 1 > MAIL_LIMITS.maxMailboxDepth) {
      return tooDeep();
    }
    return { mailbox, before, facts, changes, outcome: facts.name === patched['name'] ? null : { name: facts.name } };
  }

  /**
   * Those that hold each other's names or roles, and nobody else's: each steps aside first. The store takes one change
   * at a time, so others may see the names in between for a moment, and a process that dies there leaves them.
   */
  async #exchange(stuck: ReadonlyMap<number, Wanted>): Promise<ReadonlyMap<number, Outcome>> {
    const ring = stuck.size > 1 ? inRing(stuck, await this.#rows()) : new Map<number, Wanted>();
    for (const { mailbox, before } of ring.values()) {
      await this.#write(mailbox, { name: asideName(before.name), role: null });
    }
    const outcomes = new Map<number, Outcome>();
    for (const [i, wanted] of ring) {
      const { name, role } = wanted.facts;
      const trouble = await this.#write(wanted.mailbox, { ...wanted.changes, name, role });
      if (trouble !== undefined)
        await this.#write(wanted.mailbox, { name: wanted.before.name, role: wanted.before.role });
      outcomes.set(i, trouble === undefined ? wanted.outcome : await this.#refusal(wanted, trouble));
    }
    return outcomes;
  }
}

function differences(before: MailboxFacts, facts: MailboxFacts): Partial<MailboxFacts> {
  const changed = Object.entries(facts).filter(([name, value]) => value !== before[name as keyof MailboxFacts]);
  return Object.fromEntries(changed) as Partial<MailboxFacts>;
}

function asideName(name: string): string {
  return `${[...name].slice(0, 20).join('')} (${newTicket()})`;
}

/** Of those that are stuck, the ones whose places are held by such only. */
function inRing(stuck: ReadonlyMap<number, Wanted>, rows: readonly MailboxRow[]): ReadonlyMap<number, Wanted> {
  let ring = new Map(stuck);
  for (let size = -1; size !== ring.size;) {
    size = ring.size;
    const members = new Set([...ring.values()].map(({ mailbox }) => mailbox));
    ring = new Map([...ring].filter(([, wanted]) => holders(wanted, rows).every((id) => members.has(id))));
  }
  return ring;
}

function holders({ mailbox, facts }: Wanted, rows: readonly MailboxRow[]): readonly number[] {
  const sameName = (row: MailboxRow): boolean => (row.parent ?? null) === facts.parent && row.name === facts.name;
  const sameRole = (row: MailboxRow): boolean => facts.role !== null && row.role === facts.role;
  return rows.filter((row) => row.id !== mailbox && (sameName(row) || sameRole(row))).map(({ id }) => id);
}
