/** DATA (RFC 5321 §4.1.1.4, §4.5.2): the message, up to the dot on a line of its own. */
import { reply } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';
import { parseNothing } from '../grammar/command.ts';
import { isReply } from '../grammar/refusals.ts';
import { openMessage } from './message.ts';
import type { OpenMessage } from './message.ts';
import { bareOctet, noRecipients, outOfOrder, tooBig } from './replies.ts';
import type { Session } from './session.ts';
import type { OpenTransaction } from './state.ts';
import { verb } from './verb.ts';

export const data = verb<undefined>({
  name: 'DATA',
  usage: 'DATA',
  states: ['mail'],
  beforeTls: false,
  needsLogin: true,
  // The client waits for the 354, which leaves when we wait for the message; but the message may begin
  // the next group (RFC 2920 §3.1), whose replies leave together with the one to the message.
  endsPipelinedGroup: false,
  parse: (text) => parseNothing('DATA', text),
  async run(session) {
    const state = session.greetedState;
    if (state.at !== 'mail') throw new Error(`DATA ran in the state ${state.at}, which its row should not allow`);
    const message = await openForData(session, state.transaction);
    if (isReply(message)) return message;
    session.send([reply(354, undefined, 'Send the message; a dot on a line of its own ends it')]);
    const answers = await receiveDotted(session, message);
    await session.reset();
    return answers;
  },
});

/** Without a recipient nothing is opened, and the client must not send a message (RFC 5321 §3.3; RFC 2033 §4.2: always 503). */
function openForData(session: Session, transaction: OpenTransaction): Promise<OpenMessage | Reply> | Reply {
  if (transaction.recipients.length > 0) return openMessage(session, transaction);
  return transaction.refusedOne && session.settings.protocol === 'smtp'
    ? noRecipients()
    : outOfOrder('RCPT comes before DATA');
}

/** What can be said against a message is said behind its true end; only then is it sure where commands go on. */
async function receiveDotted(session: Session, message: OpenMessage): Promise<readonly Reply[]> {
  const { maxMessage } = session.settings;
  const read = await message.receive(() => session.wire.readDotted(maxMessage, message.write));
  if (read.bare !== undefined) {
    await message.abort({ kind: 'bare', octet: read.bare });
    return message.answers(bareOctet(read.bare));
  }
  if (read.tooBig) {
    await message.abort({ kind: 'too-big' });
    return message.answers(tooBig(maxMessage));
  }
  return message.finish();
}
