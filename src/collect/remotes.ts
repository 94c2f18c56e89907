/**
 * Accounts at other providers, as their owner handles them: made after both servers were tried, changed, visited,
 * removed. Passwords are sealed before they get to the store, and given to nobody but the server they are for.
 */
import { newId } from '../base/index.ts';
import type { Clock, Seal } from '../base/index.ts';
import { canonicalLocal, formatAddress, parseAddress } from '../mail/index.ts';
import type { Address } from '../mail/index.ts';
import type { DialOptions, Wire } from '../net/index.ts';
import type { Pop3Connection } from '../pop3/index.ts';
import type { RemoteRow, Store } from '../store/index.ts';
import { connect } from './connect.ts';
import type { RemoteLogin } from './connect.ts';
import { wouldRemove } from './plan.ts';
import { parseStanding } from './schedule.ts';
import type { Standing } from './schedule.ts';
import { formatSettings, parseSettings, whyNotSettings } from './settings.ts';
import type { RemoteSecrets, RemoteSettings } from './settings.ts';
import { knownMessages, markGone } from './store-ledger.ts';
import { trySubmission } from './submission.ts';
import { withHeaders } from './there.ts';
import type { SeenMessage } from './there.ts';
import { NO_SECRET, TroubleError, troubleOf } from './trouble.ts';
import type { Trouble } from './trouble.ts';
import { listMaildrop } from './visit.ts';
import type { KnownMessage, ListedMessage, LeaveRule } from './ledger.ts';

export interface Remote {
  readonly id: string;
  /** Ours. */
  readonly account: string;
  readonly address: string;
  readonly settings: RemoteSettings;
  readonly standing: Standing;
  readonly createdAt: number;
  readonly visitedAt?: number;
  readonly dueAt?: number;
}

export interface RemotesParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Rejects with TroubleError while the key can't be had: a keyring that is locked. */
  readonly seal: () => Promise<Seal>;
  /** What we call ourselves to a submission server. */
  readonly hostname: () => string;
  readonly dialTo?: (options: DialOptions) => Promise<Wire>;
}

/** What trying the two servers came to. */
export interface Tried {
  readonly pop3: 'works' | Trouble;
  readonly smtp: 'works' | Trouble;
  /** Octets of the largest message that the submission server takes, where it says so. */
  readonly largest?: number;
}

/** Which part of a list, the newest first. */
export interface Page {
  readonly position: number;
  readonly limit: number;
}

const NO_PAGE: Page = { position: 0, limit: 0 };

export interface There {
  readonly total: number;
  readonly octets: number;
  /** Of the page that was asked for. */
  readonly list: readonly MessageThere[];
}

export interface WouldDelete {
  readonly count: number;
  readonly octets: number;
  /** The oldest. */
  readonly sample: readonly SeenMessage[];
}

/** How many are shown of what would be deleted. */
const SAMPLE = 5;

/** One message at the provider, and what is remembered of it. */
export interface MessageThere extends SeenMessage {
  readonly state: 'new' | 'whole' | 'headers' | 'deleted-here';
  /** The whole of it was asked for, and has not come yet. */
  readonly isWanted: boolean;
  /** When its copy there goes, by the rule that is set; absent: it stays, or nobody knows. */
  readonly goesAt?: number;
}

const DAY = 86_400_000;

export class Remotes {
  readonly #parts: RemotesParts;

  constructor(parts: RemotesParts) {
    this.#parts = parts;
  }

