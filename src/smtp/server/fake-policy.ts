/**
 * A policy for tests of the session. Local parts say what is to happen: `refused`, `unknown`,
 * `full`, `throws`, `slow`, `broken`, `gone`; everybody else is welcome. What it was told stands in
 * `told`, one line for each thing.
 */
import { formatAddress, reply, ReplyError } from '../../mail/index.ts';
import type { Envelope, Recipient, Reply } from '../../mail/index.ts';
import type { MessageSink, SmtpClient, SmtpPolicy, SmtpServerSettings, SmtpTransaction } from './policy.ts';

export interface FakePolicy extends SmtpPolicy {
  readonly told: string[];
  /** Messages that were finished. */
  readonly taken: { readonly envelope: Envelope; readonly content: Buffer }[];
  /** Sinks that were opened, and those that were ended; never more ends than openings. */
  opened: number;
  ended: number;
  closings: number;
}

export function fakePolicy(atConnect?: () => Reply | undefined): FakePolicy {
  const policy: FakePolicy = {
    told: [],
    taken: [],
    opened: 0,
    ended: 0,
    closings: 0,
    connected: () => Promise.resolve(atConnect?.()),
    sender: async (_client, from) => (from === null ? undefined : sender(from.local)),
    recipient: async (_transaction, wanted) => recipient(wanted),
    message: async (transaction) => openSink(policy, transaction),
    refused: (client: SmtpClient, verb: string, answer: Reply) =>
      void policy.told.push(`refused ${verb} ${answer.code} ${answer.rule ?? '-'} ${client.greeted ?? '-'}`),
    reset: () => void policy.told.push('reset'),
    closed: (_client, why) => {
      policy.closings += 1;
      policy.told.push(`closed ${why}`);
    },
  };
  return policy;
}

function sender(local: string): Reply | undefined {
  if (local === 'refused') return reply(550, '5.7.1', 'This sender is not welcome', { rule: 'test-sender' });
  if (local === 'busy') throw new ReplyError(reply(451, '4.7.1', 'Come again later', { rule: 'test-busy' }));
  if (local === 'throws') throw new Error('the disk is on fire');
  return undefined;
}

function recipient({ address }: Recipient): Reply | undefined {
  if (address.local === 'unknown') return reply(550, '5.1.1', 'No such user', { rule: 'test-unknown' });
  if (address.local === 'full') return reply(452, '4.2.2', 'The mailbox is full', { rule: 'test-full' });
  if (address.local === 'leave') return reply(421, '4.7.0', 'Go away', { rule: 'test-leave' });
  if (address.local === 'throws') throw new Error('the disk is on fire');
  return undefined;
}

function openSink(policy: FakePolicy, { envelope, client }: SmtpTransaction): MessageSink | Reply {
  const local = envelope.mailFrom?.local ?? '';
  if (local === 'nodata') return reply(451, '4.3.1', 'There is no room for a message', { rule: 'test-full-disk' });
  policy.opened += 1;
  const pieces: Buffer[] = [];
  return {
    async write(chunk) {
      if (local === 'broken') throw new Error('the disk is full');
      pieces.push(Buffer.from(chunk));
    },
    async finish() {
      policy.ended += 1;
      if (local === 'slow') await new Promise<void>(() => undefined);
      if (local === 'late') throw new Error('the commit failed');
      if (local === 'spam') return reply(550, '5.7.1', 'This is not wanted', { rule: 'test-content' });
      const content = Buffer.concat(pieces);
      policy.taken.push({ envelope: { ...envelope, recipients: [...envelope.recipients] }, content });
      policy.told.push(`taken ${describe(envelope, content)}`);
      if (client.protocol !== 'lmtp') return reply(250, '2.0.0', `Taken, ${content.length} octets`);
      return envelope.recipients.map(({ address }) =>
        address.local === 'gone'
          ? reply(550, '5.1.1', 'No such user any more', { rule: 'test-gone' })
          : reply(250, '2.0.0', `Delivered to ${address.local}`),
      );
    },
    async abort(reason) {
      policy.ended += 1;
      policy.told.push(`aborted ${reason.kind}${reason.kind === 'bare' ? ` ${reason.octet}` : ''}`);
    },
  };
}

function describe(envelope: Envelope, content: Buffer): string {
  const from = envelope.mailFrom === null ? '' : formatAddress(envelope.mailFrom);
  const to = envelope.recipients.map(({ address, notify, orcpt }) =>
    [`<${formatAddress(address)}>`, notify?.join('+'), orcpt].filter((part) => part !== undefined).join(' '),
  );
  const hold = envelope.holdUntil === undefined ? '' : `until ${new Date(envelope.holdUntil).toISOString()}`;
  const facts = [envelope.body, envelope.smtputf8 ? 'smtputf8' : '', envelope.ret ?? '', envelope.envid ?? '', hold];
  return `<${from}> ${to.join(' ')} ${facts.filter((fact) => fact !== '').join(' ')} ${JSON.stringify(content.toString('latin1'))}`;
}

export const TEST_SETTINGS: SmtpServerSettings = {
  hostname: 'mx.test',
  protocol: 'smtp',
  maxMessage: 10_000,
  maxRecipients: 100,
  maxErrors: 20,
  commandTimeout: 300_000,
  dataTimeout: 180_000,
  sessionTimeout: 3_600_000,
  acceptTimeout: 60_000,
};
