/** Random things that owners of mail do, for tests that hold a store against what must follow. */
import fc from 'fast-check';
import type { EmailChange, MailboxRow } from '../mail.ts';
import type { Store } from '../store.ts';
import { contentOf, newEmail, newMessage } from '../testing.ts';
import { newId, newTicket, thisProcess } from '../../base/index.ts';

const keyword = fc.constantFrom('$seen', '$draft', '$flagged', 'todo', 'later');
const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { maxLength: 3 });
const names = few(fc.integer({ min: 1, max: 6 }).map((n) => `<${String(n)}@a.test>`));

export const mailStep = fc.oneof(
  fc.record({ kind: fc.constant('arrive' as const), names, at: fc.nat(5) }),
  fc.record({
    kind: fc.constant('append' as const),
    names,
    at: fc.nat(5),
    keywords: few(keyword),
    mailboxes: fc.array(fc.nat(7), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('change' as const),
    emails: few(fc.nat(9)),
    destroy: few(fc.nat(9)),
    add: few(keyword),
    remove: few(keyword),
    into: few(fc.nat(7)),
    outOf: few(fc.nat(7)),
  }),
  fc.record({
    kind: fc.constant('create' as const),
    name: fc.nat(3),
    parent: fc.option(fc.nat(7)),
    trash: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('update' as const),
    mailbox: fc.nat(7),
    name: fc.option(fc.nat(3)),
    parent: fc.option(fc.constantFrom(null, 0, 1, 5, 6, 7), { nil: undefined }),
    role: fc.option(fc.constantFrom('trash' as const, 'archive' as const, null), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('destroy' as const), mailbox: fc.nat(7), removeEmails: fc.boolean() }),
  fc.record({ kind: fc.constant('card' as const), email: fc.nat(9), hasAttachment: fc.boolean() }),
  fc.record({ kind: fc.constant('session' as const), remove: fc.nat(6), ends: fc.boolean() }),
);
export type MailStep = typeof mailStep extends fc.Arbitrary<infer S> ? S : never;

/** An owner with a store: numbers in steps are places in its lists. */
export class Owner {
  readonly #store: Store;
  readonly #account: string;
  readonly emails: string[] = [];
  #steps = 0;

  constructor(store: Store, account: string) {
    this.#store = store;
    this.#account = account;
  }

  get account(): string {
    return this.#account;
  }

  async boxes(): Promise<readonly MailboxRow[]> {
    return await this.#store.read('listMailboxes', { account: this.#account });
  }

  async take(step: MailStep): Promise<void> {
    const [store, account, at] = [this.#store, this.#account, 7 + this.#steps++];
    const boxes = await this.boxes();
    const box = (n: number): number => boxes[n]?.id ?? 999_999;
    const email = (n: number): string => this.emails.at(-1 - n) ?? 'none';
    switch (step.kind) {
      case 'arrive':
      case 'append':
        return this.#file(step, box);
      case 'change': {
        const changes: EmailChange[] = step.emails.map((n) => ({
          email: email(n),
          keywords: { add: step.add, remove: step.remove },
          mailboxes: { add: step.into.map(box), remove: step.outOf.map(box) },
        }));
        await store.write('changeEmails', { account, changes, destroy: step.destroy.map(email), at });
        return;
      }
      case 'create': {
        const facts = { name: `n${String(step.name)}`, parent: step.parent === null ? null : box(step.parent) };
        const role = step.trash ? ('trash' as const) : null;
        await store.write('createMailbox', { account, at, ...facts, role, sortOrder: 0, isSubscribed: true });
        return;
      }
      case 'update': {
        await store.write('updateMailbox', {
          account,
          mailbox: box(step.mailbox),
          at,
          ...(step.name === null ? {} : { name: `n${String(step.name)}` }),
          ...(step.parent === undefined ? {} : { parent: step.parent === null ? null : box(step.parent) }),
          ...(step.role === undefined ? {} : { role: step.role }),
        });
        return;
      }
      case 'destroy': {
        const gone = { account, mailbox: box(step.mailbox), removeEmails: step.removeEmails, limit: 2, at };
        while ((await store.write('destroyMailbox', gone)) === 'more');
        return;
      }
      case 'card': {
        const words = { subject: 'a', from: 'b', to: '', cc: '', bcc: '', body: 'c', attachments: '', header: 'x: y' };
        const sort = { subject: 'a', from: 'b', to: '', hasAttachment: step.hasAttachment };
        await store.write('putCards', { cards: [{ email: email(step.email), card: '{}', words, sort }] });
        return;
      }
      case 'session':
        return this.#session(step.remove, step.ends, at);
    }
  }

  async #file(step: Extract<MailStep, { kind: 'arrive' | 'append' }>, box: (n: number) => number): Promise<void> {
    const content = await contentOf(this.#store, 'Subject: x\r\n\r\n');
    const message = newMessage(content, { threadIds: step.names, receivedAt: step.at });
    const { account } = this;
    if (step.kind === 'arrive') {
      const email = newEmail(account);
      await this.#store.write('accept', { message, emails: [email], deliveries: [], events: [] });
      this.emails.push(email.id);
      return;
    }
    const [id, uidl] = [newId(1), newTicket()];
    const email = { id, uidl, mailboxes: step.mailboxes.map(box), keywords: step.keywords, receivedAt: step.at };
    const filed = await this.#store.write('append', { account, message, email });
    if (typeof filed === 'object') this.emails.push(id);
  }

  /** A POP3 session that removes something, or is left open. */
  async #session(remove: number, ends: boolean, at: number): Promise<void> {
    const session = { account: this.account, token: 't', process: thisProcess(), at, peer: '', sessionId: 's' };
    const locked = await this.#store.write('lockMaildrop', session);
    if (ends && locked.kind === 'locked')
      await this.#store.write('quitMaildrop', { ...session, remove: [remove], events: [] });
  }
}
