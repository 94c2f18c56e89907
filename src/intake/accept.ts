/**
 * The one door, for messages with an envelope: the header is looked at while the octets stream into
 * the store's content, and then everything (content, copies, queue items, journey) commits together,
 * before the 250 (HOUSE P1). The only place that may refuse content.
 */
import { describeError, newId } from '../base/index.ts';
import type { Clock, Logger } from '../base/index.ts';
import {
  completeHeader,
  formatAddress,
  formatReceived,
  HeaderScanner,
  messageIdOf,
  threadIdsOf,
  parseHeaderSection,
  refusal,
  reply,
  temporaryFailure,
  withKeyword,
} from '../mail/index.ts';
import type { Address, HeaderEdit, HeaderField, Reply } from '../mail/index.ts';
import type { AcceptParams, ContentRef, ContentWriter, NewEvent, NewMessage, Store } from '../store/index.ts';
import type { Arrival, ArrivalSink, RoutedRecipient } from './arrival.ts';
import { authorRefusal } from './author.ts';
import type { Composer } from './compose.ts';
import { DowngradedForm } from './downgraded.ts';
import { deliveredAgain, deliveredBefore, tooManyHops } from './loops.ts';
import { place } from './place.ts';
import { reportSuccess } from './success.ts';

export interface IntakeParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hostname: () => string;
  readonly composer: Composer;
  /** Whether Received names the address of a client that logged in. Default: it stays in the journey. */
  readonly showSubmitter?: () => boolean;
}

export interface Intake {
  /** Opens the door for one message; every recipient of it was accepted before. */
  accept(arrival: Arrival): ArrivalSink;
}

export function openIntake(parts: IntakeParts): Intake {
  return { accept: (arrival) => new ArrivingMessage(parts, arrival) };
}

class ArrivingMessage implements ArrivalSink {
  readonly #parts: IntakeParts;
  readonly #arrival: Arrival;
  readonly #id: string;
  readonly #writer: ContentWriter;
  readonly #scanner = new HeaderScanner();
  /** Made while the octets go to the store, where the message came as internationalised. */
  readonly #form: DowngradedForm | undefined;
  /** Set when the header section has ended and its octets are on their way to the store. */
  #header:
    | { readonly bytes: Buffer; readonly messageId: string | undefined; readonly threadIds: readonly string[] }
    | undefined;
  #edits: readonly HeaderEdit[] = [];
  /** Set when the content is refused: the rest is read and thrown away, the answer comes at its end. */
  #refusal: Reply | undefined;
  /** Those of the recipients that get no copy although others do: LMTP alone can say so (RFC 2033 §4.2). */
  readonly #refused = new Map<RoutedRecipient, Reply>();

  constructor(parts: IntakeParts, arrival: Arrival) {
    this.#parts = parts;
    this.#arrival = arrival;
    this.#id = newId(parts.clock.now());
    this.#writer = parts.store.content.create();
    this.#form = arrival.envelope.smtputf8 ? new DowngradedForm() : undefined;
  }

