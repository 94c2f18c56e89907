/** What JMAP speaks of (RFC 8620, RFC 8621), as far as the interface uses it. */

export type Id = string;

/** A set in JMAP: what is in it is true, what is not is absent. */
export type IdSet = Readonly<Record<string, true>>;

/** RFC 8620 §2. */
export interface Session {
  readonly username: string;
  readonly apiUrl: string;
  readonly downloadUrl: string;
  readonly uploadUrl: string;
  readonly eventSourceUrl: string;
  readonly state: string;
  readonly capabilities: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly accounts: Readonly<
    Record<
      Id,
      {
        readonly name: string;
        readonly isReadOnly: boolean;
        readonly accountCapabilities: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      }
    >
  >;
  readonly primaryAccounts: Readonly<Record<string, Id>>;
}

/** RFC 8621 §2. */
export interface Mailbox {
  readonly id: Id;
  readonly name: string;
  readonly parentId: Id | null;
  readonly role: string | null;
  readonly sortOrder: number;
  readonly totalEmails: number;
  readonly unreadEmails: number;
  readonly totalThreads: number;
  readonly unreadThreads: number;
  readonly myRights: Readonly<Record<string, boolean>>;
  readonly isSubscribed: boolean;
}

export interface Address {
  readonly name: string | null;
  readonly email: string;
}

/** What a row of the list shows of an email (RFC 8621 §4.1). */
export interface Email {
  readonly id: Id;
  readonly blobId: Id;
  readonly threadId: Id;
  readonly mailboxIds: IdSet;
  readonly keywords: IdSet;
  readonly size: number;
  readonly receivedAt: string;
  readonly from: readonly Address[] | null;
  readonly to: readonly Address[] | null;
  readonly subject: string | null;
  readonly hasAttachment: boolean;
  readonly preview: string;
}

export const ROW_PROPERTIES: readonly (keyof Email)[] = [
  'id',
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'size',
  'receivedAt',
  'from',
  'to',
  'subject',
  'hasAttachment',
  'preview',
];

export interface BodyPart {
  readonly partId: string | null;
  readonly blobId: Id | null;
  readonly size: number;
  readonly name: string | null;
  readonly type: string;
  readonly charset: string | null;
  readonly disposition: string | null;
  readonly cid: string | null;
  readonly 'header:Content-Type:asRaw'?: string | null;
}

/** What the reader shows more than a row does. */
export interface FullEmail extends Email {
  /** As it stands in its header: whether it is a report (RFC 3462). */
  readonly 'header:Content-Type:asRaw': string | null;
  readonly sentAt: string | null;
  readonly messageId: readonly string[] | null;
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
  readonly sender: readonly Address[] | null;
  readonly cc: readonly Address[] | null;
  readonly bcc: readonly Address[] | null;
  readonly replyTo: readonly Address[] | null;
  readonly textBody: readonly BodyPart[];
  readonly htmlBody: readonly BodyPart[];
  readonly attachments: readonly BodyPart[];
  readonly bodyValues: Readonly<
    Record<string, { readonly value: string; readonly isEncodingProblem: boolean; readonly isTruncated: boolean }>
  >;
}

export interface Thread {
  readonly id: Id;
  /** Oldest first. */
  readonly emailIds: readonly Id[];
}

/** RFC 8620 §3.2: a method's name, its arguments, and a name for this call. */
export type Invocation = readonly [method: string, args: object, call: string];

export type Args = Readonly<Record<string, unknown>>;

export interface GetResult<Thing> {
  readonly state: string;
  readonly list: readonly Thing[];
  readonly notFound: readonly Id[];
}

export interface ChangesResult {
  readonly newState: string;
  readonly hasMoreChanges: boolean;
  readonly created: readonly Id[];
  readonly updated: readonly Id[];
  readonly destroyed: readonly Id[];
}

export interface QueryResult {
  readonly queryState: string;
  readonly canCalculateChanges: boolean;
  readonly position: number;
  readonly ids: readonly Id[];
  readonly total?: number;
}

export interface QueryChangesResult {
  readonly newQueryState: string;
  readonly total?: number;
  readonly removed: readonly Id[];
  readonly added: readonly { readonly id: Id; readonly index: number }[];
}

export interface SetError {
  readonly type: string;
  readonly description?: string | null;
  /** Which object has what two may not have. */
  readonly existingId?: Id;
}

export interface SetResult {
  readonly newState: string;
  readonly created?: Readonly<Record<string, { readonly id: Id }>> | null;
  readonly notCreated?: Readonly<Record<string, SetError>> | null;
  readonly notUpdated?: Readonly<Record<string, SetError>> | null;
  readonly notDestroyed?: Readonly<Record<string, SetError>> | null;
}

/** RFC 8621 §4.4.1, as far as the search box can ask. */
export type Filter =
  | { readonly operator: 'AND' | 'OR' | 'NOT'; readonly conditions: readonly Filter[] }
  | Readonly<Record<string, unknown>>;

export interface Comparator {
  readonly property: string;
  readonly isAscending: boolean;
  readonly keyword?: string;
}
