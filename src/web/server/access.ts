/**
 * Who a request comes from: a session's cookie, or HTTP Basic (RFC 7617) with the account's login and password. And
 * whether the browser, where there is one, lets our own page do this.
 */
import type { Context } from 'hono';
import type { Logins } from '../../accounts/index.ts';
import { newId } from '../../base/index.ts';
import type { Clock } from '../../base/index.ts';
import { tokenIn } from './cookie.ts';
import { mayChange, mayRead } from './origin.ts';
import type { Told } from './origin.ts';
import type { Problem } from './problem.ts';
import { FOREIGN } from './refusals.ts';
import type { Env } from './routes.ts';
import type { Sessions, Who } from './sessions.ts';

export interface AccessParts {
  readonly sessions: Sessions;
  readonly logins: Logins;
  readonly clock: Clock;
}

const NOT_LOGGED_IN = {
  status: 401,
  title: 'Not logged in',
  why: 'This needs a login, and there is none, or it has ended.',
  mend: 'Log in; a program sends the login and the password of the account with HTTP Basic.',
} as const;

export class Access {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /** The account, or why the request is not carried out. `change`: it is not only looked at. */
  async enter(c: Context<Env>, change: boolean): Promise<Who | Problem> {
    const token = tokenIn(c.req.header('Cookie'), c.env.caller.origin);
    const basic = c.req.header('Authorization');
    const told = toldBy(c);
    const { origin } = c.env.caller;
    const withCookie = basic === undefined && token !== undefined;
    const isOurPage = change ? mayChange(told, origin, withCookie) : mayRead(told, origin);
    if (!isOurPage) return FOREIGN;
    if (basic !== undefined) return await this.#byPassword(basic, c);
    const who = token === undefined ? undefined : await this.#parts.sessions.find(token);
    return who ?? notLoggedIn(told);
  }

  async #byPassword(field: string, c: Context<Env>): Promise<Who | Problem> {
    const login = readBasic(field);
    if (login === undefined) return notLoggedIn(toldBy(c));
    const { logins, clock } = this.#parts;
    const peer = { address: c.env.caller.address, sessionId: newId(clock.now()) };
    const verdict = await logins.verifyAgain({ mechanism: 'BASIC', actAs: '', ...login }, peer, 'web');
    if (verdict.kind === 'accepted') return { account: verdict.login.account, name: verdict.login.name };
    return verdict.kind === 'busy' ? busy(verdict) : { ...notLoggedIn(toldBy(c)), why: `${verdict.text}.` };
  }
}

export function isProblem(entered: Who | Problem): entered is Problem {
  return 'status' in entered;
}

export function toldBy(c: Context): Told {
  return { origin: c.req.header('Origin'), site: c.req.header('Sec-Fetch-Site') };
}

/** RFC 6585 §4 for who guesses; RFC 9110 §15.6.4 where we are the ones who can't. */
export function busy({ rule, text }: { readonly rule: string; readonly text: string }): Problem {
  const guesses = rule === 'too-many-guesses';
  return {
    status: guesses ? 429 : 503,
    title: 'The login was not checked',
    why: `${text}.`,
    mend: 'Nothing is wrong with your password because of this.',
    headers: { 'Retry-After': guesses ? '60' : '5' },
  };
}

/**
 * RFC 9110 §15.5.2 wants to be told how to log in. A browser that is told "Basic" asks for a password in a window of
 * its own and sends it for ever after; our page has a better one.
 */
export function notLoggedIn({ site, origin }: Told): Problem {
  const scheme = site === undefined && origin === undefined ? 'Basic' : 'Session';
  const fields = `${scheme} realm="Posthorn"${scheme === 'Basic' ? ', charset="UTF-8"' : ''}`;
  return { ...NOT_LOGGED_IN, headers: { 'WWW-Authenticate': fields } };
}

/** RFC 7617 §2: base64 of `user-id ":" password`, in UTF-8. */
function readBasic(field: string): { readonly name: string; readonly password: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(field) ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1 || /[\p{Cc}]/u.test(text)) return undefined;
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
