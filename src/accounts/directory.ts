/**
 * What the keeper of a host changes: domains, accounts, aliases. Each change says in a sentence
 * why it can't be made. Commands and, later, the admin pages call these.
 */
import { newId } from '../base/index.ts';
import type { Clock } from '../base/index.ts';
import { canonicalLocal, formatAddress, parseAddress, parseDomain } from '../mail/index.ts';
import type { Address } from '../mail/index.ts';
import { makeScramVerifier, preparePassword } from '../sasl/index.ts';
import type { Account, Alias, Credential, Grant, Store } from '../store/index.ts';
import type { Domains } from './domains.ts';
import type { Passwords } from './passwords.ts';
import { standingAt } from './routing.ts';

/** What the keeper asked for can't be done; the message is for them. */
export class DirectoryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DirectoryError';
  }
}

export interface DirectoryParts {
  readonly store: Store;
  readonly domains: Domains;
  readonly passwords: Passwords;
  readonly clock: Clock;
}

/** How many emails one commit of a purge removes. */
const PURGE_SLICE = 500;

export class Directory {
  readonly #parts: DirectoryParts;

  constructor(parts: DirectoryParts) {
    this.#parts = parts;
  }

  async addDomain(text: string): Promise<string> {
    const name = domainName(text);
    if (await this.#parts.domains.isOurs(name)) throw new DirectoryError(`${name} is one of our domains already.`);
    await this.#parts.store.write('addDomain', { name, at: this.#parts.clock.now() });
    return name;
  }

  async removeDomain(text: string): Promise<string> {
    const name = domainName(text);
    const result = await this.#parts.store.write('removeDomain', { name });
    if (result === 'missing')
      throw new DirectoryError(`${name} was not added with "domain add"; "domain list" shows what is there.`);
    if (result === 'in-use') {
      throw new DirectoryError(
        `${name} still has accounts or aliases. Remove those first: "account list" and "alias list" show them.`,
      );
    }
    return name;
  }

  /** The new account's address. The first account of a domain that is not ours yet is refused: a typing slip would make a domain. */
  async addAccount(text: string, password: string, quota?: number): Promise<Account> {
    const { store, clock } = this.#parts;
    const { local, domain } = await this.#ourAddress(text);
    if (local.includes('*'))
      throw new DirectoryError('An account name can\'t hold "*": that stands for a catch-all alias.');
    const credentials = await this.#credentials(password);
    const id = newId(clock.now());
    const result = await store.write('addAccount', {
      id,
      local,
      domain,
      credentials,
      at: clock.now(),
      ...(quota === undefined ? {} : { quota }),
    });
    const name = formatAddress({ local, domain });
    if (result === 'exists') throw new DirectoryError(`${name} exists already, as an account or an alias.`);
    return this.account(name);
  }

  async setPassword(text: string, password: string): Promise<Account> {
    const account = await this.account(text);
    await this.#parts.store.write('setCredentials', {
      account: account.id,
      credentials: await this.#credentials(password),
    });
    return account;
  }

  /** The open account at an address. */
  async account(text: string): Promise<Account> {
    const found = await this.#openAccount(addressIn(text));
    if (found === undefined)
      throw new DirectoryError(`There is no account ${text}; "account list" shows those there are.`);
    return found;
  }

  async #openAccount({ local, domain }: Address): Promise<Account | undefined> {
    return (await this.#parts.store.read('accountAt', { local: canonicalLocal(local), domain }))?.account;
  }

  /**
   * Closes the account; with `purge` its mail is removed now, else by the sweep 30 days later. `purge`
   * also takes an account that was closed before.
   */
  async removeAccount(text: string, purge: boolean): Promise<void> {
    const { store, clock } = this.#parts;
    const open = await this.#openAccount(addressIn(text));
    const closed = open === undefined && purge ? await this.#closedAccounts(addressIn(text)) : [];
    if (open === undefined && closed.length === 0)
      throw new DirectoryError(`There is no account ${text}; "account list" shows those there are.`);
    if (open !== undefined) await store.write('closeAccount', { account: open.id, at: clock.now() });
    if (!purge) return;
    for (const { id } of open === undefined ? closed : [open])
      while ((await store.write('purgeAccount', { account: id, at: clock.now(), limit: PURGE_SLICE })) === 'more');
  }

  async #closedAccounts({ local, domain }: Address): Promise<readonly Account[]> {
    const all = await this.#parts.store.read('listAccounts', { closed: true, domain });
    return all.filter((one) => one.closedAt !== undefined && one.local === canonicalLocal(local));
  }

  /** Makes or replaces an alias; `*@domain` is the domain's catch-all. A loop is refused when it is made. */
  async addAlias(text: string, targets: readonly string[], replace: boolean): Promise<Alias> {
    const { store, clock } = this.#parts;
    const { local, domain } = await this.#ourAddress(text);
    const name = formatAddress({ local, domain });
    const addresses = targets.map((target) => formatAddress(addressIn(target)));
    if (addresses.length === 0) throw new DirectoryError('An alias needs at least one address to stand for.');
    const alias: Alias = { local, domain, targets: addresses, createdAt: clock.now() };
    await this.#refuseLoop(alias);
    const result = await store.write('putAlias', { local, domain, targets: addresses, at: clock.now(), replace });
    if (result === 'exists')
      throw new DirectoryError(`${name} exists already, as an account or an alias; --replace changes an alias.`);
    return alias;
  }

  async removeAlias(text: string): Promise<void> {
    const address = addressIn(text);
    const result = await this.#parts.store.write('removeAlias', {
      local: canonicalLocal(address.local),
      domain: address.domain,
    });
    if (result === 'missing')
      throw new DirectoryError(`There is no alias ${text}; "alias list" shows those there are.`);
  }

  /** Lets an account send as another address, here or elsewhere; `*@domain` is every address of a domain. */
  async grant(text: string, as: string): Promise<string> {
    const { account, local, domain } = await this.#granted(text, as);
    const at = this.#parts.clock.now();
    const result = await this.#parts.store.write('putGrant', { account: account.id, local, domain, at });
    if (result === 'exists') throw new DirectoryError(`${text} may send as ${local}@${domain} already.`);
    return `${local}@${domain}`;
  }

  async revoke(text: string, as: string): Promise<string> {
    const { account, local, domain } = await this.#granted(text, as);
    const result = await this.#parts.store.write('removeGrant', { account: account.id, local, domain });
    if (result === 'missing')
      throw new DirectoryError(
        `${local}@${domain} was not granted to ${text}; "account show ${text}" lists what was. Its own addresses and aliases need no grant.`,
      );
    return `${local}@${domain}`;
  }

  async grants(account: Account): Promise<readonly Grant[]> {
    return this.#parts.store.read('listGrants', { account: account.id });
  }

  async #granted(text: string, as: string): Promise<Address & { readonly account: Account }> {
    const { local, domain } = addressIn(as);
    return { account: await this.account(text), local: canonicalLocal(local), domain };
  }

  /** Follows the order of routing, so that a way back over a subaddress or a catch-all is seen too. */
  async #refuseLoop(made: Alias): Promise<void> {
    const { store, domains } = this.#parts;
    const name = formatAddress(made);
    const seen = new Set<string>();
    const wayBack = async (targets: readonly string[]): Promise<readonly string[] | undefined> => {
      for (const target of targets) {
        const address = addressIn(target);
        const key = formatAddress({ ...address, local: canonicalLocal(address.local) });
        if (seen.has(key) || !(await domains.isOurs(address.domain))) continue;
        seen.add(key);
        const found = await standingAt((question) => store.read('addressesAt', question), address, made);
        if (found.kind !== 'alias') continue;
        if (found.alias === made) return [target];
        const rest = await wayBack(found.alias.targets);
        if (rest !== undefined) return [target, ...rest];
      }
      return undefined;
    };
    const path = await wayBack(made.targets);
    if (path !== undefined)
      throw new DirectoryError(`This alias would go in a circle: ${[name, ...path].join(' → ')}.`);
  }

  async #credentials(password: string): Promise<readonly Credential[]> {
    const prepared = preparePassword(password);
    if (prepared === undefined || prepared === '') {
      throw new DirectoryError('The password is empty or holds control characters; please choose another.');
    }
    return [
      { kind: 'argon2id', value: await this.#parts.passwords.make(prepared) },
      { kind: 'scram-sha-256', value: makeScramVerifier(prepared) },
    ];
  }

  /** An address whose domain is ours, local part canonical. */
  async #ourAddress(text: string): Promise<Address> {
    const address = addressIn(text);
    if (!(await this.#parts.domains.isOurs(address.domain))) {
      throw new DirectoryError(
        `${address.domain} is not one of our domains yet; "domain add ${address.domain}" makes it one.`,
      );
    }
    return { local: canonicalLocal(address.local), domain: address.domain };
  }
}

function addressIn(text: string): Address {
  const address = parseAddress(text, { utf8: true });
  if (address === undefined) throw new DirectoryError(`"${text}" is not a mail address; one looks like alice@a.test.`);
  return address;
}

/** The domain in A-labels, as we keep it. Throws a DirectoryError for what is none. */
export function domainName(text: string): string {
  const domain = parseDomain(text, { utf8: true });
  if (domain === undefined) throw new DirectoryError(`"${text}" is not a domain name; one looks like a.test.`);
  return domain;
}

/** What is weak about a password, as a warning; undefined for a good one. Weak ones are never refused. */
export function weakness(password: string): string | undefined {
  if (password.length < 8) return 'It has fewer than 8 characters and can be guessed quickly.';
  if (new Set(password).size < 5) return 'It repeats the same few characters and can be guessed quickly.';
  return /^(password|12345678|qwerty|letmein)/i.test(password) ? 'It is among the first that are tried.' : undefined;
}
