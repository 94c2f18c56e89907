/**
 * Messages whose hold has ended (RFC 4865): those of their recipients that are ours are filed here,
 * without becoming anybody's client; only the others are handed on.
 */
import type { HeldMail, HeldOutcome } from '../intake/index.ts';
import { reply } from '../mail/index.ts';
import type { AttemptResult } from '../outbound/index.ts';
import type { Claim, NewEmail, NewEvent, QueuedDelivery } from '../store/index.ts';
import type { ReportedRecipient, Settlement } from './settle.ts';
import { wants } from './settle.ts';

type Filed = Extract<HeldOutcome, { kind: 'filed' }>;

export interface Division {
  /** To be filed now. */
  readonly filed: readonly { readonly delivery: QueuedDelivery; readonly outcome: Filed }[];
  /** Ours, and not to be filed: settled like an attempt that ended so. */
  readonly refused: { readonly deliveries: readonly QueuedDelivery[]; readonly result: AttemptResult };
  /** To be handed on. */
  readonly left: readonly QueuedDelivery[];
}

/** Who of a claim's recipients needs no next server. */
export async function divideHeld(held: HeldMail, { message, deliveries }: Claim): Promise<Division> {
  if (message.releaseAt === undefined)
    return { filed: [], refused: { deliveries: [], result: NOT_TRIED }, left: deliveries };
  const decided: { delivery: QueuedDelivery; outcome: HeldOutcome }[] = [];
  for (const delivery of deliveries) decided.push({ delivery, outcome: await held.decide(message, delivery) });
  const refused = decided.flatMap(({ delivery, outcome }) =>
    outcome.kind === 'refused' ? [{ delivery, reply: outcome.reply }] : [],
  );
  return {
    filed: decided.flatMap(({ delivery, outcome }) => (outcome.kind === 'filed' ? [{ delivery, outcome }] : [])),
    refused: {
      deliveries: refused.map(({ delivery }) => delivery),
      result: {
        ...NOT_TRIED,
        outcomes: refused.map(({ delivery, reply: answer }) => ({
          n: delivery.n,
          outcome: answer.code >= 500 ? 'failed' : 'deferred',
          stage: 'rcpt',
          reply: answer,
          remote: false,
        })),
      },
    },
    left: decided.flatMap(({ delivery, outcome }) => (outcome.kind === 'elsewhere' ? [delivery] : [])),
  };
}

const NOT_TRIED: AttemptResult = { considered: [], tries: [], outcomes: [] };

/** What follows from filing: the deliveries end, and who asked for it hears of success (RFC 3461 §5.2.6). */
export function settleFiled(
  claim: Claim,
  filed: Division['filed'],
  now: number,
): Settlement & { readonly emails: readonly NewEmail[] } {
  const eventsOf = ({ delivery, outcome }: Division['filed'][number]): readonly NewEvent[] =>
    outcome.facts.map((facts, i) => {
      const account = outcome.emails[i]?.account;
      const about = { message: claim.message.id, n: delivery.n, at: now };
      return { ...about, ...(account === undefined ? {} : { account }), facts };
    });
  return {
    deliveries: filed.map(({ delivery }) => ({ n: delivery.n, state: 'filed' })),
    attempts: [],
    events: filed.flatMap(eventsOf),
    reports: filed.flatMap(({ delivery }) => (wants(delivery, 'success') ? [delivered(delivery)] : [])),
    emails: filed.flatMap(({ outcome }) => outcome.emails),
  };
}

function delivered(delivery: QueuedDelivery): ReportedRecipient {
  const answer = reply(250, '2.1.5', 'It lies in the mailbox');
  const outcome = { n: delivery.n, outcome: 'relayed', stage: 'dot', reply: answer, remote: false } as const;
  return { delivery, kind: 'delivered', outcome, expired: false };
}
