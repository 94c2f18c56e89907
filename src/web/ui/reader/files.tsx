import { useSignal } from '@preact/signals';
import { Icon } from '../components/index.ts';
import type { IconName } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { archiveUrl, downloadUrl } from '../jmap/api.ts';
import type { BodyPart, FullEmail } from '../jmap/types.ts';
import { visibleString } from '../letter/visible-text.ts';
import { useDesk } from '../shell/desk.ts';
import { size, words } from '../words/index.ts';
import { filesOf, kindOf } from './body.ts';
import type { FileKind } from './body.ts';
import { PictureDialog, TextDialog } from './file-dialogs.tsx';
import { panel, subjectInName } from './panels.ts';

const say = words.reader;

const ICONS: Readonly<Record<FileKind, IconName>> = {
  picture: 'picture',
  text: 'text',
  pdf: 'text',
  message: 'mail',
  archive: 'zip',
  other: 'file',
};

/** What came with a message, as tiles. */
export function Files({ email }: { readonly email: FullEmail }) {
  const { api } = useDesk();
  const viewed = useSignal<BodyPart | undefined>(undefined);
  const files = filesOf(email);
  if (files.length === 0) return null;
  const urlOf = (part: BodyPart): string =>
    downloadUrl(api.session, api.account, part.blobId ?? '', nameOfFile(part), part.type);
  const view = (part: BodyPart): void => {
    if (kindOf(part) === 'message') panel.value = { kind: 'inner', blob: part.blobId ?? '' };
    else viewed.value = part;
  };
  return (
    <section class="files" aria-label={say.files(files.length)}>
      <div class="files-head">
        <h3>{say.files(files.length)}</h3>
        {files.length > 1 && <SaveAll email={email} files={files} />}
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
              {VIEWED.has(kindOf(part)) && (
                <button
                  class="link"
                  type="button"
                  onClick={() => {
                    view(part);
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
        <FileDialog part={viewed.value} url={urlOf(viewed.value)} close={() => (viewed.value = undefined)} />
      )}
    </section>
  );
}

/** What can be looked at without leaving the message. */
const VIEWED: ReadonlySet<FileKind> = new Set(['picture', 'text', 'message']);

function SaveAll({ email, files }: { readonly email: FullEmail; readonly files: readonly BodyPart[] }) {
  const { api } = useDesk();
  const name = say.zipName(subjectInName(email));
  const parts = files.map(({ partId }) => partId ?? '');
  const url = archiveUrl(api.session, api.account, { blob: email.blobId, name, parts });
  if (url === undefined) return null;
  return (
    <a class="button" data-kind="quiet" href={url} download={name}>
      <Icon name="download" />
      <span>{say.filesAll}</span>
    </a>
  );
}

function FileDialog(props: { readonly part: BodyPart; readonly url: string; readonly close: () => void }) {
  const { part, url, close } = props;
  const name = visibleString(nameOfFile(part));
  if (kindOf(part) === 'picture') return <PictureDialog name={name} url={url} close={close} />;
  return <TextDialog name={name} url={url} charset={part.charset} close={close} />;
}

function nameOfFile({ name, type }: BodyPart): string {
  if (name !== null && name.trim() !== '') return name;
  return kindOf({ type, name }) === 'message' ? 'message.eml' : say.unnamed;
}
