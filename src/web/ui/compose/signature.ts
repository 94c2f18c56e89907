/** One identity's signature in place of another's, where it still stands as it was put there. */
import { htmlOfText } from './content.ts';
import type { Content } from './content.ts';
import { blankPicture, cleanNodes, textOfHtml, unboxed, writeHtml } from './html.ts';
import { signatureText } from './identities.ts';
import type { Identity } from './identities.ts';
import { signatureHtml } from './start.ts';

/** What changes of a letter; nothing where the signature was taken out or written over. */
export function withSignatureOf(content: Content, before: Identity, next: Identity): Partial<Content> {
  const { mode, text, html } = content;
  if (mode === 'plain') return { text: inText(text, before, next) };
  if (signatureHtml(before) === signatureHtml(next)) return {};
  const changed = inHtml(html, before, next);
  return changed === html ? {} : { html: changed, text: textOfHtml(changed) };
}

/** Plain text as HTML that says the same, with the signature in a box, so that another can take its place. */
export function richWithSignature(text: string, identity: Identity | undefined): string {
  const signature = identity === undefined ? '' : signatureText(identity);
  const at = signature === '' ? -1 : `\n${text}`.lastIndexOf(`\n${signature}`);
  if (identity === undefined || at < 0) return htmlOfText(text);
  const [above, below] = [text.slice(0, at).replace(/\n$/u, ''), text.slice(at + signature.length).replace(/^\n/u, '')];
  return `${htmlOfText(above)}${signatureHtml(identity)}${below.trim() === '' ? '' : htmlOfText(below)}`;
}

/** As it was put there: where the letter had formatting, it may say what the HTML of the signature says. */
function inText(text: string, before: Identity, next: Identity): string {
  const [old, made] = [signatureText(before), signatureText(next)];
  if (old === '') return made === '' ? text : `${text.replace(/\n+$/u, '')}\n\n${made}`;
  for (const one of [old, textOfHtml(signatureHtml(before))]) {
    const at = text.lastIndexOf(one);
    if (at >= 0) return `${text.slice(0, at)}${made}${text.slice(at + one.length)}`;
  }
  return text;
}

function inHtml(html: string, before: Identity, next: Identity): string {
  const clean = cleanNodes(html, blankPicture);
  if (clean === undefined) return html;
  const nodes = unboxed(clean);
  const signed = signatureHtml(before) !== '';
  const bare = (text: string): string => text.replaceAll(/\s+/gu, '');
  const old = [...nodes.children].findLast(
    (one) =>
      signed && one.textContent.startsWith('--') && bare(one.textContent) === bare(textIn(signatureHtml(before))),
  );
  const made = signatureHtml(next);
  if (old === undefined && signed) return html;
  const fresh = made === '' ? undefined : cleanNodes(made, () => undefined);
  if (old === undefined) {
    if (fresh !== undefined) nodes.append(unboxed(fresh));
  } else if (fresh === undefined) old.remove();
  else old.replaceWith(unboxed(fresh));
  return writeHtml(nodes);
}

const textIn = (html: string): string => cleanNodes(html, () => undefined)?.textContent ?? '';
