import { h } from 'preact';
import { ICONS, MIRRORED } from './icons.ts';
import type { IconName } from './icons.ts';

/** A picture beside a word, or inside something that has a name: never read out by itself. */
export function Icon({ name, filled = false }: { readonly name: IconName; readonly filled?: boolean }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      fill={filled ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      data-mirrored={MIRRORED.has(name) ? '' : undefined}
    >
      {ICONS[name].map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}
