import { Button, IconButton } from '../components/index.ts';
import { words } from '../words/index.ts';
import type { Draft } from './draft.ts';
import { pastedFiles, RichText } from './rich-text.tsx';
import { unfolded } from './start.ts';
import { DirectionButton, ModeButton } from './toolbar.tsx';

const say = words.compose;

/** The own words, plain or with formatting, and what is quoted, folded until somebody wants to write into it. */
export function BodyFields({
  draft,
  attach,
}: {
  readonly draft: Draft;
  readonly attach: (files: readonly File[]) => void;
}) {
  const { mode, quote, to } = draft.content.value;
  const startsHere = to.length > 0 && draft.doubtful.value.length === 0;
  const own =
    mode === 'rich' ? (
      <RichText key={draft.key} draft={draft} startsHere={startsHere} attach={attach} />
    ) : (
      <PlainText draft={draft} attach={attach} />
    );
  return (
    <div class="compose-body">
      {quote?.position === 'above' && <FoldedQuote draft={draft} />}
      {own}
      {quote?.position === 'below' && <FoldedQuote draft={draft} />}
    </div>
  );
}

function PlainText({ draft, attach }: { readonly draft: Draft; readonly attach: (files: readonly File[]) => void }) {
  const { text, direction } = draft.content.value;
  return (
    <>
      <textarea
        ref={atStart}
        class="compose-text plain-text"
        aria-label={say.text}
        dir={direction}
        spellcheck
        value={text}
        onInput={(event) => {
          draft.change({ text: event.currentTarget.value });
        }}
        onPaste={(event) => {
          const files = pastedFiles(event.clipboardData);
          if (files.length === 0) return;
          event.preventDefault();
          attach(files);
        }}
      />
      <div class="compose-tools" role="toolbar" aria-label={say.format.label}>
        <DirectionButton draft={draft} />
        <span class="grow" />
        <ModeButton draft={draft} />
      </div>
    </>
  );
}

/** Above the signature, where one begins to write. */
function atStart(area: HTMLTextAreaElement | null): void {
  if (area === null || area.dataset['begun'] !== undefined) return;
  area.dataset['begun'] = '';
  area.setSelectionRange(0, 0);
}

function FoldedQuote({ draft }: { readonly draft: Draft }) {
  const { quote } = draft.content.value;
  if (quote === undefined) return null;
  return (
    <div class="compose-quote">
      <Button
        kind="quiet"
        icon="right"
        onClick={() => {
          draft.pending?.();
          draft.change(unfolded(draft.content.peek()));
          draft.epoch.value += 1;
        }}
      >
        {quote.isForward ? say.quote.forwarded : say.quote.show(quote.lead.replace(/:$/u, ''))}
      </Button>
      <IconButton
        icon="close"
        name={say.quote.remove}
        onClick={() => {
          draft.change({ quote: undefined });
        }}
      />
    </div>
  );
}
