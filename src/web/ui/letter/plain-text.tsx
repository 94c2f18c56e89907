/** Shows a letter in plain text as nodes of the page: nothing in it is read as markup. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { linkWarnings, outAddress } from '../../links/links.ts';
import { type Block, parsePlain, type TextRun } from './plain.ts';

export interface PlainTextProps {
  readonly text: string;
  readonly flowed?: 'yes' | 'delsp';
  readonly onMailto?: ((address: string) => void) | undefined;
}

export function PlainText({ text, flowed, onMailto }: PlainTextProps): VNode {
  const letter = useMemo(() => parsePlain(text, flowed), [text, flowed]);
  const onClick = (event: MouseEvent): void => {
    const address = (event.target as Element).closest('a')?.dataset['mailto'];
    if (address === undefined || onMailto === undefined) return;
    event.preventDefault();
    onMailto(address);
  };
  return (
    <div class="letter-text" onClick={onClick}>
      <Blocks blocks={letter.blocks} />
      {letter.leftOut > 0 && (
        <p class="letter-rest">
          The last {letter.leftOut.toLocaleString('en')} characters are not shown. Download the message to read all of
          it.
        </p>
      )}
    </div>
  );
}

function Blocks({ blocks }: { readonly blocks: readonly Block[] }): VNode {
  return (
    <>
      {blocks.map((block, i) =>
        block.kind === 'quote' ? (
          <blockquote key={i}>
            <Blocks blocks={block.blocks} />
          </blockquote>
        ) : (
          <div key={i} dir="auto" class={block.kind === 'signature' ? 'letter-signature' : 'letter-line'}>
            {block.runs.length === 0 ? <br /> : block.runs.map((run, at) => <Run key={at} run={run} />)}
          </div>
        ),
      )}
    </>
  );
}

function Run({ run }: { readonly run: TextRun }): VNode {
  if (run.kind === 'text') return <>{run.text}</>;
  const mailto = run.url.protocol === 'mailto:' ? { 'data-mailto': run.url.href } : {};
  const suspicious = linkWarnings(run.url, run.text).some((warning) => warning !== 'not-private');
  return (
    <a
      href={outAddress(run.url, run.text)}
      target="_blank"
      rel="noopener noreferrer"
      {...mailto}
      {...(suspicious ? { 'data-suspicious': '' } : {})}
    >
      {run.text}
    </a>
  );
}
