/**
 * The one door, for mail that its owner puts there: a draft, an import. There is no envelope and nothing is asked of it;
 * the octets are filed as they are, with nothing in front, and found again by POP3 and JMAP.
 */
import type { Clock } from '../base/index.ts';
import type { Store } from '../store/index.ts';
import { PassingMessage } from './passing.ts';
import type { AppendedEmail } from './passing.ts';

export interface Appended {
  /** The email's id. */
  readonly id: string;
  readonly thread: string;
  /** Octets of it, as they are. */
  readonly octets: number;
}

/**
 * Takes the whole message from `octets` and files it: in one commit, or not at all. Rejects with what the source or the
 * store rejects with; nothing is kept then.
 */
export async function append(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  email: AppendedEmail,
  octets: AsyncIterable<Uint8Array>,
): Promise<Appended | 'over-quota' | 'no-mailbox'> {
  const writer = store.content.create();
  try {
    const seen = new PassingMessage();
    for await (const piece of octets) {
      seen.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      await writer.write(piece);
    }
    const content = await writer.finish();
    const params = seen.filed(email, { content, at: clock.now(), source: 'composed' });
    const filed = await store.write('append', params);
    if (typeof filed === 'string') {
      await writer.abort();
      return filed;
    }
    return { id: params.email.id, thread: filed.thread, octets: content.octets };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
