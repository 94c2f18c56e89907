/**
 * One mail transaction (RFC 5321 §3.3): MAIL, RCPT for each recipient, DATA, the message, and an
 * answer for each recipient. Where the server offers PIPELINING the commands leave in groups
 * (RFC 2920 §3.1), DATA with the last of them; otherwise each waits for the one before it. Where it
 * offers CHUNKING the message follows in counted chunks, without DATA.
 */
import { describeError } from '../../base/index.ts';
import { isPositive } from '../../mail/index.ts';
import type { Capabilities } from '../grammar/capabilities.ts';
import { CHUNK, isMisunderstood, sendChunks } from './chunks.ts';
import { flushBlock, sendContent } from './content.ts';
import type { Content } from './content.ts';
import type { Answer, Conversation } from './conversation.ts';
import { mailCommand, rcptCommand } from './parameters.ts';
import type { ClientRecipient, MailParameters } from './parameters.ts';
import type { ClientState } from './state.ts';

export interface Transaction {
  /** '' is the null reverse-path. */
  readonly mailFrom: string;
  readonly parameters: MailParameters;
  /** At least one. */
  readonly recipients: readonly ClientRecipient[];
  /** The message with its line ends; called at most once. */
  readonly content: Content;
  /** Awaited before what ends the data is said, behind which the server may have the message; rejects: it is not said. */
  readonly beforeEnd?: () => Promise<void>;
  /** False: DATA even where CHUNKING is offered, to a server that is known not to understand BDAT. */
  readonly chunking?: boolean;
}

/**
 * What became of one recipient: taken when `state` is 'dot' and the answer a positive reply. At 'bdat' the server
 * did not understand what it offers (CHUNKING): the connection has been ended, and DATA may do better on another.
 */
export interface RecipientAnswer {
  readonly state: 'mail' | 'rcpt' | 'data' | 'text' | 'bdat' | 'dot';
  readonly answer: Answer;
}

export interface TransactionContext {
  readonly talk: Conversation;
  readonly offered: Capabilities;
  readonly protocol: 'smtp' | 'esmtp' | 'lmtp';
}

/**
 * Commands of one group. The server may stop reading while its replies wait for us (RFC 2920 §3.1),
 * so a group, and the replies to it, must fit the buffers of a TCP connection.
 */
const LARGEST_GROUP = 50;

interface Step {
  readonly state: ClientState;
  readonly line: string;
}

/** The answer for each recipient, in their order. Never throws. */
export async function transact(
  context: TransactionContext,
  transaction: Transaction,
): Promise<readonly RecipientAnswer[]> {
  const answers = await sayEnvelope(context, transaction);
  const [mail, ...rest] = answers as [Answer, ...Answer[]];
  const { recipients } = transaction;
  const data = rest[recipients.length];
  if (!isTaken(mail)) {
    abandonText(context.talk, data);
    return recipients.map(() => ({ state: 'mail', answer: mail }));
  }
  const results = recipients.map((_, i): RecipientAnswer => ({ state: 'rcpt', answer: rest[i] as Answer }));
  const accepted = results.flatMap((result, i) => (isTaken(result.answer) ? [i] : []));
  if (accepted.length === 0) await sayLoneDot(context, data);
  else
    for (const [i, last] of (await sendText(context, transaction, accepted, data)).entries())
      results[accepted[i] as number] = last;
  return results;
}

/** Says MAIL, RCPT… and DATA (not before chunks), as far as it makes sense; the answers in that order. */
async function sayEnvelope(context: TransactionContext, transaction: Transaction): Promise<readonly Answer[]> {
  const { talk, offered } = context;
  const steps = stepsOf(transaction, offered);
  const group = offered.pipelining ? LARGEST_GROUP : 1;
  const answers: Answer[] = [];
  while (answers.length < steps.length && isWorthwhile(answers, transaction.recipients.length)) {
    const said = steps.slice(answers.length, answers.length + group);
    for (const step of said) talk.say(step.line);
    for (const step of said) answers.push(await talk.answer(step.state));
  }
  return answers;
}

function stepsOf(transaction: Transaction, offered: Capabilities): readonly Step[] {
  const utf8 = offered.smtpUtf8 && transaction.parameters.smtputf8 === true;
  return [
    { state: 'mail', line: mailCommand(transaction.mailFrom, transaction.parameters, offered) },
    ...transaction.recipients.map((to): Step => ({ state: 'rcpt', line: rcptCommand(to, offered, utf8) })),
    ...(inChunks(transaction, offered) ? [] : [{ state: 'data', line: 'DATA' } as const]),
  ];
}

