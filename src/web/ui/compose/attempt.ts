/**
 * Sending a letter, whose answer may never come: then nobody here knows whether it has gone. It has a Message-ID of its
 * own, so the server can be asked when it is back, and nothing is sent twice for want of an answer.
 */
import { effect } from '@preact/signals';
import { clock } from '../clock.ts';
import { ref } from '../jmap/api.ts';
import type { Api } from '../jmap/api.ts';
import type { Line } from '../jmap/line.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Args, Id } from '../jmap/types.ts';
import type { Content } from './content.ts';

export interface Attempt {
  /** Without angle brackets. */
  readonly messageId: string;
  /** The letter as it was when it was to be sent. */
  readonly content: Content;
  /** Not to go before, in ms since the epoch. */
  readonly until: number | undefined;
}

export type Whereabouts =
  | { readonly is: 'sent'; readonly submission: Id; readonly email: Id; readonly isPending: boolean }
  /** Made for the sending, which did not happen. */
  | { readonly is: 'draft'; readonly email: Id }
  | { readonly is: 'nowhere' };

/** The newest submissions and drafts that are looked through. */
const NEWEST = 50;
/** Milliseconds: a server that lost us may still be carrying out what it had got. */
const STILL_AT_WORK = 1_000;

/** Whether a request may have been carried out though no answer came. */
export const isUnanswered = (error: unknown): boolean => ['gone', 'offline'].includes(asTrouble(error).kind);

/** A name that nobody else gives a letter (RFC 5322 §3.6.4); `otherwise` stands in for a domain that can't be in one. */
export function newMessageId(from: string, otherwise: string): string {
  const domain = URL.parse(`http://${from.slice(from.lastIndexOf('@') + 1)}`)?.hostname ?? '';
  return `${crypto.randomUUID()}@${/^[a-z0-9.-]+$/u.test(domain) ? domain : otherwise}`;
}

/**
 * Asks until the server says it. What is not there at first is looked for once more. Undefined: nobody wants to know any
 * more.
 */
export async function findLetter(
  { api, line, drafts }: { readonly api: Api; readonly line: Line; readonly drafts: Id },
  messageId: string,
  isWanted: () => boolean,
): Promise<Whereabouts | undefined> {
  let looks = 0;
  while (isWanted()) {
    try {
      const found = whereabouts(await api.group(question(drafts)), messageId);
      looks += 1;
      if (found.is === 'sent' || looks > 1) return found;
      await pause(STILL_AT_WORK);
    } catch {
      await pause(STILL_AT_WORK);
      await isUp(line);
    }
  }
  return undefined;
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

const isUp = async (line: Line): Promise<void> => {
  if (line.state.peek() === 'up') return;
  await new Promise<void>((resolve) => {
    const end = effect(() => {
      if (line.state.value !== 'up') return;
      end();
      resolve();
    });
  });
};

const newest = (property: string): object => ({ sort: [{ property, isAscending: false }], limit: NEWEST });

const question = (drafts: Id): Parameters<Api['group']>[0] => [
  ['EmailSubmission/query', newest('sentAt'), 's'],
  [
    'EmailSubmission/get',
    { '#ids': ref('s', 'EmailSubmission/query', '/ids'), properties: ['id', 'emailId', 'undoStatus'] },
    'of',
  ],
  [
    'Email/get',
    { '#ids': ref('of', 'EmailSubmission/get', '/list/*/emailId'), properties: ['id', 'messageId'] },
    'sent',
  ],
  ['Email/query', { filter: { inMailbox: drafts }, ...newest('receivedAt') }, 'd'],
  ['Email/get', { '#ids': ref('d', 'Email/query', '/ids'), properties: ['id', 'messageId'] }, 'drafts'],
];

interface Named {
  readonly id: Id;
  readonly messageId: readonly string[] | null;
}

interface Submission {
  readonly id: Id;
  readonly emailId: Id;
  readonly undoStatus: string;
}

/** What the answers say; those to the five calls, in their order. */
export function whereabouts(answers: readonly Args[], messageId: string): Whereabouts {
  const [, submissions, sent, , drafts] = answers.map((answer) => answer['list'] ?? []) as [
    unknown,
    readonly Submission[],
    readonly Named[],
    unknown,
    readonly Named[],
  ];
  const isIt = (one: Named): boolean => one.messageId?.includes(messageId) === true;
  const email = sent.find(isIt)?.id;
  const found = submissions.find(({ emailId, undoStatus }) => emailId === email && undoStatus !== 'canceled');
  if (found !== undefined && email !== undefined)
    return { is: 'sent', submission: found.id, email, isPending: found.undoStatus === 'pending' };
  const draft = drafts.find(isIt)?.id;
  return draft === undefined ? { is: 'nowhere' } : { is: 'draft', email: draft };
}
