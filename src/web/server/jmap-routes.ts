/** JMAP over HTTP (RFC 8620): what jmap/ does as plain functions, at its addresses. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import { describeError } from '../../base/index.ts';
import type { Clock, Logger } from '../../base/index.ts';
import { LIMITS, MOST_FILES, notJson, overLimit } from '../../jmap/index.ts';
import type { FileInMessage, Jmap, JmapAccount, SessionUrls } from '../../jmap/index.ts';
import type { Store } from '../../store/index.ts';
import { isProblem } from './access.ts';
import type { Access } from './access.ts';
import { isJson, readBody, streamOf } from './body.ts';
import { downloadHeaders, mayBeUsedAs } from './download.ts';
import type { DownloadFacts } from './download.ts';
import { EVENT_STREAM, EventStreams } from './event-stream.ts';
import { readWishes } from './event-wishes.ts';
import { logFailure } from './failure.ts';
import { namesInFolder } from './file-name.ts';
import { Places } from './places.ts';
import { asDetails, asJmapProblem } from './problem.ts';
import { NO_BLOB, NO_PARTS, NOT_AS_THAT, TOO_MUCH_FOR_ZIP, TOO_SLOW, WRONG_METHOD } from './refusals.ts';
import type { Env } from './routes.ts';
import { zipOctets, zipSize } from './zip.ts';

export interface JmapRouteParts {
  readonly jmap: Jmap;
  readonly access: Access;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends what waits for events. */
  readonly stopping: AbortSignal;
}

export function jmapRoutes(parts: JmapRouteParts): Hono<Env> {
  const { jmap, access, clock, log } = parts;
  const streams = new EventStreams(parts);
  // A request is read before jmap/ can count it, and its octets lie in memory meanwhile.
  const reading = new Places(LIMITS.maxConcurrentRequests);
  const routes = new Hono<Env>();

  const session = async (c: Context<Env>): Promise<Response> => {
    const who = await enter(c, false);
    return who instanceof Response ? who : c.json(jmap.session(who, urlsAt(c.env.caller.origin)));
  };
  routes.get('/.well-known/jmap', session);
  routes.get('/jmap/session', session);

  routes.post('/jmap/api', async (c) => {
    const who = await enter(c, true);
    if (who instanceof Response) return who;
    if (!isJson(c.req.raw)) return asJmapProblem(notJson('The Content-Type must be application/json.'));
    const place = reading.take(who.id);
    if (place === undefined) return asJmapProblem(overLimit('maxConcurrentRequests', MANY_REQUESTS, 429));
    try {
      const octets = await readBody(c.req.raw, { most: LIMITS.maxSizeRequest, within: READ_WITHIN, clock });
      if (octets === 'too-large') return asJmapProblem(overLimit('maxSizeRequest', LONG_REQUEST));
      if (octets === 'too-slow') return asDetails(TOO_SLOW);
      const answered = await jmap.request(who, octets);
      return 'problem' in answered ? asJmapProblem(answered.problem) : c.json(answered.response);
    } finally {
      place.leave();
    }
  });

  // Not our pages: nothing is there to be looked at.
  const postOnly = { ...WRONG_METHOD, headers: { Allow: 'POST' } };
  for (const path of ['/jmap/api', '/jmap/upload/:account']) routes.get(path, () => asDetails(postOnly));

  routes.post('/jmap/upload/:account', async (c) => {
    const who = await enter(c, true);
    if (who instanceof Response) return who;
    const type = c.req.header('Content-Type');
    const octets = Number(c.req.header('Content-Length') ?? 0);
    const outcome = await jmap.upload(who, {
      accountId: c.req.param('account'),
      octets: Number.isNaN(octets) ? 0 : octets,
      ...(type === undefined ? {} : { type }),
      stream: c.req.raw.body ?? NOTHING,
    });
    if (outcome === 'no-account') return asDetails(NO_BLOB);
    return 'problem' in outcome ? asJmapProblem(outcome.problem) : c.json(outcome.uploaded, 201);
  });

  routes.get('/jmap/download/:account/:blob/:name', async (c) => {
    const who = await enter(c, false);
    if (who instanceof Response) return who;
    if (!mayBeUsedAs(c.req.header('Sec-Fetch-Dest'))) return asDetails(NOT_AS_THAT);
    const type = c.req.query('type');
    const found = await jmap.download(who, {
      accountId: c.req.param('account'),
      blobId: c.req.param('blob'),
      name: c.req.param('name'),
      ...(type === undefined ? {} : { type }),
    });
    if (found === undefined) return asDetails(NO_BLOB);
    const inline = c.req.query('inline') !== undefined;
    return send(c, found.stream, found, inline);
  });

  routes.get('/jmap/archive/:account/:blob/:name', async (c) => {
    const who = await enter(c, false);
    if (who instanceof Response) return who;
    if (!mayBeUsedAs(c.req.header('Sec-Fetch-Dest'))) return asDetails(NOT_AS_THAT);
    const numbers = partNumbers(c.req.query('parts'));
    if (numbers === undefined) return asDetails(NO_PARTS);
    const found = await jmap.files(who, {
      accountId: c.req.param('account'),
      blobId: c.req.param('blob'),
      ...(numbers === 'all' ? {} : { parts: numbers }),
    });
    if (found === undefined || found.length === 0) return asDetails(NO_BLOB);
    const names = namesInFolder(found.map(nameOf));
    const files = found.map((file, n) => ({ ...file, name: names[n] ?? '' }));
    const octets = zipSize(files);
    if (octets === undefined) return asDetails(TOO_MUCH_FOR_ZIP);
    return send(
      c,
      zipOctets(files, clock.now()),
      { type: 'application/zip', name: c.req.param('name'), octets },
      false,
    );
  });

  routes.get('/jmap/events', async (c) => {
    const who = await enter(c, false);
    if (who instanceof Response) return who;
    const wishes = readWishes(new URL(c.req.url).searchParams, c.req.header('Last-Event-ID'));
    if ('status' in wishes) return asDetails(wishes);
    // Nobody would read the stream, nor end it (RFC 9110 §9.3.2).
    if (c.req.method === 'HEAD') return c.body(null, 200, EVENT_STREAM);
    return streams.open(who, wishes, async () => !isProblem(await access.enter(c, false)));
  });

  routes.onError((error, c) => {
    logFailure(log, c, error);
    return asJmapProblem({
      type: 'about:blank',
      status: 500,
      title: 'Server error',
      detail: 'It is written in the log of the server.',
    });
  });

  function send(c: Context<Env>, source: AsyncIterable<Uint8Array>, facts: DownloadFacts, inline: boolean): Response {
    const browser = c.req.header('Sec-Fetch-Dest') !== undefined;
    const stream = streamOf(source, (error) => {
      log.error('A file could not be read to its end', { cause: describeError(error) });
      c.env.cut();
    });
    return new Response(c.req.method === 'HEAD' ? null : stream, {
      headers: downloadHeaders(facts, { inline, browser }),
    });
  }

  async function enter(c: Context<Env>, change: boolean): Promise<JmapAccount | Response> {
    const who = await access.enter(c, change);
    if (isProblem(who)) return asDetails(who);
    const { account, name, isSession } = who;
    return { id: account, name, ...(isSession === undefined ? {} : { isSession }) };
  }

  return routes;
}

