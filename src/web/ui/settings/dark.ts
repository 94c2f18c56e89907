/** Whether the page is dark just now: by choice, else as the system is. */
import { computed, signal } from '@preact/signals';
import { look } from './device.ts';

const media = (globalThis as { matchMedia?: typeof matchMedia }).matchMedia?.('(prefers-color-scheme: dark)');

const systemIsDark = signal(media?.matches ?? false);

media?.addEventListener('change', (event) => {
  systemIsDark.value = event.matches;
});

export const darkNow = computed(() =>
  look.value.theme === 'system' ? systemIsDark.value : look.value.theme === 'dark',
);
