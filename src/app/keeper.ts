/**
 * What the keeper of a host asks and orders: the commands' one way into the house. It opens the
 * store itself, so everything works beside a running server, which notices the change within a
 * blink, and while none runs.
 */
import { addressOf, domainName } from '../accounts/index.ts';
import type { Directory } from '../accounts/index.ts';
import { isGone } from '../base/index.ts';
import type { Clock, Logger } from '../base/index.ts';
import type { Config, Durability } from '../config/index.ts';
import { findStories } from '../journey/index.ts';
import type { Story } from '../journey/index.ts';
import { changeQueue, EVERY_STATE, selectQueue, summariseQueue, takeBack } from '../queue/index.ts';
import type {
  OperatorAction,
  OperatorResult,
  OperatorSelection,
  ReasonSummary,
  TakeBackOrder,
  TakenBackRecipient,
} from '../queue/index.ts';
import { explainRelay, Sending, Suppressed } from '../servers/index.ts';
import type { RelayExplanation, RelayScenario, TrickResult } from '../servers/index.ts';
import type { Account, AttemptRecord, QueueEntry, QueueFilter } from '../store/index.ts';
import { wayInto } from './client.ts';
import { freeTheGone, openCore } from './core.ts';
import type { Core } from './core.ts';
import { testRelay } from './relay-test.ts';
import type { RelayTest } from './relay-test.ts';
import { signalReload } from './reload.ts';
import type { ReloadAnswer } from './reload.ts';
import { keepMail } from './mail-keeping.ts';
import type { MailKeeping } from './mail-keeping.ts';
import { keepRemotes } from './remotes/remotes.ts';
import { secretKeyOf } from './secrets/secret-key.ts';
import type { KeyringWish } from './secrets/secret-key.ts';
import type { RemoteKeeping } from './remotes/remotes.ts';
import { statusOf } from './status.ts';
import type { Status } from './status.ts';
import { suppressionsOf } from './suppressions.ts';
import type { Suppressions } from './suppressions.ts';
import { mayLogInClear, queueSettings, relaySettings, sendingLimits } from './settings.ts';

export interface AccountView {
  readonly address: string;
  readonly createdAt: number;
  readonly closedAt?: number;
  readonly quota?: number;
  readonly usedOctets: number;
  readonly usedMessages: number;
  /** What it may send as besides its own addresses; told of a single account. */
  readonly sendAs?: readonly string[];
}

export interface QueueView extends QueueEntry {
  readonly tries: readonly AttemptRecord[];
}

export interface Keeper {
  status(): Promise<Status>;
  readonly directory: Directory;
  domains(): Promise<readonly { readonly name: string; readonly from: 'file' | 'store' }[]>;
  /** `closed`: only those that were closed, else only the open ones. */
  accounts(filter: { readonly domain?: string; readonly closed: boolean }): Promise<readonly AccountView[]>;
  account(address: string): Promise<AccountView>;
  aliases(domain?: string): Promise<readonly { readonly address: string; readonly targets: readonly string[] }[]>;
  queue(filter: QueueFilter): AsyncIterable<QueueEntry>;
  /** The same entries, counted by reason. */
  queueSummary(filter: QueueFilter): Promise<readonly ReasonSummary[]>;
  queueOf(message: string): Promise<readonly QueueView[]>;
  changeQueue(action: OperatorAction, selection: OperatorSelection): Promise<OperatorResult>;
  /** `account`: its address. */
  takeBack(order: Omit<TakeBackOrder, 'by'>): Promise<'missing' | 'not-yours' | readonly TakenBackRecipient[]>;
  readonly suppressed: Suppressions;
  readonly remotes: RemoteKeeping;
  /** Moves the key of sealed passwords; sentences about what was done, or could not be. */
  settleKey(wish: KeyringWish): Promise<readonly string[]>;
  /** An address that opens the page of the mail program that runs here, once; undefined: none does. */
  wayIn(): Promise<string | undefined>;
  readonly mail: MailKeeping;
  journeys(idOrMessageId: string): Promise<readonly Story[]>;
  explainRelay(scenario: RelayScenario): Promise<RelayExplanation>;
  /** Tries the old tricks on the doors that take mail: of the server named, or of those that run here. */
  testRelay(options: RelayTest): Promise<readonly TrickResult[]>;
  /** Tells the running servers to read their configuration again; one answer for each. */
  reload(): Promise<readonly ReloadAnswer[]>;
  close(): Promise<void>;
}

