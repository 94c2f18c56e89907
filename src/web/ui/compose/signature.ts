/** One identity's signature in place of another's, where it still stands as it was put there. */
import type { Content } from './content.ts';
import { blankPicture, cleanNodes, unboxed, writeHtml } from './html.ts';
import { signatureText } from './identities.ts';
import type { Identity } from './identities.ts';
import { signatureHtml } from './start.ts';

export function withSignatureOf(content: Content, before: Identity, next: Identity): Partial<Content> {
  return {
    text: inText(content.text, signatureText(before), signatureText(next)),
    ...(content.mode === 'rich' ? { html: inHtml(content.html, before, next) } : {}),
  };
}

function inText(text: string, before: string, next: string): string {
  if (before === '') return next === '' ? text : `${text.replace(/\n+$/u, '')}\n\n${next}`;
  const at = text.lastIndexOf(before);
  if (at < 0) return text;
  return `${text.slice(0, at)}${next}${text.slice(at + before.length)}`;
}

function inHtml(html: string, before: Identity, next: Identity): string {
  const clean = cleanNodes(html, blankPicture);
  if (clean === undefined) return html;
  const nodes = unboxed(clean);
  const bare = (text: string): string => text.replaceAll(/\s+/gu, '');
  const old = [...nodes.children].findLast(
    (one) =>
      signatureText(before) !== '' &&
      one.textContent.startsWith('--') &&
      bare(one.textContent) === bare(textIn(signatureHtml(before))),
  );
  const made = signatureHtml(next);
  if (old === undefined && signatureText(before) !== '') return html;
  const fresh = made === '' ? undefined : cleanNodes(made, () => undefined);
  if (old === undefined) {
    if (fresh !== undefined) nodes.append(unboxed(fresh));
  } else if (fresh === undefined) old.remove();
  else old.replaceWith(unboxed(fresh));
  return writeHtml(nodes);
}

const textIn = (html: string): string => cleanNodes(html, () => undefined)?.textContent ?? '';
