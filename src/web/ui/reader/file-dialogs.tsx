import { useEffect, useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Dialog, ErrorCard, Waiting } from '../components/index.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import { useDesk } from '../shell/desk.ts';
import { size, words } from '../words/index.ts';
import { decodeText, SHOWN_TEXT, textPieces } from './text-file.ts';

const say = words.reader;

interface FileProps {
  /** Safe to show. */
  readonly name: string;
  readonly url: string;
  readonly close: () => void;
}

export function PictureDialog({ name, url, close }: FileProps) {
  return (
    <Dialog title={name} wide close={close}>
      <img class="file-picture" src={url} alt={name} />
    </Dialog>
  );
}

/** Its beginning, as letters: whatever the file is, nothing in it is read as anything else. */
export function TextDialog({ name, url, charset, close }: FileProps & { readonly charset: string | null }) {
  const { http } = useDesk();
  const loaded = useSignal<{ readonly text: string; readonly isWhole: boolean } | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  useEffect(() => {
    http.beginning(url, SHOWN_TEXT).then(
      ({ octets, isWhole }) => (loaded.value = { text: decodeText(octets, charset), isWhole }),
      (error: unknown) => (trouble.value = asTrouble(error)),
    );
  }, [url]);
  const now = loaded.value;
  return (
    <Dialog title={name} wide close={close}>
      {trouble.value !== undefined && (
        <ErrorCard what={say.loadFailed} why={trouble.value.said ?? words.trouble.gone.why} />
      )}
      {now === undefined && trouble.value === undefined && (
        <Waiting>
          <p class="muted">{words.common.loading}</p>
        </Waiting>
      )}
      {now !== undefined && (
        <>
          {!now.isWhole && <p class="muted">{say.truncated(size(SHOWN_TEXT))}</p>}
          <Letters text={now.text} />
        </>
      )}
      <div class="dialog-foot">
        <a class="button" href={url} download={name}>
          {say.saveFile}
        </a>
      </div>
    </Dialog>
  );
}

function Letters({ text }: { readonly text: string }) {
  const pieces = useMemo(() => textPieces(text), [text]);
  if (pieces.length === 0) return <p class="muted">{say.emptyFile}</p>;
  return (
    // It can be scrolled by keys.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre class="said file-letters" tabIndex={0}>
      {pieces.map((piece, n) =>
        piece.kind === 'text' ? (
          piece.text
        ) : (
          <span key={n} class="chip" data-tone="control" title={say.control(piece.name)}>
            {piece.code}
          </span>
        ),
      )}
    </pre>
  );
}
