/** Shows a letter in plain text as nodes of the page: nothing in it is read as markup. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { linkWarnings, outAddress } from '../../links/links.ts';
import { words } from '../words/index.ts';
import { type Block, linesIn, LONG_QUOTE, parsePlain, type Quote, type TextRun } from './plain.ts';

export interface PlainTextProps {
  readonly text: string;
  readonly flowed?: 'yes' | 'delsp';
  readonly onMailto?: ((address: string) => void) | undefined;
}

export function PlainText({ text, flowed, onMailto }: PlainTextProps): VNode {
  const letter = useMemo(() => parsePlain(text, flowed), [text, flowed]);
  return (
    <div class="letter-text">
      <Blocks blocks={letter.blocks} onMailto={onMailto} />
      {letter.leftOut > 0 && (
        <p class="letter-rest">
          The last {letter.leftOut.toLocaleString('en')} characters are not shown. Download the message to read all of
          it.
        </p>
      )}
    </div>
  );
}

type OnMailto = PlainTextProps['onMailto'];

function Blocks({ blocks, onMailto }: { readonly blocks: readonly Block[]; readonly onMailto: OnMailto }): VNode {
  return (
    <>
      {blocks.map((block, i) =>
        block.kind === 'quote' ? (
          <QuoteView key={i} quote={block} onMailto={onMailto} />
        ) : (
          <div key={i} dir="auto" class={block.kind === 'signature' ? 'letter-signature' : 'letter-line'}>
            {block.runs.length === 0 ? (
              <br />
            ) : (
              block.runs.map((run, at) => <Run key={at} run={run} onMailto={onMailto} />)
            )}
          </div>
        ),
      )}
    </>
  );
}

/** A long quote is folded: who reads on has mostly read it before. */
function QuoteView({ quote, onMailto }: { readonly quote: Quote; readonly onMailto: OnMailto }): VNode {
  const lines = linesIn(quote);
  const content = (
    <blockquote>
      <Blocks blocks={quote.blocks} onMailto={onMailto} />
    </blockquote>
  );
  if (lines <= LONG_QUOTE) return content;
  return (
    <details class="letter-quote">
      <summary>{words.reader.quoted(lines)}</summary>
      {content}
    </details>
  );
}

function Run({ run, onMailto }: { readonly run: TextRun; readonly onMailto: OnMailto }): VNode {
  if (run.kind === 'text') return <>{run.text}</>;
  const suspicious = linkWarnings(run.url, run.text).some((warning) => warning !== 'not-private');
  return (
    <a
      href={outAddress(run.url, run.text)}
      target="_blank"
      rel="noopener noreferrer"
      data-suspicious={suspicious ? '' : undefined}
      onClick={(event) => {
        if (onMailto === undefined || run.url.protocol !== 'mailto:') return;
        event.preventDefault();
        onMailto(run.url.href);
      }}
    >
      {run.text}
    </a>
  );
}
