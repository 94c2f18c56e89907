/**
 * What an account has already, so that the same message is not filed twice and no UIDL is given twice. An email of an
 * account with 100,000 takes some 200 octets of memory here; its octets are read only where it may be the same.
 */
import { createHash } from 'node:crypto';
import type { FiledEmail, Store } from '../../store/index.ts';
import { emailsOf, octetsOf } from './export.ts';

interface Known {
  readonly octets: number;
  /** Absent while nobody asked for the digest of an email that has something in front. */
  digest?: string;
  readonly id?: string;
  /** A message without UIDL was taken for this one. */
  isTaken: boolean;
}

export class KnownMail {
  readonly #store: Store;
  readonly #byUidl = new Map<string, Known>();
  readonly #bySize = new Map<number, Known[]>();

  private constructor(store: Store) {
    this.#store = store;
  }

  static async of(store: Store, account: string): Promise<KnownMail> {
    const known = new KnownMail(store);
    for await (const email of emailsOf(store, account)) known.#keep(email);
    return known;
  }

  #keep({ id, uidl, octets, digest }: FiledEmail): void {
    const one: Known = { id, octets, ...(digest === undefined ? {} : { digest }), isTaken: false };
    this.#byUidl.set(uidl, one);
    const same = this.#bySize.get(octets);
    if (same === undefined) this.#bySize.set(octets, [one]);
    else same.push(one);
  }

  /** 'same': it is here. 'other': another message has this UIDL. */
  async withUidl(
    uidl: string,
    message: { readonly octets: number; readonly digest: string },
  ): Promise<'same' | 'other' | 'none'> {
    const known = this.#byUidl.get(uidl);
    if (known === undefined) return 'none';
    return (await this.#isSame(known, message)) ? 'same' : 'other';
  }

  /**
   * Whether it was here before. Each email stands for one message: of what lies twice in the files and once here, one
   * is new.
   */
  async takeSame(message: { readonly octets: number; readonly digest: string }): Promise<boolean> {
    for (const known of this.#bySize.get(message.octets) ?? []) {
      if (known.isTaken || !(await this.#isSame(known, message))) continue;
      known.isTaken = true;
      return true;
    }
    return false;
  }

  /** It was filed just now. */
  add(uidl: string, { octets, digest }: { readonly octets: number; readonly digest: string }): void {
    this.#byUidl.set(uidl, { octets, digest, isTaken: true });
  }

  async #isSame(
    known: Known,
    { octets, digest }: { readonly octets: number; readonly digest: string },
  ): Promise<boolean> {
    if (known.octets !== octets) return false;
    known.digest ??= await this.#digestOf(known.id ?? '');
    return known.digest === digest;
  }

  async #digestOf(id: string): Promise<string> {
    const email = await this.#store.read('email', { id });
    if (email === undefined) return '';
    const hash = createHash('sha256');
    for await (const piece of octetsOf(this.#store, email)) hash.update(piece);
    return hash.digest('hex');
  }
}