/** "2,5,7": numbers of parts, so many at most; undefined: something else. */
function partNumbers(text: string | undefined): readonly number[] | 'all' | undefined {
  if (text === undefined || text === '') return 'all';
  if (!/^\d{1,6}(?:,\d{1,6})*$/.test(text)) return undefined;
  const numbers = [...new Set(text.split(',').map(Number))];
  return numbers.length > MOST_FILES ? undefined : numbers;
}

const nameOf = ({ name, type }: FileInMessage): string =>
  name ?? (type === 'message/rfc822' || type === 'message/global' ? 'message.eml' : 'file');

/** 10 MB in ten minutes: 130 kbit/s. */
const READ_WITHIN = 10 * 60_000;

const NOTHING: AsyncIterable<Uint8Array> = new Blob([]).stream();
const MANY_REQUESTS = `${String(LIMITS.maxConcurrentRequests)} requests of an account may be under way at a time.`;
const LONG_REQUEST = `A request may have ${String(LIMITS.maxSizeRequest)} octets.`;

/** RFC 8620 §2: absolute, by the name that the client used. */
function urlsAt(origin: string): SessionUrls {
  return {
    apiUrl: `${origin}/jmap/api`,
    downloadUrl: `${origin}/jmap/download/{accountId}/{blobId}/{name}?type={type}`,
    uploadUrl: `${origin}/jmap/upload/{accountId}`,
    eventSourceUrl: `${origin}/jmap/events?types={types}&closeafter={closeafter}&ping={ping}`,
  };
}
