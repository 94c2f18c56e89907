/** What an operation may have changed, for those who keep something in memory or wait for work. */
import type { AcceptParams, StoreChange } from '../store.ts';
import type { Request } from './messages.ts';

export const EVERYTHING: StoreChange = { directory: true, queue: true };
const NOTHING: StoreChange = { directory: false, queue: false };
const QUEUE: StoreChange = { directory: false, queue: true };

/** An operation that is not named here may have touched everything. */
export function touches({ name, params }: Pick<Request, 'name' | 'params'>): StoreChange {
  switch (name) {
    case 'accept':
      return isForQueue(params as AcceptParams) ? QUEUE : NOTHING;
    case 'claimDue':
    case 'bringBack':
    case 'settle':
    case 'claimForOperator':
    case 'changeDeliveries':
    case 'takeBack':
    case 'freeProcesses':
    case 'takeLease':
    case 'dropLease':
      return QUEUE;
    case 'lockMaildrop':
    case 'quitMaildrop':
    case 'placeEmails':
    case 'removePart':
    case 'recordRefusals':
    case 'registerProcess':
    case 'unregisterProcess':
    case 'forgetGarbage':
    case 'sweepJourney':
    case 'forgetDestinations':
    case 'sweepTombstones':
    case 'suppress':
    case 'toldSuppressed':
    case 'removeSuppressions':
    case 'sweepSuppressions':
    case 'openSession':
    case 'touchSession':
    case 'sweepSessions':
      return NOTHING;
    default:
      return EVERYTHING;
  }
}

/** A report about a message may have to go elsewhere though the message itself does not. */
function isForQueue({ deliveries, reports = [] }: AcceptParams): boolean {
  return deliveries.length > 0 || reports.some(isForQueue);
}

export function joined(changes: readonly StoreChange[]): StoreChange {
  return {
    directory: changes.some(({ directory }) => directory),
    queue: changes.some(({ queue }) => queue),
  };
}
