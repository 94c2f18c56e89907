/**
 * The empty document that a letter is put into: the second and third layer around its HTML
 * (docs/webmail-safety.md). Sandboxed without scripts, forms and navigation of the page around it, and
 * with a policy that lets it ask for nothing but pictures of our own origin. It is the same for all.
 */

/** The frame's attribute and the policy's directive say the same: one holds where the other is not understood. */
export const FRAME_SANDBOX = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox';

export const FRAME_POLICY = [
  "default-src 'none'",
  "img-src 'self' data: blob:",
  "style-src 'unsafe-inline'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  `sandbox ${FRAME_SANDBOX}`,
].join('; ');

/**
 * "As sent" is on white, as mail programs have it; "adapt" takes our colours, whatever the letter's own say: what is
 * important within a layer outranks what is important outside, where the letter's own styles are (CSS Cascade 5 §6.1).
 */
const STYLE = `
:root { color-scheme: light; background: #fff; color: #17202b; overflow: auto hidden; }
:root[data-look='own'] { color-scheme: light dark; background: Canvas; color: CanvasText; }
:root[data-look='own'][data-theme='dark'] { color-scheme: dark; }
:root[data-look='own'][data-theme='light'] { color-scheme: light; }
:root[data-look='adapt'][data-theme='dark'] { color-scheme: dark; background: #161d25; color: #e8edf3; }
@layer ours {
:root[data-look='adapt'] body * { color: inherit !important; background-color: transparent !important; border-color: #7f8b99 !important; }
:root[data-look='adapt'] body a { color: #1f5fbf !important; }
:root[data-look='adapt'][data-theme='dark'] body a { color: #7fb0ff !important; }
@media print { :root { background: #fff !important; color: #000 !important; } }
}
body { margin: 0; padding: 12px 16px; display: flow-root; font: 15px/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
img { max-width: 100%; }
img[src] { height: auto; }
img:not([src]) { outline: 1px dashed #7f8b99; outline-offset: -1px; overflow: hidden; font-size: 12px; color: #515d6b; }
blockquote { margin: 8px 0; padding-inline-start: 12px; border-inline-start: 3px solid #d5dbe3; }
pre { white-space: pre-wrap; }
table { max-width: 100%; }
`;

const DOCUMENT = `<!doctype html><html lang="und"><head><meta charset="utf-8"><title>Letter</title><style>${STYLE}</style></head><body></body></html>`;

/** GET /frame. Needs no session: there is nothing in it. */
export function frameResponse(): Response {
  return new Response(DOCUMENT, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': FRAME_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-dns-prefetch-control': 'off',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), clipboard-read=(), fullscreen=()',
      'cache-control': 'no-cache',
    },
  });
}
