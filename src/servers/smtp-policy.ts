/**
 * What the SMTP listeners have in common: the relay table decides, routed recipients are remembered
 * until the message comes, intake takes it. `mx`, `submission` and `lmtp` differ in their service's
 * name, and so in the rows of the table that speak of it.
 */
import type { Logger } from '../base/index.ts';
import { replyText } from '../mail/index.ts';
import type { Reply } from '../mail/index.ts';
import type { Arrival, Intake } from '../intake/index.ts';
import type { MessageSink, SmtpClient, SmtpPolicy, SmtpTransaction } from '../smtp/index.ts';
import type { TlsFacts } from '../store/index.ts';
import type { Refusals } from './refusals.ts';
import type { RelayQuestion } from './relay.ts';
import { openTransaction, Transaction } from './transaction.ts';
import type { TransactionParts } from './transaction.ts';

export interface SmtpPolicyParts extends TransactionParts {
  readonly service: 'smtp' | 'submission' | 'lmtp';
  readonly hostname: () => string;
  readonly intake: Intake;
  readonly refusals: Pick<Refusals, 'add'>;
  readonly log: Logger;
}

export function smtpPolicy(parts: SmtpPolicyParts): SmtpPolicy {
  /** By session; a session has one transaction at a time. */
  const open = new Map<string, Transaction>();

  const question = (client: SmtpClient, from: RelayQuestion['from']): RelayQuestion => ({
    service: parts.service,
    ip: client.peer.address,
    tls: client.tls !== undefined,
    ...(client.login === undefined ? {} : { login: client.login }),
    from,
  });

  const end = (session: string): void => {
    open.get(session)?.end();
    open.delete(session);
  };

  return {
    connected: () => Promise.resolve(undefined),

    async sender(client, from) {
      const transaction = await openTransaction(parts, question(client, from));
      if (!(transaction instanceof Transaction)) return transaction;
      open.set(client.sessionId, transaction);
      return undefined;
    },

    async recipient({ client }, recipient) {
      const transaction = open.get(client.sessionId);
      if (transaction === undefined) throw new Error('a recipient without a transaction');
      return transaction.add(recipient);
    },

    message(transaction): Promise<MessageSink | Reply> {
      const transactionOpen = open.get(transaction.client.sessionId);
      if (transactionOpen === undefined) return Promise.reject(new Error('a message without a transaction'));
      return Promise.resolve(parts.intake.accept(arrivalOf(parts, transaction, transactionOpen)));
    },

    refused(client, verb, answer) {
      parts.log.debug('Refused', {
        service: parts.service,
        peer: client.peer.address,
        session: client.sessionId,
        verb,
        reply: replyText(answer),
        rule: answer.rule,
      });
      parts.refusals.add({ service: parts.service, address: client.peer.address, verb, reply: answer });
    },

    reset(client) {
      end(client.sessionId);
    },

    closed(client, why) {
      end(client.sessionId);
      parts.log.debug('Connection ended', {
        service: parts.service,
        peer: client.peer.address,
        session: client.sessionId,
        why,
      });
    },
  };
}

function arrivalOf(parts: SmtpPolicyParts, { client, envelope }: SmtpTransaction, open: Transaction): Arrival {
  const author = authorOf(parts, client);
  const { sent } = open;
  return {
    service: parts.service,
    sessionId: client.sessionId,
    client: {
      ...(client.greeted === undefined ? {} : { name: client.greeted }),
      ip: client.peer.address,
      port: client.peer.port,
    },
    server: { name: parts.hostname(), ip: client.local.address, port: client.local.port },
    protocol: client.protocol,
    ...(client.tls === undefined ? {} : { tls: tlsFacts(client.tls) }),
    ...(client.login === undefined ? {} : { login: client.login }),
    connectedAt: client.connectedAt,
    startedAt: open.startedAt,
    envelope,
    recipients: open.recipients,
    ...(author === undefined ? {} : { author }),
    ...(sent === undefined ? {} : { sent }),
  };
}

/** With a login the message must be the login's own (RFC 6409 §6.1); without one nobody is asked. */
function authorOf({ router }: SmtpPolicyParts, { login }: SmtpClient): Arrival['author'] {
  return login === undefined
    ? undefined
    : { name: login.name, maySendAs: (address) => router.maySendAs(address, login.account) };
}

/** A server learns nothing of its client's name from TLS: it asks for no certificate. */
export function tlsFacts(tls: { readonly version: string; readonly cipher: string }): TlsFacts {
  return { version: tls.version, cipher: tls.cipher, verified: 'none' };
}
