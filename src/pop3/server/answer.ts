/**
 * What a command is answered with, as a value; `sendAnswer` is the one place that turns it into octets
 * (RFC 1939 §3). Long answers leave in blocks, each waiting for the peer to take the one before, so a slow or
 * silent reader costs a block of memory and no more.
 */
import { DotStuffer } from '../../net/index.ts';
import type { Wire } from '../../net/index.ts';
import { formatStatus } from '../grammar/response.ts';
import type { Pop3Refusal } from './policy.ts';

/** Octets collected before the peer must take some. */
const BLOCK = 65_536;

const END_OF_LINES = '.\r\n';

export type Answer =
  | { readonly kind: 'ok'; readonly text: string; readonly afterwards?: () => Promise<void> }
  | { readonly kind: 'listing'; readonly text: string; readonly lines: Iterable<string> }
  | MessageAnswer
  | { readonly kind: 'refused'; readonly refusal: Pop3Refusal };

export interface MessageAnswer {
  readonly kind: 'message';
  readonly text: string;
  /** CRLF line ends, not byte-stuffed. */
  readonly source: AsyncIterable<Buffer>;
  /** How many octets the source must give; undefined when that isn't known before. */
  readonly octets?: number;
  /** Called when the whole message and its end were handed to the connection. */
  readonly sent: () => void;
}

export function ok(text: string): Answer {
  return { kind: 'ok', text };
}

export function refuse(refusal: Pop3Refusal): Answer {
  return { kind: 'refused', refusal };
}

/**
 * A message broke off after its beginning was sent. To end it with the dot would make the client take half a
 * message for a whole one (and perhaps delete it here), so the connection must be dropped.
 */
export class BrokenMessage extends Error {
  constructor(cause: unknown) {
    super('a message could not be read to its end', { cause });
    this.name = 'BrokenMessage';
  }
}

/** Throws BrokenMessage, a WireError, or, as long as nothing was sent, whatever the source of the message threw. */
export async function sendAnswer(wire: Wire, answer: Answer): Promise<void> {
  switch (answer.kind) {
    case 'ok':
      wire.write(formatStatus({ positive: true, text: answer.text }));
      break;
    case 'refused':
      wire.write(formatStatus({ positive: false, ...answer.refusal }));
      break;
    case 'listing':
      await sendListing(wire, answer.text, answer.lines);
      break;
    case 'message':
      await sendMessage(wire, answer);
      break;
  }
  await makeRoom(wire);
}

/** Lines are our own (numbers, UIDLs, capability names) and never begin with a dot, so there is nothing to stuff. */
async function sendListing(wire: Wire, text: string, lines: Iterable<string>): Promise<void> {
  let block = formatStatus({ positive: true, text });
  for (const line of lines) {
    block += `${line}\r\n`;
    if (block.length < BLOCK) continue;
    wire.write(block);
    block = '';
    await makeRoom(wire);
  }
  wire.write(block + END_OF_LINES);
}

async function sendMessage(wire: Wire, answer: MessageAnswer): Promise<void> {
  const pieces = answer.source[Symbol.asyncIterator]();
  try {
    // The first piece is fetched before +OK is said: what fails here can still be answered with -ERR.
    let piece = await pieces.next();
    wire.write(formatStatus({ positive: true, text: answer.text }));
    const stuffer = new DotStuffer();
    let octets = 0;
    for (; piece.done !== true; piece = await nextPiece(pieces)) {
      octets += piece.value.length;
      if (octets > (answer.octets ?? Infinity)) throw new BrokenMessage(new Error('it has more octets than listed'));
      wire.write(stuffer.push(piece.value));
      await makeRoom(wire);
    }
    if (answer.octets !== undefined && octets < answer.octets) {
      throw new BrokenMessage(new Error(`it has ${octets} of the ${answer.octets} octets listed`));
    }
    wire.write(stuffer.end());
  } finally {
    await pieces.return?.().catch(() => undefined);
  }
  answer.sent();
}

async function nextPiece(pieces: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer>> {
  try {
    return await pieces.next();
  } catch (error) {
    throw new BrokenMessage(error);
  }
}

async function makeRoom(wire: Wire): Promise<void> {
  if (wire.unsent >= BLOCK) await wire.flush();
}
