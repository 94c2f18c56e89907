/**
 * MAIL and RCPT read as a session reads them, without a session: whoever wants to know what the
 * wire would say to an address asks the wire's own grammar.
 */
import type { Address, Reply, ReversePath } from '../../mail/index.ts';
import { LONGEST_COMMAND, parseCommand } from '../grammar/command.ts';
import type { Command } from '../grammar/command.ts';
import { parseMailParameters, parseRcptParameters } from '../grammar/parameters.ts';
import type { Offer } from '../grammar/parameters.ts';
import { parseForwardPath, parseReversePath } from '../grammar/path.ts';
import { isReply } from '../grammar/refusals.ts';
import { lineTooLong } from './replies.ts';

/** Only what every listener offers: nothing but SMTPUTF8 is said behind a path here. */
const OFFER: Offer = { auth: false, dsn: false };

/**
 * `path` is what stands between the angle brackets of MAIL FROM.
 *
 * @param smtputf8 the client asks for SMTPUTF8
 * @param refusal what the session has against any MAIL now; said once the line is seen to be a command
 */
export function readMailFrom(path: string, smtputf8: boolean, refusal?: Reply): { readonly path: ReversePath } | Reply {
  const command = readLine(`MAIL FROM:<${path}>${smtputf8 ? ' SMTPUTF8' : ''}`);
  if (isReply(command)) return command;
  if (refusal !== undefined) return refusal;
  const read = parseReversePath(command.text);
  if (isReply(read)) return read;
  const parameters = parseMailParameters(read.rest, OFFER);
  return isReply(parameters) ? parameters : { path: read.path };
}

export function readRcptTo(path: string): { readonly path: Address } | Reply {
  const command = readLine(`RCPT TO:<${path}>`);
  if (isReply(command)) return command;
  const read = parseForwardPath(command.text);
  if (isReply(read)) return read;
  const parameters = parseRcptParameters(read.rest, OFFER);
  return isReply(parameters) ? parameters : { path: read.path };
}

function readLine(line: string): Command | Reply {
  const octets = Buffer.from(line);
  return octets.length > LONGEST_COMMAND ? lineTooLong(LONGEST_COMMAND) : parseCommand(octets);
}
