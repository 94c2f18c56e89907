/** Text that others wrote, safe to show: direction kept inside, hidden characters as chips. */
import { visibleText } from '../letter/visible-text.ts';
import { words } from '../words/index.ts';

interface ForeignProps {
  readonly text: string;
  /** What stands around it has `dir` and is there for this text alone: `dir=auto` does not look into a <bdi>. */
  readonly isAlone?: boolean;
}

export function Foreign({ text, isAlone = false }: ForeignProps) {
  const pieces = visibleText(text).map((piece, n) =>
    piece.kind === 'text' ? (
      piece.text
    ) : (
      <span key={n} class="chip" data-tone="control" title={words.reader.control(piece.name)}>
        {piece.code}
      </span>
    ),
  );
  return isAlone ? <>{pieces}</> : <bdi>{pieces}</bdi>;
}
