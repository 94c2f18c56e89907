/**
 * Where mail for an address of ours goes. One order, written down here and in docs/architecture.md;
 * the first that fits decides:
 *
 *   1. `account`     an account with exactly this address
 *   2. `alias`       an alias with exactly this address
 *   3. `subaddress`  `a+b@ours`: what `a@ours` is (RFC 5233); an exact `a+b` has won before
 *   4. `catch-all`   the domain's alias `*`
 *   5. `postmaster`  `postmaster@` and `abuse@` go to the postmaster (RFC 5321 §4.5.1, RFC 2142 §5); where the
 *                    one who is named leads nowhere, to the first account
 *   6. otherwise     550 5.1.1
 *
 * Domains compare as A-labels, our local parts in lower-case NFC. An alias expands through the same
 * order; the result holds no address twice, and depth and number are bounded.
 */
import { canonicalLocal, formatAddress, parseAddress, withoutSubaddress } from '../mail/index.ts';
import type { Address } from '../mail/index.ts';
import type { Account, Alias, Store } from '../store/index.ts';
import { AddressBook } from './address-book.ts';
import type { AddressQuestion, AtAddress } from './address-book.ts';
import type { Domains } from './domains.ts';

/** An account's copy, or an address elsewhere, that a recipient stands for. */
export type Target =
  | {
      readonly kind: 'account';
      readonly account: Account;
      readonly address: Address;
      readonly rule: string;
      readonly via: readonly string[];
    }
  | { readonly kind: 'outside'; readonly address: Address; readonly rule: string; readonly via: readonly string[] };

export type Routing =
  /** At least one target. `rule` is the one that decided first. */
  | { readonly kind: 'targets'; readonly rule: string; readonly targets: readonly Target[] }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-ours' }
  /** An alias that stands for more than {@link MOST_TARGETS}, goes deeper than {@link DEEPEST}, or only for itself. */
  | { readonly kind: 'unusable'; readonly why: string };

/** Aliases of aliases of aliases: nobody needs more, and a loop must end. */
const DEEPEST = 10;
const MOST_TARGETS = 1000;

export interface Router {
  route(address: Address): Promise<Routing>;
  /** Whether the account may use the address as its own: it is delivered to that account (RFC 6409 §6.1). */
  belongsTo(address: Address, account: string): Promise<boolean>;
  /** Whether the account may send as the address: its own, or granted to it, alone or with its whole domain. */
  maySendAs(address: Address, account: string): Promise<boolean>;
}

/** Whether this target can take no more mail for now. */
export function isFull(target: Target): boolean {
  return (
    target.kind === 'account' && target.account.quota !== undefined && target.account.usedOctets >= target.account.quota
  );
}

export function openRouter(parts: {
  readonly store: Store;
  readonly domains: Domains;
  readonly postmaster: () => string | undefined;
}): Router {
  const { store, domains } = parts;
  const book = new AddressBook(store);

  /** Who the postmaster is: the one who is named, and where that name leads nowhere the first account. */
  async function postmasters(): Promise<readonly Address[]> {
    const named = parts.postmaster();
    const first = await store.read('firstAccount', {});
    return [
      ...(named === undefined ? [] : [parseAddress(named, { utf8: true })]),
      ...(first === undefined ? [] : [{ local: first.local, domain: first.domain }]),
    ].filter((address) => address !== undefined);
  }

  async function route(address: Address): Promise<Routing> {
    return address.domain === '' ? toPostmaster() : routeTo(address, new Expansion());
  }

  async function routeTo(address: Address, expansion: Expansion): Promise<Routing> {
    if (!(await domains.isOurs(address.domain))) return { kind: 'not-ours' };
    const first = await expand(address, [], expansion);
    if (first === 'unknown') return { kind: 'unknown' };
    if (expansion.problem !== undefined) return { kind: 'unusable', why: expansion.problem };
    const targets = [...expansion.targets.values()];
    return targets.length === 0
      ? { kind: 'unusable', why: 'the alias leads only back to itself, or to nobody' }
      : { kind: 'targets', rule: first, targets };
  }

  /** RFC 5321 §4.5.1: the bare `<postmaster>` and every domain's postmaster are always accepted. */
  async function toPostmaster(): Promise<Routing> {
    for (const address of await postmasters()) {
      const routing = await routeTo(address, new Expansion({ forPostmaster: true }));
      if (routing.kind === 'targets') return { ...routing, rule: 'postmaster' };
      if (routing.kind === 'not-ours') {
        const target = { kind: 'outside', address, rule: 'postmaster', via: [] } as const;
        return { kind: 'targets', rule: 'postmaster', targets: [target] };
      }
    }
    return { kind: 'unknown' };
  }

  /** Adds what an address stands for to the expansion; answers the rule that decided about it. */
  async function expand(address: Address, via: readonly string[], into: Expansion): Promise<string> {
    if (!(await domains.isOurs(address.domain))) {
      into.add({ kind: 'outside', address, rule: 'alias', via });
      return 'alias';
    }
    const found = await standingAt((question) => book.at(question), address);
    if (found.kind === 'account') {
      into.add({ kind: 'account', account: found.account, address, rule: found.rule, via });
      return found.rule;
    }
    if (found.kind === 'postmaster') {
      // postmaster = "postmaster@ours", and nobody has that name: it leads to itself, which is nobody.
      if (into.forPostmaster) return 'unknown';
      const routing = await toPostmaster();
      if (routing.kind !== 'targets') return 'unknown';
      for (const target of routing.targets) into.add({ ...target, via: [...via, ...target.via] });
      return 'postmaster';
    }
    if (found.kind === 'unknown') return 'unknown';
    await expandAlias(found.alias, [...via, `${found.alias.local}@${found.alias.domain}`], into);
    return found.rule;
  }

  async function expandAlias(alias: Alias, via: readonly string[], into: Expansion): Promise<void> {
    if (!into.enter(alias, via.length)) return;
    for (const text of alias.targets) {
      const target = parseAddress(text, { utf8: true });
      if (target !== undefined && into.problem === undefined) await expand(target, via, into);
    }
  }

  async function belongsTo(address: Address, account: string): Promise<boolean> {
    const routing = await route(address);
    return (
      routing.kind === 'targets' &&
      routing.targets.some((target) => target.kind === 'account' && target.account.id === account)
    );
  }

  return {
    route,
    belongsTo,
    async maySendAs(address, account) {
      if (await belongsTo(address, account)) return true;
      const local = canonicalLocal(address.local);
      const base = withoutSubaddress(local);
      const locals = base === undefined ? [local, '*'] : [local, base, '*'];
      return store.read('isGranted', { account, domain: address.domain, locals });
    },
  };
}

