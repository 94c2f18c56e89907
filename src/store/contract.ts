/**
 * What "store" means, as tests: every engine runs this suite (sqlite/contract.test.ts). Split by noun;
 * this file names the parts.
 */
import type { TestContext } from 'node:test';
import { directoryContract } from './contract/directory.ts';
import { filingContract } from './contract/filing.ts';
import { mailChangesContract } from './contract/mail-changes.ts';
import { mailQueryContract } from './contract/mail-query.ts';
import { mailContract } from './contract/mail.ts';
import { maildropContract } from './contract/maildrop.ts';
import { processContract } from './contract/processes.ts';
import { pushContract } from './contract/push.ts';
import { queueContract } from './contract/queue.ts';
import { remoteContract } from './contract/remote.ts';
import { sessionContract } from './contract/session.ts';
import { sendingContract } from './contract/sending.ts';
import { sharingContract } from './contract/sharing.ts';
import { submissionContract } from './contract/submission.ts';
import { suppressionContract } from './contract/suppression.ts';
import { takeBackContract } from './contract/take-back.ts';
import type { Clock } from '../base/index.ts';
import type { Store } from './store.ts';

export interface Engine {
  readonly name: string;
  /** A store of its own for this test, closed after it; with a directory: another handle on that state. */
  open(t: TestContext, options?: { readonly directory?: string; readonly clock?: Clock }): Promise<Store>;
  /** An empty state directory, removed after the test. */
  directory(t: TestContext): Promise<string>;
  /** The content files that lie in a state directory, unfinished ones included. */
  files(directory: string): Promise<readonly string[]>;
}

export function storeContract(engine: Engine): void {
  directoryContract(engine);
  filingContract(engine);
  maildropContract(engine);
  mailContract(engine);
  mailQueryContract(engine);
  mailChangesContract(engine);
  queueContract(engine);
  processContract(engine);
  remoteContract(engine);
  pushContract(engine);
  sessionContract(engine);
  sendingContract(engine);
  sharingContract(engine);
  submissionContract(engine);
  suppressionContract(engine);
  takeBackContract(engine);
}
