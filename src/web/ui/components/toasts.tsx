import { useLayoutEffect, useRef } from 'preact/hooks';
import { visibleString } from '../letter/visible-text.ts';
import { words } from '../words/index.ts';
import { Button, IconButton } from './button.tsx';
import { notices } from './notices.ts';

export function Toasts() {
  const box = useRef<HTMLDivElement>(null);
  useRoom(box);
  return (
    <>
      <div ref={box} class="toasts">
        {notices.shown.value.map(({ id, text, undo }) => (
          <div
            key={id}
            class="toast"
            onPointerEnter={() => {
              notices.hold();
            }}
            onPointerLeave={() => {
              notices.go();
            }}
            onFocusCapture={() => {
              notices.hold();
            }}
            onBlurCapture={() => {
              notices.go();
            }}
          >
            <span>{visibleString(text)}</span>
            {undo !== undefined && (
              <Button
                shortcut="z"
                onClick={() => {
                  notices.dismiss(id);
                  undo();
                }}
              >
                {words.common.undo}
              </Button>
            )}
            <IconButton
              icon="close"
              name={words.common.dismiss}
              onClick={() => {
                notices.dismiss(id);
              }}
            />
          </div>
        ))}
      </div>
      <div class="unseen" role="status" aria-live="polite">
        {notices.spoken.value}
      </div>
    </>
  );
}

/** What must not be covered leaves this much room at the bottom: `--toasts`. */
function useRoom(box: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => {
      style.setProperty('--toasts', `${element.offsetHeight}px`);
    });
    observer.observe(element, { box: 'border-box' });
    return () => {
      observer.disconnect();
      style.removeProperty('--toasts');
    };
  }, []);
}
