/** What the web server answers at which address. Who may call at all was looked at before (caller.ts). */
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Logins } from '../../accounts/index.ts';
import type { Clock, Logger } from '../../base/index.ts';
import type { Jmap } from '../../jmap/index.ts';
import type { Store } from '../../store/index.ts';
import { Access } from './access.ts';
import type { Caller } from './caller.ts';
import type { Entrance } from './entrance.ts';
import { entranceRoutes, NO_PASSWORD_HERE } from './entrance-routes.ts';
import { notBuilt } from './files.ts';
import type { StaticFiles } from './files.ts';
import { protect } from './headers.ts';
import { jmapRoutes } from './jmap-routes.ts';
import { letterRoutes } from './letter-routes.ts';
import type { PictureLoader } from './pictures.ts';
import { answerProblem, asDetails } from './problem.ts';
import type { Problem } from './problem.ts';
import { BROKEN, NOT_FOUND, WRONG_METHOD } from './refusals.ts';
import { logFailure } from './failure.ts';
import { sessionRoutes } from './session-routes.ts';
import { Sessions } from './sessions.ts';

export interface WebParts {
  readonly store: Store;
  readonly logins: Logins;
  readonly clock: Clock;
  readonly log: Logger;
  readonly files: StaticFiles;
  readonly jmap: Jmap;
  /** Milliseconds without use after which a login in the browser is over. */
  readonly idle: () => number;
  readonly pictures: PictureLoader;
  /** Whether pictures in letters are fetched from others' servers when a reader asks for them. */
  readonly fetchPictures: () => boolean;
  /** Ends what waits for something to happen. */
  readonly stopping: AbortSignal;
  /** On a person's own computer: the way in instead of a password. */
  readonly entrance?: Entrance;
}

/** What a handler knows besides the request. */
export interface Env {
  readonly Bindings: {
    readonly caller: Caller;
    /** Cuts the connection: for an answer that can't be brought to its end. */
    readonly cut: () => void;
  };
}

export type Answer = (request: Request, known: Env['Bindings']) => Promise<Response>;

export function webApp(parts: WebParts): Answer {
  const sessions = new Sessions(parts);
  const access = new Access({ sessions, logins: parts.logins, clock: parts.clock });
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await next();
    protect(c.res.headers, c.env.caller);
  });
  app.get('/healthz', (c) => c.text('ok\n'));
  const { entrance } = parts;
  if (entrance !== undefined) {
    app.post('/session', () => asDetails(NO_PASSWORD_HERE));
    app.route('/', entranceRoutes({ ...parts, entrance, sessions, access }));
  }
  app.route('/session', sessionRoutes({ ...parts, sessions, access }));
  app.route('/', jmapRoutes({ ...parts, access }));
  app.route('/', letterRoutes({ ...parts, access }));
  app.get('*', async (c) => (await parts.files.get(c.req.path, c.req.raw)) ?? missing(c));
  app.all('*', (c) => say(c, WRONG_METHOD));
  app.onError((error, c) => {
    logFailure(parts.log, c, error);
    return say(c, BROKEN);
  });
  return async (request, known) => app.fetch(request, known);
}

function say(c: Context, problem: Problem): Response {
  return answerProblem(problem, c.req.header('Accept'));
}

function missing(c: Context): Response {
  return c.req.path === '/' ? notBuilt(c.req.header('Accept')) : say(c, NOT_FOUND);
}