/** What stands at an address of ours; aliases not expanded. */
export type Standing =
  | { readonly kind: 'account'; readonly account: Account; readonly rule: string }
  | { readonly kind: 'alias'; readonly alias: Alias; readonly rule: string }
  | { readonly kind: 'postmaster' }
  | { readonly kind: 'unknown' };

/**
 * One step along the order above. `also` is an alias that counts as if it were there already, in the
 * place of one with the same address.
 */
export async function standingAt(
  lookUp: (question: AddressQuestion) => Promise<AtAddress>,
  address: Address,
  also?: Alias,
): Promise<Standing> {
  const local = canonicalLocal(address.local);
  const base = withoutSubaddress(local);
  const at = await lookUp({
    domain: address.domain,
    locals: base === undefined ? [local, '*'] : [local, base, '*'],
  });
  const aliasAt = (name: string): Alias | undefined =>
    also?.domain === address.domain && also.local === name ? also : at.aliases.find((one) => one.local === name);
  const order: readonly (readonly [string, string])[] = [
    [local, ''],
    ...(base === undefined ? [] : [[base, 'subaddress'] as const]),
  ];
  for (const [name, rule] of order) {
    const account = at.accounts.find((one) => one.local === name);
    if (account !== undefined) return { kind: 'account', account, rule: rule || 'account' };
    const alias = name === '*' ? undefined : aliasAt(name);
    if (alias !== undefined) return { kind: 'alias', alias, rule: rule || 'alias' };
  }
  const catchAll = aliasAt('*');
  if (catchAll !== undefined) return { kind: 'alias', alias: catchAll, rule: 'catch-all' };
  return local === 'postmaster' || local === 'abuse' ? { kind: 'postmaster' } : { kind: 'unknown' };
}

/** What one recipient has come to stand for so far. */
class Expansion {
  readonly targets = new Map<string, Target>();
  problem: string | undefined;
  /** Whether it is the postmaster who is looked for. */
  readonly forPostmaster: boolean;
  readonly #entered = new Set<string>();

  constructor(options: { readonly forPostmaster?: boolean } = {}) {
    this.forPostmaster = options.forPostmaster === true;
  }

  add(target: Target): void {
    // The account's final address is the key: `bob` and `bob+list` are two deliveries, an alias of bob is not a third.
    const key = formatAddress({
      local: target.kind === 'account' ? canonicalLocal(target.address.local) : target.address.local,
      domain: target.address.domain,
    });
    if (this.targets.has(key)) return;
    if (this.targets.size >= MOST_TARGETS) this.problem = `the alias stands for more than ${MOST_TARGETS} addresses`;
    else this.targets.set(key, target);
  }

  /** False when this alias was opened before: a loop, or two ways to the same place. */
  enter(alias: Alias, depth: number): boolean {
    const key = `${alias.local}@${alias.domain}`;
    if (this.#entered.has(key)) return false;
    this.#entered.add(key);
    if (depth > DEEPEST) this.problem = `the alias is nested more than ${DEEPEST} deep`;
    return this.problem === undefined;
  }
}
