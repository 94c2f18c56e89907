import { words } from '../words/index.ts';
import { Button, IconButton } from './button.tsx';
import { notices } from './notices.ts';

export function Toasts() {
  return (
    <>
      <div class="toasts">
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
            <span>{text}</span>
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
