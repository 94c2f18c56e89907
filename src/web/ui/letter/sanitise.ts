/**
 * The first of three layers around a letter's HTML (docs/webmail-safety.md): DOMPurify with explicit
 * lists. It is parsed by the browser that shows it, in the frame that shows it (a document of the app
 * would refuse the letter's colours, by the app's own policy), and the nodes that come out are shown as
 * they are, never written out and read again. What was asked of other servers is told as facts.
 */
import createDOMPurify from 'dompurify';
import type { Config, DOMPurify, UponSanitizeAttributeHookEvent } from 'dompurify';
import { ATTRIBUTES, keepsValue, keptStyle, TAGS, TAGS_WITH_CONTENTS } from './allowed.ts';
import type { LinkWarning } from '../../links/links.ts';
import { linkWarnings, outAddress, safeLink } from '../../links/links.ts';
import type { PictureBox, PictureSource, RemotePicture } from './pictures.ts';
import { pictureSource, remotePicture } from './pictures.ts';
import { keptStyles } from './style-sheet.ts';
import type { KeptStyles, StyleText } from './style-sheet.ts';

/** More than this is not rendered: a letter of a reasonable size has a few thousand. */
const MOST_NODES = 50_000;
const DEEPEST = 256;
/** UTF-16 units of HTML. */
const LONGEST_HTML = 4_000_000;

const ELEMENT_NODE = 1;

export interface LetterLink {
  readonly href: string;
  readonly host: string;
  readonly text: string;
  readonly warnings: readonly LinkWarning[];
}

/** What a letter asks for, found while it was made safe. */
export interface LetterFacts {
  /** Each address once. */
  readonly pictures: readonly RemotePicture[];
  /** Their hosts, each once. */
  readonly hosts: readonly string[];
  /** Content-Ids of parts that the letter shows within its text. */
  readonly parts: readonly string[];
  readonly links: readonly LetterLink[];
  /** It sets colours or backgrounds of its own: dark colours for it would be a guess. */
  readonly styled: boolean;
  /** It says itself that it can be shown dark, and has colours for that or none at all. */
  readonly declaresDark: boolean;
}

export type Sanitised =
  | {
      readonly kind: 'fragment';
      readonly fragment: DocumentFragment;
      /** What of the letter's own style sheets may be applied where it is shown. */
      readonly css: string;
      readonly facts: LetterFacts;
    }
  /** Too large, too deep, or nothing that can be read as HTML: show it as text. */
  | { readonly kind: 'unfit'; readonly why: 'nodes' | 'depth' | 'length' };

export interface LetterPolicy {
  /** Where a part of the letter lies, for `cid:`; an address of our own origin or a blob:. Undefined leaves the picture out. */
  readonly part: (cid: string) => string | undefined;
  /** Pictures on other servers are asked for through our own /picture. */
  readonly remotePictures: boolean;
}

/** The frame that will show it: parsing, reading styles and showing are done by one and the same document. */
export type View = Window & typeof globalThis;

/**
 * What a letter may contain, for the frame that shows it: links lead to /out, pictures to where the
 * policy says. A letter of several parts in HTML is read part by part: a tag or a quotation mark that
 * one leaves open must not swallow the next (EFAIL).
 */
export function sanitiseLetter(view: View, parts: readonly string[], policy: LetterPolicy): Sanitised {
  const fragment = view.document.createDocumentFragment();
  const css: string[] = [];
  let facts = NOTHING;
  for (const [n, html] of parts.entries()) {
    const clean = sanitisePart(view, html, policy, `letter-${String(n)}`);
    if (clean.kind === 'unfit') return clean;
    fragment.append(clean.fragment);
    css.push(clean.css);
    facts = together(facts, clean.facts);
  }
  return { kind: 'fragment', fragment, css: css.join('\n'), facts };
}

const NOTHING: LetterFacts = { pictures: [], hosts: [], parts: [], links: [], styled: false, declaresDark: false };

function together(one: LetterFacts, other: LetterFacts): LetterFacts {
  const pictures = new Map([...one.pictures, ...other.pictures].map((picture) => [picture.url, picture]));
  return {
    pictures: [...pictures.values()],
    hosts: [...new Set([...one.hosts, ...other.hosts])],
    parts: [...new Set([...one.parts, ...other.parts])],
    links: [...one.links, ...other.links],
    styled: one.styled || other.styled,
    declaresDark: one.declaresDark || other.declaresDark,
  };
}

