/**
 * Journey/get (docs/jmap.md): what happened to a message, as the caller may see it: of a letter they have the way of
 * their own copy, of one they sent the way to each recipient. Everything here was recorded; nothing is guessed.
 */
import { arrivalInWords, asSeenByRecipient, asSeenBySender, findStories, stepSentence } from '../../journey/index.ts';
import type { DeliveryStory, End, Step, Story } from '../../journey/index.ts';
import type { EventFacts, Store } from '../../store/index.ts';
import { id, nullable } from '../arguments.ts';
import { invalidArguments } from '../errors.ts';
import { method } from '../method.ts';
import type { Method, Properties } from '../method.ts';
import { OUTBOX } from './capability.ts';
import { utcDate } from './dates.ts';
import { reasonJson } from './outbox.ts';

export function journeyMethods(store: Store): readonly Method[] {
  return [
    method({
      name: 'Journey/get',
      capability: OUTBOX,
      takes: { emailId: nullable(id), submissionId: nullable(id) },
      async run({ emailId, submissionId }, { account }) {
        if ((emailId === null) === (submissionId === null))
          throw invalidArguments('Name either `emailId` or `submissionId`.');
        const found =
          submissionId === null
            ? await ofEmail(store, account.id, emailId as string)
            : await ofSubmissions(store, account.id, [submissionId]);
        return { accountId: account.id, emailId, submissionId, list: found };
      },
    }),
  ];
}

/** One's own copy of what one sent stands for what was sent; any other email for itself. */
async function ofEmail(store: Store, account: string, email: string): Promise<readonly Properties[]> {
  const [row] = await store.read('emailRows', { account, ids: [email] });
  if (row === undefined) return [];
  const filter = { emails: [email] };
  const sent = await store.read('querySubmissions', { account, filter, sort: [], limit: MOST_SUBMISSIONS });
  if (sent.length > 0) return ofSubmissions(store, account, sent);
  const stories = await findStories(store, row.message);
  return stories.map((story) =>
    journeyJson(asSeenByRecipient(story, row.n, account), { emailId: email, submissionId: null }),
  );
}

const MOST_SUBMISSIONS = 20;

async function ofSubmissions(store: Store, account: string, ids: readonly string[]): Promise<readonly Properties[]> {
  const found: Properties[] = [];
  for (const { id: submission, email } of await store.read('submissions', { account, ids })) {
    const about = { emailId: email, submissionId: submission };
    for (const story of await findStories(store, submission)) found.push(journeyJson(asSeenBySender(story), about));
  }
  return found;
}

function journeyJson(story: Story, about: Properties): Properties {
  return {
    ...about,
    message: story.id,
    messageId: story.messageId ?? null,
    mailFrom: story.mailFrom,
    size: story.octets,
    receivedAt: utcDate(story.receivedAt),
    arrival: arrivalJson(story),
    edits: story.edits.map(({ rule, what }) => ({ rule, what })),
    recipients: story.deliveries.map(recipientJson),
  };
}

function arrivalJson(story: Story): Properties | null {
  const { arrival } = story;
  if (arrival === undefined) return null;
  const words = arrivalInWords(story).map((one) => one.replace(/^\S+ \S+ {2}/, '').trim());
  return { kind: arrival.facts.kind, at: utcDate(arrival.at), ...hopOf(arrival.facts), words };
}

/** Several recipients of one alias are one to its sender. */
function recipientJson({ n, recipient, steps, end }: DeliveryStory): Properties {
  return { n, email: recipient, hops: hopsOf(steps), end: endJson(end) };
}

/** Steps, and the waits between them. */
function hopsOf(steps: readonly Step[]): readonly Properties[] {
  return steps.flatMap((step, i) => {
    const wait = waitAfter(step, steps[i + 1]);
    const words = stepSentence(step.facts, utcDate);
    if (words === undefined) return wait;
    const reason = step.reason === undefined ? null : reasonJson(step.reason);
    return [{ kind: step.facts.kind, at: utcDate(step.at), ...hopOf(step.facts), reason, words: [words] }, ...wait];
  });
}

