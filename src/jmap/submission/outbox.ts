/**
 * Outbox/get and Outbox/act (docs/jmap.md): how each recipient of what was sent stands, why, and what its sender can
 * do. A submission that nobody needs to look at (all sent, or canceled) is told only when it is asked for by its id.
 */
import type { QueuedDelivery, QueuedMessage, Store, SubmissionRow, TakenBack } from '../../store/index.ts';
import { takeBack } from '../../queue/index.ts';
import { SIDES } from '../../reasons/index.ts';
import type { Reason } from '../../reasons/index.ts';
import { id, listOf, nullable, oneOf, text } from '../arguments.ts';
import { getMethod } from '../frames/get.ts';
import { method } from '../method.ts';
import type { Method, Properties } from '../method.ts';
import { MethodError } from '../errors.ts';
import { mailState } from '../state.ts';
import { OUTBOX } from './capability.ts';
import { utcDate } from './dates.ts';
import { outboxStateOf, reasonOfStand, replyOf, standsOf, telling } from './recipients.ts';
import type { OutboxState, RecipientStand } from './recipients.ts';
import type { SendingParts } from './submit.ts';

/** What was refused stays in the outbox that long: its report lies in the Inbox. */
const REFUSED_SHOWN = 7 * 24 * 60 * 60_000;
const MOST_SHOWN = 500;

export function outboxMethods(parts: SendingParts): readonly Method[] {
  const { store, clock } = parts;
  return [
    getMethod({
      type: 'Outbox',
      capability: OUTBOX,
      properties: ['id', 'emailId', 'threadId', 'identityId', 'sendAt', 'undoStatus', 'state', 'recipients'],
      takes: {},
      async find({ account, ids }) {
        const state = await mailState(store, account, 'submission');
        const failedSince = clock.now() - REFUSED_SHOWN;
        const wanted = ids ?? (await store.read('outbox', { account, failedSince, limit: MOST_SHOWN }));
        const rows = await store.read('submissions', { account, ids: wanted });
        const list: (Properties & { readonly id: string })[] = [];
        for (const row of rows) {
          const sent = await sentOf(store, row);
          if (ids !== null || isWorthLooking(sent, failedSince)) list.push(entryOf(parts, row, sent));
        }
        return { state, list };
      },
    }),
    method({
      name: 'Outbox/act',
      capability: OUTBOX,
      takes: {
        id,
        action: oneOf('sendNow', 'tryAgain', 'sendAgain', 'cancel'),
        /** Absent: all of them. */
        recipients: nullable(listOf(text)),
      },
      run: (args, { account }) => act(parts, args, account),
    }),
  ];
}

interface Sent {
  readonly stands: readonly RecipientStand[];
  readonly message: QueuedMessage | undefined;
}

async function sentOf(store: Store, row: SubmissionRow): Promise<Sent> {
  const [deliveries, [message]] = await Promise.all([
    store.read('deliveries', { message: row.id }),
    store.read('findMessages', { id: row.id }),
  ]);
  return { stands: standsOf(row, deliveries), message };
}

/** What was unsure and is no longer, since a report came, is like all else that has ended. */
function isWorthLooking({ stands, message }: Sent, failedSince: number): boolean {
  return stands.some((stand) => {
    const state = outboxStateOf(stand);
    if (state !== 'refused') return !ENDED.has(state);
    return (telling(stand)?.endedAt ?? message?.receivedAt ?? 0) >= failedSince;
  });
}

const ENDED: ReadonlySet<OutboxState> = new Set(['sent', 'canceled']);

function entryOf(
  parts: SendingParts,
  row: SubmissionRow,
  { stands, message }: Sent,
): Properties & { readonly id: string } {
  return {
    id: row.id,
    emailId: row.email,
    threadId: row.thread,
    identityId: row.identity,
    sendAt: utcDate(row.sendAt),
    undoStatus: row.undoStatus,
    state: stateOfAll(stands),
    recipients: stands.map((stand) => recipientOf(parts, stand, message)),
  };
}

/** What most wants to be looked at. */
const ORDER: readonly OutboxState[] = ['unsure', 'refused', 'sending', 'waiting', 'held', 'canceled', 'sent'];

function stateOfAll(stands: readonly RecipientStand[]): OutboxState {
  const states = stands.map(outboxStateOf);
  return ORDER.find((state) => states.includes(state)) ?? 'sent';
}

function recipientOf(parts: SendingParts, stand: RecipientStand, message: QueuedMessage | undefined): Properties {
  const delivery = telling(stand);
  const state = outboxStateOf(stand);
  const reason = reasonOfStand(stand);
  return {
    email: stand.email,
    state,
    heldBy: state === 'held' ? (delivery?.nextAt === 0 ? 'keeper' : 'sender') : null,
    reason: reason === undefined ? null : reasonJson(reason),
    reply: replyOf(stand) ?? null,
    attempts: delivery?.attempts ?? 0,
    nextAt: nextAtOf(delivery),
    givesUpAt: givesUpAt(parts, delivery, message),
    endedAt: delivery?.endedAt === undefined ? null : utcDate(delivery.endedAt),
    actions: delivery === undefined || state === 'sent' || state === 'refused' ? [] : actionsFor(delivery),
  };
}

