import type Squire from 'squire-rte';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, Confirm, Dialog, Field, IconButton, MenuButton } from '../components/index.ts';
import type { IconName } from '../components/index.ts';
import { words } from '../words/index.ts';
import type { Draft } from './draft.ts';
import { hasFormat, usedFiles } from './content.ts';
import { richWithSignature } from './signature.ts';
import { writers } from './writers.ts';

const say = words.compose.format;

interface Tool {
  readonly name: string;
  readonly icon: IconName;
  readonly keys?: string;
  /** The element that says it is on. */
  readonly tag: string;
  readonly on: (editor: Squire) => void;
  readonly off: (editor: Squire) => void;
}

const TOOLS: readonly Tool[] = [
  { name: say.bold, icon: 'bold', keys: 'Ctrl+B', tag: 'B', on: (e) => e.bold(), off: (e) => e.removeBold() },
  { name: say.italic, icon: 'italic', keys: 'Ctrl+I', tag: 'I', on: (e) => e.italic(), off: (e) => e.removeItalic() },
  { name: say.bullets, icon: 'bullets', tag: 'UL', on: (e) => e.makeUnorderedList(), off: (e) => e.removeList() },
  { name: say.numbers, icon: 'numbers', tag: 'OL', on: (e) => e.makeOrderedList(), off: (e) => e.removeList() },
  {
    name: say.quote,
    icon: 'quote',
    tag: 'BLOCKQUOTE',
    on: (e) => e.increaseQuoteLevel(),
    off: (e) => e.decreaseQuoteLevel(),
  },
];

