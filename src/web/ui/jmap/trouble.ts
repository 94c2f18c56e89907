/** What can go wrong between this page and the server, as kinds that have words (words/en/trouble.ts). */
import type { SetError } from './types.ts';

export type TroubleKind =
  /** The device has no network. */
  | 'offline'
  /** Nobody answers, or something between us and the server does. */
  | 'gone'
  /** The session is no longer valid (401). */
  | 'ended'
  /** Too much at once (429, or the limits of RFC 8620 §3.6.1). */
  | 'busy'
  | 'notFound'
  /** The server answered no, with its reason. */
  | 'refused';

export class Trouble extends Error {
  readonly kind: TroubleKind;
  /** The server's own words. */
  readonly said: string | undefined;

  constructor(kind: TroubleKind, said?: string) {
    super(said ?? kind);
    this.kind = kind;
    this.said = said;
  }
}

/** A method was answered with an error (RFC 8620 §3.6.2); `type` is the standard's name for it. */
export class MethodError extends Trouble {
  readonly type: string;

  constructor(type: string, description?: string | null) {
    super(type === 'serverUnavailable' || type === 'rateLimit' ? 'busy' : 'refused', description ?? type);
    this.type = type;
  }
}

export const fromSetError = ({ type, description }: SetError): Trouble =>
  type === 'notFound' ? new Trouble('notFound', description ?? type) : new MethodError(type, description);

export const asTrouble = (error: unknown): Trouble =>
  error instanceof Trouble ? error : new Trouble('refused', error instanceof Error ? error.message : String(error));
