/**
 * Sends an email of an account: by the rules of the submission port, through the one door, and in one commit with the
 * submission and with what becomes of the email it was made from (RFC 8621 §7.5).
 */
import type { Router } from '../../accounts/index.ts';
import type { Clock } from '../../base/index.ts';
import type { Arrival, Intake } from '../../intake/index.ts';
import { formatAddress, HeaderScanner, isPositive, LineEnds, refusal, sameAddress } from '../../mail/index.ts';
import type { Envelope, HeaderField, Reply } from '../../mail/index.ts';
import { openTransaction, Transaction } from '../../servers/index.ts';
import type { TransactionParts } from '../../servers/index.ts';
import type { AcceptParams, Aftermath, AftermathResult, StoredContent, Store } from '../../store/index.ts';
import { invalidProperties, SetError } from '../errors.ts';
import { hasOwnAddress } from '../identity/own.ts';
import type { JmapAccount } from '../method.ts';
import type { SendingLimits } from './capability.ts';
import { deriveEnvelope, readEnvelope } from './envelope.ts';
import type { ReadEnvelope, SubmissionEnvelope } from './envelope.ts';
import { meetingsOf } from './people.ts';
import { errorOf, recipientsError } from './refusals.ts';

export interface SendingParts extends TransactionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly router: Router;
  readonly intake: Intake;
  readonly hostname: () => string;
  readonly limits: () => SendingLimits & {
    /** Recipients of one message. */
    readonly recipients: number;
    /** How long a message is tried, in ms. */
    readonly giveUp: number;
  };
  /** Whether a failure comes as a letter ('report', the default) or is shown in the outbox alone. */
  readonly onFailure?: Arrival['onFailure'];
  /** Octets of the largest message that the server takes through which an address sends, where that is known. */
  readonly largestFrom?: (account: string, email: string) => Promise<Largest | undefined>;
}

export interface Largest {
  readonly host: string;
  readonly octets: number;
}

export interface Order {
  readonly account: JmapAccount;
  readonly identity: { readonly id: string; readonly email: string };
  readonly emailId: string;
  readonly envelope: SubmissionEnvelope | null;
  readonly after: Aftermath | undefined;
}

export interface Submitted {
  readonly id: string;
  readonly thread: string;
  readonly envelope: SubmissionEnvelope;
  readonly sendAt: number;
  readonly aftermath?: AftermathResult;
}

export async function submitEmail(parts: SendingParts, order: Order): Promise<Submitted | SetError> {
  const source = await readSource(parts, order);
  if (source instanceof SetError) return source;
  const { fields } = source;
  const { identity, account } = order;
  const given = order.envelope ?? deriveEnvelope(fields, { identity: identity.email, fallback: account.name });
  if (given instanceof SetError) return given;
  const { longestHold, recipients: most } = parts.limits();
  const offer = { auth: false, dsn: true, hold: { now: parts.clock.now(), longest: longestHold } };
  const envelope = readEnvelope(given, offer);
  if (envelope instanceof SetError) return envelope;
  if (envelope.recipients.length === 0)
    return new SetError('noRecipients', 'The message is for nobody: name at least one recipient.');
  const largest = await tooLargeFor(parts, order, source);
  if (largest !== undefined) return largest;
  if (envelope.recipients.length > most)
    return new SetError('tooManyRecipients', `A message goes to ${most} recipients at most.`, { maxRecipients: most });
  return hand(parts, { order, source, given, envelope });
}

/** Known before: what the provider's server will refuse is not put into the outbox first (RFC 1870 §6.1). */
async function tooLargeFor(
  { largestFrom }: SendingParts,
  { account, identity }: Order,
  { content }: Source,
): Promise<SetError | undefined> {
  const largest = await largestFrom?.(account.id, identity.email);
  if (largest === undefined || content.octets <= largest.octets) return undefined;
  const { host, octets } = largest;
  return new SetError('tooLarge', `The message has ${content.octets} octets, and ${host} takes ${octets}.`, {
    maxSize: octets,
  });
}

/** The email to be sent, looked through once before it is let in. */
interface Source {
  readonly content: StoredContent;
  readonly thread: string;
  readonly fields: readonly HeaderField[];
  readonly body: Envelope['body'];
  /** Its header holds UTF-8 as it is (RFC 6532). */
  readonly utf8: boolean;
}

async function readSource({ store, limits }: SendingParts, { account, emailId }: Order): Promise<Source | SetError> {
  const [row] = await store.read('emailRows', { account: account.id, ids: [emailId] });
  const email = row === undefined ? undefined : await store.read('email', { id: emailId });
  if (row === undefined || email === undefined)
    return invalidProperties(['emailId'], 'There is no such email in this account.');
  const { maxMessage } = limits();
  if (email.content.octets > maxMessage)
    return new SetError('tooLarge', `The message has ${email.content.octets} octets, and ${maxMessage} are taken.`, {
      maxSize: maxMessage,
    });
  const scanner = new HeaderScanner();
  let [isSevenBit, hasNul] = [true, false];
  for await (const piece of store.content.read(email.content)) {
    scanner.write(piece);
    isSevenBit &&= piece.every((octet) => octet < 0x80);
    hasNul ||= piece.includes(0);
  }
  scanner.end();
  if (hasNul)
    return new SetError('invalidEmail', 'The message holds NUL octets, which mail can not carry.', {
      properties: ['bodyStructure'],
    });
  return {
    content: email.content,
    thread: row.thread,
    fields: scanner.fields,
    body: isSevenBit ? '7bit' : '8bitmime',
    utf8: scanner.bytes.some((octet) => octet >= 0x80),
  };
}

