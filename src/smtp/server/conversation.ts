/**
 * One connection from banner to close: reads a command, asks its row whether it may run, runs it,
 * answers (RFC 5321 §3.1, §3.8, §4.1.4, §4.2). Nothing here knows what a verb does.
 */
import { newId, sleep } from '../../base/index.ts';
import { reply } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';
import type { Wire } from '../../net/index.ts';
import { LONGEST_COMMAND, parseCommand } from '../grammar/command.ts';
import { isReply } from '../grammar/refusals.ts';
import { MOST_LOGIN_FAILURES } from './auth.ts';
import { SessionEnd } from './ending.ts';
import {
  earlyTalker,
  lineTooLong,
  loginRequired,
  notHttp,
  notNow,
  shuttingDown,
  tooManyCommands,
  tooManyErrors,
  unknownCommand,
  waitedTooLong,
  wrongProtocol,
} from './replies.ts';
import { isBroken, Session } from './session.ts';
import type { SmtpServing } from './session.ts';
import type { Answer, Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

/** Requests of a browser or a proxy, whose body somebody else may have written. */
const HTTP_METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT']);

/**
 * Serves one connection and closes it. Never rejects: what goes wrong is answered where somebody
 * listens, logged, and told to the policy's `closed`.
 */
export async function serveSmtp(wire: Wire, serving: SmtpServing): Promise<void> {
  const session = new Session(wire, serving, serving.sessionId ?? newId(serving.clock.now()), VERBS);
  const why = await converse(session).catch((error: unknown) => lastWords(session, error));
  session.ending.stop();
  await session.reset(why.endsWith('timeout') ? { kind: 'timeout' } : { kind: 'lost' });
  await wire.close();
  const { client } = session;
  session.guard(() => {
    session.policy.closed(client, why);
  });
}

async function converse(session: Session): Promise<string> {
  session.wire.timeout = session.settings.commandTimeout;
  await greet(session);
  while (session.closing === undefined) {
    endWhenTooMuch(session);
    session.wire.timeout = session.settings.commandTimeout;
    const limit = session.settings.sasl === undefined ? LONGEST_COMMAND : longestLine(session);
    const line = await session.ending.during(true, () => session.wire.readLine(limit));
    if (line.kind === 'end') return 'lost';
    session.commands += 1;
    await answerLine(session, line.kind === 'line' ? line.bytes : undefined);
  }
  return session.closing;
}

/** The banner, or what the policy says instead (RFC 5321 §3.1: after 554 the client may only QUIT). */
async function greet(session: Session): Promise<void> {
  const { settings } = session;
  const refusal = await connected(session);
  if (refusal === undefined) {
    session.send([
      reply(220, undefined, `${settings.hostname} ${settings.protocol === 'lmtp' ? 'LMTP' : 'ESMTP'} Posthorn`),
    ]);
    return;
  }
  session.send([refusal]);
  session.refused('CONNECT', refusal);
  if (refusal.code === 554 && refusal.rule !== 'early-talker') session.state = { at: 'turned-away' };
  else session.end('refused');
}

/**
 * A client that talks first doesn't read our answers: it is a program that blasts commands, or one
 * that was made to send them. Its octets come right behind its connection, whatever the distance, but
 * mostly after we are ready to speak; so a listener may have the banner wait for them.
 */
async function connected(session: Session): Promise<Reply | undefined> {
  const { settings, wire } = session;
  const refusal = await session.policy.connected(session.client).catch((error: unknown) => turnedAway(session, error));
  if (refusal !== undefined || settings.protocol !== 'smtp' || settings.earlyTalkers === 'allow') return refusal;
  await waitForTalk(session, settings.bannerWait?.(wire.peer) ?? 0);
  return wire.buffered > 0 ? earlyTalker() : undefined;
}

async function waitForTalk(session: Session, ms: number): Promise<void> {
  if (ms === 0) return;
  const over = new AbortController();
  try {
    await session.ending.during(true, () => sleep(session.clock, ms, over.signal));
  } finally {
    over.abort();
  }
}

/** An error before the banner: 421 is the only 4xx that may stand in its place. */
function turnedAway(session: Session, error: unknown): Reply {
  const answer = session.answerFor(error);
  return answer.code === 554 || answer.code === 421 ? answer : { ...answer, code: 421 };
}

/** The longest line that any verb takes; each verb's own limit is looked at when it is known. */
function longestLine(session: Session): number {
  return Math.max(LONGEST_COMMAND, ...[...session.verbs.values()].map((row) => row.longestLine ?? 0));
}

/** RFC 5321 §4.5.3, §7.8: what one connection may cost. */
function endWhenTooMuch(session: Session): void {
  const answer = tooMuch(session);
  if (answer === undefined) return;
  session.refused('', answer);
  throw new SessionEnd(answer);
}

function tooMuch(session: Session): Reply | undefined {
  const { hostname, maxErrors, maxRecipients } = session.settings;
  if (session.errors >= maxErrors || session.loginFailures >= MOST_LOGIN_FAILURES) return tooManyErrors(hostname);
  return session.commands > 20 * maxErrors + 4 * maxRecipients ? tooManyCommands(hostname) : undefined;
}

/** One line, one answer; `bytes` is undefined when the line was longer than any may be. */
async function answerLine(session: Session, bytes: Buffer | undefined): Promise<void> {
  const command = bytes === undefined ? lineTooLong(LONGEST_COMMAND) : parseCommand(bytes);
  if (isReply(command) || bytes === undefined) return give(session, '', command as Reply, undefined);
  const row = rowOf(session, command.verb);
  const refusal = isReply(row) ? row : mayRun(session, row, bytes.length);
  if (isReply(row) || refusal !== undefined)
    return give(session, isKnown(session, command.verb) ? command.verb : '', refusal, undefined);
  return give(session, row.name, await run(session, row, command.text), row);
}

/** A word that is no verb may be a password that came at the wrong moment: it is told to nobody (HOUSE P5). */
function isKnown(session: Session, verb: string): boolean {
  return session.verbs.has(verb) || HTTP_METHODS.has(verb);
}

function rowOf(session: Session, verb: string): Verb | Reply {
  const row = session.verbs.get(verb);
  if (row !== undefined && row.protocol !== undefined && row.protocol !== session.settings.protocol) {
    return wrongProtocol(row.protocol === 'lmtp' ? 'This is SMTP; greet with EHLO' : 'This is LMTP; greet with LHLO');
  }
  if (row === undefined && HTTP_METHODS.has(verb)) {
    session.end('http');
    return notHttp();
  }
  return row ?? unknownCommand();
}

/** "May I?", from the row alone (HABITS 8). */
function mayRun(session: Session, row: Verb, octets: number): Reply | undefined {
  const { settings, state } = session;
  const limit = row.longestLine ?? LONGEST_COMMAND;
  if (octets > limit) return lineTooLong(limit);
  if (settings.sasl !== undefined && session.login === undefined) {
    const startTlsFirst = !session.mayLogIn && settings.tls !== undefined;
    if ((startTlsFirst && !row.beforeTls) || (row.needsLogin && state.at === 'greeted'))
      return loginRequired(startTlsFirst);
  }
  return row.states.includes(state.at)
    ? undefined
    : notNow(row.name, state.at, settings.protocol === 'lmtp' ? 'LHLO' : 'EHLO');
}

/** A verb's errors end here (HOUSE P4), but for those that end the connection. */
async function run(session: Session, row: Verb, text: string): Promise<Answer> {
  try {
    return await row.perform(session, text);
  } catch (error) {
    if (isBroken(error) || error instanceof SessionEnd) throw error;
    return session.answerFor(error);
  }
}

async function give(session: Session, verb: string, answer: Answer, row: Verb | undefined): Promise<void> {
  const replies = answer === undefined ? [] : isReply(answer) ? [answer] : answer;
  session.send(replies);
  for (const one of replies) count(session, verb, one);
  // RFC 2920 §3.2: unrecognised commands are answered at once as well.
  await session.flushIf(row === undefined || row.endsPipelinedGroup);
}

function count(session: Session, verb: string, answer: Reply): void {
  if (answer.code >= 400) session.refused(verb, answer);
  if (answer.code >= 500) session.errors += 1;
  if (answer.code === 421) session.end('refused');
  if (answer.code === 250 && (verb === 'DATA' || verb === 'BDAT')) {
    session.errors = 0;
    session.commands = 0;
  }
}

/** The connection can't go on. What can still be told, is told (RFC 5321 §3.8: 421, then close). */
function lastWords(session: Session, error: unknown): string {
  const answer = lastReply(session, error);
  if (answer === undefined) return isBroken(error) ? error.kind : 'error';
  session.send([answer]);
  return answer.rule ?? 'ended';
}

function lastReply(session: Session, error: unknown): Reply | undefined {
  const { hostname } = session.settings;
  if (error instanceof SessionEnd) return error.reply;
  if (!isBroken(error)) {
    session.log.error('A session ended with an error of our own', { error });
    return { ...session.answerFor(error), code: 421 };
  }
  if (error.kind === 'timeout') return waitedTooLong(hostname);
  return error.kind === 'shutdown' ? shuttingDown(hostname) : undefined;
}
