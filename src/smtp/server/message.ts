/**
 * One message on its way from the wire into the policy's sink. DATA and BDAT read it in different
 * frames; that it ends exactly once, in time, and with the right number of answers is kept here.
 */
import { isPositive, temporaryFailure } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';
import { WireError } from '../../net/index.ts';
import { isReply } from '../grammar/refusals.ts';
import { SessionEnd } from './ending.ts';
import type { AbortReason, MessageSink } from './policy.ts';
import { acceptTimedOut } from './replies.ts';
import type { Session } from './session.ts';
import type { OpenTransaction } from './state.ts';

/** Asks the policy for a sink (DATA, or the first BDAT). The policy may refuse. */
export async function openMessage(session: Session, transaction: OpenTransaction): Promise<OpenMessage | Reply> {
  const sink = await session.policy.message(session.transactionOf(transaction));
  return isReply(sink) ? sink : new OpenMessage(session, sink, transaction.recipients.length);
}

export class OpenMessage {
  readonly #session: Session;
  readonly #sink: MessageSink;
  readonly #recipients: number;
  #open = true;
  /** The sink failed: what still comes is thrown away, and the end is answered with this. */
  #failure: { readonly error: unknown } | undefined;

  constructor(session: Session, sink: MessageSink, recipients: number) {
    this.#session = session;
    this.#sink = sink;
    this.#recipients = recipients;
  }

  /** Takes a piece; never rejects, so the wire is always read to the true end. */
  readonly write = async (chunk: Buffer): Promise<void> => {
    if (!this.#open || this.#failure !== undefined) return;
    try {
      await this.#sink.write(chunk);
    } catch (error) {
      this.#failure = { error };
    }
  };

  /** Reads from the wire into the sink with `read`; when the connection fails meanwhile, ends the message. */
  async receive<T>(read: () => Promise<T>): Promise<T> {
    this.#session.wire.timeout = this.#session.settings.dataTimeout;
    try {
      return await this.#session.ending.during(false, read);
    } catch (error) {
      await this.abort(lossOf(error));
      throw error;
    }
  }

  /** The message is whole: the policy's answers, one for each that the protocol wants, in time (RFC 1047). */
  async finish(): Promise<readonly Reply[]> {
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      await this.abort({ kind: 'failed' });
      return this.answers(this.#session.answerFor(error));
    }
    this.#open = false;
    return this.answers(await this.#finishInTime());
  }

  /** Ends the message without accepting it. Never rejects; only the first call counts. */
  async abort(reason: AbortReason): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      await this.#sink.abort(reason);
    } catch (error) {
      this.#session.log.error('A message that was not accepted could not be thrown away', { error });
    }
  }

  /** One reply in SMTP; in LMTP one for each accepted recipient, in their order (RFC 2033 §4.2). */
  answers(answer: Reply | readonly Reply[]): readonly Reply[] {
    const given = isReply(answer) ? undefined : answer;
    if (this.#session.settings.protocol === 'smtp') return [given === undefined ? (answer as Reply) : oneOf(given)];
    return Array.from({ length: this.#recipients }, (_, index) =>
      given === undefined ? (answer as Reply) : (given[index] ?? missing()),
    );
  }

  #finishInTime(): Promise<Reply | readonly Reply[]> {
    const { clock, settings, log } = this.#session;
    return new Promise((resolve) => {
      let late = false;
      const cancel = clock.after(settings.acceptTimeout, () => {
        late = true;
        resolve(acceptTimedOut(Math.ceil(settings.acceptTimeout / 1000)));
      });
      const settle = (answer: Reply | readonly Reply[]): void => {
        cancel();
        if (late)
          log.warn('A message was finished after its sender had been told 451', {
            outcome: isReply(answer) ? answer.code : answer.map((one) => one.code),
          });
        resolve(answer);
      };
      callSink(this.#sink).then(settle, (error: unknown) => {
        settle(this.#session.answerFor(error));
      });
    });
  }
}

/** A sink that throws before its promise is a sink that rejects. */
async function callSink(sink: MessageSink): Promise<Reply | readonly Reply[]> {
  return sink.finish();
}

/** Several answers where the protocol has room for one: a refusal must not be hidden by a 250. */
function oneOf(answers: readonly Reply[]): Reply {
  return answers.find((answer) => !isPositive(answer)) ?? answers[0] ?? missing();
}

function missing(): Reply {
  return temporaryFailure(new Error('The policy gave fewer answers than there are recipients'));
}

/** Why a message won't come to an end. */
function lossOf(error: unknown): AbortReason {
  return error instanceof SessionEnd || (error instanceof WireError && error.kind === 'timeout')
    ? { kind: 'timeout' }
    : { kind: 'lost' };
}
