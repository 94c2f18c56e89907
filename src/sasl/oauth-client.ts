/**
 * Logins with a token that a provider gave out instead of a password, the client's side alone: OAUTHBEARER (RFC 7628)
 * and the older XOAUTH2 that large providers still ask for. How the token is got is not this room's business.
 */
import type { SaslClient } from './client.ts';

export interface TokenLogin {
  readonly name: string;
  /** A bearer token (RFC 6750): opaque, without blanks. */
  readonly token: string;
  /** Whom it is shown to. */
  readonly host: string;
  readonly port: number;
}

/**
 * What the server says when the token isn't right: JSON in a challenge (RFC 7628 §3.2.2), which is answered with a
 * dummy so that the server can end the exchange.
 */
const DUMMY = Buffer.from('\u0001');

/**
 * The best way that the server offers; undefined when it offers none. Only for a line that is encrypted.
 * Throws a RangeError when name or token holds an octet that would break the message.
 */
export function chooseTokenMechanism(offered: readonly string[], login: TokenLogin): SaslClient | undefined {
  const names = new Set(offered.map((name) => name.toUpperCase()));
  if (names.has('OAUTHBEARER')) return exchange('OAUTHBEARER', bearerMessage(login));
  return names.has('XOAUTH2') ? exchange('XOAUTH2', xoauth2Message(login)) : undefined;
}

/** kvsep = %x01; client-resp = gs2-header kvsep *kvpair kvsep (RFC 7628 §3.1) */
function bearerMessage({ name, token, host, port }: TokenLogin): Buffer {
  const authzid = clean(name).replaceAll('=', '=3D').replaceAll(',', '=2C');
  return Buffer.from(
    `n,a=${authzid},\u0001host=${host}\u0001port=${port}\u0001auth=Bearer ${clean(token)}\u0001\u0001`,
  );
}

function xoauth2Message({ name, token }: TokenLogin): Buffer {
  return Buffer.from(`user=${clean(name)}\u0001auth=Bearer ${clean(token)}\u0001\u0001`);
}

function exchange(mechanism: string, message: Buffer): SaslClient {
  let said = false;
  let refused = false;
  return {
    mechanism,
    initial: message,
    next(challenge) {
      if (!said && challenge.length === 0) {
        said = true;
        return message;
      }
      if (refused) return undefined;
      refused = true;
      return mechanism === 'OAUTHBEARER' ? DUMMY : Buffer.alloc(0);
    },
    // A server that complains and then lets us in has not looked at the token.
    mayEnd: () => !refused,
  };
}

function clean(text: string): string {
  if (/[\u0000-\u001f\u007f]/u.test(text)) throw new RangeError('a login name or token holds a control character');
  return text;
}
