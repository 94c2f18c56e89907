/** What a letter that is being read needs: its frame, the page behind its links, the pictures its reader asked for. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Logger } from '../../base/index.ts';
import { isProblem } from './access.ts';
import type { Access } from './access.ts';
import { frameResponse } from './frame.ts';
import { outPage } from './out.ts';
import type { PictureLoader, PictureRefusal } from './pictures.ts';
import { answerProblem, asDetails } from './problem.ts';
import type { Problem } from './problem.ts';
import type { Env } from './routes.ts';

export interface LetterRouteParts {
  readonly access: Access;
  readonly pictures: PictureLoader;
  /** Whether pictures of others are fetched at all. */
  readonly fetchPictures: () => boolean;
  readonly log: Logger;
}

export function letterRoutes({ access, pictures, fetchPictures, log }: LetterRouteParts): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get('/frame', () => frameResponse());

  // A link on somebody else's page comes without our cookie (SameSite=Strict) and says "cross-site": neither is let in.
  routes.get('/out', async (c) => {
    const who = await access.enter(c, false);
    const shown = isProblem(who) ? who : outPage(c.req.query('u') ?? '', c.req.query('t'));
    return shown instanceof Response ? shown : answerProblem(shown, c.req.header('Accept'));
  });

  routes.get('/picture', async (c) => {
    const who = await access.enter(c, false);
    if (isProblem(who)) return asDetails(who);
    if (!isForPicture(c)) return asDetails(NO_PAGE);
    if (!fetchPictures()) return asDetails(OFF);
    const address = c.req.query('u') ?? '';
    const picture = await pictures.load(address);
    if (picture.kind === 'picture') {
      return new Response(new Uint8Array(picture.octets), { headers: headersOf(picture.type) });
    }
    // The host only: what stands behind it may tell who reads.
    const host = URL.canParse(address) ? new URL(address).hostname : '';
    log.debug('A picture was not fetched', { host, why: picture.why, detail: picture.detail });
    return asDetails(problemOf(picture.why));
  });
  return routes;
}

/** It is shown within a letter, never as a page of its own. */
function isForPicture(c: Context<Env>): boolean {
  const destination = c.req.header('Sec-Fetch-Dest');
  return destination === undefined || destination === 'image' || destination === 'empty';
}

function headersOf(type: string): Record<string, string> {
  return {
    'Content-Type': type,
    'Content-Security-Policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'Cache-Control': 'private, max-age=86400, immutable',
  };
}

const NO_PAGE: Problem = {
  status: 403,
  title: 'Only as a picture',
  why: 'Pictures of others are shown within a message, and not by themselves.',
  mend: 'Open the message.',
};

const OFF: Problem = {
  status: 403,
  title: 'Pictures of others are not fetched here',
  why: 'The keeper of this host has turned that off.',
  mend: 'Its keeper can set pictures = true in [web] of the configuration.',
};

const WHY: Readonly<Record<PictureRefusal, string>> = {
  address: 'Its address is not of the kind that pictures have: http or https, at the usual port.',
  'not-public': 'Its address leads to a private network, or to this host itself.',
  'unknown-name': 'There is no host of that name.',
  unreachable: 'Its server could not be reached.',
  slow: 'Its server took too long.',
  'too-large': 'It has more than 10 MB.',
  'no-picture': 'What its server sent is no picture of a known kind.',
  redirects: 'Its server sent us from one address to the next, and no end was in sight.',
  refused: 'Its server would not give it out.',
  busy: 'Too many pictures are being fetched at the moment.',
};

function problemOf(why: PictureRefusal): Problem {
  const mend = 'The message can be read without it.';
  return { status: why === 'busy' ? 503 : 502, title: 'This picture could not be fetched', why: WHY[why], mend };
}
