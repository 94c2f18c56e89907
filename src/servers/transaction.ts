/**
 * One message on its way in, from its sender to its last recipient: the relay table decides about each, and what
 * the login takes of its limits counts until the end. SMTP and JMAP ask in their own ways and go through here.
 */
import type { Clock } from '../base/index.ts';
import type { RoutedRecipient } from '../intake/index.ts';
import type { Recipient, Reply } from '../mail/index.ts';
import type { Sent } from '../store/index.ts';
import type { Sending, Taken } from './limits.ts';
import { decideRecipient, decideSender } from './relay.ts';
import type { RelayParts, RelayQuestion } from './relay.ts';
import type { Suppressed } from './suppressed.ts';

export interface TransactionParts extends RelayParts {
  readonly sending?: Sending;
  readonly suppressed?: Pick<Suppressed, 'standing' | 'told'>;
  readonly clock: Clock;
}

/** The sender is decided on first; a reply is its refusal. */
export async function openTransaction(parts: TransactionParts, question: RelayQuestion): Promise<Transaction | Reply> {
  const refusal = await decideSender(parts, question);
  return refusal ?? new Transaction(parts, question);
}

export class Transaction {
  readonly #parts: TransactionParts;
  readonly #question: RelayQuestion;
  readonly #taken: Taken | undefined;
  readonly startedAt: number;
  /** Those that were accepted. */
  readonly recipients: RoutedRecipient[] = [];

  constructor(parts: TransactionParts, question: RelayQuestion) {
    this.#parts = parts;
    this.#question = question;
    this.#taken = question.login === undefined ? undefined : parts.sending?.begin(question.login);
    this.startedAt = parts.clock.now();
  }

  /** Why this recipient is not taken. */
  async add(recipient: Recipient): Promise<Reply | undefined> {
    const { login } = this.#question;
    const verdict = await decideRecipient(this.#parts, this.#question, recipient);
    if (verdict.kind === 'refused') {
      // Before it is said: who sends again has been told, whatever becomes of this process.
      if (verdict.reply.rule === 'suppressed' && login !== undefined)
        await this.#parts.suppressed?.told(login.account, recipient.address);
      return verdict.reply;
    }
    this.recipients.push({ recipient, rule: verdict.rule, targets: verdict.targets });
    this.#taken?.add(recipient.address);
    return undefined;
  }

  /** What is counted for the login, in the commit of the message. */
  get sent(): Sent | undefined {
    return this.#taken?.sent;
  }

  /** The message is over, whatever became of it. */
  end(): void {
    this.#taken?.giveBack();
  }
}
