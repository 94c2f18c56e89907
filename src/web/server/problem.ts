/**
 * Answers that say no: for people a page (what happened, why, what they can do), for programs the same words as
 * problem details (RFC 9457). Nothing of the request is repeated in them.
 */
import type { Problem as JmapProblem } from '../../jmap/index.ts';
import { escaped, page } from './page.ts';

export interface Problem {
  readonly status: number;
  /** What happened. */
  readonly title: string;
  /** Why. */
  readonly why: string;
  /** What one can do. */
  readonly mend: string;
  /** For programs: a URN where the RFCs name one, or a word of ours. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function answerProblem(problem: Problem, accept: string | undefined): Response {
  return accept?.includes('text/html') === true ? asPage(problem) : asDetails(problem);
}

export function asDetails({ status, title, why, mend, type = 'about:blank', headers = {} }: Problem): Response {
  const body = JSON.stringify({ type, status, title, detail: `${why} ${mend}` });
  return new Response(body, { status, headers: { 'Content-Type': 'application/problem+json', ...headers } });
}

/** RFC 8620 §3.6.1: as jmap/ made it. */
export function asJmapProblem(problem: JmapProblem): Response {
  const headers = { 'Content-Type': 'application/problem+json' };
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

function asPage({ status, title, why, mend, headers = {} }: Problem): Response {
  return page({ status, title, body: `<p>${escaped(why)}</p>\n<p>${escaped(mend)}</p>`, headers });
}
