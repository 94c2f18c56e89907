/** Serves the page of the letter's tests with the policy of the app, and the real /frame. */
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { frameResponse } from '../../../src/web/server/frame.ts';
import { type Answer, html, serveSite, type Site } from '../site.ts';

export const APP_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dompurify',
].join('; ');

export const APP_PAGE = `<html lang="en"><title>Letters</title><link rel="stylesheet" href="/app.css">
<header id="toolbar"><button id="archive">Archive</button><label>Read <input type="checkbox" id="read"></label></header>
<form id="settings"><label>Secret <input name="secret" id="secret" value="s3cret"></label></form>
<main><div id="letter"></div></main><script type="module" src="/app.js"></script>`;

const STYLE = `
body { margin: 0; }
#toolbar { position: sticky; z-index: 1; top: 0; height: 40px; background: #eee; }
#archive { width: 120px; height: 40px; }
.letter-frame { display: block; width: 100%; border: 0; }
`;

let bundle: Promise<string> | undefined;

/** The page's script as the product's build makes it. */
function letterBundle(): Promise<string> {
  bundle ??= makeBundle();
  return bundle;
}

async function makeBundle(): Promise<string> {
  const entry = fileURLToPath(new URL('page.ts', import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'error',
    // Settings for JSX stand there.
    root: fileURLToPath(new URL('../../../src/web/ui', import.meta.url)),
    build: { write: false, minify: false, modulePreload: false, rolldownOptions: { input: entry } },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
  return output[0].code;
}

/** `more` answers what the letter's own addresses don't: /out, /picture, parts. */
export async function serveLetters(t: TestContext, more: Answer = () => undefined): Promise<Site> {
  const script = await letterBundle();
  return serveSite(t, (request) => {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case '/':
        return html(APP_PAGE, APP_POLICY);
      case '/app.js':
        return new Response(script, { headers: { 'content-type': 'text/javascript' } });
      case '/app.css':
        return new Response(STYLE, { headers: { 'content-type': 'text/css' } });
      case '/frame':
        return frameResponse();
      default:
        return more(request);
    }
  });
}