/** What can be done with the text, each with a name. One tab stop; arrows move within. */
export function Toolbar(props: {
  readonly editor: Squire | undefined;
  readonly draft: Draft;
  readonly insert: (files: readonly File[]) => void;
}) {
  const { editor, draft, insert } = props;
  const path = useSignal('');
  const linking = useSignal(false);
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (editor === undefined) return undefined;
    const follow = (): void => {
      path.value = editor.getPath();
    };
    editor.addEventListener('pathChange', follow);
    return () => {
      editor.removeEventListener('pathChange', follow);
    };
  }, [editor]);
  const isOn = (tag: string): boolean => {
    const here = path.value;
    return editor !== undefined && (editor.hasFormat(tag) || new RegExp(`(^|>)${tag}(\\b|$)`, 'u').test(here));
  };
  const run = (act: (editor: Squire) => void): void => {
    if (editor === undefined) return;
    act(editor);
    editor.focus();
    path.value = `${editor.getPath()} `;
  };
  return (
    <div class="compose-tools" role="toolbar" aria-label={say.label} onKeyDown={moveInBar}>
      {TOOLS.map(({ name, icon, keys, tag, on, off }, n) => (
        <IconButton
          key={name}
          icon={icon}
          name={name}
          shortcut={keys}
          pressed={isOn(tag)}
          tabIndex={n === 0 ? 0 : -1}
          onClick={() => {
            run(isOn(tag) ? off : on);
          }}
        />
      ))}
      <IconButton
        icon="link"
        name={say.link}
        tabIndex={-1}
        pressed={isOn('A')}
        onClick={() => (linking.value = true)}
      />
      <IconButton
        icon="insertPicture"
        name={say.picture}
        tabIndex={-1}
        onClick={() => {
          picker.current?.click();
        }}
      />
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        accept="image/png,image/jpeg,image/gif,image/webp,image/avif"
        aria-label={say.picture}
        onChange={(event) => {
          insert([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <IconButton
        icon="clear"
        name={say.clear}
        tabIndex={-1}
        onClick={() => {
          run((e) => e.removeAllFormatting());
        }}
      />
      <DirectionButton draft={draft} />
      <span class="grow" />
      <ModeButton draft={draft} />
      {linking.value && editor !== undefined && (
        <LinkDialog
          editor={editor}
          close={() => {
            linking.value = false;
            editor.focus();
          }}
        />
      )}
    </div>
  );
}

export function DirectionButton({ draft }: { readonly draft: Draft }) {
  const { direction } = draft.content.value;
  return (
    <MenuButton
      icon="direction"
      name={say.direction}
      items={() =>
        (['auto', 'ltr', 'rtl'] as const).map((one) => ({
          text: say.directions[one],
          checked: one === direction,
          run: () => {
            draft.change({ direction: one });
          },
        }))
      }
    />
  );
}

/** Plain ⇄ with formatting: the words stay; before formatting is lost, it asks. */
export function ModeButton({ draft }: { readonly draft: Draft }) {
  const asking = useSignal(false);
  const { mode } = draft.content.value;
  const toPlain = (): void => {
    draft.pending?.();
    // Pictures in the text become files beside it.
    const apart = usedFiles(draft.content.peek()).map(({ cid: _, ...file }) => file);
    draft.change({ mode: 'plain', html: '', files: apart, text: draft.content.peek().text });
    draft.epoch.value += 1;
  };
  const change = (): void => {
    draft.pending?.();
    const { html, text, quote, identity } = draft.content.peek();
    if (mode === 'plain') {
      draft.change({ mode: 'rich', html: richWithSignature(text, writers().identities.byId(identity)) });
      draft.epoch.value += 1;
    } else if (hasFormat(html) || (quote !== undefined && hasFormat(quote.html))) asking.value = true;
    else toPlain();
  };
  return (
    <>
      <button class="link compose-mode" type="button" onClick={change}>
        {mode === 'plain' ? say.toRich : say.toPlain}
      </button>
      {asking.value && (
        <Confirm
          title={say.loseTitle}
          text={<p>{say.loseText}</p>}
          doIt={say.loseDo}
          run={toPlain}
          close={() => (asking.value = false)}
        />
      )}
    </>
  );
}

function LinkDialog({ editor, close }: { readonly editor: Squire; readonly close: () => void }) {
  const here = linkAt(editor);
  const address = useSignal(here ?? 'https://');
  const error = useSignal<string | undefined>(undefined);
  // The dialog takes the focus, and with it the selection.
  const range = useRef(editor.getSelection());
  const make = (): void => {
    const text = address.peek().trim();
    const whole = /^[a-z][\w+.-]*:/iu.test(text) ? text : text.includes('@') ? `mailto:${text}` : `https://${text}`;
    if (!/^(https?:\/\/[^\s]+|mailto:[^\s]+@[^\s]+|tel:[+\d-]+)$/iu.test(whole)) {
      error.value = say.linkWrong;
      return;
    }
    close();
    editor.setSelection(range.current);
    editor.makeLink(whole);
  };
  return (
    <Dialog title={say.linkTitle} close={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <Field
          label={say.linkAddress}
          value={address.value}
          error={error.value}
          onInput={(value) => (address.value = value)}
        />
        <div class="dialog-foot">
          {here !== undefined && (
            <Button
              onClick={() => {
                close();
                editor.setSelection(range.current);
                editor.removeLink();
              }}
            >
              {say.linkRemove}
            </Button>
          )}
          <Button kind="primary" type="submit">
            {say.linkDo}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function linkAt(editor: Squire): string | undefined {
  const { startContainer } = editor.getSelection();
  const element = startContainer instanceof Element ? startContainer : startContainer.parentElement;
  return element?.closest('.rich-text a')?.getAttribute('href') ?? undefined;
}

/** Arrows, Home and End move between the tools. */
function moveInBar(event: KeyboardEvent): void {
  const bar = event.currentTarget as Element;
  const all = [...bar.querySelectorAll<HTMLElement>('button')];
  const here = all.indexOf(document.activeElement as HTMLElement);
  const isRtl = getComputedStyle(bar).direction === 'rtl';
  const step = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1 }[event.key];
  const to = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : step === undefined ? -1 : here + step;
  if (here < 0 || to < 0 || to >= all.length) return;
  event.preventDefault();
  all[to]?.focus();
}