  write(chunk: Buffer): void | Promise<void> {
    if (this.#refusal !== undefined) return undefined;
    if (this.#header !== undefined) return this.#store(chunk);
    const rest = this.#scanner.write(chunk);
    if (this.#scanner.state === 'reading') return undefined;
    return this.#headerEnded(rest);
  }

  async finish(): Promise<Reply | readonly Reply[]> {
    const answer = await this.#outcome();
    const { service, recipients } = this.#arrival;
    return service === 'lmtp' ? recipients.map((one) => this.#refused.get(one) ?? answer) : answer;
  }

  async abort(): Promise<void> {
    await this.#writer.abort();
  }

  /** What becomes of the message, for everybody who is not refused by name. */
  async #outcome(): Promise<Reply> {
    if (this.#header === undefined && this.#refusal === undefined) {
      this.#scanner.end();
      await this.#headerEnded(Buffer.alloc(0));
    }
    if (this.#refusal !== undefined) {
      await this.#writer.abort();
      return this.#refusal;
    }
    try {
      return await this.#commit(await this.#writer.finish());
    } catch (error) {
      await this.#writer.abort();
      this.#parts.log.error('A message could not be stored', { message: this.#id, cause: describeError(error) });
      return temporaryFailure(error);
    }
  }

  /** The header section is whole: it is judged, completed where a rule says so, and goes before `rest`. */
  async #headerEnded(rest: Buffer): Promise<void> {
    if (this.#scanner.state === 'too-big') {
      this.#refusal = refusal(552, '5.3.4', 'The header of the message is too large to be one', 'header-too-big');
      return;
    }
    const { fields } = this.#scanner;
    this.#refusal = tooManyHops(fields) ?? this.#looping(fields);
    if (this.#refusal !== undefined) return;
    if (isHandedIn(this.#arrival)) await this.#completed();
    else {
      const { bytes } = this.#scanner;
      this.#header = { bytes, messageId: messageIdOf(fields), threadIds: threadIdsOf(fields) };
      await this.#store(bytes);
    }
    if (rest.length > 0 && this.#refusal === undefined) await this.#store(rest);
  }

  #store(octets: Buffer): void | Promise<void> {
    this.#form?.write(octets);
    return this.#writer.write(octets);
  }

  /** Recipients who had the message before. SMTP has one answer for all of them, so one is enough to refuse it. */
  #looping(fields: readonly HeaderField[]): Reply | undefined {
    const before = deliveredBefore(fields);
    const { recipients, service } = this.#arrival;
    for (const recipient of recipients) {
      const refusal = deliveredAgain(recipient, before);
      if (refusal !== undefined) this.#refused.set(recipient, refusal);
    }
    const everybody = this.#refused.size === recipients.length;
    return service !== 'lmtp' || everybody ? this.#refused.values().next().value : undefined;
  }

  /** RFC 6409 §8: what the sender's client left out is put in, once, while the octets stream by. */
  async #completed(): Promise<void> {
    const { author, envelope } = this.#arrival;
    const from = envelope.mailFrom === null ? author?.name : formatAddress(envelope.mailFrom);
    const { bytes, edits } = completeHeader(this.#scanner.bytes, {
      date: this.#parts.clock.now(),
      messageId: `<${this.#id}@${this.#parts.hostname()}>`,
      ...(from === undefined ? {} : { from }),
      ...(author === undefined ? {} : { sender: author.name }),
    });
    const fields = parseHeaderSection(bytes);
    this.#refusal = author === undefined ? undefined : await authorRefusal(fields, author);
    if (this.#refusal !== undefined) return;
    this.#edits = edits;
    this.#header = { bytes, messageId: messageIdOf(fields), threadIds: threadIdsOf(fields) };
    await this.#store(bytes);
  }

  async #commit(content: ContentRef): Promise<Reply> {
    const { envelope, sent, onUnsure, onFailure } = this.#arrival;
    const recipients = this.#arrival.recipients.filter((one) => !this.#refused.has(one));
    const at = this.#parts.clock.now();
    const id = this.#id;
    const answer = reply(250, '2.0.0', `${id} is our responsibility now`, { rule: 'accepted' });
    const message = this.#newMessage(at, content);
    const { releaseAt: holdUntil } = message;
    const hold = holdUntil === undefined ? {} : { holdUntil };
    const policy = {
      ...(onUnsure === undefined ? {} : { onUnsure }),
      ...(onFailure === undefined ? {} : { onFailure }),
    };
    const placement = place({ id, mailFrom: envelope.mailFrom, at, recipients, ...hold, ...policy });
    const success = await reportSuccess(this.#parts, {
      id,
      envelope,
      at,
      header: this.#header?.bytes ?? Buffer.alloc(0),
      recipients,
      numbers: (recipient) => placement.numbers.get(recipient) ?? [],
      held: holdUntil !== undefined,
    });
    const arrived = [this.#receivedEvent(at, content, answer), ...this.#editEvents(at)];
    const refused = await this.#write({
      message,
      emails: placement.emails,
      deliveries: placement.deliveries,
      events: [...arrived, ...placement.events, ...success.events],
      reports: success.reports,
      ...(sent === undefined ? {} : { sent }),
    });
    if (refused !== undefined) {
      await this.#writer.abort();
      return refused;
    }
    this.#tell(message, recipients.length);
    return answer;
  }