/** @param box the id of what holds the part: nobody else can have it, those of letters get a prefix. */
function sanitisePart(view: View, html: string, policy: LetterPolicy, box: string): Sanitised {
  return sanitise(view, html, {
    ...policy,
    box,
    link: outAddress,
    addresses: /^(\/out\?u=|\/picture\?u=|\/jmap\/download\/|blob:|data:image\/|#user-content-)/i,
    // For its own style sheets; nothing of ours goes by classes in there.
    attributes: [...ATTRIBUTES, 'class'],
    anchors: true,
    marksParts: false,
  });
}

/**
 * The same for what goes into a letter being written: paste, the quoted letter, a signature. Links
 * keep their address. A picture that is a part gets `data-cid`; those on other servers are left out,
 * with their text in their place. Undefined when it is unfit: paste its text instead.
 *
 * @param view a frame's window ({@link openWorkroom}, or the editor's own): the app's policy takes no styles.
 */
export function cleanForCompose(
  view: View,
  html: string,
  part: LetterPolicy['part'] = () => undefined,
): DocumentFragment | undefined {
  const clean = sanitise(view, html, {
    part,
    remotePictures: false,
    link: (url) => url.href,
    addresses: /^(https?:\/\/|mailto:|tel:|\/jmap\/download\/|blob:|data:image\/)/i,
    attributes: ATTRIBUTES.filter((name) => name !== 'id' && name !== 'name'),
    anchors: false,
    marksParts: true,
  });
  if (clean.kind === 'unfit') return undefined;
  for (const image of clean.fragment.querySelectorAll('img:not([src])')) {
    image.replaceWith(image.getAttribute('alt') ?? '');
  }
  return clean.fragment;
}

interface Rules extends LetterPolicy {
  /** The id of the element that will hold it, where its style sheets are kept. */
  readonly box?: string;
  readonly link: (url: URL, text: string) => string;
  /** The last word: an address that does not look so, whoever put it there, is not kept. */
  readonly addresses: RegExp;
  readonly attributes: readonly string[];
  /** Links to places within the same letter work. */
  readonly anchors: boolean;
  /** Pictures that are parts tell which, in data-cid. */
  readonly marksParts: boolean;
}

/** One run over one letter. DOMPurify is one for the page, and so are its hooks: they ask here. */
interface Pass {
  readonly rules: Rules;
  /** An element that is nowhere: reads styles. */
  readonly scratch: HTMLElement;
  readonly pictures: Map<string, RemotePicture>;
  readonly parts: Set<string>;
  readonly partOf: WeakMap<Element, string>;
  /** What their attributes ask for, as styles. */
  readonly backgrounds: WeakMap<Element, string>;
  readonly links: LetterLink[];
  readonly styles: StyleText[];
  nodes: number;
  depth: number;
  styled: boolean;
}

class Unfit extends Error {
  readonly why: 'nodes' | 'depth';
  constructor(why: 'nodes' | 'depth') {
    super(why);
    this.why = why;
  }
}

let pass: Pass | undefined;
const purifiers = new WeakMap<View, DOMPurify>();

function sanitise(view: View, html: string, rules: Rules): Sanitised {
  if (html.length > LONGEST_HTML) return { kind: 'unfit', why: 'length' };
  const purifier = purifierOf(view);
  const run: Pass = {
    rules,
    scratch: view.document.implementation.createHTMLDocument('').createElement('i'),
    pictures: new Map(),
    parts: new Set(),
    partOf: new WeakMap(),
    backgrounds: new WeakMap(),
    links: [],
    styles: [],
    nodes: 0,
    depth: 0,
    styled: false,
  };
  pass = run;
  try {
    const whole = purifier.sanitize(html, configuration(rules));
    const { box } = rules;
    const styles = box === undefined ? NO_STYLES : keptStyles(view, run.styles, { box, extent: run });
    const facts = factsOf(run, html, styles);
    return { kind: 'fragment', fragment: bodyOf(whole, box), css: styles.css, facts };
  } catch (error) {
    if (error instanceof Unfit) return { kind: 'unfit', why: error.why };
    throw error;
  } finally {
    pass = undefined;
  }
}

const NO_STYLES: KeptStyles = { css: '', styled: false, hasDark: false };

function configuration(rules: Rules): Config & { readonly RETURN_DOM_FRAGMENT: true } {
  return {
    ALLOWED_TAGS: [...TAGS],
    ALLOWED_ATTR: [...rules.attributes],
    FORBID_CONTENTS: [...TAGS_WITH_CONTENTS],
    ALLOWED_NAMESPACES: ['http://www.w3.org/1999/xhtml'],
    ALLOWED_URI_REGEXP: rules.addresses,
    // DOMPurify takes every attribute for an address that is not named here.
    ADD_URI_SAFE_ATTR: rules.attributes.filter((name) => name !== 'href' && name !== 'src'),
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOW_UNKNOWN_PROTOCOLS: false,
    SANITIZE_DOM: true,
    SANITIZE_NAMED_PROPS: true,
    // The body's own colours are part of how the letter looks.
    WHOLE_DOCUMENT: true,
    RETURN_DOM_FRAGMENT: true,
  };
}

function purifierOf(view: View): DOMPurify {
  const known = purifiers.get(view);
  if (known !== undefined) return known;
  const made = createDOMPurify(view);
  if (!made.isSupported) throw new Error('This browser lacks what is needed to show HTML safely.');
  purifiers.set(view, made);
  made.addHook('uponSanitizeElement', (node) => {
    const run = thisPass();
    if (++run.nodes > MOST_NODES) throw new Unfit('nodes');
    if (node.nodeType !== ELEMENT_NODE) return;
    run.depth = Math.max(run.depth, depthOf(node));
    if (run.depth > DEEPEST) throw new Unfit('depth');
    notePicture(node as Element, run);
    if (run.rules.box !== undefined && isStyle(node))
      run.styles.push({ text: node.textContent ?? '', media: node.media });
  });
  made.addHook('uponSanitizeAttribute', (element, data) => {
    judgeAttribute(element, data, thisPass());
  });
  made.addHook('afterSanitizeAttributes', (element) => {
    addAttributes(element, thisPass());
  });
  return made;
}

/** What stands on an element because we say so. */
function addAttributes(element: Element, { rules, partOf, backgrounds }: Pass): void {
  const background = backgrounds.get(element) ?? '';
  const style = element.getAttribute('style') ?? '';
  if (background !== '' && !style.includes('background-image')) {
    element.setAttribute('style', style === '' ? background : `${background}; ${style}`);
  }
  const cid = rules.marksParts ? partOf.get(element) : undefined;
  if (cid !== undefined) element.setAttribute('data-cid', cid);
  const href = element.nodeName === 'A' ? element.getAttribute('href') : null;
  if (href === null || href.startsWith('#')) return;
  element.setAttribute('target', '_blank');
  element.setAttribute('rel', 'noopener noreferrer');
}

function thisPass(): Pass {
  if (pass === undefined) throw new Error('DOMPurify runs outside sanitise()');
  return pass;
}

/** Of HTML; those within SVG and MathML are read by other rules, and go with what they stand in. */
const isStyle = (node: Node): node is HTMLStyleElement =>
  node.nodeName === 'STYLE' && (node as Element).namespaceURI === 'http://www.w3.org/1999/xhtml';

/** Counted no further than what is too deep in any case. */
function depthOf(node: Node): number {
  let depth = 0;
  for (let at: Node | null = node; at !== null && depth <= DEEPEST; at = at.parentNode) depth += 1;
  return depth;
}

/** Pictures on other servers that could be shown. What else an element would ask for is never asked for, whatever the reader wishes. */
function notePicture(element: Element, run: Pass): void {
  if (element.nodeName !== 'IMG') return;
  const source = pictureSource(element.getAttribute('src') ?? '');
  if (source.kind === 'remote') takeNote(source.url, boxOf(element), run);
}

function takeNote(url: URL, box: PictureBox, run: Pass): void {
  if (!run.pictures.has(url.href)) run.pictures.set(url.href, remotePicture(url, box));
}

function boxOf(element: Element): PictureBox {
  const [width, height, style] = ['width', 'height', 'style'].map((name) => element.getAttribute(name));
  return { width: width ?? null, height: height ?? null, style: style ?? null };
}

function judgeAttribute(element: Element, data: UponSanitizeAttributeHookEvent, run: Pass): void {
  const value = judgedValue(element, data.attrName, data.attrValue, run);
  if (value === undefined) data.keepAttr = false;
  else data.attrValue = value;
}

/** What an attribute says afterwards; undefined takes it away. DOMPurify's own checks come behind this one. */
function judgedValue(element: Element, name: string, value: string, run: Pass): string | undefined {
  switch (name) {
    case 'href':
      return element.nodeName === 'A' ? linkTarget(element, value, run) : undefined;
    case 'src':
      return element.nodeName === 'IMG' ? pictureTarget(element, value, run) : undefined;
    case 'cite':
      return undefined;
    // The attribute itself is not in the lists: it becomes a style (HTML §15.3.8).
    case 'background':
      run.backgrounds.set(element, backgroundOf(value, run) ?? '');
      return undefined;
    case 'style':
      return styleOf(value, run);
    case 'bgcolor':
    case 'color':
      run.styled = true;
      return value;
    // What it lists for links is what SANITIZE_NAMED_PROPS makes of it: a prefix that nothing of ours has.
    default:
      return keepsValue(name, value) ? value : undefined;
  }
}

function linkTarget(element: Element, value: string, run: Pass): string | undefined {
  const anchor = /^#([\w.:-]{1,100})$/.exec(value.trim())?.[1];
  if (anchor !== undefined && run.rules.anchors) return `#user-content-${anchor}`;
  const url = safeLink(value);
  if (url === undefined) return undefined;
  const text = (element.textContent ?? '').slice(0, 500);
  run.links.push({ href: url.href, host: url.hostname, text: text.trim(), warnings: linkWarnings(url, text) });
  return run.rules.link(url, text);
}

function pictureTarget(element: Element, value: string, run: Pass): string | undefined {
  const source = pictureSource(value);
  if (source.kind === 'part') run.partOf.set(element, source.cid);
  return shownAddress(source, run);
}

/** Where the browser may get a picture, if it may. */
function shownAddress(source: PictureSource, run: Pass): string | undefined {
  switch (source.kind) {
    case 'part':
      run.parts.add(source.cid);
      return ownAddress(run.rules.part(source.cid));
    case 'inline':
      return source.href;
    case 'remote':
      return run.rules.remotePictures ? `/picture?u=${encodeURIComponent(source.url.href)}` : undefined;
    case 'none':
      return undefined;
  }
}

/** A picture behind a box, from where those in the text come; undefined: none is shown there. */
function backgroundOf(address: string, run: Pass): string | undefined {
  if (run.rules.box === undefined) return undefined;
  const source = pictureSource(address);
  if (source.kind === 'remote') takeNote(source.url, {}, run);
  const shown = shownAddress(source, run);
  // What stands in it ends nothing: neither the quotation marks nor the declaration.
  return shown !== undefined && /^[\w/?=&%.,:;~!*()+@$-]+$/.test(shown)
    ? `background-image: url("${shown}")`
    : undefined;
}

/** An address of a part as it may stand in a letter: a blob, or a path of our own origin. */
function ownAddress(address: string | undefined): string | undefined {
  if (address === undefined || address.startsWith('blob:')) return address;
  const url = new URL(address, location.href);
  return url.origin === location.origin ? url.pathname + url.search : undefined;
}

/** Read by the browser's own parser, in a document that loads nothing, and written by it. */
function styleOf(value: string, run: Pass): string | undefined {
  const { scratch } = run;
  scratch.style.cssText = value.slice(0, 10_000);
  const kept = keptStyle(scratch.style);
  if (/(^|[ -])(color|background-color):/.test(kept)) run.styled = true;
  const all = [kept, ...backgroundIn(scratch.style, run)].filter((part) => part !== '').join('; ');
  return all === '' ? undefined : all;
}

/** One picture behind a box, and where it lies there; several, and pictures that are computed, are left out. */
function backgroundIn(style: CSSStyleDeclaration, run: Pass): readonly string[] {
  const address = /^url\("([^"\\]+)"\)$/.exec(style.backgroundImage)?.[1];
  const picture = address === undefined ? undefined : backgroundOf(address, run);
  if (picture === undefined) return [];
  const place = ['background-repeat', 'background-size', 'background-position'].flatMap((name) => {
    const value = style.getPropertyValue(name);
    return /^[a-z0-9 %.-]{1,60}$/.test(value) ? [`${name}: ${value}`] : [];
  });
  return [picture, ...place];
}

