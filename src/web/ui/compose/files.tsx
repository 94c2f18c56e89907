import { Button, Icon, IconButton } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { visibleString } from '../letter/visible-text.ts';
import { useDesk } from '../shell/desk.ts';
import { size, words } from '../words/index.ts';
import { letterOf } from './content.ts';
import type { DraftFile } from './content.ts';
import type { Draft } from './draft.ts';
import { letterOctets, packedOctets } from './packed-size.ts';

const say = words.compose.files;

/** The files of a letter, how far they have come, and how large it all becomes. */
export function DraftFiles({ draft }: { readonly draft: Draft }) {
  const { files } = draft.content.value;
  if (files.length === 0) return null;
  return (
    <section class="compose-files" aria-label={say.label}>
      <ul>
        {files.map((file) => (
          <FileTile key={file.key} draft={draft} file={file} />
        ))}
      </ul>
      <Meter draft={draft} />
    </section>
  );
}

function FileTile({ draft, file }: { readonly draft: Draft; readonly file: DraftFile }) {
  const state = draft.files.value.get(file.key);
  const name = visibleString(file.name);
  return (
    <li class="compose-file" data-failed={state?.is === 'failed' ? '' : undefined}>
      <Icon name={file.type.startsWith('image/') ? 'picture' : file.type === 'message/rfc822' ? 'mail' : 'file'} />
      <span class="compose-file-name" title={name}>
        <Foreign text={file.name} />
      </span>
      <span class="muted">
        {size(file.size)}
        {file.cid !== undefined && ` · ${say.inText}`}
      </span>
      {state?.is === 'going' && (
        <progress aria-label={say.going(name, `${Math.round(state.share * 100)} %`)} max={1} value={state.share} />
      )}
      {state?.is === 'failed' && (
        <span class="compose-file-failed" role="alert">
          {say.failed(name)}{' '}
          {state.trouble.said ?? words.trouble[state.trouble.kind === 'busy' ? 'tooMany' : state.trouble.kind].what}{' '}
          <Button
            kind="quiet"
            onClick={() => {
              draft.send(file.key);
            }}
          >
            {say.retry}
          </Button>
        </span>
      )}
      <IconButton
        icon="close"
        name={state?.is === 'going' ? say.stop(name) : say.remove(name)}
        onClick={() => {
          draft.removeFile(file.key);
        }}
      />
    </li>
  );
}

/** Octets of the largest message that the server takes. */
export function useLimit(): number | undefined {
  const { api } = useDesk();
  const { maxSizeUpload } = api.session.capabilities['urn:ietf:params:jmap:core'] ?? {};
  return typeof maxSizeUpload === 'number' ? maxSizeUpload : undefined;
}

function octetsOf(draft: Draft): number {
  const { text, html, files } = letterOf(draft.content.value);
  const all = draft.content.value.files.length === files.length ? files : draft.content.value.files;
  const octets = (some: string): number => new TextEncoder().encode(some).length;
  return letterOctets({ text: octets(text), html: octets(html), files: all.map((file) => file.size) });
}

function Meter({ draft }: { readonly draft: Draft }) {
  const most = useLimit();
  if (most === undefined) return null;
  const packed = octetsOf(draft);
  const isTooMuch = packed > most;
  const files = draft.content.value.files.reduce((sum, file) => sum + file.size, 0);
  const text = isTooMuch ? say.tooMuch(size(packed), size(most)) : say.meter(size(files), size(packed), size(most));
  return (
    <div class="compose-meter" data-tone={isTooMuch ? 'danger' : packed > most * 0.8 ? 'warn' : undefined}>
      <meter aria-label={say.meterLabel} min={0} max={most} value={Math.min(packed, most)} high={most * 0.8} />
      <p role={isTooMuch ? 'alert' : undefined}>{text}</p>
    </div>
  );
}

/** A file that alone could never be sent is not even uploaded. */
export const fits = (file: Blob, most: number | undefined): boolean =>
  most === undefined || packedOctets(file.size) <= most;
