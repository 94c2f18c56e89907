/** All that this server can do over JMAP: each data type adds its lines here. */
import { attachmentsIn, coreCapability, mailCapability } from './capabilities.ts';
import { uploadBlobs } from './blobs.ts';
import type { BlobSource } from './blobs.ts';
import { CORE_METHODS } from './core.ts';
import { emailBlobs } from './email/blobs.ts';
import { emailMethods } from './email/methods.ts';
import type { EmailParts } from './email/parts.ts';
import type { Method } from './method.ts';
import { mailboxMethods } from './mailbox/methods.ts';
import { PUSH_SUBSCRIPTION_METHODS } from './push-subscription.ts';
import type { Capability } from './session.ts';
import { formatState, readMailState } from './state.ts';
import type { Store, StoreChange } from '../store/index.ts';
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
  /** What is under way for somebody ends. */
  close(): void;
}

export function openRegistry(parts: EmailParts): Registry {
  const { store } = parts;
  const mailState = async (account: string): Promise<string> => formatState(await readMailState(store, account));
  const sending = openSubmission(parts);
  const remotes = openRemotes(parts);
  const blobs = new Map([['u', uploadBlobs(store)], ...emailBlobs(parts)]);
  return {
    capabilities: [
      coreCapability(parts.maxMessage),
      mailCapability(attachmentsIn(parts.maxMessage)),
      ...sending.capabilities,
      ...remotes.capabilities,
    ],
    methods: [
      ...CORE_METHODS,
      ...PUSH_SUBSCRIPTION_METHODS,
      ...mailboxMethods(store, parts.clock),
      ...threadMethods(store),
      ...emailMethods(parts),
      ...sending.methods,
      ...remotes.methods,
    ],
    types: [
      ...['Mailbox', 'Thread', 'Email', ...sending.types].map((name) => ({
        name,
        mayChange: touchesMail,
        state: mailState,
      })),
      ...remotes.types,
      { name: 'EmailDelivery', mayChange: touchesMail, state: deliveryState(store) },
    ],
    blobs,
    close: () => {
      remotes.close();
    },
  };
}

/** RFC 8621 §1.5: EmailDelivery is no type with methods; its state is another one when an email came, and then only. */
function deliveryState(store: Store): DataType['state'] {
  return async (account) => {
    const { epoch, arrivals } = await readMailState(store, account);
    return formatState({ epoch, modseq: arrivals });
  };
}

function touchesMail(account: string, { mail }: StoreChange): boolean {
  return mail === 'all' || mail.has(account);
}
