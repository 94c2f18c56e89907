/** The parts everything is built from. */
export { Button, IconButton } from './button.tsx';
export { Confirm, Dialog } from './dialog.tsx';
export { Choice, Field, Switch } from './field.tsx';
export { Icon } from './icon.tsx';
export type { IconName } from './icons.ts';
export { Menu, MenuButton } from './menu.tsx';
export type { MenuEntry } from './menu.tsx';
export { notices } from './notices.ts';
export { Bone, EmptyState, ErrorCard, Waiting } from './states.tsx';
export { Term } from './term.tsx';
export { Toasts } from './toasts.tsx';
