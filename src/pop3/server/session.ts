/**
 * One POP3 session from greeting to close (RFC 1939 §3): reads a command, asks the table of verbs, sends the answer,
 * until the state says that it has ended. Knows no mailbox; the policy does.
 *
 * Whatever ends a session without QUIT removes nothing (RFC 1939 §3, §6): there is one place, `#leave`, that gives
 * the maildrop back, and only QUIT's verb asks for anything to be removed.
 */
import { describeError, newId } from '../../base/index.ts';
import { WireError } from '../../net/index.ts';
import type { LineRead, Wire } from '../../net/index.ts';
import { parseCommandLine } from '../grammar/command.ts';
import { BrokenMessage, ok, refuse, sendAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Pop3Client, Pop3Refusal } from './policy.ts';
import {
  LINE_TOO_LONG,
  SHUTTING_DOWN,
  TEMPORARY_FAILURE,
  TOO_MANY_ERRORS,
  UNKNOWN_COMMAND,
  misunderstood,
} from './refusals.ts';
import { SessionEnd } from './state.ts';
import type { OpenState, Pop3ServerContext, Session, SessionState } from './state.ts';
import { findVerb } from './verbs.ts';

/**
 * Octets of a command line. RFC 2449 §4 wants 255 and an AUTH with its initial response inside them; passwords are
 * up to 1,024 octets here, four for each three in base 64, and so the line is taken well beyond that.
 */
const LONGEST_COMMAND = 4_096;

/** Carries out one session and closes the connection. Never rejects: what goes wrong is logged and ends the session. */
export async function servePop3(wire: Wire, context: Pop3ServerContext): Promise<void> {
  await new ServerSession(wire, context).serve();
}

class ServerSession implements Session {
  readonly context: Pop3ServerContext;
  readonly wire: Wire;
  client: Pop3Client;
  state: SessionState = { kind: 'authorization' };
  loginFailures = 0;
  #errors = 0;
  /** On `clock.ticks()`: when a login must have been made. */
  readonly #loginDeadline: number;

  constructor(wire: Wire, context: Pop3ServerContext) {
    this.wire = wire;
    this.context = context;
    const { clock, settings } = context;
    const connectedAt = clock.now();
    this.client = withTls({ sessionId: newId(connectedAt), peer: wire.peer, local: wire.local, connectedAt }, wire);
    this.#loginDeadline = clock.ticks() + settings.loginTimeout;
  }

  async serve(): Promise<void> {
    const end = await this.#converse().catch((error: unknown) => this.#endOf(error));
    await this.#leave();
    if (end.farewell !== undefined) await this.#say('closing', refuse(end.farewell)).catch(() => undefined);
    if (end.graceful) await this.wire.close();
    else this.wire.destroy();
    this.context.policy.closed(this.client, end.why);
  }

  async readLine(limit: number): Promise<Exclude<LineRead, { readonly kind: 'end' }>> {
    this.wire.timeout = this.#patience();
    const read = await unlessAborted(this.context.shutdown, () => this.wire.readLine(limit));
    if (read.kind === 'end') throw new SessionEnd('the client left without QUIT');
    return read;
  }

  speakUtf8(): void {
    this.client = { ...this.client, utf8: true };
  }

  async startTls(): Promise<void> {
    const { tls } = this.context.settings;
    if (tls === undefined) throw new SessionEnd('TLS went away while it was being offered');
    await this.wire.startTls({ role: 'server', context: tls() });
    this.state = { kind: 'authorization' };
    const { utf8: _, ...client } = this.client;
    this.client = withTls(client, this.wire);
  }

