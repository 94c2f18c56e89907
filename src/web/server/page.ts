/** A page of words that the server writes itself: no script, one style, nothing loaded. */
import { createHash } from 'node:crypto';

const STYLE = `
:root{color-scheme:light dark;--bg:#F6F7F9;--surface:#FFFFFF;--text:#17202B;--muted:#515D6B;--line:#D5DBE3;--accent:#1F5FBF;--on:#FFFFFF;--warn:#8A5300;--soft:#FDF0D9}
@media (prefers-color-scheme:dark){:root{--bg:#0F141A;--surface:#161D25;--text:#E8EDF3;--muted:#A9B5C2;--line:#2B3642;--accent:#7FB0FF;--on:#0B1526;--warn:#F0B45A;--soft:#362510}}
body{margin:0;padding:24px;background:var(--bg);color:var(--text);font:15px/24px system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:60ch;margin:10vh auto 0;padding:24px 32px;background:var(--surface);border:1px solid var(--line);border-radius:12px}
h1{margin:0 0 16px;font-size:24px;line-height:32px}
p{margin:0 0 12px}
p:last-child{margin:0;color:var(--muted)}
a{color:var(--accent)}
code{font:14px/22px ui-monospace,monospace}
.host{font-size:20px;line-height:28px;font-weight:600}
.warnings{margin:0 0 12px;padding:8px 16px 8px 32px;background:var(--soft);color:var(--warn);border-radius:8px}
.go{display:inline-block;padding:6px 16px;border-radius:8px;background:var(--accent);color:var(--on);text-decoration:none}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
`;

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export interface PageParts {
  readonly status?: number;
  readonly title: string;
  /** HTML: what comes from outside must have gone through {@link escaped}. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function page({ status = 200, title, body, headers = {} }: PageParts): Response {
  const text = `<!doctype html>
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
${body}
</main>
</body>
</html>
`;
  const own = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY };
  return new Response(text, { status, headers: { ...own, ...headers } });
}

/** For text between tags and in quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
