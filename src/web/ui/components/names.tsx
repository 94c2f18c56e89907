/** Text that others wrote, safe to show: direction kept inside, hidden characters as chips. */
import { visibleText } from '../letter/visible-text.ts';
import { words } from '../words/index.ts';

export function Foreign({ text }: { readonly text: string }) {
  const pieces = visibleText(text);
  return (
    <bdi>
      {pieces.map((piece, n) =>
        piece.kind === 'text' ? (
          piece.text
        ) : (
          <span key={n} class="chip" data-tone="control" title={words.reader.control(piece.name)}>
            {piece.code}
          </span>
        ),
      )}
    </bdi>
  );
}
