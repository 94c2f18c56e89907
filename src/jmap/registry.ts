/** All that this server can do over JMAP: each data type adds its lines here. */
import { attachmentsIn, coreCapability, mailCapability } from './capabilities.ts';
import { uploadBlobs } from './blobs.ts';
import type { BlobSource } from './blobs.ts';
import { CORE_METHODS } from './core.ts';
import { emailBlobs } from './email/blobs.ts';
import { archiveCapability, filesOf } from './email/files.ts';
import type { FileInMessage, FilesWish } from './email/files.ts';
import { emailMethods } from './email/methods.ts';
import type { EmailParts } from './email/parts.ts';
import type { JmapAccount, Method } from './method.ts';
import { mailboxMethods } from './mailbox/methods.ts';
import { PushSender } from './push/sender.ts';
import { pushSubscriptionMethods } from './push/subscriptions.ts';
import type { Capability } from './session.ts';
import { mailState } from './state.ts';
import type { MailType, Store, StoreChange } from '../store/index.ts';
import { openRemotes } from './remotes/index.ts';
import { openSubmission } from './submission/index.ts';
import { threadMethods } from './thread.ts';

/** A type that clients are told the state of (RFC 8620 §7.1). */
export interface DataType {
  readonly name: string;
  /** Whether it may be in another state after that: else nobody asks. */
  mayChange(account: string, change: StoreChange): boolean;
  state(account: string): Promise<string>;
}

export interface Registry {
  readonly capabilities: readonly Capability[];
  readonly methods: readonly Method[];
  readonly types: readonly DataType[];
  /** By what stands before the first "-" of a blob's id. */
  readonly blobs: ReadonlyMap<string, BlobSource>;
  /** Parts of a message as files; undefined: 404. */
  files(account: JmapAccount, wish: FilesWish): Promise<readonly FileInMessage[] | undefined>;
  /** What is under way for somebody ends. */
  close(): Promise<void>;
}

export function openRegistry(parts: EmailParts): Registry {
  const { store } = parts;
  const sending = openSubmission(parts);
  const remotes = openRemotes(parts);
  const types = [
    ...[...MAIL_TYPES, ...sending.types].map(([name, type]) => mailType(store, name, type)),
    ...remotes.types,
    // RFC 8621 §1.5: no type with methods; its state is another one when an email came, and then only.
    mailType(store, 'EmailDelivery', 'delivery'),
  ];
  const sender = parts.push && new PushSender({ ...parts, push: parts.push, types });
  const blobs = new Map([['u', uploadBlobs(store)], ...emailBlobs(parts)]);
  return {
    capabilities: [
      coreCapability(parts.maxMessage),
      mailCapability(attachmentsIn(parts.maxMessage)),
      ...sending.capabilities,
      ...remotes.capabilities,
      archiveCapability(),
    ],
    methods: [
      ...CORE_METHODS,
      ...pushSubscriptionMethods({ ...parts, types, onChange: () => sender?.look() }),
      ...mailboxMethods(store, parts.clock),
      ...threadMethods(store),
      ...emailMethods(parts),
      ...sending.methods,
      ...remotes.methods,
    ],
    types,
    blobs,
    files: (account, wish) => filesOf(parts, account, wish),
    async close() {
      remotes.close();
      await sender?.close();
    },
  };
}

const MAIL_TYPES = [
  ['Mailbox', 'mailbox'],
  ['Thread', 'thread'],
  ['Email', 'email'],
] as const;

function mailType(store: Store, name: string, type: MailType): DataType {
  return { name, mayChange: touchesMail, state: (account) => mailState(store, account, type) };
}

function touchesMail(account: string, { mail }: StoreChange): boolean {
  return mail === 'all' || mail.has(account);
}
