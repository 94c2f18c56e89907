/**
 * Notes to the postmaster. A message from the null sender that fails is reported to nobody (RFC 5321
 * §4.5.5), nor is one whose sender's address leads nowhere; so that it is not lost in silence, whoever
 * keeps the host is written a note: one an hour at most, which counts the others, and never about a note.
 */
import { replyText } from '../mail/index.ts';
import { composeNote } from '../mime/index.ts';
import type { NewNote, QueuedMessage } from '../store/index.ts';
import type { ReportParts } from './report.ts';
import type { ReportedRecipient } from './settle.ts';

/** At most one note in this time. */
const EVERY = 60 * 60_000;

/** @param untold failed deliveries of which nobody was told */
export async function noteAbout(
  parts: ReportParts,
  message: QueuedMessage,
  untold: readonly ReportedRecipient[],
): Promise<NewNote | undefined> {
  if (untold.length === 0 || (await isNote(parts, message))) return undefined;
  const since = await parts.store.read('lastNote', {});
  const at = parts.clock.now();
  // A time in the future was written by a clock that has since been put right.
  const early = since !== undefined && at - since.at < EVERY && at >= since.at;
  const count = untold.length;
  const accept = early ? undefined : await compose(parts, { message, untold, more: since?.untold ?? 0 });
  if (accept === undefined) return { since, count, told: [] };
  const facts = { kind: 'reported', what: 'note', report: accept.message.id, to: 'the postmaster' } as const;
  return { since, count, accept, told: untold.map(({ delivery: { n } }) => ({ message: message.id, n, at, facts })) };
}

async function isNote({ store }: ReportParts, { id, source }: QueuedMessage): Promise<boolean> {
  if (source !== 'composed') return false;
  const events = await store.read('events', { message: id });
  return events.some(({ facts }) => facts.kind === 'composed' && facts.what === 'note');
}

interface About {
  readonly message: QueuedMessage;
  readonly untold: readonly ReportedRecipient[];
  readonly more: number;
}

/** Undefined where no postmaster can be reached. */
function compose(parts: ReportParts, { message, untold, more }: About): ReturnType<ReportParts['composer']['compose']> {
  return parts.composer.compose({
    to: 'postmaster',
    what: 'note',
    about: message.id,
    smtputf8: false,
    write: (id) =>
      composeNote({
        id,
        hostname: parts.hostname(),
        at: parts.clock.now(),
        message: message.id,
        from: message.mailFrom,
        failed: untold.map(({ delivery, outcome }) => ({
          address: delivery.original ?? delivery.recipient,
          reply: replyText(outcome.reply),
        })),
        more,
      }),
  });
}
