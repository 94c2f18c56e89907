/**
 * The SMTP client (RFC 5321 §3, LMTP of RFC 2033): one connection, the steps in the order in which
 * whoever drives it wants them. It knows the protocol and no policy: which host, whether TLS is
 * needed and what a refusal means, outbound/ decides.
 */
import type { Clock } from '../../base/index.ts';
import { isPositive } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';
import type { ChannelBindingType, StartTls, TlsState, Wire } from '../../net/index.ts';
import type { SaslClient } from '../../sasl/index.ts';
import { NO_CAPABILITIES } from '../grammar/capabilities.ts';
import type { Capabilities } from '../grammar/capabilities.ts';
import { logIn } from './auth.ts';
import { Conversation } from './conversation.ts';
import type { Answer, ClientTimeouts, Trouble } from './conversation.ts';
import { sayHello } from './hello.ts';
import { transact } from './transaction.ts';
import type { RecipientAnswer, Transaction } from './transaction.ts';

export interface ClientSettings {
  /** Our name in EHLO. */
  readonly hostname: string;
  readonly protocol: 'smtp' | 'lmtp';
  readonly timeouts: ClientTimeouts;
}

export type StartTlsResult =
  | { readonly kind: 'secured'; readonly tls: TlsState }
  /** The server said no; the connection goes on in clear. */
  | { readonly kind: 'refused'; readonly reply: Reply }
  | Trouble;

export class SmtpClientSession {
  readonly #talk: Conversation;
  readonly #settings: ClientSettings;
  #capabilities: Capabilities = NO_CAPABILITIES;
  #protocol: 'smtp' | 'esmtp' | 'lmtp';
  #transactions = 0;

  constructor(wire: Wire, clock: Clock, settings: ClientSettings) {
    this.#talk = new Conversation(wire, clock, settings.timeouts);
    this.#settings = settings;
    this.#protocol = settings.protocol;
  }

  /** What the last EHLO was answered with. */
  get capabilities(): Capabilities {
    return this.#capabilities;
  }

  get protocol(): 'smtp' | 'esmtp' | 'lmtp' {
    return this.#protocol;
  }

  get tls(): TlsState | undefined {
    return this.#talk.wire.tls;
  }

  /** What a login can be bound to; see Wire. */
  channelBinding(type: ChannelBindingType): Buffer | undefined {
    return this.#talk.wire.channelBinding?.(type);
  }

  /** False once the connection is lost, or the server has said that it closes (421). */
  get usable(): boolean {
    return this.#talk.over === undefined;
  }

  /** Usable, and the server has neither left nor said anything that nobody asked for (a 421, RFC 5321 §3.8): for a connection that waits. */
  get quiet(): boolean {
    const { wire } = this.#talk;
    return this.usable && wire.buffered === 0 && !wire.peerLeft;
  }

  /** How many were begun with `send`. */
  get transactions(): number {
    return this.#transactions;
  }

  /** The 220, or the refusal instead of it (RFC 5321 §3.1). */
  greet(): Promise<Answer> {
    return this.#talk.answer('greeting');
  }

  /** EHLO (then HELO when that is refused) or LHLO; again after STARTTLS. */
  async hello(): Promise<Answer> {
    const hello = await sayHello(this.#talk, this.#settings.hostname, this.#settings.protocol);
    this.#capabilities = hello.capabilities;
    this.#protocol = hello.protocol;
    return hello.answer;
  }

  /** TLS from the first octet (RFC 8314 §3), before the greeting. */
  async handshake(options: Extract<StartTls, { role: 'client' }>): Promise<StartTlsResult> {
    const result = await this.#talk.handshake(options);
    return 'kind' in result ? result : { kind: 'secured', tls: result };
  }

  /** STARTTLS and the handshake (RFC 3207). What was known of the server is forgotten: `hello` must follow (§4.2). */
  async startTls(options: Extract<StartTls, { role: 'client' }>): Promise<StartTlsResult> {
    this.#talk.say('STARTTLS');
    const answer = await this.#talk.answer('starttls');
    if (answer.kind === 'trouble') return answer;
    if (!isPositive(answer.reply)) return { kind: 'refused', reply: answer.reply };
    this.#capabilities = NO_CAPABILITIES;
    return await this.handshake(options);
  }

  /** AUTH with an exchange of sasl/ (RFC 4954). */
  auth(exchange: SaslClient): Promise<Answer> {
    return logIn(this.#talk, exchange);
  }

  /** One message. Several may follow each other on one connection, with `rset` behind one that was not taken. */
  async send(transaction: Transaction): Promise<readonly RecipientAnswer[]> {
    this.#transactions += 1;
    await this.#talk.beInStep('mail');
    const context = { talk: this.#talk, offered: this.#capabilities, protocol: this.#protocol };
    return await transact(context, transaction);
  }

  async rset(): Promise<Answer> {
    await this.#talk.beInStep('rset');
    this.#talk.say('RSET');
    return await this.#talk.answer('rset');
  }

  /** QUIT, its answer waited for a moment (RFC 5321 §4.1.1.10), and the end of the connection. Never rejects. */
  async quit(): Promise<void> {
    if (this.usable) {
      this.#talk.say('QUIT');
      await this.#talk.answer('quit');
    }
    await this.#talk.wire.close();
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#talk.wire.destroy();
  }
}
