import { Button, Icon, IconButton } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { visibleString } from '../letter/visible-text.ts';
import { size, words } from '../words/index.ts';
import { letterOf, usedFiles } from './content.ts';
import type { DraftFile } from './content.ts';
import type { Draft } from './draft.ts';
import { withoutPicture } from './html.ts';
import { letterOctets } from './packed-size.ts';

const say = words.compose.files;

/** The files of a letter, how far they have come, and how large it all becomes. */
export function DraftFiles({ draft }: { readonly draft: Draft }) {
  const files = usedFiles(draft.content.value);
  if (files.length === 0) return null;
  return (
    <section class="compose-files" aria-label={say.label}>
      <ul>
        {files.map((file) => (
          <FileTile key={file.key} draft={draft} file={file} />
        ))}
      </ul>
      <Meter draft={draft} files={files} />
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
          takeOut(draft, file);
        }}
      />
    </li>
  );
}

/** A picture goes from the text as well. */
function takeOut(draft: Draft, { key, cid }: DraftFile): void {
  draft.pending?.();
  const { html, quote } = draft.content.peek();
  if (cid !== undefined) {
    const rest = quote === undefined ? undefined : { ...quote, html: withoutPicture(quote.html, cid) };
    draft.change({ html: withoutPicture(html, cid), quote: rest });
    draft.epoch.value += 1;
  }
  draft.removeFile(key);
}

function Meter({ draft, files }: { readonly draft: Draft; readonly files: readonly DraftFile[] }) {
  const { message: most } = draft.limits;
  if (most === Infinity) return null;
  const { text, html } = letterOf(draft.content.value);
  const octets = (some: string): number => new TextEncoder().encode(some).length;
  const sizes = files.map((file) => file.size);
  const packed = letterOctets({ text: octets(text), html: octets(html), files: sizes });
  const isTooMuch = !draft.limits.takes(sizes, octets(text), octets(html));
  const together = sizes.reduce((sum, one) => sum + one, 0);
  const said = isTooMuch ? say.tooMuch(size(packed), size(most)) : say.meter(size(together), size(packed), size(most));
  return (
    <div class="compose-meter" data-tone={isTooMuch ? 'danger' : packed > most * 0.8 ? 'warn' : undefined}>
      <meter aria-label={say.meterLabel} min={0} max={most} value={Math.min(packed, most)} high={most * 0.8} />
      <p role={isTooMuch ? 'alert' : undefined}>{said}</p>
    </div>
  );
}
