/**
 * The three levels of errors (RFC 8620 §3.6): a request that is refused whole, a method call that fails, and an
 * object of a /set that can't be changed as asked. Descriptions are for developers; they hold nothing secret.
 */

/** A request that is refused whole: the body of the HTTP answer, application/problem+json (RFC 7807). */
export interface Problem {
  readonly type: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Which limit, for `…:limit`. */
  readonly limit?: string;
}

const PROBLEM = 'urn:ietf:params:jmap:error:';

export function notJson(detail: string): Problem {
  return { type: `${PROBLEM}notJSON`, status: 400, title: 'Not JSON', detail };
}

export function notRequest(detail: string): Problem {
  return { type: `${PROBLEM}notRequest`, status: 400, title: 'Not a JMAP request', detail };
}

export function unknownCapability(detail: string): Problem {
  return { type: `${PROBLEM}unknownCapability`, status: 400, title: 'Unknown capability', detail };
}

/** `limit` is the name it has in the session's core capability. */
export function overLimit(limit: string, detail: string, status = 400): Problem {
  return { type: `${PROBLEM}limit`, status, title: 'Over a limit', detail, limit };
}

/** The errors of RFC 8620 §3.6.2 and of its standard methods; methods of a type may have more. */
export type MethodErrorType =
  | 'serverUnavailable'
  | 'serverFail'
  | 'serverPartialFail'
  | 'unknownMethod'
  | 'invalidArguments'
  | 'invalidResultReference'
  | 'forbidden'
  | 'accountNotFound'
  | 'accountNotSupportedByMethod'
  | 'accountReadOnly'
  | 'requestTooLarge'
  | 'cannotCalculateChanges'
  | 'stateMismatch'
  | 'anchorNotFound'
  | 'unsupportedSort'
  | 'unsupportedFilter'
  | 'tooManyChanges'
  | 'fromAccountNotFound'
  | 'fromAccountNotSupportedByMethod';

/** Thrown by a method: the call is answered with this error, and nothing was changed. */
export class MethodError extends Error {
  readonly type: MethodErrorType;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(type: MethodErrorType, description?: string, more: Readonly<Record<string, unknown>> = {}) {
    super(description ?? type);
    this.name = 'MethodError';
    this.type = type;
    this.more = description === undefined ? more : { description, ...more };
  }
}

export function invalidArguments(description: string): MethodError {
  return new MethodError('invalidArguments', description);
}

/** The SetErrors of RFC 8620 §5.3, §5.4 and RFC 8621; a type may have more. */
export type SetErrorType =
  | 'forbidden'
  | 'overQuota'
  | 'tooLarge'
  | 'rateLimit'
  | 'notFound'
  | 'invalidPatch'
  | 'willDestroy'
  | 'invalidProperties'
  | 'singleton'
  | 'alreadyExists'
  | 'mailboxHasChild'
  | 'mailboxHasEmail'
  | 'blobNotFound'
  | 'tooManyKeywords'
  | 'tooManyMailboxes'
  | 'invalidEmail'
  | 'tooManyRecipients'
  | 'noRecipients'
  | 'invalidRecipients'
  | 'forbiddenMailFrom'
  | 'forbiddenFrom'
  | 'forbiddenToSend'
  | 'cannotUnsend'
  // Ours (docs/jmap.md, urn:posthorn:remotes)
  | 'serversFailed'
  | 'needsConfirmation';

/** Why one object could not be made, changed or destroyed. Returned, not thrown: the others go on. */
export class SetError {
  readonly type: SetErrorType;
  readonly more: Readonly<Record<string, unknown>>;
  /** Another change of the same call may lift it: it is tried again when something has changed. */
  readonly passing: boolean;

  constructor(
    type: SetErrorType,
    description?: string,
    { passing = false, ...more }: Readonly<Record<string, unknown>> & { readonly passing?: boolean } = {},
  ) {
    this.type = type;
    this.more = description === undefined ? more : { description, ...more };
    this.passing = passing;
  }

  toJSON(): Readonly<Record<string, unknown>> {
    return { type: this.type, ...this.more };
  }
}

export function invalidProperties(properties: readonly string[], description: string): SetError {
  return new SetError('invalidProperties', description, { properties });
}
