/** Files that are dragged onto the page: where they can be let go, and that nowhere else they take the page away. */
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { clock } from '../clock.ts';
import { Icon, notices } from '../components/index.ts';
import { words } from '../words/index.ts';
import type { Draft } from './draft.ts';
import { isPicture } from './rich-text.tsx';

const say = words.compose.files;

/** A picture of this page that is moved within the page is a file to the browser, but not to whoever moves it. */
let isOwn = false;

const bringsFiles = ({ dataTransfer }: DragEvent): boolean =>
  !isOwn && dataTransfer !== null && dataTransfer.types.includes('Files');

/** A browser opens a file that is dropped on a page, in the page's place. Call once; what it gives back ends it. */
export function keepFilesOut(): () => void {
  const own = (): void => void (isOwn = true);
  const over = (): void => void (isOwn = false);
  // What was moved is taken out of the page, and the end of its way is told to nobody here.
  const dropped = (): void => void clock.after(0, over);
  const refuse = (event: DragEvent): void => {
    if (event.defaultPrevented || !bringsFiles(event) || isFilePicker(event.target)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'none';
  };
  addEventListener('dragstart', own);
  addEventListener('dragend', over);
  addEventListener('drop', dropped, true);
  addEventListener('dragover', refuse);
  addEventListener('drop', refuse);
  return () => {
    removeEventListener('dragstart', own);
    removeEventListener('dragend', over);
    removeEventListener('drop', dropped, true);
    removeEventListener('dragover', refuse);
    removeEventListener('drop', refuse);
  };
}

const isFilePicker = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && target.type === 'file';

interface Takers {
  readonly draft: Draft;
  readonly attach: (files: readonly File[]) => void;
}

/** Two places over the composer, from when files come over the page until they are let go or gone. Both have a button, too. */
export function DropZones({ draft, attach }: Takers) {
  const isNear = useSignal(false);
  useEffect(() => {
    const come = (event: DragEvent): void => {
      if (bringsFiles(event)) isNear.value = true;
    };
    const go = (event: DragEvent): void => {
      if (event.relatedTarget === null) isNear.value = false;
    };
    const end = (): void => void (isNear.value = false);
    addEventListener('dragenter', come);
    addEventListener('dragleave', go);
    addEventListener('drop', end);
    return () => {
      removeEventListener('dragenter', come);
      removeEventListener('dragleave', go);
      removeEventListener('drop', end);
    };
  }, [isNear]);
  if (!isNear.value) return null;
  const intoText = (files: readonly File[]): void => {
    const pictures = files.filter(isPicture);
    draft.insertPictures?.(pictures);
    attach(files.filter((file) => !pictures.includes(file)));
  };
  return (
    <div class="compose-drop" onDragOver={allow} onDrop={taking(attach)}>
      <div class="compose-zone" onDragOver={allow} onDrop={taking(attach)}>
        <Icon name="paperclip" />
        {say.dropFile}
      </div>
      {draft.content.value.mode === 'rich' && (
        <div class="compose-zone" onDragOver={allow} onDrop={taking(intoText)}>
          <Icon name="insertPicture" />
          {say.dropText}
        </div>
      )}
    </div>
  );
}

function allow(event: DragEvent): void {
  event.preventDefault();
  if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
}

const taking = (take: (files: readonly File[]) => void) => (event: DragEvent) => {
  // Once, by the innermost; the page hears that it is over.
  if (event.defaultPrevented) return;
  event.preventDefault();
  const { files, folders } = droppedIn(event.dataTransfer);
  if (folders) notices.say(say.folder);
  if (files.length > 0) take(files);
};

/** What was let go. A folder looks like a file, and can't be read as one. */
function droppedIn(data: DataTransfer | null): { readonly files: readonly File[]; readonly folders: boolean } {
  const items = [...(data?.items ?? [])].filter(({ kind }) => kind === 'file');
  const whole = items.filter((item) => item.webkitGetAsEntry()?.isDirectory !== true);
  const files = whole.flatMap((item) => item.getAsFile() ?? []);
  return { files, folders: whole.length < items.length };
}
