/** How something is handed to a push service (RFC 8030 §5): who does it knows HTTP, and where it may not go. */
export interface PushMessage {
  readonly url: string;
  readonly octets: Uint8Array;
  /** By RFC 8291, and not JSON in clear. */
  readonly isEncrypted: boolean;
  /** Breaks it off. */
  readonly signal: AbortSignal;
}

export type PushOutcome =
  | { readonly kind: 'taken' }
  /** The service does not know the address any more (RFC 8030 §7.3): nothing will be taken there again. */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'failed';
      /** For the log: nothing of the address but its host. */
      readonly why: string;
      /** How long the service wants to be left alone, in ms. */
      readonly retryAfter?: number;
    };

export interface PushParts {
  /** Never rejects. */
  post(message: PushMessage): Promise<PushOutcome>;
  /** Whether an address can be posted to at all, as far as it can be told without looking for its host. */
  isPostable(url: string): boolean;
  /** Of several processes on one state directory one posts. */
  mayPost(): Promise<boolean>;
}
