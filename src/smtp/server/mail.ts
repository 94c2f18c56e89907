/** MAIL (RFC 5321 §4.1.1.2): opens a transaction with its reverse-path. */
import { isPositive, reply } from '../../mail/index.ts';
import type { Reply, ReversePath } from '../../mail/index.ts';
import { parseMailParameters } from '../grammar/parameters.ts';
import type { MailParameters } from '../grammar/parameters.ts';
import { parseReversePath } from '../grammar/path.ts';
import { isReply } from '../grammar/refusals.ts';
import { tooBig, utf8NotAsked } from './replies.ts';
import type { Session } from './session.ts';
import { verb } from './verb.ts';

interface MailArguments {
  readonly mailFrom: ReversePath;
  readonly parameters: MailParameters;
}

export const mail = verb<MailArguments>({
  name: 'MAIL',
  usage: 'MAIL FROM:<name@domain>',
  states: ['greeted'],
  beforeTls: false,
  needsLogin: true,
  endsPipelinedGroup: false,
  keywords: (session) => [
    `SIZE ${session.settings.maxMessage}`,
    '8BITMIME',
    'SMTPUTF8',
    ...(session.offer.dsn ? ['DSN'] : []),
    ...futureRelease(session),
  ],
  parse: parseMail,
  run: openTransaction,
});

/** "FUTURERELEASE" SP max-future-release-interval SP max-future-release-date-time (RFC 4865 §3) */
function futureRelease({ offer: { hold } }: Session): readonly string[] {
  if (hold === undefined) return [];
  const until = new Date(hold.now + hold.longest).toISOString().replace(/\.\d+/, '');
  return [`FUTURERELEASE ${Math.floor(hold.longest / 1000)} ${until}`];
}

function parseMail(text: string, session: Session): MailArguments | Reply {
  const read = parseReversePath(text);
  if (isReply(read)) return read;
  const parameters = parseMailParameters(read.rest, session.offer);
  if (isReply(parameters)) return parameters;
  return read.utf8 && !parameters.smtputf8 ? utf8NotAsked() : { mailFrom: read.path, parameters };
}

/** A message that says it is too big is refused before it is sent (RFC 1870 §6.1). */
async function openTransaction(session: Session, { mailFrom, parameters }: MailArguments): Promise<Reply> {
  const { hello } = session.greetedState;
  const { maxMessage } = session.settings;
  if (parameters.size !== undefined && parameters.size > maxMessage) return tooBig(maxMessage);
  const refusal = await session.policy.sender(session.client, mailFrom, parameters);
  if (refusal !== undefined && !isPositive(refusal)) return refusal;
  session.state = { at: 'mail', hello, transaction: { mailFrom, parameters, recipients: [], refusedOne: false } };
  return reply(250, '2.1.0', 'Sender taken');
}
