import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { placeBelow } from './place.ts';

/** A word of the trade, with its explanation: opens by click, Enter or pointing, closes by Esc. */
export function Term({ says, children }: { readonly says: ComponentChildren; readonly children: ComponentChildren }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const card = useRef<HTMLDivElement>(null);
  const show = (): void => {
    const popup = card.current;
    const anchor = button.current;
    if (popup === null || anchor === null || popup.matches(':popover-open')) return;
    popup.showPopover();
    const at = placeBelow(anchor.getBoundingClientRect(), popup.getBoundingClientRect(), {
      width: innerWidth,
      height: innerHeight,
    });
    popup.style.left = `${at.left}px`;
    popup.style.top = `${at.top}px`;
  };
  const hide = (): void => {
    if (card.current?.matches(':popover-open') === true) card.current.hidePopover();
  };
  return (
    <span onPointerLeave={hide}>
      <button ref={button} class="term" type="button" aria-describedby={id} onClick={show} onPointerEnter={show}>
        {children}
      </button>
      <div ref={card} id={id} class="term-card" popover="auto" role="tooltip">
        {says}
      </div>
    </span>
  );
}
