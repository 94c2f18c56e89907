/** RCPT (RFC 5321 §4.1.1.3): one recipient more, or a refusal that leaves the others standing. */
import { isPositive } from '../../mail/index.ts';
import type { Recipient, Reply } from '../../mail/index.ts';
import { parseRcptParameters } from '../grammar/parameters.ts';
import { parseForwardPath } from '../grammar/path.ts';
import { isReply } from '../grammar/refusals.ts';
import { recipientTaken, tooManyRecipients, utf8NotAsked } from './replies.ts';
import type { Session } from './session.ts';
import type { OpenTransaction } from './state.ts';
import { verb } from './verb.ts';

export const rcpt = verb<Recipient>({
  name: 'RCPT',
  usage: 'RCPT TO:<name@domain>',
  states: ['mail'],
  beforeTls: false,
  needsLogin: true,
  endsPipelinedGroup: false,
  keywords: (session) => [`LIMITS RCPTMAX=${session.settings.maxRecipients}`],
  parse: parseRcpt,
  async run(session, recipient) {
    const transaction = openTransaction(session);
    const refusal = await refusalOf(session, transaction, recipient);
    if (refusal !== undefined) {
      transaction.refusedOne = true;
      return refusal;
    }
    transaction.recipients.push(recipient);
    return recipientTaken();
  },
});

function parseRcpt(text: string, session: Session): Recipient | Reply {
  const read = parseForwardPath(text);
  if (isReply(read)) return read;
  const parameters = parseRcptParameters(read.rest, session.offer);
  if (isReply(parameters)) return parameters;
  return read.utf8 && !openTransaction(session).parameters.smtputf8
    ? utf8NotAsked()
    : { address: read.path, ...parameters };
}

async function refusalOf(
  session: Session,
  transaction: OpenTransaction,
  recipient: Recipient,
): Promise<Reply | undefined> {
  const { maxRecipients } = session.settings;
  if (transaction.recipients.length >= maxRecipients) return tooManyRecipients(maxRecipients);
  const answer = await session.policy.recipient(session.transactionOf(transaction), recipient);
  return answer === undefined || isPositive(answer) ? undefined : answer;
}

function openTransaction(session: Session): OpenTransaction {
  const state = session.greetedState;
  if (state.at !== 'mail') throw new Error(`RCPT ran in the state ${state.at}, which its row should not allow`);
  return state.transaction;
}
