/**
 * The form of a message for POP3 clients that can't take UTF-8 in its headers (RFC 6857), made once, while it comes
 * in: its octets are what LIST will say. Only mail that came as internationalised has one; headers with raw octets
 * that nobody announced go out as they came in, to everyone. Text and attachments are never touched.
 */
import { downgradeEntityHeader, downgradeHeader, isAsciiOnly, EntityWalker } from '../mime/index.ts';
import type { HeaderSection } from '../mime/index.ts';
import { popOctetsOf } from '../store/index.ts';
import type { ContentRef, Downgraded, Patch } from '../store/index.ts';

export interface DowngradeLimits {
  /** Headers within the content that are replaced. */
  readonly patches: number;
  /** Octets of them, as they came and as they become. */
  readonly octets: number;
}

/** Beyond that the rest of the content stays as it is. The message's own header, which intake bounds, is always in ASCII. */
export const DOWNGRADE_LIMITS: DowngradeLimits = { patches: 1_000, octets: 262_144 };

export class DowngradedForm {
  readonly #limits: DowngradeLimits;
  readonly #walker = new EntityWalker({
    header: (section) => {
      this.#section(section);
    },
  });
  readonly #patches: Patch[] = [];
  /** What POP3 sends more than of the content. */
  #growth = 0;
  /** What the headers within have used up. */
  #octets = 0;
  #full = false;

  constructor(limits: DowngradeLimits = DOWNGRADE_LIMITS) {
    this.#limits = limits;
  }

  /** Takes the next octets of the content, from its first one on. */
  write(chunk: Uint8Array): void {
    if (!this.#full) this.#walker.write(chunk);
  }

  /** The content has ended. Nothing where ASCII clients get the message as it is. */
  finish(message: { readonly prefix: Uint8Array; readonly content: Pick<ContentRef, 'popOctets'> }): {
    readonly downgraded?: Downgraded;
  } {
    if (!this.#full) this.#walker.end();
    if (this.#patches.length === 0 && isAsciiOnly(message.prefix)) return {};
    const prefix = downgradeHeader(message.prefix);
    const popOctets = popOctetsOf(prefix) + message.content.popOctets + this.#growth;
    return { downgraded: { prefix, patches: this.#patches, popOctets } };
  }

  #section({ at, octets }: HeaderSection): void {
    if (this.#full) return;
    // What there is no room for isn't tried: it would cost time.
    this.#full = at > 0 && !isAsciiOnly(octets) && this.#octets + octets.byteLength > this.#limits.octets;
    const header = this.#full ? octets : downgradeEntityHeader(octets);
    if (header.equals(octets)) return;
    if (at > 0) this.#octets += octets.byteLength + header.byteLength;
    this.#full = this.#octets > this.#limits.octets || this.#patches.length === this.#limits.patches;
    if (this.#full) return;
    this.#growth += popOctetsOf(header) - popOctetsOf(octets);
    this.#patches.push({ at, replaces: octets.byteLength, with: header });
  }
}
