/**
 * The maildrop behind POP3: locked for one session at a time (RFC 1939 §4), listed once into a
 * compact snapshot, changed in one commit at QUIT. What was retrieved is told to the journey in
 * that same commit.
 */
import { isGone, newTicket, utc } from '../base/index.ts';
import type { Clock, Logger, ProcessIdentity } from '../base/index.ts';
import type { Maildrop, Pop3Client, Pop3Login, Pop3Policy, Pop3Refusal } from '../pop3/index.ts';
import { readEmailForPop } from '../store/index.ts';
import type { MaildropHolder, NewEvent, Store } from '../store/index.ts';
import { Snapshot } from './snapshot.ts';
import { tlsFacts } from './smtp-policy.ts';
import type { Refusals } from './refusals.ts';
import { reply } from '../mail/index.ts';

export interface Pop3PolicyParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly process: ProcessIdentity;
  readonly refusals: Refusals;
}

const NOT_NOW: Pop3Refusal = {
  code: 'SYS/TEMP',
  text: 'Your mailbox could not be opened just now; please try again later',
  rule: 'internal-error',
};
const NOTHING_REMOVED: Pop3Refusal = {
  code: 'SYS/TEMP',
  text: 'Nothing was removed: the change could not be written; please try again later',
  rule: 'internal-error',
};
const LOCK_LOST: Pop3Refusal = {
  code: 'SYS/PERM',
  text: 'Nothing was removed: this session lost its hold on the mailbox; please log in again',
  rule: 'maildrop-lock-lost',
};

export function pop3Policy(parts: Pop3PolicyParts): Pop3Policy {
  return {
    connected: () => Promise.resolve(undefined),

    async open(client, login) {
      const token = newTicket();
      const locked = await lock(parts, client, login, token);
      if (locked.kind === 'refused') return locked.refusal;
      try {
        const snapshot = await Snapshot.read(parts.store, locked.mailbox, client.utf8 === true);
        return new StoredMaildrop(parts, { client, login, token, snapshot });
      } catch (error) {
        parts.log.error('A maildrop could not be listed', { account: login.name, cause: error });
        await parts.store
          .write('quitMaildrop', {
            account: login.account,
            token,
            at: parts.clock.now(),
            sessionId: client.sessionId,
            remove: [],
            events: [],
          })
          .catch(() => undefined);
        return NOT_NOW;
      }
    },

    refused(client, verb, refusal) {
      parts.log.debug('Refused', {
        service: 'pop3',
        peer: client.peer.address,
        session: client.sessionId,
        verb,
        rule: refusal.rule,
      });
      const answer = reply(500, undefined, refusal.text, { rule: refusal.rule });
      parts.refusals.add({ service: 'pop3', address: client.peer.address, verb, reply: answer });
    },

    closed(client, why) {
      parts.log.debug('Connection ended', {
        service: 'pop3',
        peer: client.peer.address,
        session: client.sessionId,
        why,
      });
    },
  };
}

type Locked =
  | { readonly kind: 'locked'; readonly mailbox: number }
  | { readonly kind: 'refused'; readonly refusal: Pop3Refusal };

/** Takes the lock; that of a process known to be gone is broken at once. */
async function lock(parts: Pop3PolicyParts, client: Pop3Client, login: Pop3Login, token: string): Promise<Locked> {
  let breaking: string | undefined;
  for (;;) {
    const result = await parts.store.write('lockMaildrop', {
      account: login.account,
      token,
      process: parts.process,
      at: parts.clock.now(),
      peer: client.peer.address,
      ...(breaking === undefined ? {} : { breaking }),
    });
    if (result.kind === 'locked') return result;
    if (result.kind === 'missing')
      return {
        kind: 'refused',
        refusal: { code: 'AUTH', text: 'This account has been closed', rule: 'account-closed' },
      };
    if (!isGone(result.holder.process) || result.holder.token === breaking)
      return { kind: 'refused', refusal: inUse(result.holder) };
    parts.log.info('The maildrop lock of a process that is gone was taken over', {
      account: login.name,
      since: result.holder.since,
    });
    breaking = result.holder.token;
  }
}

/** RFC 2449 §8.1.2; who is logged in already may know since when and from where. */
function inUse(holder: MaildropHolder): Pop3Refusal {
  return {
    code: 'IN-USE',
    text: `Another session from ${holder.peer} has this mailbox open since ${utc(holder.since)} UTC; it must end first`,
    rule: 'maildrop-in-use',
  };
}

interface Holding {
  readonly client: Pop3Client;
  readonly login: Pop3Login;
  readonly token: string;
  readonly snapshot: Snapshot;
}

class StoredMaildrop implements Maildrop {
  readonly #parts: Pop3PolicyParts;
  readonly #holding: Holding;
  readonly #retrieved = new Map<number, { readonly how: 'retr' | 'top'; readonly at: number }>();
  readonly #sources = new Map<number, { readonly message: string; readonly n: number }>();

  constructor(parts: Pop3PolicyParts, holding: Holding) {
    this.#parts = parts;
    this.#holding = holding;
  }

  get count(): number {
    return this.#holding.snapshot.count;
  }

  octets(index: number): number {
    return this.#holding.snapshot.octets(index);
  }

  uidl(index: number): string {
    return this.#holding.snapshot.uidl(index);
  }

  async *read(index: number): AsyncIterable<Buffer> {
    const { store } = this.#parts;
    const email = await store.read('email', { id: this.#holding.snapshot.email(index) });
    if (email === undefined) throw new Error('the message is not in the store any more');
    this.#sources.set(index, { message: email.message, n: email.n });
    yield* readEmailForPop(store.content, email, { downgraded: this.#holding.client.utf8 !== true });
  }

  retrieved(index: number, how: 'retr' | 'top'): void {
    if (how === 'top' && this.#retrieved.get(index)?.how === 'retr') return;
    this.#retrieved.set(index, { how, at: this.#parts.clock.now() });
  }

  async quit(marked: readonly number[]): Promise<Pop3Refusal | undefined> {
    try {
      const result = await this.#end(marked);
      return result === 'lost' ? LOCK_LOST : undefined;
    } catch (error) {
      this.#parts.log.error('A POP3 session could not be committed', {
        account: this.#holding.login.name,
        cause: error,
      });
      await this.abandon();
      return NOTHING_REMOVED;
    }
  }

  async abandon(): Promise<void> {
    try {
      await this.#end([]);
    } catch (error) {
      this.#parts.log.error('A maildrop lock could not be given up; it ends with this process', {
        account: this.#holding.login.name,
        cause: error,
      });
    }
  }

  #end(marked: readonly number[]): Promise<'done' | 'lost'> {
    const { client, login, token, snapshot } = this.#holding;
    return this.#parts.store.write('quitMaildrop', {
      account: login.account,
      token,
      at: this.#parts.clock.now(),
      sessionId: client.sessionId,
      remove: marked.map((index) => snapshot.uid(index)),
      events: this.#retrievedEvents(),
    });
  }

  #retrievedEvents(): readonly NewEvent[] {
    const { client, login } = this.#holding;
    return [...this.#retrieved].flatMap(([index, { how, at }]) => {
      const source = this.#sources.get(index);
      if (source === undefined) return [];
      const facts = {
        kind: 'retrieved',
        how,
        service: 'pop3',
        client: { ip: client.peer.address, port: client.peer.port },
        ...(client.tls === undefined ? {} : { tls: tlsFacts(client.tls) }),
        login: { name: login.name, mechanism: login.mechanism },
        sessionId: client.sessionId,
      } as const;
      return [{ ...source, account: login.account, at, facts }];
    });
  }
}
