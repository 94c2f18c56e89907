/** What of jmap-jam is used (tsconfig.json sends its importers here): its own types are source that our settings refuse. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Answered = Record<string, any>;
type Args = Readonly<Record<string, unknown>>;
interface Draft {
  $ref(path: string): unknown;
}
export default class JamClient {
  static loadSession(sessionUrl: string, authHeader: string): Promise<{ readonly eventSourceUrl: string }>;
  constructor(config: { readonly sessionUrl: string; readonly bearerToken: string });
  authHeader: string;
  session: Promise<{ readonly eventSourceUrl: string }>;
  readonly api: {
    readonly [Entity in 'Mailbox' | 'Email' | 'SearchSnippet' | 'Identity']: {
      readonly [Operation in 'get' | 'set' | 'query' | 'changes' | 'import']: (
        args: Args,
      ) => Promise<readonly [Answered, unknown]>;
    };
  };
  getPrimaryAccount(): Promise<string>;
  requestMany<D extends Readonly<Record<string, Draft>>>(
    drafts: (r: {
      readonly [Entity in 'Email' | 'EmailSubmission']: {
        readonly [Operation in 'get' | 'set' | 'query']: (args: Args) => Draft;
      };
    }) => D,
  ): Promise<readonly [{ readonly [Name in keyof D]: Answered }, unknown]>;
  uploadBlob(accountId: string, body: Uint8Array): Promise<{ readonly blobId: string; readonly size: number }>;
  downloadBlob(wish: {
    readonly accountId: string;
    readonly blobId: string;
    readonly mimeType: string;
    readonly fileName: string;
  }): Promise<Response>;
}