/** Who was client and who was server, and how they spoke; null for what was not so, or not recorded. */
function hopOf(facts: EventFacts): Properties {
  switch (facts.kind) {
    case 'received':
      return {
        service: facts.service,
        client: facts.client,
        server: facts.server,
        protocol: facts.protocol,
        tls: facts.tls ?? null,
        login: facts.login ?? null,
        startedAt: utcDate(facts.connectedAt),
        endedAt: utcDate(facts.endedAt),
        reply: facts.reply,
      };
    case 'attempt':
      return {
        server: facts.server,
        protocol: facts.protocol ?? null,
        tls: facts.tls ?? null,
        login: facts.login ?? null,
        attempt: facts.attempt,
        stage: facts.stage,
        outcome: facts.outcome,
        startedAt: utcDate(facts.startedAt),
        endedAt: utcDate(facts.endedAt),
        reply: facts.reply ?? null,
        problem: facts.problem ?? null,
        nextAt: facts.nextAt === undefined ? null : utcDate(facts.nextAt),
      };
    case 'collected':
      return { server: facts.server, protocol: 'POP3', login: { name: facts.login } };
    case 'retrieved':
      return { service: facts.service, client: facts.client, tls: facts.tls ?? null, login: facts.login };
    default:
      return {};
  }
}

/** A hold that short is the time in which sending can be undone. */
const UNDO = 60_000;

/** What was waited for until the next step. */
function waitAfter(step: Step, next: Step | undefined): readonly Properties[] {
  const why = next === undefined ? undefined : waitKind(step, next);
  if (why === undefined || next === undefined || next.at <= step.at) return [];
  return [
    { kind: 'wait', why, at: utcDate(step.at), until: utcDate(next.at), ms: next.at - step.at, words: [WAITS[why]] },
  ];
}

type WaitKind = 'undo-hold' | 'held-by-sender' | 'held-by-keeper' | 'greylist' | 'retry' | 'in-mailbox' | 'queue';

function waitKind({ facts, reason, at }: Step, next: Step): WaitKind | undefined {
  if (facts.kind === 'queued' && facts.why === 'held') return next.at - at <= UNDO ? 'undo-hold' : 'held-by-sender';
  if (facts.kind === 'queued') return next.facts.kind === 'attempt' ? 'queue' : undefined;
  if (facts.kind === 'operator' && facts.action === 'hold') return 'held-by-keeper';
  if (facts.kind === 'attempt' && next.facts.kind === 'attempt')
    return reason?.id === 'greylisted' ? 'greylist' : 'retry';
  return facts.kind === 'filed' && next.facts.kind === 'retrieved' ? 'in-mailbox' : undefined;
}

const WAITS: Readonly<Record<WaitKind, string>> = {
  'undo-hold': 'Held here for a moment, so that sending could be undone.',
  'held-by-sender': 'Held here until the time its sender chose.',
  'held-by-keeper': 'Held by the keeper of this server.',
  greylist: 'The other server asks strangers to come back later; we waited and did.',
  retry: 'We waited before the next try.',
  'in-mailbox': 'It lay in the mailbox until it was fetched.',
  queue: 'It waited for its turn.',
};

function endJson(end: End): Properties {
  switch (end.kind) {
    case 'in-mailbox':
      return { kind: 'delivered', at: null };
    case 'retrieved':
      return { kind: 'fetched', at: utcDate(end.at), removed: end.removed };
    case 'removed':
    case 'dropped':
      return { kind: end.kind, at: utcDate(end.at) };
    case 'relayed':
      return { kind: 'relayed', at: utcDate(end.at), to: end.to };
    case 'waiting':
      return {
        kind: 'waiting',
        nextAt: utcDate(end.pausedUntil ?? end.nextAt),
        attempts: end.attempts,
        reply: end.why ?? null,
        reason: end.reason === undefined ? null : reasonJson(end.reason),
      };
    case 'sending':
      return { kind: 'sending' };
    case 'held':
      return { kind: 'held', until: end.until === undefined ? null : utcDate(end.until) };
    case 'failed':
      return {
        kind: 'failed',
        at: utcDate(end.at),
        reply: end.why,
        reason: end.reason === undefined ? null : reasonJson(end.reason),
      };
    case 'taken-back':
      return { kind: 'taken-back', at: utcDate(end.at), mayHaveLeft: end.mayHaveLeft };
    case 'unsure':
      return { kind: 'unsure', reply: end.why };
  }
}
