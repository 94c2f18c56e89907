/** What is said between the reader and its worker, and what reading a message gives. */
import type { EmailCard } from '../../store/index.ts';
import type { Card } from './card.ts';
import type { Range } from './octets.ts';

export interface Reading {
  readonly card: Card;
  readonly words: EmailCard['words'];
  readonly sort: EmailCard['sort'];
}

export type ReadTask =
  /** `job` comes back with the answer: what is said about a message that was abandoned is not taken for another's. */
  | { readonly kind: 'begin'; readonly job: number }
  | { readonly kind: 'piece'; readonly octets: Uint8Array }
  | { readonly kind: 'end' }
  /** No more of it comes, and no answer is wanted. */
  | { readonly kind: 'abandon' };

export type ReadAnswer =
  /** A piece: there may be another one. */
  | { readonly kind: 'taken' }
  /** Behind the end of the message: these octets of it once more, and then another end. */
  | { readonly kind: 'wants'; readonly job: number; readonly ranges: readonly Range[] }
  | { readonly kind: 'read'; readonly job: number; readonly reading: Reading }
  | { readonly kind: 'unreadable'; readonly job: number; readonly problem: string };
