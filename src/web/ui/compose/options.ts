/** How this browser writes: kept like the other choices of the device. */
import { browserStore, kept } from '../settings/kept.ts';

export const writing = kept(browserStore(), 'posthorn.writing', {
  /** Seconds that a letter can be taken back. */
  undoSeconds: 10,
  reply: 'above' as 'above' | 'below' | 'inline',
  mode: 'rich' as 'plain' | 'rich',
});
