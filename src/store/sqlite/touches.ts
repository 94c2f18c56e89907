/** What an operation may have changed, for those who keep something in memory or wait for work. */
import type { AcceptParams } from '../message.ts';
import type { StoreChange, WriteName, Writes } from '../store.ts';
import type { Request } from './messages.ts';

const NOBODY: ReadonlySet<string> = new Set();

export const EVERYTHING: StoreChange = { directory: true, queue: true, mail: 'all' };
const NOTHING: StoreChange = { directory: false, queue: false, mail: NOBODY };
const QUEUE: StoreChange = { ...NOTHING, queue: true };

type Params<N extends WriteName> = Parameters<Writes[N]>[0];

/** An operation that is not named here may have touched everything. */
export function touches({ name, params }: Pick<Request, 'name' | 'params'>): StoreChange {
  switch (name) {
    case 'accept':
      return {
        ...NOTHING,
        queue: isForQueue(params as AcceptParams),
        mail: new Set(accountsOf(params as AcceptParams)),
      };
    case 'submit':
      return joined([touches({ name: 'accept', params: (params as Params<'submit'>).accept }), submitterOf(params)]);
    case 'settle':
      return { ...QUEUE, mail: new Set(accountsOfSettlement(params as Params<'settle'>)) };
    case 'cancelSubmission':
      return joined([QUEUE, mailOf(params)]);
    case 'claimForOperator':
    case 'changeDeliveries':
    case 'takeBack':
    case 'freeProcesses':
      // Whose submissions these are is not said here.
      return { ...QUEUE, mail: 'all' };
    case 'claimDue':
    case 'bringBack':
    case 'takeLease':
    case 'dropLease':
      return QUEUE;
    case 'putIdentity':
    case 'forgetSubmission':
    case 'linkReport':
      return mailOf(params);
    case 'announceEnd':
    case 'meet':
    case 'forgetCorrespondents':
      return NOTHING;
    case 'quitMaildrop':
      return (params as Params<'quitMaildrop'>).remove.length === 0 ? NOTHING : mailOf(params);
    case 'placeEmails':
    case 'changeEmails':
    case 'append':
    case 'createMailbox':
    case 'updateMailbox':
    case 'destroyMailbox':
      return mailOf(params);
    case 'collectMessage':
      return mailOf((params as Params<'collectMessage'>).append);
    // What stands with a remote is shown beside the mail.
    case 'putRemote':
    case 'removeRemote':
    case 'recordVisit':
    case 'wantRest':
    case 'wantMessages':
    case 'removePart':
      return { ...NOTHING, mail: 'all' };
    case 'remoteMessagesGone':
    case 'renameRemoteMessages':
    case 'lockMaildrop':
    case 'putCards':
    case 'putUpload':
    case 'sweepUploads':
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
    // Whoever posts is told beside the store; other processes hear of every commit.
    case 'addPushSubscription':
    case 'changePushSubscription':
    case 'removePushSubscription':
    case 'notePush':
      return NOTHING;
    default:
      return EVERYTHING;
  }
}

function mailOf(params: unknown): StoreChange {
  return { ...NOTHING, mail: new Set([(params as { readonly account: string }).account]) };
}

/** A report about a message may have to go elsewhere though the message itself does not. */
function isForQueue({ deliveries, reports = [] }: AcceptParams): boolean {
  return deliveries.length > 0 || reports.some(isForQueue);
}

function accountsOf({ emails, reports = [] }: AcceptParams): readonly string[] {
  return [...emails.map(({ account }) => account), ...reports.flatMap(accountsOf)];
}

function submitterOf(params: unknown): StoreChange {
  return mailOf((params as Params<'submit'>).submission);
}

function accountsOfSettlement({ emails = [], reports, note, submitter }: Params<'settle'>): readonly string[] {
  const notes = note?.accept === undefined ? [] : [note.accept];
  return [
    ...(submitter === undefined ? [] : [submitter]),
    ...emails.map(({ account }) => account),
    ...[...reports, ...notes].flatMap(accountsOf),
  ];
}

export function joined(changes: readonly StoreChange[]): StoreChange {
  return {
    directory: changes.some(({ directory }) => directory),
    queue: changes.some(({ queue }) => queue),
    mail: joinedMail(changes),
  };
}

function joinedMail(changes: readonly StoreChange[]): StoreChange['mail'] {
  const accounts = new Set<string>();
  for (const { mail } of changes) {
    if (mail === 'all') return 'all';
    for (const account of mail) accounts.add(account);
  }
  return accounts;
}