  async list(account?: string): Promise<readonly Remote[]> {
    return (await this.#parts.store.read('remotes', account === undefined ? {} : { account })).map(remoteOf);
  }

  async get(id: string): Promise<Remote | undefined> {
    const row = await this.#parts.store.read('remote', { id });
    return row === undefined ? undefined : remoteOf(row);
  }

  /** Octets that the submission server of an account's address takes, as it said when it was tried. */
  async largestFrom(
    account: string,
    email: string,
  ): Promise<{ readonly host: string; readonly octets: number } | undefined> {
    const sender = canonicalSender(email);
    const remote = (await this.list(account)).find(({ address }) => canonicalSender(address) === sender);
    const { largest: octets, smtp } = remote?.settings ?? {};
    return octets === undefined || smtp === undefined ? undefined : { host: smtp.host, octets };
  }

  /** Logs in at both servers and out again. Nothing is kept, nothing is sent. Never rejects. */
  async tryOut(settings: RemoteSettings, secrets: RemoteSecrets, signal?: AbortSignal): Promise<Tried> {
    const { clock, hostname, dialTo } = this.#parts;
    const shared = { clock, ...(signal === undefined ? {} : { signal }), ...(dialTo === undefined ? {} : { dialTo }) };
    const pop3 = connect({ ...shared, server: settings.pop3, login: loginOf(settings.pop3Login, secrets) }).then(
      async ({ pop }) => {
        await pop.quit();
        return 'works' as const;
      },
    );
    const smtp = trySubmission({
      ...shared,
      server: settings.smtp,
      login: loginOf(settings.smtpLogin, secrets),
      hostname: hostname(),
    });
    const [fetching, sending] = await Promise.allSettled([pop3, smtp]);
    return {
      pop3: fetching.status === 'fulfilled' ? 'works' : troubleOf(fetching.reason, settings.pop3),
      smtp: sending.status === 'fulfilled' ? 'works' : troubleOf(sending.reason, settings.smtp),
      ...(sending.status === 'fulfilled' && sending.value.largest !== undefined
        ? { largest: sending.value.largest }
        : {}),
    };
  }

  /** The new remote, or a sentence that says why there is none. It is visited at once, and its address may be written as. */
  async add(p: {
    readonly account: string;
    readonly address: string;
    readonly settings: RemoteSettings;
    readonly secrets: RemoteSecrets;
    /** What its owner is called in what they write. */
    readonly name?: string;
  }): Promise<Remote | string> {
    const address = parseAddress(p.address, { utf8: true });
    if (address === undefined) return `“${p.address}” is not an e-mail address.`;
    const wrong = whyNotSettings(p.settings);
    if (wrong !== undefined) return wrong;
    const at = this.#parts.clock.now();
    const id = newId(at);
    const row = {
      id,
      account: p.account,
      address: formatAddress(address),
      settings: formatSettings(p.settings),
      secrets: await this.#sealed(id, p.secrets),
      createdAt: at,
      dueAt: at,
      sender: { ...senderOf(address), facts: JSON.stringify({ name: p.name ?? '' }) },
    };
    const put = await this.#parts.store.write('putRemote', row);
    if (put === 'exists') return `${row.address} is there already.`;
    return put === 'missing' ? 'There is no such account here.' : remoteOf(row);
  }

  /** Sets what is given anew; with that it is visited at once, whatever it waited for. undefined: there is none. */
  async change(
    id: string,
    changes: { readonly settings?: Partial<RemoteSettings>; readonly secrets?: RemoteSecrets },
  ): Promise<Remote | string | undefined> {
    // Before the row is read: a keyring may take its time, and who changes it meanwhile must not be undone.
    const sealed = changes.secrets === undefined ? undefined : await this.#sealed(id, changes.secrets);
    const row = await this.#parts.store.read('remote', { id });
    if (row === undefined) return undefined;
    const settings = { ...parseSettings(row.settings), ...changes.settings };
    const wrong = whyNotSettings(settings);
    if (wrong !== undefined) return wrong;
    const secrets = sealed ?? row.secrets;
    const dueAt = this.#parts.clock.now();
    const { account, address, createdAt } = row;
    const changed = { id, account, address, createdAt, settings: formatSettings(settings), secrets, dueAt };
    await this.#parts.store.write('putRemote', changed);
    return remoteOf({ ...row, ...changed });
  }

  /** The mail that came stays; nobody here writes as its address any more. */
  async remove(id: string): Promise<'done' | 'missing'> {
    const { store, clock } = this.#parts;
    const address = parseAddress((await this.get(id))?.address ?? '', { utf8: true });
    const sender = address === undefined ? {} : { sender: senderOf(address) };
    return await store.write('removeRemote', { id, ...sender, at: clock.now() });
  }

  /** undefined: the key is another one by now, so the password must be entered again. Rejects with TroubleError while there is no key. */
  async secretsOf(id: string): Promise<RemoteSecrets | undefined> {
    const row = await this.#parts.store.read('remote', { id });
    const text = row === undefined ? undefined : (await this.#parts.seal()).open(row.secrets, about(id));
    return text === undefined ? undefined : (JSON.parse(text) as RemoteSecrets);
  }

  /** What is at the provider, newest last, and of a page the headers too. Rejects as {@link connect} does. */
  async there(id: string, page: Page = NO_PAGE): Promise<There> {
    const known = new Map((await knownMessages(this.#parts.store, id)).map((one) => [one.uidl, one]));
    return await this.#look(id, async (pop, { settings: { leave } }) => {
      const { listing } = await listMaildrop(pop);
      const shown = listing.toReversed().slice(page.position, page.position + page.limit);
      const list = (await withHeaders(pop, shown)).map((message): MessageThere => {
        const memory = known.get(message.uidl);
        const goes =
          memory?.state === 'whole' && leave.kind === 'days' ? memory.collectedAt + leave.days * DAY : undefined;
        const shown = { state: stateOf(memory), isWanted: memory?.restWanted === true };
        return { ...message, ...shown, ...(goes === undefined ? {} : { goesAt: goes }) };
      });
      return { total: listing.length, octets: octetsOf(listing), list };
    });
  }

  /** What the next visit would delete at the provider if the rule were this one; `sample` the oldest of them. Rejects as {@link connect} does. */
  async wouldDelete(id: string, rule: LeaveRule): Promise<WouldDelete> {
    const known = await knownMessages(this.#parts.store, id);
    return await this.#look(id, async (pop) => {
      const { listing } = await listMaildrop(pop);
      const remove = wouldRemove({ listing, known, rule, now: this.#parts.clock.now() });
      return {
        count: remove.length,
        octets: octetsOf(remove),
        sample: await withHeaders(pop, remove.slice(0, SAMPLE)),
      };
    });
  }

  /** Deletes exactly these at the provider, whether they are here or not; how many were there. Rejects as {@link connect} does. */
  async deleteThere(id: string, uidls: ReadonlySet<string>): Promise<number> {
    const found = await this.#look(id, async (pop) => {
      const { listing } = await listMaildrop(pop);
      const meant = listing.filter(({ uidl }) => uidls.has(uidl));
      for (const { number } of meant) await pop.dele(number);
      return meant.map(({ uidl }) => uidl);
    });
    // As behind a visit: no sign of new ids next time.
    const { store, clock } = this.#parts;
    await markGone(store, id, found, clock.now());
    return found.length;
  }

  /** The next visit, which is now, brings these whole: what was never collected, is here as its header, or was deleted here. */
  async want(id: string, uidls: readonly string[]): Promise<void> {
    await this.#parts.store.write('wantMessages', { remote: id, uidls, at: this.#parts.clock.now() });
  }

  /** It is due now, whatever it waits for; nothing else of it is written, so that nobody's change is taken back. */
  async visitSoon(id: string): Promise<void> {
    await this.want(id, []);
  }

  /** A visit of its own: what `work` marked for removal is gone when this resolves (RFC 1939 §6). */
  async #look<T>(id: string, work: (pop: Pop3Connection, remote: Remote) => Promise<T>): Promise<T> {
    const remote = await this.get(id);
    const secrets = await this.secretsOf(id);
    if (remote === undefined || secrets === undefined) throw new TroubleError(NO_SECRET);
    const { clock, dialTo } = this.#parts;
    const { pop3: server, pop3Login } = remote.settings;
    const login = loginOf(pop3Login, secrets);
    const { pop, wire } = await connect({ server, login, clock, ...(dialTo === undefined ? {} : { dialTo }) });
    try {
      const result = await work(pop, remote);
      await pop.quit();
      return result;
    } finally {
      wire.destroy();
    }
  }

  async #sealed(id: string, secrets: RemoteSecrets): Promise<string> {
    return (await this.#parts.seal()).seal(JSON.stringify(secrets), about(id));
  }
}

function stateOf(memory: KnownMessage | undefined): MessageThere['state'] {
  if (memory === undefined || memory.state === 'kept-there') return 'new';
  return memory.deletedHere ? 'deleted-here' : memory.state;
}

/** As grants have it. */
function senderOf({ local, domain }: Address): { readonly local: string; readonly domain: string } {
  return { local: canonicalLocal(local), domain };
}

/** "alice@a.test" as routes have senders; undefined: it is no address. */
export function canonicalSender(text: string): string | undefined {
  const address = parseAddress(text, { utf8: true });
  return address === undefined ? undefined : formatAddress(senderOf(address));
}

function octetsOf(messages: readonly ListedMessage[]): number {
  return messages.reduce((sum, { octets }) => sum + octets, 0);
}

function about(id: string): string {
  return `remote ${id}`;
}

export function loginOf(name: string, { password = '', token }: RemoteSecrets): RemoteLogin {
  return token === undefined ? { name, password } : { name, token };
}

export function remoteOf(row: RemoteRow): Remote {
  const { id, account, address, createdAt, visitedAt, dueAt } = row;
  return {
    id,
    account,
    address,
    createdAt,
    settings: parseSettings(row.settings),
    standing: parseStanding(row.standing),
    ...(visitedAt === undefined ? {} : { visitedAt }),
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}