  async #write(accept: AcceptParams): Promise<Reply | undefined> {
    const { commit } = this.#arrival;
    if (commit !== undefined) return commit(accept);
    await this.#parts.store.write('accept', accept);
    return undefined;
  }

  #newMessage(at: number, content: ContentRef): NewMessage {
    const { envelope, service, login } = this.#arrival;
    const messageId = this.#header?.messageId;
    const { smtputf8, body, ret, holdUntil } = envelope;
    // Of what is composed here reports are matched by it (RFC 3461 §5.2.1).
    const envid = envelope.envid ?? (service === 'jmap' ? this.#id : undefined);
    const prefix = this.#received(at);
    return {
      id: this.#id,
      content,
      prefix,
      ...this.#form?.finish({ prefix, content }),
      mailFrom: envelope.mailFrom === null ? '' : formatAddress(envelope.mailFrom),
      ...(messageId === undefined ? {} : { messageId }),
      threadIds: this.#header?.threadIds ?? [],
      body,
      smtputf8,
      ...(ret === undefined ? {} : { ret }),
      ...(envid === undefined ? {} : { envid }),
      receivedAt: at,
      source: service,
      ...(login === undefined ? {} : { account: login.account }),
      // A time that has come holds nothing (RFC 4865).
      ...(holdUntil === undefined || holdUntil <= at ? {} : { releaseAt: holdUntil }),
    };
  }

  #tell({ id, mailFrom, content }: NewMessage, recipients: number): void {
    const { service, sessionId: session } = this.#arrival;
    const { octets } = content;
    this.#parts.log.info('Accepted', { message: id, service, session, from: mailFrom, recipients, octets });
  }

  /** RFC 5321 §4.4. With a login the client's address stays between us: it stands in the journey only. */
  #received(at: number): Buffer {
    const { client, login, tls, envelope, recipients } = this.#arrival;
    const only = recipients.length === 1 ? recipients[0]?.recipient.address : undefined;
    return formatReceived({
      client:
        login === undefined || this.#parts.showSubmitter?.() === true
          ? {
              ...(client.name === undefined ? {} : { helo: client.name }),
              ...(client.ip === undefined ? {} : { ip: client.ip }),
            }
          : {},
      by: this.#parts.hostname(),
      ...this.#with(),
      id: this.#id,
      ...(only === undefined || only.domain === '' || !fits(only, envelope.smtputf8) ? {} : { for: only }),
      ...(tls === undefined ? {} : { tls: tls.cipher }),
      at,
    });
  }

  /** No keyword is registered for what isn't SMTP or LMTP. */
  #with(): { readonly with?: ReturnType<typeof withKeyword> } {
    const { protocol, tls, login, envelope } = this.#arrival;
    if (protocol === 'jmap') return {};
    return {
      with: withKeyword({ protocol, tls: tls !== undefined, auth: login !== undefined, utf8: envelope.smtputf8 }),
    };
  }

  #receivedEvent(at: number, content: ContentRef, answer: Reply): NewEvent {
    const { service, client, server, tls, login, sessionId, envelope, connectedAt, startedAt } = this.#arrival;
    return {
      message: this.#id,
      at,
      facts: {
        kind: 'received',
        service,
        client,
        server,
        protocol: this.#with().with ?? 'JMAP',
        ...(tls === undefined ? {} : { tls }),
        ...(login === undefined ? {} : { login: { name: login.name, mechanism: login.mechanism } }),
        sessionId,
        mailFrom: envelope.mailFrom === null ? '' : formatAddress(envelope.mailFrom),
        octets: content.octets,
        connectedAt,
        startedAt,
        endedAt: at,
        reply: {
          code: answer.code,
          ...(answer.enhanced === undefined ? {} : { enhanced: answer.enhanced }),
          text: answer.lines.join(' '),
        },
      },
    };
  }

  #editEvents(at: number): readonly NewEvent[] {
    return this.#edits.map(({ rule, what }) => ({ message: this.#id, at, facts: { kind: 'edited', rule, what } }));
  }
}

/** By one of ours: then the header is completed, and what it says of its author is looked at. */
function isHandedIn({ service }: Arrival): boolean {
  return service === 'submission' || service === 'jmap';
}

/** An address with characters beyond ASCII may stand in a header only where SMTPUTF8 was asked for. */
function fits(address: Address, smtputf8: boolean): boolean {
  return smtputf8 || /^[\x20-\x7e]*$/.test(address.local);
}