/** A reason as people read it; `id` is for programs. */
export function reasonJson({ id: reason, title, side, happened, advice, wait }: Reason): Properties {
  return { id: reason, title, side: SIDES[side], happened, advice, wait };
}

function nextAtOf(delivery: QueuedDelivery | undefined): string | null {
  if (delivery === undefined || delivery.nextAt === 0 || !['waiting', 'held'].includes(delivery.state)) return null;
  return utcDate(delivery.pausedUntil ?? delivery.nextAt);
}

function givesUpAt(
  { limits }: SendingParts,
  delivery: QueuedDelivery | undefined,
  message: QueuedMessage | undefined,
): string | null {
  if (message === undefined || delivery === undefined || !['waiting', 'held', 'sending'].includes(delivery.state))
    return null;
  return utcDate((message.releaseAt ?? message.receivedAt) + limits().giveUp);
}

type Action = 'sendNow' | 'tryAgain' | 'sendAgain' | 'cancel';

/** What its sender can do; what the keeper holds is the keeper's to let go. */
function actionsFor({ state, nextAt, attempts }: QueuedDelivery): readonly Action[] {
  switch (state) {
    case 'held':
      return nextAt === 0 ? ['cancel'] : ['sendNow', 'cancel'];
    case 'waiting':
      return attempts === 0 ? ['cancel'] : ['tryAgain', 'cancel'];
    case 'unsure':
      return ['sendAgain', 'cancel'];
    case 'sending':
      return ['cancel'];
    default:
      return [];
  }
}

interface Act {
  readonly id: string;
  readonly action: Action;
  readonly recipients: readonly string[] | null;
}

async function act(
  parts: SendingParts,
  { id: submission, action, recipients }: Act,
  account: { readonly id: string; readonly name: string },
): Promise<Properties> {
  const [row] = await parts.store.read('submissions', { account: account.id, ids: [submission] });
  if (row === undefined) throw new MethodError('invalidArguments', 'There is no such submission.');
  const deliveries = await parts.store.read('deliveries', { message: submission });
  const meant = standsOf(row, deliveries).filter(({ email }) => recipients?.includes(email) ?? true);
  const able = meant.flatMap((stand) => stand.deliveries.filter((one) => actionsFor(one).includes(action)));
  const numbers = able.map(({ n }) => n);
  const answers = numbers.length === 0 ? new Map() : await carryOut(parts, { submission, action, numbers, account });
  return {
    accountId: account.id,
    id: submission,
    results: meant.map((stand) => resultFor(stand, answers)),
    newState: await mailState(parts.store, account.id, 'submission'),
  };
}

/** For each delivery that was acted on: undefined, or why it stays as it is. */
type Answers = ReadonlyMap<number, string | undefined>;

function resultFor({ email, deliveries }: RecipientStand, answers: Answers): Properties {
  const own = deliveries.filter(({ n }) => answers.has(n));
  const why = own.length === 0 ? NOTHING_TO_DO : own.map(({ n }) => answers.get(n)).find((one) => one !== undefined);
  return { email, done: why === undefined, description: why ?? null };
}

const NOTHING_TO_DO = 'That can’t be done with it as it stands now.';

async function carryOut(
  { store, clock }: SendingParts,
  {
    submission: message,
    action,
    numbers,
    account,
  }: {
    readonly submission: string;
    readonly action: Action;
    readonly numbers: readonly number[];
    readonly account: { readonly id: string; readonly name: string };
  },
): Promise<Answers> {
  if (action === 'cancel') {
    const by = { by: 'sender', name: account.name } as const;
    const answer = await takeBack({ store, clock }, { message, numbers, account: account.id, by, patience: 0 });
    return new Map(typeof answer === 'string' ? [] : answer.map((one) => [one.n, TAKEN_BACK[one.answer]]));
  }
  const { does, from } = ACTS[action];
  const at = clock.now();
  const facts = { kind: 'operator', action: does, by: 'sender' } as const;
  const events = numbers.map((n) => ({ message, n, at, facts }));
  const changed = await store.write('changeDeliveries', { message, numbers, action: does, only: [from], at, events });
  return new Map(numbers.map((n) => [n, changed.includes(n) ? undefined : NOTHING_TO_DO]));
}

/** From one state only: what has become unsure meanwhile is not sent again by somebody who did not know. */
const ACTS = {
  sendNow: { does: 'release', from: 'held' },
  tryAgain: { does: 'retry', from: 'waiting' },
  sendAgain: { does: 'retry', from: 'unsure' },
} as const;

const TAKEN_BACK: Readonly<Record<TakenBack, string | undefined>> = {
  stopped: undefined,
  leaving: 'It is being sent just now: unless that hands it on, it stops with it.',
  left: 'It is with the next server already.',
  unknown: 'It goes no further; whether the next server has it, nobody knows.',
  failed: 'It was given up before.',
};
