import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { words } from '../words/index.ts';
import { Button, IconButton } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly wide?: boolean;
  /** Esc, the cross, and a click beside it. Absent: it can't be left. */
  readonly close?: () => void;
  readonly children: ComponentChildren;
}

/** The browser's own dialog: it keeps focus inside, and gives it back to where it was. */
export function Dialog({ title, wide = false, close, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return undefined;
    openAsModal(element);
    // The browser gives focus back when a dialog is closed, not when it is taken away.
    return () => {
      element.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      data-wide={wide ? '' : undefined}
      onCancel={(event) => {
        event.preventDefault();
        close?.();
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
      }}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) close?.();
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        {close !== undefined && <IconButton icon="close" name={words.common.close} onClick={close} />}
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

function openAsModal(dialog: HTMLDialogElement): void {
  dialog.showModal();
  const wanted = dialog.querySelector<HTMLElement>('[data-autofocus], .dialog-body input, .dialog-body button');
  wanted?.focus();
}

/** A question whose answer can't be taken back. The way out is what has focus. */
export function Confirm(props: {
  readonly title: string;
  readonly text: ComponentChildren;
  readonly doIt: string;
  readonly run: () => void;
  readonly close: () => void;
}) {
  return (
    <Dialog title={props.title} close={props.close}>
      <div>{props.text}</div>
      <div class="dialog-foot">
        <Button startsHere onClick={props.close}>
          {words.common.cancel}
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            props.close();
            props.run();
          }}
        >
          {props.doIt}
        </Button>
      </div>
    </Dialog>
  );
}
