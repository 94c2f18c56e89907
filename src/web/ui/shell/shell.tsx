import { ComposeLayer } from '../compose/index.ts';
import { EmptyState, Toasts } from '../components/index.ts';
import { words } from '../words/index.ts';
import type { Desk } from './app.ts';
import { Mark } from './mark.tsx';

/** The frame around everything: skip links, the bar, and three panes. */
export function Shell({ desk }: { readonly desk: Desk }) {
  return (
    <div class="shell">
      <header class="bar">
        <Mark />
        <span class="muted">{desk.login}</span>
      </header>
      <nav class="pane folders" aria-label={words.folders.label} />
      <main class="panes">
        <section class="pane list" aria-label={words.list.label} />
        <section class="pane reader" aria-label={words.reader.label}>
          <EmptyState icon="mailOpen" title={words.reader.none.title} text={words.reader.none.text} />
        </section>
      </main>
      <ComposeLayer />
      <Toasts />
    </div>
  );
}