export async function openKeeper(parts: {
  readonly config: Config;
  readonly stateDirectory: string;
  readonly durability: Durability;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<Keeper> {
  const core = await openCore({ ...parts, config: () => parts.config });
  const { store } = core;
  const key = secretKeyOf(core, parts.stateDirectory);
  const sending = new Sending({ ...core, limits: () => sendingLimits(parts.config) });
  const suppressed = new Suppressed({ ...core, warns: () => parts.config.queue.suppress > 0 });
  return {
    status: () => statusOf(core, key),
    directory: core.directory,
    domains: () => core.domains.list(),
    accounts: async ({ domain, closed }) => {
      const which = domain === undefined ? {} : { domain: domainName(domain) };
      const found = await store.read('listAccounts', { closed, ...which });
      return found.filter((one) => (one.closedAt !== undefined) === closed).map(accountView);
    },
    account: async (address) => {
      const account = await core.directory.account(address);
      return { ...accountView(account), sendAs: (await core.directory.grants(account)).map(addressOf) };
    },
    aliases: async (domain) =>
      (await store.read('listAliases', domain === undefined ? {} : { domain: domainName(domain) })).map((alias) => ({
        address: addressOf(alias),
        targets: alias.targets,
      })),
    queue: (filter) => selectQueue(store, filter),
    queueSummary: (filter) => summariseQueue(store, filter),
    queueOf: (message) => queueOf(core, message),
    changeQueue: (action, selection) =>
      changeQueue(
        { ...core, hostname: () => parts.config.hostname, settings: () => queueSettings(parts.config) },
        action,
        selection,
      ),
    takeBack: async ({ account, ...order }) => {
      // What a process was sending that died here since is known to nobody else while no server runs.
      await freeTheGone(core);
      const whose = account === undefined ? {} : { account: (await core.directory.account(account)).id };
      return takeBack(core, { ...order, ...whose, by: { by: 'keeper' } });
    },
    suppressed: suppressionsOf(core),
    remotes: keepRemotes(core, key),
    settleKey: (wish) => key.settle(wish),
    wayIn: () => wayInto(core, parts.stateDirectory),
    mail: keepMail(core),
    journeys: (key) => findStories(store, key),
    explainRelay: (scenario) =>
      explainRelay(
        {
          ...core,
          sending,
          suppressed,
          settings: () => relaySettings(parts.config),
          plainLogin: (ip) => mayLogInClear(parts.config, ip),
        },
        scenario,
      ),
    testRelay: (options) => testRelay(core, options),
    reload: async () => {
      const running = (await store.read('processes', {})).filter((one) => !isGone(one.process));
      return Promise.all(running.map((one) => signalReload(core, one.process)));
    },
    close: () => core.close(),
  };
}

function accountView(account: Account): AccountView {
  const { createdAt, closedAt, quota, usedOctets, usedMessages } = account;
  return {
    address: addressOf(account),
    createdAt,
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(quota === undefined ? {} : { quota }),
    usedOctets,
    usedMessages,
  };
}

async function queueOf(core: Core, message: string): Promise<readonly QueueView[]> {
  const tries = await core.store.read('attempts', { message });
  const views: QueueView[] = [];
  for await (const entry of selectQueue(core.store, { message, states: EVERY_STATE })) {
    views.push({ ...entry, tries: tries.filter((one) => one.n === entry.delivery.n) });
  }
  return views;
}
