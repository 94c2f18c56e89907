/**
 * BDAT (RFC 3030 §2): the message in counted chunks. BINARYMIME isn't offered, so the content obeys
 * the same rule as DATA's: no bare CR, LF or NUL, across the borders of chunks too.
 *
 * The octets of a chunk follow their command whatever we think of it; they are read away even when
 * the command is refused, since otherwise they would be taken for commands. That is why the row
 * allows every state and the order is looked at here.
 */
import { reply } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';
import { parseChunk } from '../grammar/chunk.ts';
import type { Chunk } from '../grammar/chunk.ts';
import { isReply } from '../grammar/refusals.ts';
import { BareScan } from './bare-scan.ts';
import { openMessage } from './message.ts';
import type { AbortReason } from './policy.ts';
import { bareOctet, noRecipients, outOfOrder, tooBig } from './replies.ts';
import type { Session } from './session.ts';
import type { Chunks } from './state.ts';
import { verb } from './verb.ts';
import type { Answer } from './verb.ts';

export const bdat = verb<Chunk>({
  name: 'BDAT',
  usage: 'BDAT octets [LAST]',
  states: ['connected', 'turned-away', 'greeted', 'mail', 'chunks'],
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: false,
  keywords: () => ['CHUNKING'],
  parse: (text, session) => {
    const chunk = parseChunk(text);
    // How many octets follow isn't known, so what comes next can't be trusted to be a command.
    if (isReply(chunk)) session.end('a BDAT without a size');
    return chunk;
  },
  run: takeChunk,
});

async function takeChunk(session: Session, chunk: Chunk): Promise<Answer> {
  const chunks = await begin(session).catch((error: unknown) => session.answerFor(error));
  if (isReply(chunks)) {
    await drain(session, chunk.size);
    return refuse(session, chunk, chunks);
  }
  chunks.octets += chunk.size;
  const { maxMessage } = session.settings;
  if (chunks.octets > maxMessage) {
    await chunks.message.receive(() => session.wire.readBytes(chunk.size, () => undefined));
    return refuse(session, chunk, tooBig(maxMessage), { kind: 'too-big' });
  }
  await receiveChunk(session, chunks, chunk.size);
  if (chunk.last) chunks.scan.end();
  const { bare } = chunks.scan;
  if (bare !== undefined) return refuse(session, chunk, bareOctet(bare), { kind: 'bare', octet: bare });
  return chunk.last ? finish(session, chunks) : reply(250, '2.0.0', `${chunk.size} octets taken`);
}

/** The message that a chunk belongs to, opened by the first one; or why there is none. */
async function begin(session: Session): Promise<Chunks | Reply> {
  const { state } = session;
  if (state.at === 'chunks') {
    return state.chunks === 'refused'
      ? outOfOrder('An earlier chunk of this message was refused; send RSET')
      : state.chunks;
  }
  if (state.at !== 'mail') return outOfOrder('BDAT comes after MAIL and RCPT');
  const { hello, transaction } = state;
  if (transaction.recipients.length === 0)
    return transaction.refusedOne ? noRecipients() : outOfOrder('RCPT comes before BDAT');
  const message = await openMessage(session, transaction);
  if (isReply(message)) return message;
  const chunks: Chunks = { message, scan: new BareScan(), octets: 0 };
  session.state = { at: 'chunks', hello, transaction, chunks };
  return chunks;
}

function receiveChunk(session: Session, { message, scan }: Chunks, size: number): Promise<void> {
  return message.receive(() =>
    session.wire.readBytes(size, (piece) => {
      scan.push(piece);
      return message.write(piece);
    }),
  );
}

async function drain(session: Session, size: number): Promise<void> {
  session.wire.timeout = session.settings.dataTimeout;
  await session.ending.during(false, () => session.wire.readBytes(size, () => undefined));
}

async function finish(session: Session, { message }: Chunks): Promise<Answer> {
  const answers = await message.finish();
  await session.reset();
  return answers;
}

/**
 * A message that lost a chunk is lost: what still comes of it is refused too, so that a client that
 * pipelines its chunks can't get the rest filed as the whole. LAST ends it, as RSET does.
 */
async function refuse(session: Session, chunk: Chunk, answer: Reply, reason?: AbortReason): Promise<Answer> {
  const { state } = session;
  if (state.at !== 'mail' && state.at !== 'chunks') return answer;
  const message = state.at === 'chunks' && state.chunks !== 'refused' ? state.chunks.message : undefined;
  await message?.abort(reason ?? { kind: 'failed' });
  if (!chunk.last) {
    session.state = { at: 'chunks', hello: state.hello, transaction: state.transaction, chunks: 'refused' };
    return answer;
  }
  await session.reset();
  return message?.answers(answer) ?? answer;
}
