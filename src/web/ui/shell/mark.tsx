import { words } from '../words/index.ts';

/** The horn and the name. */
export function Mark() {
  return (
    <span class="mark-name">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect class="mark-ground" width="32" height="32" rx="7" />
        <path
          class="mark-horn"
          d="M6 17.5a6 6 0 1 0 6-6h8.5L26 7v15l-5.5-4.5H12"
          fill="none"
          stroke-width="2.4"
          stroke-linejoin="round"
          stroke-linecap="round"
        />
      </svg>
      <span>{words.common.app}</span>
    </span>
  );
}
