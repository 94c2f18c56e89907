import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: IconName;
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  readonly startsHere?: boolean;
  /** Shown behind the text and told to screen readers. */
  readonly shortcut?: string;
  readonly onClick?: (event: MouseEvent) => void;
}

export function Button({
  children,
  kind = 'plain',
  icon,
  type = 'button',
  disabled,
  startsHere,
  shortcut,
  onClick,
}: ButtonProps) {
  return (
    <button
      class="button"
      type={type}
      data-kind={kind}
      disabled={disabled}
      data-autofocus={startsHere === true ? '' : undefined}
      aria-keyshortcuts={shortcut}
      onClick={onClick}
    >
      {icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

export interface IconButtonProps {
  readonly icon: IconName;
  /** Its accessible name, and the tooltip. */
  readonly name: string;
  readonly shortcut?: string;
  readonly pressed?: boolean;
  readonly filled?: boolean;
  readonly expanded?: boolean;
  readonly popup?: 'menu' | 'dialog';
  readonly disabled?: boolean;
  readonly tabIndex?: number;
  readonly element?: (element: HTMLButtonElement | null) => void;
  readonly onClick?: (event: MouseEvent) => void;
}

export function IconButton(props: IconButtonProps) {
  const { icon, name, shortcut, pressed, filled, expanded, popup, disabled, tabIndex, element, onClick } = props;
  return (
    <button
      ref={element}
      class="icon-button"
      type="button"
      aria-label={name}
      title={shortcut === undefined ? name : `${name} (${shortcut})`}
      aria-keyshortcuts={shortcut}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-haspopup={popup}
      disabled={disabled}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      <Icon name={icon} filled={filled} />
    </button>
  );
}
