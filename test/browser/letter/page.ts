/** The page that stands for the app in the tests of the letter: a toolbar, a form of its own, and LetterBody. */
import { h, render } from 'preact';
import {
  cleanForCompose,
  LetterBody,
  type LetterBodyProps,
  type LetterFacts,
  openWorkroom,
} from '../../../src/web/ui/letter/index.ts';
import { sanitiseLetter } from '../../../src/web/ui/letter/sanitise.ts';

export interface LetterPage {
  show(props: Partial<Omit<LetterBodyProps, 'cids'>> & { readonly cids?: Readonly<Record<string, string>> }): void;
  /** What the last letter told of itself. */
  facts(): LetterFacts | undefined;
  unfit(): string | undefined;
  mailto(): string | undefined;
  /** Keys that reached the page, its own and those of the frame. */
  keys(): readonly string[];
  /** Shows one more letter below the others; resolves when it stands, as HTML or as text. */
  add(html: string, pictures?: 'shown'): Promise<void>;
  /** Without a frame: made safe, and put into this page. */
  inline(html: string): Promise<void>;
  /** How many letters went through the sanitiser. */
  sanitised(): number;
  compose(html: string): Promise<string | undefined>;
}

declare global {
  interface Window {
    letterPage: LetterPage;
  }
}

let facts: LetterFacts | undefined;
let unfit: string | undefined;
let mailto: string | undefined;
let shows = 0;
let sanitised = 0;
const keys: string[] = [];

document.addEventListener('keydown', (event) => {
  keys.push(event.key);
  if (event.key === 'F6') event.preventDefault();
});

window.letterPage = {
  show({ cids, ...props }) {
    facts = undefined;
    unfit = undefined;
    const whole = {
      pictures: 'blocked' as const,
      theme: 'light' as const,
      title: 'The letter',
      ...props,
      ...(cids === undefined ? {} : { cids: new Map(Object.entries(cids)) }),
      onFacts: (found: LetterFacts) => (facts = found),
      onUnfit: (why: string) => (unfit = why),
      onMailto: (address: string) => (mailto = address),
      // Each letter gets a frame of its own, as each message does in the reader.
      key: ++shows,
    };
    render(h(LetterBody, whole), document.querySelector('#letter') as Element);
  },
  add(html, pictures: 'shown' | 'blocked' = 'blocked') {
    const box = document.querySelector('#letter')?.appendChild(document.createElement('section')) as Element;
    return new Promise((resolve) => {
      const done = (): void => {
        sanitised++;
        resolve();
      };
      const props = {
        html,
        pictures,
        theme: 'light',
        title: 'A letter',
        onFacts: done,
        onUnfit: done,
      } as const;
      render(h(LetterBody, props), box);
    });
  },
  async inline(html) {
    const none = { part: () => undefined, remotePictures: false };
    const clean = sanitiseLetter(await openWorkroom(), [html], none);
    const text = document.createTextNode('unfit');
    if (clean.kind === 'fragment') {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(clean.css);
      document.adoptedStyleSheets = [sheet];
    }
    document.querySelector('#letter')?.append(clean.kind === 'fragment' ? clean.fragment : text);
  },
  sanitised: () => sanitised,
  facts: () => facts,
  unfit: () => unfit,
  mailto: () => mailto,
  keys: () => keys,
  async compose(html) {
    const fragment = cleanForCompose(await openWorkroom(), html, (cid) => `blob:part-${cid}`);
    if (fragment === undefined) return undefined;
    const box = fragment.ownerDocument.createElement('div');
    box.append(fragment);
    return box.innerHTML;
  },
};
