import { useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { IconButton, type IconButtonProps } from './button.tsx';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';
import { placeBelow } from './place.ts';

export interface MenuItem {
  readonly text: string;
  readonly icon?: IconName;
  readonly shortcut?: string;
  readonly danger?: boolean;
  /** Why it can't be done now: it is shown then, and does nothing. */
  readonly why?: string | undefined;
  /** Makes it one of a choice. */
  readonly checked?: boolean;
  readonly run: () => void;
}

/** A line between groups of items. */
export type MenuEntry = MenuItem | 'line';

/** A button that opens a menu. Its items are made when it opens. */
export function MenuButton({
  items,
  ...button
}: { readonly items: () => readonly MenuEntry[] } & Omit<
  IconButtonProps,
  'onClick' | 'expanded' | 'popup' | 'element'
>) {
  const anchor = useRef<HTMLButtonElement | null>(null);
  const open = useSignal(false);
  return (
    <>
      <IconButton
        {...button}
        popup="menu"
        expanded={open.value}
        element={(element) => {
          anchor.current = element;
        }}
        onClick={(event) => {
          event.stopPropagation();
          open.value = !open.value;
        }}
      />
      {open.value && (
        <Menu name={button.name} anchor={() => anchor.current} items={items()} close={() => (open.value = false)} />
      )}
    </>
  );
}

interface MenuProps {
  readonly name: string;
  readonly anchor: () => HTMLElement | null;
  readonly items: readonly MenuEntry[];
  readonly close: () => void;
}

/** The menu itself, in the top layer: Esc and a click elsewhere close it, and focus goes back to its button. */
export function Menu({ name, anchor, items, close }: MenuProps) {
  const show = (menu: HTMLDivElement | null): void => {
    if (menu === null || menu.matches(':popover-open')) return;
    menu.showPopover();
    const at = placeBelow(
      (anchor() ?? document.body).getBoundingClientRect(),
      menu.getBoundingClientRect(),
      { width: innerWidth, height: innerHeight },
      document.dir === 'rtl',
    );
    menu.style.left = `${at.left}px`;
    menu.style.top = `${at.top}px`;
    menuItems(menu)[0]?.focus();
  };
  const leave = (): void => {
    close();
    anchor()?.focus();
  };
  return (
    <div
      ref={show}
      class="menu"
      role="menu"
      tabIndex={-1}
      aria-label={name}
      popover="auto"
      onToggle={(event) => {
        if (event.newState === 'closed') close();
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape' || event.key === 'Tab') {
          event.preventDefault();
          leave();
        } else moveInMenu(event);
      }}
    >
      {items.map((item, n) =>
        item === 'line' ? (
          <hr key={n} class="menu-line" />
        ) : (
          <button
            key={n}
            class="menu-item"
            type="button"
            role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={item.checked}
            aria-disabled={item.why === undefined ? undefined : true}
            tabIndex={-1}
            data-danger={item.danger === true ? '' : undefined}
            onClick={(event) => {
              event.stopPropagation();
              if (item.why !== undefined) return;
              leave();
              item.run();
            }}
          >
            {item.checked === undefined ? (
              item.icon !== undefined && <Icon name={item.icon} />
            ) : (
              <Tick on={item.checked} />
            )}
            <span class="grow">
              <span class="menu-text">{item.text}</span>
              {item.why !== undefined && <span class="menu-why"> {item.why}</span>}
            </span>
            {item.shortcut !== undefined && <kbd>{item.shortcut}</kbd>}
          </button>
        ),
      )}
    </div>
  );
}

const Tick = ({ on }: { readonly on: boolean }) => (on ? <Icon name="check" /> : <span class="icon" />);

const menuItems = (menu: Element): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('.menu-item')];

/** Arrows, Home, End, and the first letter of an item. */
function moveInMenu(event: KeyboardEvent): void {
  const all = menuItems(event.currentTarget as Element);
  const here = all.indexOf(document.activeElement as HTMLElement);
  const to = targetOf(event.key, here, all);
  if (to === undefined) return;
  event.preventDefault();
  all[to]?.focus();
}

function targetOf(key: string, here: number, all: readonly HTMLElement[]): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return (here + 1) % all.length;
    case 'ArrowUp':
      return (here - 1 + all.length) % all.length;
    case 'Home':
      return 0;
    case 'End':
      return all.length - 1;
    default: {
      if (key.length !== 1 || key === ' ') return undefined;
      const begins = all.map((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()));
      const next = begins.indexOf(true, here + 1);
      const found = next >= 0 ? next : begins.indexOf(true);
      return found < 0 ? undefined : found;
    }
  }
}
