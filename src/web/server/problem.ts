/**
 * Answers that say no: for people a page (what happened, why, what they can do), for programs the same words as
 * problem details (RFC 9457). Nothing of the request is repeated in them.
 */
import { createHash } from 'node:crypto';
import type { Problem as JmapProblem } from '../../jmap/index.ts';

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

const STYLE = `
:root{color-scheme:light dark;--bg:#F6F7F9;--surface:#FFFFFF;--text:#17202B;--muted:#515D6B;--line:#D5DBE3;--accent:#1F5FBF}
@media (prefers-color-scheme:dark){:root{--bg:#0F141A;--surface:#161D25;--text:#E8EDF3;--muted:#A9B5C2;--line:#2B3642;--accent:#7FB0FF}}
body{margin:0;padding:24px;background:var(--bg);color:var(--text);font:15px/24px system-ui,sans-serif}
main{max-width:60ch;margin:10vh auto 0;padding:24px 32px;background:var(--surface);border:1px solid var(--line);border-radius:12px}
h1{margin:0 0 16px;font-size:24px;line-height:32px}
p{margin:0 0 12px}
p:last-child{margin:0;color:var(--muted)}
a{color:var(--accent)}
`;

const STYLE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

function asPage({ status, title, why, mend, headers = {} }: Problem): Response {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Posthorn</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(why)}</p>
<p>${escaped(mend)}</p>
</main>
</body>
</html>
`;
  const own = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': STYLE_POLICY };
  return new Response(body, { status, headers: { ...own, ...headers } });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
