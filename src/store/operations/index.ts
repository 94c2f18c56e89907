/**
 * All operations by name. The two tables are held against store.ts by the compiler: an operation that
 * is missing, or gives back something else, does not build.
 */
import type { ReadName, Reads, WriteName, Writes } from '../store.ts';
import { append } from './append.ts';
import * as card from './card.ts';
import * as changes from './changes.ts';
import { deliveries } from './delivery.ts';
import * as destination from './destination.ts';
import * as correspondent from './correspondent.ts';
import * as directory from './directory.ts';
import { changeEmails, placeEmails } from './email-change.ts';
import { emailRows } from './email-row.ts';
import { events } from './event.ts';
import { filedEmails } from './filed-email.ts';
import { accept } from './filing.ts';
import * as identity from './identity.ts';
import * as housekeeping from './housekeeping.ts';
import * as journey from './journey.ts';
import * as listing from './listing.ts';
import * as mailbox from './mailbox-change.ts';
import { listMailboxes } from './mailbox.ts';
import * as maildrop from './maildrop.ts';
import { lastNote } from './note.ts';
import * as processes from './processes.ts';
import { queryEmails } from './query.ts';
import * as push from './push.ts';
import * as queue from './queue.ts';
import * as session from './session.ts';
import * as remote from './remote.ts';
import * as sending from './sending.ts';
import { querySubmissions } from './sending-query.ts';
import type { Operation, Steps } from './statement.ts';
import * as submission from './submission.ts';
import * as suppression from './suppression.ts';
import { takeBack } from './take-back.ts';
import { threads } from './thread.ts';
import * as upload from './upload.ts';

export { isMarked } from './maildrop.ts';

type WriteTable = {
  readonly [N in Exclude<WriteName, 'lockMaildrop'>]: Operation<Parameters<Writes[N]>[0], ReturnType<Writes[N]>>;
};
type ReadTable = { readonly [N in ReadName]: Operation<Parameters<Reads[N]>[0], ReturnType<Reads[N]>> };

export const writes = {
  addDomain: directory.addDomain,
  removeDomain: directory.removeDomain,
  addAccount: directory.addAccount,
  setCredentials: directory.setCredentials,
  setQuota: directory.setQuota,
  closeAccount: directory.closeAccount,
  purgeAccount: maildrop.purgeAccount,
  putAlias: directory.putAlias,
  removeAlias: directory.removeAlias,
  putGrant: submission.putGrant,
  removeGrant: submission.removeGrant,
  accept,
  claimDue: queue.claimDue,
  announceEnd: queue.announceEnd,
  bringBack: destination.bringBack,
  settle: queue.settle,
  claimForOperator: queue.claimForOperator,
  changeDeliveries: queue.changeDeliveries,
  takeBack,
  putIdentity: identity.putIdentity,
  submit: sending.submit,
  cancelSubmission: sending.cancelSubmission,
  forgetSubmission: sending.forgetSubmission,
  linkReport: sending.linkReport,
  meet: correspondent.meet,
  forgetCorrespondents: correspondent.forgetCorrespondents,
  suppress: suppression.suppress,
  toldSuppressed: suppression.toldSuppressed,
  removeSuppressions: suppression.removeSuppressions,
  sweepSuppressions: suppression.sweepSuppressions,
  openSession: session.openSession,
  touchSession: session.touchSession,
  endSession: session.endSession,
  sweepSessions: session.sweepSessions,
  addPushSubscription: push.addPushSubscription,
  changePushSubscription: push.changePushSubscription,
  removePushSubscription: push.removePushSubscription,
  notePush: push.notePush,
  lockMaildrop: maildrop.lockMaildrop,
  quitMaildrop: maildrop.quitMaildrop,
  placeEmails,
  createMailbox: mailbox.createMailbox,
  updateMailbox: mailbox.updateMailbox,
  destroyMailbox: mailbox.destroyMailbox,
  changeEmails,
  append,
  putCards: card.putCards,
  putUpload: upload.putUpload,
  sweepUploads: upload.sweepUploads,
  putRemote: remote.putRemote,
  removeRemote: remote.removeRemote,
  recordVisit: remote.recordVisit,
  collectMessage: remote.collectMessage,
  remoteMessagesGone: remote.remoteMessagesGone,
  renameRemoteMessages: remote.renameRemoteMessages,
  wantRest: remote.wantRest,
  wantMessages: remote.wantMessages,
  recordRefusals: housekeeping.recordRefusals,
  registerProcess: processes.registerProcess,
  unregisterProcess: processes.unregisterProcess,
  freeProcesses: processes.freeProcesses,
  takeLease: processes.takeLease,
  dropLease: processes.dropLease,
  setSetting: housekeeping.setSetting,
  removeSetting: housekeeping.removeSetting,
  sweepJourney: journey.sweepJourney,
  forgetDestinations: destination.forgetDestinations,
  // What the store does for itself.
  removePart: maildrop.removePart,
  forgetGarbage: housekeeping.forgetGarbage,
  sweepTombstones: housekeeping.sweepTombstones,
} satisfies WriteTable & Record<string, unknown>;