interface Ready {
  readonly order: Order;
  readonly source: Source;
  readonly given: SubmissionEnvelope;
  readonly envelope: ReadEnvelope;
}

async function hand(parts: SendingParts, ready: Ready): Promise<Submitted | SetError> {
  const { account } = ready.order;
  const login = { account: account.id, name: account.name };
  const from = ready.envelope.mailFrom;
  const transaction = await openTransaction(parts, { service: 'submission', ip: '', tls: true, login, from });
  if (!(transaction instanceof Transaction)) return errorOf(transaction);
  try {
    const refused: { readonly email: string; readonly answer: Reply }[] = [];
    for (const recipient of ready.envelope.recipients) {
      const answer = await transaction.add(recipient);
      if (answer !== undefined) refused.push({ email: formatAddress(recipient.address), answer });
    }
    return recipientsError(refused) ?? (await letIn(parts, ready, transaction));
  } finally {
    transaction.end();
  }
}

async function letIn(parts: SendingParts, ready: Ready, transaction: Transaction): Promise<Submitted | SetError> {
  let submitted: Submitted | undefined;
  const commit = async (accept: AcceptParams): Promise<Reply | undefined> => {
    const done = await write(parts, ready, accept);
    if (done === 'missing') return refusal(550, '5.6.0', 'The email is not there any more', 'email-gone');
    submitted = done;
    return undefined;
  };
  const sink = parts.intake.accept({ ...arrivalOf(parts, ready, transaction), commit });
  const ends = new LineEnds();
  try {
    for await (const piece of parts.store.content.read(ready.source.content)) await sink.write(ends.push(piece));
  } catch (error) {
    await sink.abort();
    throw error;
  }
  const answer = (await sink.finish()) as Reply;
  if (answer.rule === 'internal-error') throw answer.cause;
  return submitted ?? (isPositive(answer) ? invalidProperties(['emailId'], 'It was sent before.') : errorOf(answer));
}

function arrivalOf(
  parts: SendingParts,
  { order, source, envelope }: Ready,
  { startedAt, recipients, sent }: Transaction,
): Arrival {
  const { account } = order;
  const addresses = [envelope.mailFrom, ...envelope.recipients.map(({ address }) => address)];
  const utf8 = source.utf8 || addresses.some((address) => address !== null && !/^[\x20-\x7e]*$/.test(address.local));
  return {
    service: 'jmap',
    sessionId: '',
    client: {},
    server: { name: parts.hostname() },
    protocol: 'jmap',
    login: { name: account.name, mechanism: 'web', account: account.id },
    connectedAt: startedAt,
    startedAt,
    envelope: {
      ...envelope.parameters,
      mailFrom: envelope.mailFrom,
      recipients: envelope.recipients,
      body: source.body,
      smtputf8: utf8 || envelope.parameters.smtputf8,
    },
    recipients,
    author: { name: nameOf(order), maySendAs: (address) => parts.router.maySendAs(address, account.id) },
    ...(sent === undefined ? {} : { sent }),
    onUnsure: 'ask',
    ...(parts.onFailure === undefined ? {} : { onFailure: parts.onFailure }),
  };
}

/** Who stands in a field that is put in: nobody outside knows the account of a person's own computer. */
function nameOf({ account, identity }: Order): string {
  return hasOwnAddress(account) ? account.name : identity.email;
}

async function write(parts: SendingParts, ready: Ready, accept: AcceptParams): Promise<Submitted | 'missing'> {
  const { order, source, given, envelope } = ready;
  const { id, receivedAt, releaseAt } = accept.message;
  const sendAt = releaseAt ?? receivedAt;
  const { account, after } = order;
  const own = envelope.mailFrom;
  const others = envelope.recipients.filter(({ address }) => own === null || !sameAddress(address, own));
  const done = await parts.store.write('submit', {
    accept,
    submission: {
      id,
      account: account.id,
      identity: order.identity.id,
      email: order.emailId,
      thread: source.thread,
      envelope: JSON.stringify(given),
      recipients: envelope.recipients.map(({ address }) => formatAddress(address)),
      sendAt,
    },
    meetings: meetingsOf(source.fields, others, { account: account.id, at: receivedAt }),
    ...(after === undefined ? {} : { after }),
    at: receivedAt,
  });
  if (done === 'missing') return done;
  return { id, thread: source.thread, envelope: given, sendAt, ...done };
}
