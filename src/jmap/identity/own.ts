/** Identities (RFC 8621 §6): the one that comes with the account, and those its owner made. */
import type { Router } from '../../accounts/index.ts';
import { parseAddress } from '../../mail/index.ts';
import { identityOfRemote } from '../../store/index.ts';
import type { Store } from '../../store/index.ts';
import type { Kind } from '../arguments.ts';
import { isObject, own } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { JmapAccount } from '../method.ts';

/** The id of the identity that has the account's own address: it is always there. */
export const OWN = 'own';

export interface EmailAddress {
  readonly name: string | null;
  readonly email: string;
}

/** What the store keeps as JSON. */
export interface IdentityFacts {
  readonly name: string;
  readonly replyTo: readonly EmailAddress[] | null;
  readonly bcc: readonly EmailAddress[] | null;
  readonly textSignature: string;
  readonly htmlSignature: string;
}

export interface Identity extends IdentityFacts {
  readonly id: string;
  readonly email: string;
  readonly mayDelete: boolean;
}

const NOTHING: IdentityFacts = { name: '', replyTo: null, bcc: null, textSignature: '', htmlSignature: '' };

/** A name under .invalid is no address (RFC 2606 §2): the person at a PC writes as the addresses of their providers only. */
export function hasOwnAddress({ name }: JmapAccount): boolean {
  return !name.endsWith('.invalid');
}

/** The own one first. */
export async function identitiesOf(store: Store, account: JmapAccount): Promise<readonly Identity[]> {
  const rows = await store.read('identities', { account: account.id });
  const all = rows.map(({ id, email, facts }) => identityOf(id, email, JSON.parse(facts) as IdentityFacts));
  if (!hasOwnAddress(account)) return all.filter(({ id }) => id !== OWN);
  const changed = all.find(({ id }) => id === OWN);
  const first = { ...(changed ?? identityOf(OWN, account.name, NOTHING)), email: account.name };
  return [first, ...all.filter(({ id }) => id !== OWN)];
}

function identityOf(id: string, email: string, facts: IdentityFacts): Identity {
  return { id, email, ...NOTHING, ...facts, mayDelete: id !== OWN && !isOfRemote(id) };
}

/** It came with an account at another provider, and goes with it. */
export function isOfRemote(id: string): boolean {
  return id.startsWith(identityOfRemote(''));
}

export function factsOf(object: JsonObject): IdentityFacts {
  const { name, replyTo, bcc, textSignature, htmlSignature } = object as unknown as IdentityFacts;
  return { name, replyTo, bcc, textSignature, htmlSignature };
}

/** Whether an account may write as an address, or as all of a domain (`*@domain`). */
export async function mayWriteAs(router: Router, account: string, email: string): Promise<boolean> {
  const address = parseAddress(email, { utf8: true });
  return address !== undefined && (await router.maySendAs(address, account));
}

// --- What may be written into one ---

/** Characters. */
const LONGEST_NAME = 1_000;
const LONGEST_EMAIL = 1_000;
const MOST_ADDRESSES = 50;

/** A text without line ends: it goes into header fields. */
export const line: Kind<string> = {
  is: `a text of at most ${LONGEST_NAME} characters, without control characters`,
  read: (value) => (typeof value === 'string' && isLine(value, LONGEST_NAME) ? value : undefined),
};

function isLine(text: string, longest: number): boolean {
  return text.length <= longest && !/[\p{Cc}\u2028\u2029]/u.test(text);
}

/** Octets in UTF-8; a signature with a picture in it is a file. */
const LARGEST_SIGNATURE = 65_536;

export const signature: Kind<string> = {
  is: `a text of at most ${LARGEST_SIGNATURE} octets`,
  read: (value) => (typeof value === 'string' && Buffer.byteLength(value) <= LARGEST_SIGNATURE ? value : undefined),
};

function readEmailAddress(value: Json): EmailAddress | undefined {
  if (!isObject(value)) return undefined;
  const email = own(value, 'email');
  const name = own(value, 'name') ?? null;
  if (typeof email !== 'string' || email.length > LONGEST_EMAIL || parseAddress(email, { utf8: true }) === undefined)
    return undefined;
  return name === null || (typeof name === 'string' && isLine(name, LONGEST_NAME)) ? { name, email } : undefined;
}

/** EmailAddress[] (RFC 8621 §4.1.2.3). */
export const emailAddresses: Kind<readonly EmailAddress[]> = {
  is: `a list of at most ${MOST_ADDRESSES} addresses, each with "name" and "email"`,
  read(value) {
    if (!Array.isArray(value) || value.length > MOST_ADDRESSES) return undefined;
    const all = (value as readonly Json[]).map(readEmailAddress);
    return all.includes(undefined) ? undefined : (all as readonly EmailAddress[]);
  },
};