/** The letter's body as a <div> that keeps its colours: nodes are moved, nothing is read anew. */
function bodyOf(whole: DocumentFragment, id?: string): DocumentFragment {
  const body = whole.querySelector('body');
  const fragment = whole.ownerDocument.createDocumentFragment();
  const box = whole.ownerDocument.createElement('div');
  for (const { name, value } of body?.attributes ?? []) {
    if (['style', 'dir', 'lang', 'class'].includes(name)) box.setAttribute(name, value);
  }
  if (id !== undefined) box.id = id;
  const background = body?.getAttribute('bgcolor') ?? '';
  if (box.style.backgroundColor === '') box.style.backgroundColor = background;
  box.append(...(body?.childNodes ?? whole.childNodes));
  fragment.append(box);
  return fragment;
}

function factsOf(run: Pass, html: string, styles: KeptStyles): LetterFacts {
  const styled = run.styled || styles.styled;
  const pictures = [...run.pictures.values()];
  return {
    pictures,
    hosts: [...new Set(pictures.map(({ host }) => host))],
    parts: [...run.parts],
    links: run.links,
    styled,
    declaresDark:
      (styles.hasDark || !styled) &&
      /<meta\b[^>]*\bcolor-scheme\b[^>]*\bdark\b|\bcolor-scheme\s*:[^;}]*\bdark\b/i.test(html),
  };
}
