/** What goes between the threads: requests in batches one way, answers in batches the other. */
import type { ProcessIdentity } from '../../base/index.ts';
import type { OperationName } from '../operations/index.ts';
import type { WriteSettings } from './connection.ts';

export interface Request {
  readonly id: number;
  readonly name: OperationName;
  readonly params: unknown;
}

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

export type ToWorker =
  | { readonly kind: 'run'; readonly requests: readonly Request[] }
  | { readonly kind: 'look' }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly error: string }
  /** `changed`: something was written. `garbage`: content files to be deleted now. */
  | {
      readonly kind: 'answers';
      readonly answers: readonly Answer[];
      readonly changed: boolean;
      readonly garbage: readonly string[];
    }
  /** `changed`: another connection committed since the last look. */
  | { readonly kind: 'looked'; readonly changed: boolean }
  | { readonly kind: 'closed' };

export type WriterSettings = WriteSettings & { readonly process: ProcessIdentity };

export interface ReaderSettings {
  readonly path: string;
}
