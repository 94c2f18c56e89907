/**
 * What the verbs of one SMTP or LMTP connection share: the wire, the policy, the state, and the one
 * place where an error becomes a reply (RFC 5321 §3, §4.1.4; HOUSE, Sessions).
 */
import type { Clock, Logger } from '../../base/index.ts';
import { ReplyError, temporaryFailure } from '../../mail/index.ts';
import type { Envelope, Reply } from '../../mail/index.ts';
import { WireError } from '../../net/index.ts';
import type { Wire } from '../../net/index.ts';
import { formatReply } from '../grammar/format-reply.ts';
import type { Offer } from '../grammar/parameters.ts';
import { Ending } from './ending.ts';
import type {
  AbortReason,
  SmtpClient,
  SmtpLogin,
  SmtpPolicy,
  SmtpServerSettings,
  SmtpSessionContext,
  SmtpTransaction,
} from './policy.ts';
import { sessionTooLong, shuttingDown } from './replies.ts';
import type { GreetedState, Hello, OpenTransaction, SessionState } from './state.ts';
import type { Verb } from './verb.ts';

/** What `serveSmtp` needs besides the wire. */
export interface SmtpServing extends SmtpSessionContext {
  readonly clock: Clock;
  /** The id of this connection; default: a new random one. */
  readonly sessionId?: string;
  /**
   * The server stops: an idle session is told at once, another at its next command (421 4.3.2). A
   * wire that knows of the stop itself (WireError 'shutdown') needs no signal.
   */
  readonly shutdown?: AbortSignal;
}

/** Octets of replies that may wait for a slow reader before its next command is looked at. */
const MOST_UNSENT = 65_536;

export class Session {
  readonly wire: Wire;
  readonly settings: SmtpServerSettings;
  readonly policy: SmtpPolicy;
  readonly log: Logger;
  readonly clock: Clock;
  readonly verbs: ReadonlyMap<string, Verb>;
  readonly ending: Ending;
  readonly sessionId: string;
  readonly connectedAt: number;
  state: SessionState = { at: 'connected' };
  /** Why the session ends behind the reply that is being given; undefined while it goes on. */
  closing: string | undefined;
  login: SmtpLogin | undefined;
  /** Wrong passwords in this connection; not forgotten by anything. */
  loginFailures = 0;
  /** Refusals with 5xx since a message was last accepted. */
  errors = 0;
  /** Commands since a message was last accepted. */
  commands = 0;

  constructor(wire: Wire, serving: SmtpServing, sessionId: string, verbs: ReadonlyMap<string, Verb>) {
    this.wire = wire;
    this.settings = serving.settings;
    this.policy = serving.policy;
    this.log = serving.log.with({ session: sessionId });
    this.clock = serving.clock;
    this.verbs = verbs;
    this.sessionId = sessionId;
    this.connectedAt = serving.clock.now();
    this.ending = new Ending({
      clock: serving.clock,
      sessionTimeout: serving.settings.sessionTimeout,
      expired: sessionTooLong(serving.settings.hostname),
      shutdown: serving.shutdown,
      stopping: shuttingDown(serving.settings.hostname),
    });
  }

  /** What is known of the peer now. */
  get client(): SmtpClient {
    const { hello, wire, login } = this;
    return {
      sessionId: this.sessionId,
      peer: wire.peer,
      local: wire.local,
      connectedAt: this.connectedAt,
      protocol: hello?.protocol ?? 'smtp',
      ...(hello === undefined ? {} : { greeted: hello.name }),
      ...(wire.tls === undefined ? {} : { tls: wire.tls }),
      ...(login === undefined ? {} : { login }),
    };
  }

  get hello(): Hello | undefined {
    return 'hello' in this.state ? this.state.hello : undefined;
  }

  get offer(): Offer {
    const { sasl, dsn, longestHold: longest } = this.settings;
    const hold = longest === undefined ? {} : { hold: { now: this.clock.now(), longest } };
    return { auth: sasl !== undefined, dsn: dsn === true, ...hold };
  }

  /** Whether a password may cross this line (RFC 4954 §4: under TLS; else only where the listener allows it). */
  get mayLogIn(): boolean {
    return this.wire.tls !== undefined || this.settings.plainLogin?.(this.wire.peer) === true;
  }

  transactionOf(open: OpenTransaction): SmtpTransaction {
    const envelope: Envelope = { ...open.parameters, mailFrom: open.mailFrom, recipients: open.recipients };
    return { client: this.client, envelope };
  }

  /** Puts replies into the batch that leaves when the session next waits (RFC 2920 §3.2). */
  send(replies: readonly Reply[]): void {
    for (const answer of replies) this.wire.write(formatReply(answer));
  }

  /** Sends now what a client must have before it goes on (RFC 2920 §3.2), or what has become too much. */
  async flushIf(now: boolean): Promise<void> {
    if (now || this.wire.unsent > MOST_UNSENT) await this.ending.during(false, () => this.wire.flush());
  }

  /** Tells the policy of a refusal, and the log when it was nobody's decision. */
  refused(verb: string, answer: Reply): void {
    if (answer.rule === 'internal-error')
      this.log.error('A command could not be carried out', { verb, error: answer.cause });
    this.guard(() => {
      this.policy.refused(this.client, verb, answer);
    });
  }

  /** The one place where an error becomes a reply (HOUSE P4). A broken connection stays an error: there is nobody to answer. */
  answerFor(error: unknown): Reply {
    return error instanceof ReplyError ? error.reply : temporaryFailure(error);
  }

  /** Ends the transaction that is open, if there is one (RFC 5321 §4.1.1.5), and is ready for the next. */
  async reset(reason: AbortReason = { kind: 'lost' }): Promise<void> {
    const { state } = this;
    if (state.at !== 'mail' && state.at !== 'chunks') return;
    this.state = { at: 'greeted', hello: state.hello };
    if (state.at === 'chunks' && state.chunks !== 'refused') await state.chunks.message.abort(reason);
    const { client } = this;
    this.guard(() => {
      this.policy.reset(client);
    });
  }

  /** EHLO, HELO, LHLO: a new greeting, and whatever was begun is gone (RFC 5321 §4.1.4). */
  async greet(hello: Hello): Promise<void> {
    await this.reset();
    this.state = { at: 'greeted', hello };
  }

  /** The state of a verb whose row allows it only when a name was said. */
  get greetedState(): GreetedState {
    if (!('hello' in this.state))
      throw new Error(`A verb ran in the state ${this.state.at}, which its row should not allow`);
    return this.state;
  }

  /** The reply to this command is the last one. What is still open is ended with the session. */
  end(why: string): void {
    this.closing ??= why;
  }

  /** A policy's notices must not throw; one that does is a bug to be seen, not a reason to drop a client. */
  guard(notice: () => void): void {
    try {
      notice();
    } catch (error) {
      this.log.error('The policy failed in a notice', { error });
    }
  }
}

/** Whether the connection itself failed. */
export function isBroken(error: unknown): error is WireError {
  return error instanceof WireError;
}
