/** `/open`: getting in without a password, on a person's own computer (entrance.ts). */
import { Hono } from 'hono';
import type { Context } from 'hono';
import { isProblem } from './access.ts';
import type { Access } from './access.ts';
import { setCookie } from './cookie.ts';
import type { Entrance } from './entrance.ts';
import { escaped, page } from './page.ts';
import { asDetails } from './problem.ts';
import type { Problem } from './problem.ts';
import type { Env } from './routes.ts';
import type { Sessions } from './sessions.ts';

export interface EntranceRouteParts {
  readonly entrance: Entrance;
  readonly sessions: Sessions;
  readonly access: Access;
  readonly idle: () => number;
}

/** What opens the page again; the one way there is. */
const OPEN_COMMAND = 'posthorn client --open';

export const NO_PASSWORD_HERE: Problem = {
  status: 403,
  title: 'There is no password here',
  why: 'This is the mail program of this computer: whoever may start it is let in by it, and nobody else.',
  mend: `Run "${OPEN_COMMAND}" in a terminal; it opens this page for you.`,
};

const NOT_THE_PROGRAM: Problem = {
  status: 403,
  title: 'Not from here',
  why: 'Only the program itself, run by the person whose mail this is, may ask for a way in.',
  mend: `Run "${OPEN_COMMAND}" in a terminal.`,
};

export function entranceRoutes({ entrance, sessions, access, idle }: EntranceRouteParts): Hono<Env> {
  const routes = new Hono<Env>();

  routes.get('/open', async (c) => {
    // A browser that looks ahead must not use up the code.
    if (c.req.method !== 'GET' || c.req.header('Sec-Purpose')?.includes('prefetch') === true) return c.body(null, 204);
    if (entrance.redeem(c.req.query('code') ?? '')) {
      const opened = await sessions.openFor(entrance.account);
      if (opened === undefined) return asDetails(NOT_THE_PROGRAM);
      c.header('Set-Cookie', setCookie(c.env.caller.origin, opened, Math.floor(idle() / 1_000)));
      return c.redirect('/', 303);
    }
    // A tab that the browser has opened again: its code is used, and its session may well be there.
    return isProblem(await access.enter(c, false)) ? usedUp() : c.redirect('/', 303);
  });

  routes.post('/open', (c) => {
    const [, token] = /^Bearer ([\w-]{1,200})$/.exec(c.req.header('Authorization') ?? '') ?? [];
    const isBrowser = c.req.header('Origin') !== undefined || c.req.header('Sec-Fetch-Site') !== undefined;
    if (token === undefined || isBrowser || !entrance.isToken(token)) return asDetails(NOT_THE_PROGRAM);
    return c.json({ code: entrance.code() });
  });

  routes.get('/', async (c, next) => {
    if (isProblem(await access.enter(c, false))) return closed(c);
    await next();
    return undefined;
  });

  return routes;
}

function usedUp(): Response {
  return page({
    status: 403,
    title: 'This way in is used up',
    body: `<p>The address that the program opens works once, and only for ten minutes: so nobody gets in with it who finds it later.</p>${howTo()}`,
  });
}

function closed(c: Context): Response {
  const again = c.req.header('Sec-Fetch-Site') === 'same-origin';
  return page({
    status: 401,
    title: again ? 'You have left' : 'Your mail is behind this door',
    body: `<p>This is the mail program of this computer. There is no password to type: the program itself lets you in.</p>${howTo()}`,
    headers: { 'WWW-Authenticate': 'Session realm="Posthorn"' },
  });
}

function howTo(): string {
  return `<p>Run <code>${escaped(OPEN_COMMAND)}</code> in a terminal. It opens this page for you; where the program was started it also shows an address to copy.</p>`;
}