/** Without PIPELINING each chunk would wait for the answer to the one before: there, only for what fits one. */
function inChunks({ chunking = true, parameters }: Transaction, offered: Capabilities): boolean {
  return offered.chunking && chunking && (offered.pipelining || (parameters.size ?? Number.POSITIVE_INFINITY) <= CHUNK);
}

/** Nothing follows a refused MAIL, and no DATA follows when every RCPT was refused. */
function isWorthwhile(answers: readonly Answer[], count: number): boolean {
  const [mail, ...recipients] = answers;
  if (mail === undefined) return true;
  return isTaken(mail) && (answers.length <= count || recipients.some(isTaken));
}

/**
 * A server that refused MAIL and yet asks for the text (354 to a DATA that was already on its way)
 * holds a transaction we know nothing of: a dot could deliver an empty message, so we hang up.
 */
function abandonText(talk: Conversation, data: Answer | undefined): void {
  if (isGoAhead(data))
    talk.fail('garbled', 'data', 'The server refused MAIL FROM and asked for the message all the same');
}

/** RFC 2920 §3.1: with every RCPT refused, a 354 to the pipelined DATA is answered with a lone dot; it has nobody to go to. */
async function sayLoneDot({ talk, protocol }: TransactionContext, data: Answer | undefined): Promise<void> {
  if (!isGoAhead(data)) return;
  // LMTP answers once for each recipient, and there is none: nothing would ever come (RFC 2033 §4.2 demands a 503 here).
  if (protocol === 'lmtp') {
    talk.fail('garbled', 'data', 'The server refused every recipient and asked for the message all the same');
    return;
  }
  talk.say('.');
  await talk.answer('dot');
}

/** The text (after the answer to DATA, or in chunks) and its answers: one for all, or with LMTP one for each accepted recipient in order (RFC 2033 §4.2). */
async function sendText(
  context: TransactionContext,
  transaction: Transaction,
  accepted: readonly number[],
  data: Answer | undefined,
): Promise<readonly RecipientAnswer[]> {
  const { talk, offered } = context;
  if (data !== undefined && !isGoAhead(data)) return accepted.map(() => ({ state: 'data', answer: data }));
  const { content } = transaction;
  const sent =
    data === undefined ? await sendChunks(talk, content, offered.pipelining) : await sendContent(talk, content);
  if (sent.kind === 'stopped') return accepted.map(() => ({ state: sent.state, answer: sent.answer }));
  const stopped = await announceEnd(talk, transaction);
  if (stopped !== undefined) {
    const state = sent.first === true && isMisunderstood(stopped) ? 'bdat' : 'text';
    return accepted.map(() => ({ state, answer: stopped }));
  }
  talk.wire.write(sent.end);
  const answer = await talk.answer('dot');
  if (sent.first === true && isMisunderstood(answer))
    return accepted.map(() => ({ state: 'bdat', answer: talk.hangUp(answer) }));
  return await answersToDot(context, answer, accepted.length);
}

/** Why the end is not said after all: it may not be, or the server has refused or gone while it was waited for. */
async function announceEnd(talk: Conversation, { beforeEnd }: Transaction): Promise<Answer | undefined> {
  if (beforeEnd === undefined) return undefined;
  try {
    await beforeEnd();
  } catch (error) {
    return talk.fail('content', 'text', `The end of the message was held back (${describeError(error)})`);
  }
  const gone = await flushBlock(talk);
  return gone?.kind === 'stopped' ? gone.answer : undefined;
}

async function answersToDot(
  { talk, protocol }: TransactionContext,
  first: Answer,
  count: number,
): Promise<readonly RecipientAnswer[]> {
  const results: RecipientAnswer[] = [{ state: 'dot', answer: first }];
  while (results.length < count)
    results.push({ state: 'dot', answer: protocol === 'lmtp' ? await talk.nextAnswer('dot') : first });
  return results;
}

function isTaken(answer: Answer): boolean {
  return answer.kind === 'reply' && isPositive(answer.reply);
}

function isGoAhead(answer: Answer | undefined): boolean {
  return answer?.kind === 'reply' && answer.reply.code >= 300 && answer.reply.code < 400;
}
