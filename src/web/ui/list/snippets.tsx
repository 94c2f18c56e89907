import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { Foreign } from '../components/names.tsx';
import type { Id } from '../jmap/types.ts';
import { pieces } from './snippet-store.ts';
import type { Snippets } from './snippet-store.ts';

export const SnippetContext = createContext<Snippets | undefined>(undefined);

/** A text of a row; in a search, with what was searched for marked. */
export function Snippet({
  id,
  part,
  text,
}: {
  readonly id: Id;
  readonly part: 'subject' | 'preview';
  readonly text: string;
}) {
  const found = useContext(SnippetContext)?.of(id).value?.[part];
  if (found === undefined || found === null) return <Foreign text={text} isAlone />;
  return (
    <>
      {pieces(found).map((piece, n) =>
        piece.marked ? (
          <mark key={n}>
            <Foreign text={piece.text} isAlone />
          </mark>
        ) : (
          <Foreign key={n} text={piece.text} isAlone />
        ),
      )}
    </>
  );
}
