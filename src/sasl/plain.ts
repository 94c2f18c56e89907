/** PLAIN (RFC 4616), both sides: one message with everything in it, so only under TLS. */
import type { ClientLogin, SaslClient } from './client.ts';
import { prepareName, preparePassword } from './prepare.ts';
import type { SaslExchange, SaslStep } from './server.ts';
import { utf8Text } from './text.ts';

/** Octets: three parts of the length that {@link preparePassword} takes, and the two NULs. */
const LONGEST_MESSAGE = 3 * 1024 + 2;

/** message = [authzid] UTF8NUL authcid UTF8NUL passwd */
export function plainServer(): SaslExchange {
  let asked = false;
  return {
    next(response) {
      // Without an initial response the server's first challenge is empty (RFC 4422 §5, RFC 4954 §4).
      if (response === undefined && !asked) {
        asked = true;
        return { kind: 'challenge', data: Buffer.alloc(0) };
      }
      return parsePlain(response ?? Buffer.alloc(0));
    },
  };
}

function parsePlain(response: Buffer): SaslStep {
  if (response.length > LONGEST_MESSAGE) return malformed('The PLAIN response is too long');
  const parts = utf8Text(response)?.split('\0');
  if (parts === undefined) return malformed('The PLAIN response is not UTF-8');
  if (parts.length !== 3) return malformed('A PLAIN response has three parts with a NUL between them');
  const [authzid, authcid, passwd] = parts as [string, string, string];
  const name = prepareName(authcid);
  const password = preparePassword(passwd);
  const actAs = authzid === '' ? '' : prepareName(authzid);
  if (name === undefined || password === undefined || actAs === undefined) {
    return malformed('The name or the password is empty, too long, or holds a control character');
  }
  return { kind: 'password', login: { mechanism: 'PLAIN', name, password, actAs } };
}

function malformed(text: string): SaslStep {
  return { kind: 'malformed', text };
}

/** Everything at once, without asking to act as somebody else. */
export function plainClient(login: ClientLogin): SaslClient {
  const message = Buffer.from(`\0${login.name}\0${login.password}`);
  let said = false;
  return {
    mechanism: 'PLAIN',
    initial: message,
    next() {
      if (said) return undefined;
      said = true;
      return message;
    },
    mayEnd: () => true,
  };
}
