/**
 * A story as one of those concerned may see it (HOUSE P5): a recipient sees the way of their own copy, the sender that of
 * each recipient as they wrote it. Where an alias leads, who else got it, when a recipient fetched it and from where, and
 * the address of the sender's own machine are nobody else's business.
 */
import type { EventFacts } from '../store/index.ts';
import type { DeliveryStory, End, Step, Story } from './story.ts';

/**
 * @param n the delivery that the copy is of
 * @param account whose copy it is: who handed it in is no secret to themselves
 */
export function asSeenByRecipient(story: Story, n: number, account: string): Story {
  const isOwn = story.account === account;
  return {
    ...story,
    ...(story.arrival === undefined || isOwn ? {} : { arrival: withoutSubmitter(story.arrival) }),
    deliveries: story.deliveries.filter((one) => one.n === n),
  };
}

type Arrival = NonNullable<Story['arrival']>;

/** Who hands mail in is known by the header of the message; where they sit is not told (RFC 5321 §7.2). */
function withoutSubmitter({ at, facts }: Arrival): Arrival {
  if (facts.kind !== 'received' || facts.login === undefined) return { at, facts };
  const { login, ...others } = facts;
  return { at, facts: { ...others, client: {}, sessionId: '', login: { name: '', mechanism: login.mechanism } } };
}

export function asSeenBySender(story: Story): Story {
  return { ...story, deliveries: story.deliveries.map(deliveryForSender) };
}

function deliveryForSender({ n, recipient, rule, steps, end, target }: DeliveryStory): DeliveryStory {
  const isForwarded = target !== undefined;
  return {
    n,
    recipient,
    rule: rule.startsWith('relay') ? rule : '',
    via: [],
    steps: steps.flatMap((step) => stepForSender(step, isForwarded)),
    end: endForSender(end, isForwarded),
  };
}

/** What is done with a copy in its mailbox is its owner's; what was said of an alias's target would tell where it leads. */
function stepForSender(step: Step, isForwarded: boolean): readonly Step[] {
  const facts = factsForSender(step.facts, isForwarded);
  if (facts === undefined) return [];
  const { others: _, ...plain } = step;
  return [{ ...(isForwarded ? plain : step), facts }];
}

function factsForSender(facts: EventFacts, isForwarded: boolean): EventFacts | undefined {
  switch (facts.kind) {
    case 'retrieved':
    case 'removed':
    case 'routed':
      return undefined;
    case 'filed':
      return { ...facts, account: '', mailbox: '', uidl: '' };
    case 'attempt':
      return isForwarded ? undefined : withoutLogin(facts);
    case 'queued':
    case 'interrupted':
    case 'suppressed':
      return isForwarded ? undefined : facts;
    default:
      return facts;
  }
}

/** Under which name this server logs in at the next one is its keeper's. */
function withoutLogin({ login: _, ...facts }: Extract<EventFacts, { kind: 'attempt' }>): EventFacts {
  return facts;
}

function endForSender(end: End, isForwarded: boolean): End {
  switch (end.kind) {
    case 'in-mailbox':
    case 'retrieved':
    case 'removed':
      return { kind: 'in-mailbox', mailbox: '', uidl: '' };
    default:
      return isForwarded ? withoutPlace(end) : end;
  }
}

/** How it stands, and not where or what was said there. */
function withoutPlace(end: End): End {
  switch (end.kind) {
    case 'waiting':
      return { kind: 'waiting', nextAt: end.nextAt, attempts: end.attempts };
    case 'failed': {
      const { reason: _, ...rest } = end;
      return { ...rest, why: '' };
    }
    case 'relayed':
      return { ...end, to: '' };
    case 'unsure':
      return { ...end, why: '' };
    default:
      return end;
  }
}
