/** A letter as it is read: HTML in its frame, or text. */
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import {
  fillFrame,
  followSize,
  frameView,
  listenInFrame,
  type LetterLook,
  SANDBOX,
  setLook,
  suggestedLook,
} from './frame.ts';
import { PlainText } from './plain-text.tsx';
import { type LetterFacts, type Sanitised, sanitiseLetter, type View } from './sanitise.ts';

export interface LetterBodyProps {
  /** Each part of it that is HTML; without any, or where they are too large to be shown as such, the text is shown. */
  readonly html?: string | readonly string[];
  readonly text?: string;
  /** `text` is format=flowed (RFC 3676). */
  readonly flowed?: 'yes' | 'delsp';
  /** Content-Id, without brackets, of parts that are raster pictures → a blob: or our own /jmap/download/ address. */
  readonly cids?: ReadonlyMap<string, string>;
  /** Whether pictures on other servers are shown: asked for through /picture, never by this browser. */
  readonly pictures: 'blocked' | 'shown';
  /** The reader's choice, remembered by the caller; without it, what suits the letter. */
  readonly look?: LetterLook;
  readonly theme: 'light' | 'dark';
  /** The frame's name for screen readers: "Letter from Bob Stone". */
  readonly title: string;
  readonly onFacts?: (facts: LetterFacts, look: LetterLook) => void;
  /** Told when HTML was too large or too deep, and the text stands in its place. */
  readonly onUnfit?: (why: 'nodes' | 'depth' | 'length') => void;
  readonly onMailto?: (address: string) => void;
}

export function LetterBody(props: LetterBodyProps): VNode {
  const { html, onUnfit, onMailto } = props;
  const given = typeof html === 'string' ? [html] : html;
  // The caller may make a new list of the same texts each time.
  const parts = useMemo(() => given, [given?.join('\0')]);
  const [unfit, setUnfit] = useState<readonly string[]>();
  if (parts !== undefined && unfit !== parts) {
    const toText = (why: Unfit['why']): void => {
      setUnfit(parts);
      onUnfit?.(why);
    };
    return <HtmlFrame {...props} parts={parts} onUnfit={toText} />;
  }
  const text = props.text ?? parts?.map(bareText).join('\n\n') ?? '';
  return (
    <PlainText text={text} {...(props.flowed === undefined ? {} : { flowed: props.flowed })} onMailto={onMailto} />
  );
}

type Unfit = Extract<Sanitised, { kind: 'unfit' }>;

function HtmlFrame(props: LetterBodyProps & { readonly parts: readonly string[] }): VNode {
  const { parts, cids, pictures, look, theme, onFacts, onUnfit, onMailto } = props;
  const frame = useRef<HTMLIFrameElement>(null);
  const [view, setView] = useState<View>();
  const [facts, setFacts] = useState<LetterFacts>();
  const shownLook = look ?? (facts === undefined ? 'sent' : suggestedLook(facts, theme));
  useEffect(() => {
    if (view === undefined) return;
    const clean = sanitiseLetter(view, parts, {
      part: (cid) => cids?.get(cid),
      remotePictures: pictures === 'shown',
    });
    if (clean.kind === 'unfit') return onUnfit?.(clean.why);
    fillFrame(view, clean);
    setFacts(clean.facts);
  }, [view, parts, cids, pictures]);
  useEffect(() => {
    if (view !== undefined) setLook(view, shownLook, theme);
    if (facts !== undefined) onFacts?.(facts, shownLook);
  }, [view, facts, shownLook, theme]);
  useEffect(() => {
    const element = frame.current;
    if (element === null || view === undefined) return undefined;
    const stops = [followSize(element, view), listenInFrame(element, view, onMailto === undefined ? {} : { onMailto })];
    return () => {
      for (const stop of stops) stop();
    };
  }, [view, onMailto]);
  return (
    <iframe
      ref={frame}
      class="letter-frame"
      sandbox={SANDBOX}
      referrerpolicy="no-referrer"
      title={props.title}
      onLoad={() => {
        setView(frame.current === null ? undefined : frameView(frame.current));
      }}
      src="/frame"
    />
  );
}

/** What is left of HTML when everything in angle brackets goes: for a letter that is too large to be read as such. */
function bareText(html: string): string {
  return html
    .replace(/<(style|script|head|title)\b[^]*?<\/\1\s*>/gi, '')
    .replace(/<(br|\/p|\/div|\/tr|\/li|\/h\d)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&nbsp;/gi, ' ')
    .replace(/&lt;/gi, '<')
    .replace(/&gt;/gi, '>')
    .replace(/&quot;/gi, '"')
    .replace(/&amp;/gi, '&')
    .replace(/\n\s*\n\s*\n+/g, '\n\n');
}
