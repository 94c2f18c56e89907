/** Everything loaded so far: one record a thing, each a signal, so that a change draws only what shows it. */
import { signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Email, Id, Mailbox, Thread } from './types.ts';

/** Emails that are kept though nothing may show them any more. */
const MOST_EMAILS = 5_000;

export class Records {
  readonly mailboxes = signal<ReadonlyMap<Id, Mailbox>>(new Map());
  private readonly emails = new Map<Id, Signal<Email | undefined>>();
  private readonly threads = new Map<Id, Signal<Thread | undefined>>();

  /** undefined inside: not loaded, or gone. */
  email(id: Id): ReadonlySignal<Email | undefined> {
    return cell(this.emails, id);
  }

  thread(id: Id): ReadonlySignal<Thread | undefined> {
    return cell(this.threads, id);
  }

  /** The emails of a thread that are loaded, oldest first. Without its thread, an email is alone. */
  conversation(email: Email): readonly Email[] {
    const ids = this.thread(email.threadId).value?.emailIds ?? [email.id];
    const found = ids.flatMap((id) => this.email(id).value ?? []);
    return found.length === 0 ? [email] : found;
  }

  mailboxWithRole(role: string): Mailbox | undefined {
    return [...this.mailboxes.value.values()].find((mailbox) => mailbox.role === role);
  }

  putEmails(emails: readonly Email[]): void {
    for (const email of emails) {
      const known = cell(this.emails, email.id);
      known.value = { ...known.peek(), ...email };
    }
    this.forgetOldest();
  }

  /** Some properties of emails that are loaded; others are left alone. */
  patchEmails(patches: readonly (Partial<Email> & { readonly id: Id })[]): void {
    for (const patch of patches) {
      const known = this.emails.get(patch.id);
      const before = known?.peek();
      if (known !== undefined && before !== undefined) known.value = { ...before, ...patch };
    }
  }

  removeEmails(ids: readonly Id[]): void {
    for (const id of ids) {
      const known = this.emails.get(id);
      if (known !== undefined) known.value = undefined;
      this.emails.delete(id);
    }
  }

  putThreads(threads: readonly Thread[]): void {
    for (const thread of threads) cell(this.threads, thread.id).value = thread;
  }

  removeThreads(ids: readonly Id[]): void {
    for (const id of ids) {
      const known = this.threads.get(id);
      if (known !== undefined) known.value = undefined;
    }
  }

  putMailboxes(some: readonly (Partial<Mailbox> & { readonly id: Id })[], gone: readonly Id[] = []): void {
    const all = new Map(this.mailboxes.peek());
    for (const one of some) all.set(one.id, { ...all.get(one.id), ...one } as Mailbox);
    for (const id of gone) all.delete(id);
    this.mailboxes.value = all;
  }

  loadedEmails(ids: readonly Id[]): readonly Id[] {
    return ids.filter((id) => this.emails.get(id)?.peek() !== undefined);
  }

  loadedThreads(ids: readonly Id[]): readonly Id[] {
    return ids.filter((id) => this.threads.get(id)?.peek() !== undefined);
  }

  /** When the server can't tell what changed, nothing that is loaded can be believed. */
  clear(): void {
    this.removeEmails([...this.emails.keys()]);
    this.removeThreads([...this.threads.keys()]);
  }

  /** Those first loaded first go first; what is on the screen is loaded again when it is missed. */
  private forgetOldest(): void {
    for (const id of this.emails.keys()) {
      if (this.emails.size <= MOST_EMAILS) return;
      this.emails.delete(id);
    }
  }
}

function cell<Thing>(all: Map<Id, Signal<Thing | undefined>>, id: Id): Signal<Thing | undefined> {
  const found = all.get(id);
  if (found !== undefined) return found;
  const made = signal<Thing | undefined>(undefined);
  all.set(id, made);
  return made;
}
