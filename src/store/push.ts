/**
 * Where programs want changes to be told (RFC 8620 §7.2). A subscription ends with its account's password:
 * `setCredentials` and `closeAccount` remove all of the account's in their own commit.
 */
export interface NewPushSubscription {
  readonly id: string;
  readonly account: string;
  /** What the client calls itself there. */
  readonly device: string;
  readonly url: string;
  /** JSON: what is posted is encrypted with; absent: it is not. */
  readonly keys?: string;
  /** What the client brings back to show that it can read what is posted. */
  readonly code: string;
  /** Names of types; absent: all. */
  readonly types?: readonly string[];
  readonly expiresAt: number;
}

export interface PushSubscription extends NewPushSubscription {
  /** 'new' until the code was posted, 'asked' until it was brought back. Nothing else is posted before 'verified'. */
  readonly stage: 'new' | 'asked' | 'verified';
  /** The states that were told last, by type. */
  readonly told: Readonly<Record<string, string>>;
  /** How often it could not be posted to, in a row. */
  readonly failures: number;
  /** Not before then. */
  readonly dueAt: number;
}

export interface PushReads {
  /** All of an account; without one all there are, at most 10,000. */
  pushSubscriptions(p: { readonly account?: string }): readonly PushSubscription[];
}

export interface PushWrites {
  /** 'too-many': the account has `most` already. */
  addPushSubscription(p: NewPushSubscription & { readonly most: number }): 'done' | 'too-many';
  /** What its owner changes; `told` with the stage, so that what changes from then on is told. */
  changePushSubscription(p: {
    readonly account: string;
    readonly id: string;
    readonly expiresAt?: number;
    /** null: all. */
    readonly types?: readonly string[] | null;
    readonly verified?: { readonly told: Readonly<Record<string, string>> };
  }): 'done' | 'missing';
  removePushSubscription(p: { readonly account: string; readonly id: string }): 'done' | 'missing';
  /** What came of posting to it. Nothing, where it is gone. */
  notePush(
    p: {
      readonly id: string;
      readonly failures: number;
      readonly dueAt: number;
    } & Partial<Pick<PushSubscription, 'stage' | 'told'>>,
  ): void;
}