export const reads = {
  listDomains: directory.listDomains,
  listAccounts: directory.listAccounts,
  account: directory.account,
  accountAt: directory.accountAt,
  accountsNamed: directory.accountsNamed,
  firstAccount: directory.firstAccount,
  addressesAt: directory.addressesAt,
  listAliases: directory.listAliases,
  listGrants: submission.listGrants,
  isGranted: submission.isGranted,
  sentBy: submission.sentBy,
  session: session.session,
  pushSubscriptions: push.pushSubscriptions,
  identities: identity.identities,
  identityChanges: identity.identityChanges,
  submissions: sending.submissions,
  querySubmissions,
  submissionChanges: sending.submissionChanges,
  outbox: sending.outbox,
  submissionsOf: sending.submissionsOf,
  correspondents: correspondent.correspondents,
  maildropSlice: maildrop.maildropSlice,
  email: maildrop.email,
  mailState: changes.mailState,
  listMailboxes,
  mailboxChanges: changes.mailboxChanges,
  emailChanges: changes.emailChanges,
  threadChanges: changes.threadChanges,
  emailRows,
  filedEmails,
  threads,
  queryEmails,
  unreadCards: card.unreadCards,
  upload: upload.upload,
  readyDestinations: destination.readyDestinations,
  nextReady: destination.nextReady,
  hasAstray: destination.hasAstray,
  listQueue: listing.listQueue,
  queueGroups: listing.queueGroups,
  attempts: listing.attempts,
  lastNote,
  suppressionOf: suppression.suppressionOf,
  listSuppressions: suppression.listSuppressions,
  findMessages: journey.findMessages,
  deliveries,
  events,
  refusals: housekeeping.refusals,
  processes: processes.processes,
  holders: processes.holders,
  setting: housekeeping.setting,
  remotes: remote.remotes,
  remote: remote.remote,
  dueRemotes: remote.dueRemotes,
  nextRemoteDue: remote.nextRemoteDue,
  remoteMessages: remote.remoteMessages,
  remoteOrigins: remote.remoteOrigins,
  remoteOriginsOf: remote.remoteOriginsOf,
  // What the store asks for itself.
  garbage: housekeeping.garbage,
  namedFiles: housekeeping.namedFiles,
  hasNeighbours: processes.hasNeighbours,
} satisfies ReadTable & Record<string, unknown>;

export type OperationTable = typeof writes & typeof reads;
export type OperationName = keyof OperationTable;
export type ParamsOf<N extends OperationName> = Parameters<OperationTable[N]>[0];
export type ResultOf<N extends OperationName> = ReturnType<OperationTable[N]> extends Steps<infer R> ? R : never;
