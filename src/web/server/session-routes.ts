/** `/session`: logging in and out, and asking who one is. */
import { Hono } from 'hono';
import { newId } from '../../base/index.ts';
import type { Clock } from '../../base/index.ts';
import { busy, isProblem, notLoggedIn, toldBy } from './access.ts';
import type { Access } from './access.ts';
import { isJson, readBody } from './body.ts';
import { setCookie, tokenIn } from './cookie.ts';
import { mayChange } from './origin.ts';
import { asDetails } from './problem.ts';
import type { Problem } from './problem.ts';
import { FOREIGN, NOT_JSON } from './refusals.ts';
import type { Env } from './routes.ts';
import type { Sessions } from './sessions.ts';

/** A name and a password, however long people make them. */
const MOST_OCTETS = 10_000;
const READ_WITHIN = 30_000;

const NO_LOGIN: Problem = {
  status: 400,
  title: 'The login could not be read',
  why: 'It must be JSON with two texts: login and password.',
  mend: 'Fill in both.',
};

export function sessionRoutes(parts: {
  readonly sessions: Sessions;
  readonly access: Access;
  readonly idle: () => number;
  readonly clock: Clock;
}): Hono<Env> {
  const { sessions, access, idle, clock } = parts;
  const routes = new Hono<Env>();

  routes.get('/', async (c) => {
    const who = await access.enter(c, false);
    if (!isProblem(who)) return c.json({ account: who.account, name: who.name });
    const { origin } = c.env.caller;
    const isPage = toldBy(c).site !== undefined && c.req.header('Authorization') === undefined;
    if (who.status !== 401 || !isPage) return asDetails(who);
    // Our page asks this first of all: that nobody has logged in yet is no error there.
    if (tokenIn(c.req.header('Cookie'), origin) === undefined) return c.body(null, 204);
    return asDetails({ ...who, headers: { ...who.headers, 'Set-Cookie': setCookie(origin, '', 0) } });
  });

  routes.post('/', async (c) => {
    const { origin, address } = c.env.caller;
    const told = toldBy(c);
    if (!mayChange(told, origin, false)) return asDetails(FOREIGN);
    if (!isJson(c.req.raw)) return asDetails(NOT_JSON);
    const login = readLogin(await readBody(c.req.raw, { most: MOST_OCTETS, within: READ_WITHIN, clock }));
    if (login === undefined) return asDetails(NO_LOGIN);
    const opened = await sessions.open(login.login, login.password, { address, sessionId: newId(clock.now()) });
    if (opened.kind === 'busy') return asDetails(busy(opened));
    if (opened.kind === 'refused') return asDetails({ ...notLoggedIn(told), ...WRONG, why: `${opened.text}.` });
    c.header('Set-Cookie', setCookie(origin, opened.token, Math.floor(idle() / 1_000)));
    return c.json(opened.who);
  });

  routes.delete('/', async (c) => {
    const { origin } = c.env.caller;
    if (!mayChange(toldBy(c), origin, true)) return asDetails(FOREIGN);
    const token = tokenIn(c.req.header('Cookie'), origin);
    if (token !== undefined) await sessions.end(token);
    c.header('Set-Cookie', setCookie(origin, '', 0));
    return c.body(null, 204);
  });

  return routes;
}

const WRONG = { title: 'Not logged in', mend: 'Look at both again; capitals count in the password.' };

function readLogin(body: Buffer | string): { readonly login: string; readonly password: string } | undefined {
  try {
    const { login, password } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    return typeof login === 'string' && typeof password === 'string' && login !== '' ? { login, password } : undefined;
  } catch {
    return undefined;
  }
}