  async #converse(): Promise<Ending> {
    this.wire.timeout = this.#patience();
    const refusal = await this.#atTheDoor();
    if (refusal !== undefined) return { why: 'refused at the door', farewell: refusal, graceful: true };
    // No "<...>" in the greeting: it would offer APOP (RFC 1939 §7).
    await this.#say('greeting', ok(`${this.context.settings.hostname} POP3 server ready`));
    for (;;) {
      const { state } = this;
      if (state.kind === 'ended') return { why: state.why, graceful: true };
      if (state.kind === 'update') return { why: 'QUIT came to no end', graceful: true };
      await this.#command(state, await this.readLine(LONGEST_COMMAND));
    }
  }

  async #atTheDoor(): Promise<Pop3Refusal | undefined> {
    try {
      return await this.context.policy.connected(this.client);
    } catch (error) {
      this.context.log.error('A POP3 client could not be greeted', { ...this.#who(), cause: describeError(error) });
      return TEMPORARY_FAILURE;
    }
  }

  async #command(state: OpenState, read: Exclude<LineRead, { readonly kind: 'end' }>): Promise<void> {
    const line = read.kind === 'too-long' ? undefined : parseCommandLine(read.bytes);
    const verb = line?.ok === true ? findVerb(line.value.keyword) : undefined;
    this.#forgetUser(state, verb?.name);
    if (line === undefined) return await this.#error('?', LINE_TOO_LONG);
    if (!line.ok) return await this.#error('?', misunderstood(line));
    if (verb === undefined) return await this.#error('?', UNKNOWN_COMMAND);
    const admission = verb.admit(this, state, line.value.rest);
    if (admission.kind === 'barred') return await this.#error(verb.name, admission.refusal);
    await this.#answer(verb.name, admission.run);
  }

  /** PASS counts only right after USER (RFC 1939 §7): anything else between them parts the two. */
  #forgetUser(state: OpenState, verb: string | undefined): void {
    if (state.kind === 'authorization' && state.user !== undefined && verb !== 'PASS') {
      this.state = { kind: 'authorization' };
    }
  }

  async #answer(verb: string, run: () => Answer | Promise<Answer>): Promise<void> {
    try {
      const answer = await run();
      await this.#say(verb, answer);
      if (answer.kind === 'ok') await answer.afterwards?.();
    } catch (error) {
      if (error instanceof WireError || error instanceof SessionEnd || error instanceof BrokenMessage) throw error;
      this.context.log.error('A POP3 command failed', { ...this.#who(), verb, cause: describeError(error) });
      await this.#say(verb, refuse(TEMPORARY_FAILURE));
    }
  }

  /** The peer's mistake: a few are forgiven, a flood is not. */
  async #error(verb: string, refusal: Pop3Refusal): Promise<void> {
    this.#errors++;
    if (this.#errors < this.context.settings.maxErrors) return await this.#say(verb, refuse(refusal));
    await this.#leave();
    this.state = { kind: 'ended', why: 'too many errors' };
    await this.#say(verb, refuse(TOO_MANY_ERRORS));
  }

  async #say(verb: string, answer: Answer): Promise<void> {
    if (answer.kind === 'refused') this.context.policy.refused(this.client, verb, answer.refusal);
    await sendAnswer(this.wire, answer);
  }

  /**
   * How long the peer may keep silent now, in ms: the autologout time, and before the login no longer than what is
   * left for it. A peer that used it up gets one millisecond and then ends as silent ones do.
   */
  #patience(): number {
    const { idleTimeout } = this.context.settings;
    if (this.state.kind !== 'authorization') return idleTimeout;
    return Math.max(1, Math.min(idleTimeout, this.#loginDeadline - this.context.clock.ticks()));
  }

  /** Gives the maildrop back with everything in it. */
  async #leave(): Promise<void> {
    const { state } = this;
    if (state.kind !== 'transaction') return;
    this.state = { kind: 'ended', why: 'no QUIT' };
    await state.maildrop.abandon().catch((error: unknown) => {
      this.context.log.error('A maildrop could not be given back', { ...this.#who(), cause: describeError(error) });
    });
  }

  #endOf(error: unknown): Ending {
    if (error instanceof SessionEnd) return { why: error.why, farewell: error.farewell, graceful: true };
    if (error instanceof WireError) return endOfWire(error);
    const why = error instanceof BrokenMessage ? error.message : 'an error of ours';
    this.context.log.error('A POP3 session was cut', { ...this.#who(), why, cause: describeError(error) });
    // Answers to earlier commands still leave; what must not follow is the end of the broken message.
    return { why, graceful: true };
  }

  #who(): { readonly service: string; readonly session: string; readonly peer: string } {
    return { service: 'pop3', session: this.client.sessionId, peer: this.client.peer.address };
  }
}

interface Ending {
  readonly why: string;
  /** The last words, where it makes sense to have any. */
  readonly farewell?: Pop3Refusal | undefined;
  /** What was written still leaves; otherwise the connection is cut. */
  readonly graceful: boolean;
}

/** Autologout sends nothing (RFC 1939 §3); a stop of the program is said, and a client that waits for nothing may ignore it. */
function endOfWire(error: WireError): Ending {
  switch (error.kind) {
    case 'timeout':
      return { why: 'the client kept silent too long', graceful: true };
    case 'shutdown':
      return { why: 'the server stops', farewell: SHUTTING_DOWN, graceful: true };
    default:
      return { why: error.message, graceful: false };
  }
}

function withTls(client: Omit<Pop3Client, 'tls'>, wire: Wire): Pop3Client {
  return wire.tls === undefined ? client : { ...client, tls: wire.tls };
}

/** The read, or SessionEnd as soon as the signal says that the program stops. */
function unlessAborted<T>(signal: AbortSignal | undefined, read: () => Promise<T>): Promise<T> {
  if (signal === undefined) return read();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(new SessionEnd('the server stops', SHUTTING_DOWN));
    };
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    read()
      .finally(() => {
        signal.removeEventListener('abort', stop);
      })
      .then(resolve, reject);
  });
}
