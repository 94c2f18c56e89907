/** Puts a letter into its frame: the static document of /frame (src/web/server/frame.ts), which runs no script. */
import type { LetterFacts, View } from './sanitise.ts';

/** The same words as in the frame's policy, for browsers and for readers. Scripts, forms, navigation: never. */
export const SANDBOX = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox';

/** How a letter's colours are treated. */
export type LetterLook =
  /** On white, with the colours it came with. */
  | 'sent'
  /** In the colours of the page around it. */
  | 'adapt'
  /** It says that it has dark colours of its own. */
  | 'own';

/** What to show a letter as until its reader chooses. */
export function suggestedLook(
  facts: Pick<LetterFacts, 'styled' | 'declaresDark'>,
  theme: 'light' | 'dark',
): LetterLook {
  if (theme === 'light') return 'sent';
  if (facts.declaresDark) return 'own';
  return facts.styled ? 'sent' : 'adapt';
}

/** CSS px: a higher letter gets a scroll bar of its own. Taller layers cost the browser more than a reader gains. */
const HIGHEST = 30_000;

/** The frame's window, when it holds our document and nothing else; undefined until it has loaded. */
export function frameView(frame: HTMLIFrameElement): View | undefined {
  const page = frame.contentDocument;
  if (page?.location.pathname !== '/frame' || page.readyState === 'loading') return undefined;
  return (frame.contentWindow as View | null) ?? undefined;
}

/** Puts a letter there in place of what was there, with its own styles. */
export function fillFrame(
  view: View,
  { fragment, css }: { readonly fragment: DocumentFragment; readonly css: string },
): void {
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(css);
  view.document.adoptedStyleSheets = [sheet];
  // Each paragraph finds its own direction; the letter as a whole follows its first letters.
  view.document.body.dir = 'auto';
  view.document.body.replaceChildren(view.document.importNode(fragment, true));
}

export function setLook(view: View, look: LetterLook, theme: 'light' | 'dark'): void {
  const { dataset } = view.document.documentElement;
  dataset['look'] = look;
  dataset['theme'] = theme;
}

/** Smaller than this nobody reads: from there on a wide letter is scrolled sideways. */
const LEAST_ZOOM = 0.6;

/**
 * CSS px. A letter that is made smaller is less high, which may take away the scroll bar beside it, which makes room: without
 * this it could go to and fro for ever.
 */
const SCROLL_BAR = 24;

/** Keeps the frame as high as what is in it, and what is wider than the frame within it, until the returned function is called. */
export function followSize(frame: HTMLIFrameElement, view: View): () => void {
  const { documentElement: root, body } = view.document;
  let width = 0;
  let zoom = 1;
  // Letters are made for 600 px or so. Within one width it only ever gets smaller, so that it ends.
  const fit = (): void => {
    if (Math.abs(root.clientWidth - width) > SCROLL_BAR) {
      width = root.clientWidth;
      zoom = 1;
      body.style.zoom = '';
    }
    const over = root.scrollWidth / Math.max(1, root.clientWidth);
    if (over <= 1.01 || zoom <= LEAST_ZOOM) return;
    zoom = Math.max(LEAST_ZOOM, zoom / over);
    body.style.zoom = String(zoom);
  };
  const follow = (): void => {
    fit();
    // A scroll bar for wide tables takes its share of the height.
    const bar = Math.max(0, view.innerHeight - root.clientHeight);
    frame.style.blockSize = `${Math.min(HIGHEST, Math.ceil(body.getBoundingClientRect().height) + bar)}px`;
  };
  const observer = new ResizeObserver(follow);
  observer.observe(body);
  follow();
  return () => {
    observer.disconnect();
    body.style.zoom = '';
  };
}

export interface FrameEvents {
  /** A mailto: link was followed: its address. Without this, it opens the /out page like others. */
  readonly onMailto?: (address: string) => void;
}

/**
 * Keys pressed inside the letter reach the page around it as well, so that F6, Esc and the reader's
 * keys work from there; Tab leaves the frame by itself. Until the returned function is called.
 */
export function listenInFrame(frame: HTMLIFrameElement, view: View, events: FrameEvents): () => void {
  const page = view.document;
  const onKey = (event: KeyboardEvent): void => {
    if (belongsToLetter(event)) return;
    const again = new KeyboardEvent('keydown', { ...keyOf(event), bubbles: true, cancelable: true, composed: true });
    if (!frame.dispatchEvent(again)) event.preventDefault();
  };
  const onClick = (event: MouseEvent): void => {
    const link = closestLink(event.target);
    const address = link === undefined ? null : new URL(link, location.href).searchParams.get('u');
    if (events.onMailto === undefined || address?.startsWith('mailto:') !== true) return;
    event.preventDefault();
    events.onMailto(address);
  };
  page.addEventListener('keydown', onKey);
  page.addEventListener('click', onClick);
  page.addEventListener('dragover', refuseFiles);
  page.addEventListener('drop', refuseFiles);
  return () => {
    page.removeEventListener('keydown', onKey);
    page.removeEventListener('click', onClick);
    page.removeEventListener('dragover', refuseFiles);
    page.removeEventListener('drop', refuseFiles);
  };
}

/** A file that is let go over a letter would take the place of the whole page. */
function refuseFiles(event: DragEvent): void {
  if (event.dataTransfer?.types.includes('Files') !== true) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'none';
}

function closestLink(target: EventTarget | null): string | undefined {
  // The frame's elements are of another window: instanceof would not know them.
  const element = target as Partial<Element> | null;
  return element?.closest?.('a[href^="/out?u="]')?.getAttribute('href') ?? undefined;
}

/** Following a link, opening <details>, copying, moving the focus: the frame's own. */
function belongsToLetter(event: KeyboardEvent): boolean {
  const onControl = (event.target as Partial<Element> | null)?.closest?.('a[href], summary') !== null;
  if (event.key === 'Tab' || (onControl && (event.key === 'Enter' || event.key === ' '))) return true;
  return (event.ctrlKey || event.metaKey) && ['c', 'a', 'x'].includes(event.key.toLowerCase());
}

function keyOf(event: KeyboardEvent): KeyboardEventInit {
  const { key, code, location, repeat, ctrlKey, shiftKey, altKey, metaKey, isComposing } = event;
  return { key, code, location, repeat, ctrlKey, shiftKey, altKey, metaKey, isComposing };
}

let workroom: Promise<View> | undefined;

/** A frame that nobody sees, where HTML is made safe that goes elsewhere. One for the page; it stays. */
export function openWorkroom(): Promise<View> {
  workroom ??= new Promise((resolve, reject) => {
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.setAttribute('sandbox', SANDBOX);
    frame.addEventListener('load', () => {
      const view = frameView(frame);
      if (view !== undefined) return resolve(view);
      // The next who asks tries again.
      workroom = undefined;
      frame.remove();
      reject(new Error('The page that makes HTML safe could not be loaded.'));
    });
    frame.src = '/frame';
    document.body.append(frame);
  });
  return workroom;
}
