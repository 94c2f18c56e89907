/**
 * HTML of a letter that is being written: from nodes to text and back. Whatever becomes nodes has gone through the
 * sanitiser, in a frame of its own; what is written out is read from nodes.
 */
import { cleanForCompose, openWorkroom } from '../letter/index.ts';
import type { View } from '../letter/index.ts';
import type { Editor } from './editor.ts';

let workroom: View | undefined;
let editor: typeof Editor | undefined;

/** Makes the room where HTML is cleaned, and fetches the editor; everything else here waits for that. */
export async function prepare(): Promise<void> {
  if (workroom !== undefined && editor !== undefined) return;
  const [view, module] = await Promise.all([openWorkroom(), import('./editor.ts')]);
  workroom = view;
  editor = module.Editor;
}

/** The editor of rich text; undefined before it is prepared. */
export const editorClass = (): typeof Editor | undefined => editor;

/** Clean nodes of this page. `part` says where a picture of the letter lies. Undefined: it is unfit, take its text. */
export function cleanNodes(html: string, part: (cid: string) => string | undefined): DocumentFragment | undefined {
  if (workroom === undefined) return undefined;
  const clean = cleanForCompose(workroom, html, part);
  return clean === undefined ? undefined : document.importNode(clean, true);
}

/** Clean HTML as text again, its pictures named by `cid:`. '' where it is unfit. */
export function cleanHtml(html: string): string {
  const clean = cleanNodes(html, blankPicture);
  return clean === undefined ? '' : writeHtml(unboxed(clean));
}

/** The same HTML without one of its pictures. */
export function withoutPicture(html: string, cid: string): string {
  if (!html.includes(`"cid:${encodeURIComponent(cid)}"`)) return html;
  const nodes = cleanNodes(html, blankPicture);
  if (nodes === undefined) return html;
  for (const image of nodes.querySelectorAll<HTMLElement>('img')) if (image.dataset['cid'] === cid) image.remove();
  return writeHtml(unboxed(nodes));
}

let blank: string | undefined;

/** A picture that shows nothing: where it really lies is said when it is shown. An address of this page's own. */
export function blankPicture(): string {
  const octets = Uint8Array.from(atob('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='), (one) =>
    one.charCodeAt(0),
  );
  blank ??= URL.createObjectURL(new Blob([octets], { type: 'image/gif' }));
  return blank;
}

/** The sanitiser puts everything into one box; ours has no use for it. */
export function unboxed(fragment: DocumentFragment): DocumentFragment {
  const [box, ...others] = fragment.childNodes;
  if (!(box instanceof HTMLElement) || others.length > 0 || box.getAttribute('style') !== null) return fragment;
  const out = document.createDocumentFragment();
  out.append(...box.childNodes);
  return out;
}

/** A document that shows and loads nothing. */
const inert = document.implementation.createHTMLDocument('');

/** Nodes as HTML: pictures by their Content-ID, and nothing that only the editor needs. */
export function writeHtml(nodes: DocumentFragment | HTMLElement): string {
  const box = inert.createElement('div');
  box.append(...[...nodes.childNodes].map((node) => inert.importNode(node, true)));
  for (const image of box.querySelectorAll<HTMLImageElement>('img[data-cid]')) {
    const cid = image.dataset['cid'] ?? '';
    image.removeAttribute('data-cid');
    image.setAttribute('src', `cid:${encodeURIComponent(cid)}`);
  }
  for (const mark of box.querySelectorAll('input')) mark.remove();
  return box.innerHTML.replaceAll('\u200b', '');
}

const BLOCKS = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE CENTER DD DIV DL DT FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER LI MAIN NAV OL P PRE SECTION TABLE TR UL'.split(
    ' ',
  ),
);

/** What nodes say, as plain text: lists with marks, quotes with `> `, links with their address. */
export function textOf(root: Node): string {
  return lines(root)
    .join('\n')
    .replaceAll('\u200b', '')
    .replaceAll('\u00a0', ' ')
    .replaceAll(/[ \t]+$/gmu, '')
    .replaceAll(/^--$/gmu, '-- ')
    .replace(/\n+$/u, '');
}

/** What HTML says, as plain text. */
export function textOfHtml(html: string): string {
  const nodes = cleanNodes(html, blankPicture);
  return nodes === undefined ? '' : textOf(unboxed(nodes));
}

function lines(root: Node): string[] {
  const out: string[] = [''];
  const add = (text: string): void => {
    out[out.length - 1] += text;
  };
  const begin = (): void => {
    if (out.at(-1) !== '') out.push('');
  };
  for (const node of root.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) add((node.textContent ?? '').replaceAll(/[\t\n\r ]+/gu, ' '));
    else if (!(node instanceof Element)) continue;
    else if (node.nodeName === 'BR') out.push('');
    else if (node.nodeName === 'IMG') add(node.getAttribute('alt') ?? '');
    else if (!BLOCKS.has(node.nodeName)) {
      const [first = '', ...rest] = lines(node);
      add(first);
      out.push(...rest);
      if (node.nodeName === 'A') add(addressBehind(node));
    } else {
      begin();
      const inner = lines(node);
      // A block that only holds a break is one empty line, and the break before a block's end is none.
      if (inner.length > 1 && inner.at(-1) === '') inner.pop();
      const shown = inner.map((line, n) => prefixOf(node, n) + line);
      out[out.length - 1] = shown[0] ?? '';
      out.push(...shown.slice(1), '');
    }
  }
  return out;
}

function prefixOf(block: Element, n: number): string {
  if (block.nodeName === 'BLOCKQUOTE') return '> ';
  if (block.nodeName !== 'LI') return '';
  const list = block.parentElement;
  if (n > 0) return '   ';
  return list?.nodeName === 'OL' ? `${[...list.children].indexOf(block) + 1}. ` : '•  ';
}

function addressBehind(link: Element): string {
  const href = link.getAttribute('href') ?? '';
  const text = (link.textContent ?? '').trim();
  const plain = href.replace(/^mailto:/iu, '').replace(/\/$/u, '');
  return href === '' || text.replace(/\/$/u, '') === plain || text === href ? '' : ` <${href}>`;
}
