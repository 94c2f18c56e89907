/**
 * QUIT (RFC 1939 §4, §6). Before the login it ends the session. After it, the marked messages go in one commit,
 * and only when that stands is +OK said; when it could not be made, the answer says that nothing went.
 */
import { describeError } from '../../../base/index.ts';
import { ok, refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { noArguments } from '../arguments.ts';
import { UPDATE_FAILED } from '../refusals.ts';
import type { Session, Transaction } from '../state.ts';
import { row } from '../verb.ts';
import { messagesInWords } from '../words.ts';

const BYE = 'Good bye';

export const QUIT = row({
  name: 'QUIT',
  states: ['authorization', 'transaction'],
  beforeTls: true,
  parse: noArguments,
  run(session, state): Answer | Promise<Answer> {
    if (state.kind === 'transaction') return update(session, state);
    session.state = { kind: 'ended', why: 'QUIT before the login' };
    return ok(BYE);
  },
});

async function update(session: Session, { maildrop, marks }: Transaction): Promise<Answer> {
  session.state = { kind: 'update' };
  const marked = marks.list();
  const refusal = await maildrop.quit(marked).catch(async (error: unknown) => {
    session.context.log.error('A POP3 session could not be completed', { cause: describeError(error) });
    await maildrop.abandon();
    return UPDATE_FAILED;
  });
  session.state = { kind: 'ended', why: refusal === undefined ? 'QUIT' : 'QUIT, but nothing could be removed' };
  if (refusal !== undefined) return refuse(refusal);
  return ok(marked.length === 0 ? BYE : `${BYE}; ${messagesInWords(marked.length)} removed`);
}
