/** What lies at a provider, looked at and tidied up by its owner: a visit of its own that collects nothing. */
import { HeaderScanner } from '../mail/index.ts';
import type { HeaderField } from '../mail/index.ts';
import type { Pop3Connection } from '../pop3/index.ts';
import { Pop3Error } from '../pop3/index.ts';
import type { ListedMessage } from './ledger.ts';

/** One message with its header fields, where the server shows them (TOP is optional, RFC 1939 §7). */
export interface SeenMessage extends ListedMessage {
  readonly fields?: readonly HeaderField[];
}

/** Octets of a header that is only looked at. */
const LONGEST_LOOK = 100_000;

export async function withHeaders(
  pop: Pop3Connection,
  messages: readonly ListedMessage[],
): Promise<readonly SeenMessage[]> {
  const seen: SeenMessage[] = [];
  let hasTop = true;
  for (const message of messages) {
    const fields: readonly HeaderField[] | undefined = hasTop ? await headerOf(pop, message.number) : undefined;
    hasTop &&= fields !== undefined;
    seen.push({ ...message, ...(fields === undefined ? {} : { fields }) });
  }
  return seen;
}

/** undefined: the server doesn't know TOP. */
async function headerOf(pop: Pop3Connection, number: number): Promise<readonly HeaderField[] | undefined> {
  const scanner = new HeaderScanner();
  const sink = (chunk: Buffer): void => {
    scanner.write(chunk);
  };
  try {
    await pop.top({ number, lines: 0, limit: LONGEST_LOOK, sink });
  } catch (error) {
    if (error instanceof Pop3Error && error.kind === 'refused') return undefined;
    throw error;
  }
  scanner.end();
  return scanner.fields;
}
