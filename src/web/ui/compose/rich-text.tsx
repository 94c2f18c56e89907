import type Squire from 'squire-rte';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { clock } from '../clock.ts';
import type { Cancel } from '../clock.ts';
import { notices } from '../components/index.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import type { Draft } from './draft.ts';
import { cleanNodes, editorClass, textOf, unboxed, writeHtml } from './html.ts';
import { fileOfData, isLonePicture } from './pictures.ts';
import { newKey, pictureAddress } from './start.ts';
import { Toolbar } from './toolbar.tsx';

/** Milliseconds after a key until what was typed is read from the page. */
const SOON = 120;

/** The addresses by which this page shows files that are not with the server yet. */
const shown = new Map<string, string>();

/** The own words of a letter with formatting. */
export function RichText(props: {
  readonly draft: Draft;
  readonly startsHere: boolean;
  readonly attach: (files: readonly File[]) => void;
}) {
  const { draft, startsHere, attach } = props;
  const { api, login } = useDesk();
  const root = useRef<HTMLDivElement>(null);
  const editor = useSignal<Squire | undefined>(undefined);
  const { direction } = draft.content.value;
  const domain = login.slice(login.lastIndexOf('@') + 1);

  useLayoutEffect(() => {
    const [Editor, box] = [editorClass(), root.current];
    let soon: Cancel | undefined;
    const tell = (): void => {
      soon?.();
      soon = undefined;
      if (box !== null) draft.change({ html: writeHtml(box), text: textOf(box) });
    };
    const address = (cid: string): string | undefined =>
      pictureAddress(api, draft.content.peek().files, localAddress(draft))(cid);
    let isAdopting = false;
    const adopt = (file: File): Picture | undefined => {
      isAdopting = true;
      return keepPicture(draft, file, domain);
    };
    if (Editor === undefined || box === null) return undefined;
    const made = new Editor(box, {
      blockTag: 'DIV',
      sanitizeToDOMFragment: (html) => forEditor(html, address, adopt),
      addLinks: true,
    });
    made.setHTML(draft.content.peek().html);
    if (isAdopting) tell();
    made.moveCursorToStart();
    made.addEventListener('input', () => {
      soon ??= clock.after(SOON, tell);
    });
    draft.pending = () => {
      if (soon !== undefined) tell();
    };
    editor.value = made;
    if (startsHere) made.focus();
    return () => {
      if (soon !== undefined) tell();
      draft.pending = undefined;
      editor.value = undefined;
      made.destroy();
    };
  }, [draft, draft.epoch.value]);

  /** Pictures go into the text, where the cursor is. */
  const insert = (files: readonly File[]): void => {
    for (const file of files) {
      const kept = keepPicture(draft, file, domain);
      if (kept === undefined) continue;
      editor.peek()?.insertImage(kept.address, { alt: file.name, 'data-cid': kept.cid });
      notices.speak(words.compose.format.pictureIn(file.name));
    }
  };
  draft.insertPictures = insert;

  return (
    <>
      <div
        ref={root}
        class="compose-text rich-text"
        role="textbox"
        aria-multiline="true"
        aria-label={words.compose.text}
        contentEditable
        dir={direction}
        spellcheck
        data-pane-stop=""
        onPasteCapture={(event: ClipboardEvent) => {
          const files = pastedFiles(event.clipboardData);
          if (files.length === 0) return;
          event.preventDefault();
          event.stopPropagation();
          insert(files.filter(isPicture));
          attach(files.filter((file) => !isPicture(file)));
        }}
      />
      <Toolbar editor={editor.value} draft={draft} insert={insert} />
    </>
  );
}

const RASTER = /^image\/(png|jpe?g|gif|webp|avif)$/u;

export const isPicture = ({ type }: File): boolean => RASTER.test(type);

/** What is pasted as files. Where words come with them, as from a table, the files only show those: the words count. */
export function pastedFiles(data: DataTransfer | null): readonly File[] {
  if (data === null) return [];
  const html = data.getData('text/html');
  const hasWords = html === '' ? data.getData('text/plain') !== '' : !isLonePicture(html);
  return hasWords ? [] : [...data.files];
}

interface Picture {
  readonly cid: string;
  /** By which this page shows it. */
  readonly address: string;
}

/** A picture of the text becomes a file of the letter; undefined where it is too large for any. */
function keepPicture(draft: Draft, file: File, domain: string): Picture | undefined {
  const key = newKey();
  const cid = `${key}@${domain}`;
  const isKept = draft.addFile(file, { key, name: file.name === '' ? 'picture.png' : file.name, cid });
  return isKept ? { cid, address: localAddress(draft)(key) ?? '' } : undefined;
}

const localAddress =
  (draft: Draft) =>
  (key: string): string | undefined => {
    const blob = draft.blobOf(key);
    if (blob !== undefined && !shown.has(key)) shown.set(key, URL.createObjectURL(blob));
    return shown.get(key);
  };

/**
 * Clean nodes for the editor, in whatever way HTML gets there: paste, drop, undo. Pictures that it holds as text become
 * files of the letter: many programs show none but those. Undo brings the editor's own marks
 * for the selection, which are <input> elements and would not pass; they travel as something that does.
 */
function forEditor(
  html: string,
  address: (cid: string) => string | undefined,
  adopt: (file: File) => Picture | undefined,
): DocumentFragment {
  const marked = html
    .replaceAll(/<input id="(squire-selection-(?:start|end))"[^>]*>/gu, '<bdo title="$1"></bdo>')
    .replaceAll(/<img\b[^>]*\bdata-cid="([^"<>]+)"[^>]*>/gu, (tag, cid: string) =>
      tag.replace(/ src="[^"]*"/u, '').replace('<img', `<img src="cid:${encodeURIComponent(cid)}"`),
    );
  const clean = cleanNodes(marked, address);
  if (clean === undefined) return document.createDocumentFragment();
  const nodes = unboxed(clean);
  for (const mark of nodes.querySelectorAll('bdo[title^="squire-selection-"]')) {
    const input = document.createElement('input');
    input.id = mark.getAttribute('title') ?? '';
    input.type = 'hidden';
    mark.replaceWith(input);
  }
  for (const image of nodes.querySelectorAll('img[src^="data:"]')) {
    const file = fileOfData(image.getAttribute('src') ?? '');
    const kept = file === undefined ? undefined : adopt(file);
    if (kept === undefined) image.replaceWith(image.getAttribute('alt') ?? '');
    else {
      image.setAttribute('src', kept.address);
      image.setAttribute('data-cid', kept.cid);
    }
  }
  for (const link of nodes.querySelectorAll('a')) {
    link.removeAttribute('target');
    link.removeAttribute('rel');
  }
  return nodes;
}
