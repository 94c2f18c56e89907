import { useSignal } from '@preact/signals';
import { Button, Dialog, Icon } from '../components/index.ts';
import type { IconName } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { clock } from '../clock.ts';
import { downloadUrl } from '../jmap/api.ts';
import type { BodyPart, FullEmail } from '../jmap/types.ts';
import { visibleString } from '../letter/visible-text.ts';
import { useDesk } from '../shell/desk.ts';
import { size, words } from '../words/index.ts';
import { filesOf, kindOf } from './body.ts';
import type { FileKind } from './body.ts';
import { panel } from './panels.ts';

const say = words.reader;

const ICONS: Readonly<Record<FileKind, IconName>> = {
  picture: 'picture',
  text: 'text',
  pdf: 'text',
  message: 'mail',
  archive: 'zip',
  other: 'file',
};

/** Milliseconds between files that are saved one after the other: browsers drop those that come at once. */
const BETWEEN = 400;

/** What came with a message, as tiles. */
export function Files({ email }: { readonly email: FullEmail }) {
  const { api } = useDesk();
  const viewed = useSignal<BodyPart | undefined>(undefined);
  const files = filesOf(email);
  if (files.length === 0) return null;
  const urlOf = (part: BodyPart): string =>
    downloadUrl(api.session, api.account, part.blobId ?? '', nameOfFile(part), part.type);
  const saveAll = (): void => {
    files.forEach((part, n) =>
      clock.after(n * BETWEEN, () => {
        save(urlOf(part), nameOfFile(part));
      }),
    );
  };
  return (
    <section class="files" aria-label={say.files(files.length)}>
      <div class="files-head">
        <h3>{say.files(files.length)}</h3>
        {files.length > 1 && (
          <Button kind="quiet" icon="download" onClick={saveAll}>
            {say.filesAll}
          </Button>
        )}
      </div>
      <ul class="files-list">
        {files.map((part) => (
          <li key={part.blobId} class="file">
            <Icon name={ICONS[kindOf(part)]} />
            <span class="file-text">
              <span class="file-name" title={visibleString(nameOfFile(part))}>
                <Foreign text={nameOfFile(part)} />
              </span>
              <span class="muted">
                {part.type} · {size(part.size)}
              </span>
            </span>
            <span class="file-tools">
              {(kindOf(part) === 'picture' || kindOf(part) === 'message') && (
                <button
                  class="link"
                  type="button"
                  onClick={() => {
                    if (kindOf(part) === 'picture') viewed.value = part;
                    else panel.value = { kind: 'inner', blob: part.blobId ?? '' };
                  }}
                >
                  {kindOf(part) === 'message' ? say.openMessage : say.view}
                </button>
              )}
              <a class="link" href={urlOf(part)} download={nameOfFile(part)}>
                {say.saveFile}
              </a>
            </span>
          </li>
        ))}
      </ul>
      {viewed.value !== undefined && (
        <PictureDialog part={viewed.value} url={urlOf(viewed.value)} close={() => (viewed.value = undefined)} />
      )}
    </section>
  );
}

function PictureDialog({
  part,
  url,
  close,
}: {
  readonly part: BodyPart;
  readonly url: string;
  readonly close: () => void;
}) {
  const name = visibleString(nameOfFile(part));
  return (
    <Dialog title={name} wide close={close}>
      <img class="file-picture" src={url} alt={name} />
    </Dialog>
  );
}

function nameOfFile({ name, type }: BodyPart): string {
  if (name !== null && name.trim() !== '') return name;
  return kindOf({ type, name }) === 'message' ? 'message.eml' : say.unnamed;
}

function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
