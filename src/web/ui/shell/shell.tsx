import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { AccountsView, FirstRun, OfflineBanner, useAccounts, useFreshAccounts } from '../accounts/index.ts';
import { Toasts } from '../components/index.ts';
import { ComposeLayer } from '../compose/index.ts';
import { OutboxView } from '../outbox/index.ts';
import { folderName } from '../folders/name.ts';
import { FolderPane } from '../folders/pane.tsx';
import { FolderQuestions } from '../folders/questions.tsx';
import { Questions } from '../list/bulk-bar.tsx';
import { ListPane } from '../list/pane.tsx';
import { Panels } from '../reader/dialogs.tsx';
import { followMessageFiles } from '../reader/opened.ts';
import { ReaderPane } from '../reader/pane.tsx';
import { SearchChips, useSearch } from '../search/box.tsx';
import { SettingsView } from '../settings/view.tsx';
import { words } from '../words/index.ts';
import { Banner } from './banner.tsx';
import { Bar } from './bar.tsx';
import { DeskProvider, useDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { followKeys } from './keyboard.ts';
import { drawer, overlay } from './overlays.ts';
import { KeySheet, Palette } from './palette.tsx';
import { focusPane } from './panes.ts';
import { openEmail, route } from './route.ts';
import type { Route } from './route.ts';

/** The frame around everything: skip links, the bar, and three panes. */
export function Shell({ desk }: { readonly desk: Desk }) {
  useEffect(followKeys, []);
  useEffect(followMessageFiles, []);
  return (
    <DeskProvider value={desk}>
      <Frame />
    </DeskProvider>
  );
}

function Frame() {
  const here = route.value;
  useSource();
  useTitle();
  const isFirst = useFirstRun(here.view);
  const isList = !isFirst && (here.view === 'folder' || here.view === 'search');
  return (
    <div
      class="shell"
      role="presentation"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !drawer.peek()) return;
        event.stopPropagation();
        closeDrawer();
      }}
      data-view={here.view}
      data-open={openEmail(here) === undefined ? undefined : ''}
    >
      <SkipLinks />
      <Bar />
      <Banner />
      <OfflineBanner />
      <div class="panes">
        <Folders />
        <main class="stage">
          {isFirst && <FirstRun skip={() => (looksAround.value = true)} />}
          {isList && (
            <>
              <section class="list" aria-label={words.list.label}>
                {here.view === 'search' && <SearchChips />}
                <ListPane />
              </section>
              <section class="reader" aria-label={words.reader.label}>
                <ReaderPane />
              </section>
            </>
          )}
          {here.view === 'outbox' && (
            <section class="page" aria-label={words.folders.outbox}>
              <OutboxView />
            </section>
          )}
          {here.view === 'accounts' && <AccountsView account={here.account} page={here.page} />}
          {here.view === 'settings' && <SettingsView section={here.section} />}
        </main>
      </div>
      <ComposeLayer />
      <Questions />
      <FolderQuestions />
      <Panels />
      {overlay.value === 'palette' && <Palette />}
      {overlay.value === 'keys' && <KeySheet />}
      <Toasts />
    </div>
  );
}

/** Somebody wants to see the empty mailbox before they set up an account. */
const looksAround = signal(false);

/** On a person's own computer without an account: what to do first, instead of an empty list. */
function useFirstRun(view: Route['view']): boolean {
  useFreshAccounts();
  const { all } = useAccounts();
  return view === 'folder' && all.value?.length === 0 && !looksAround.value;
}

function SkipLinks() {
  const skip = (pane: 'list' | 'reader') => (event: Event) => {
    event.preventDefault();
    focusPane(pane);
  };
  return (
    <div class="skip">
      <a href="#list" onClick={skip('list')}>
        {words.commands.skipToList}
      </a>
      <a href="#reader" onClick={skip('reader')}>
        {words.commands.skipToReader}
      </a>
    </div>
  );
}

function closeDrawer(): void {
  if (!drawer.peek()) return;
  drawer.value = false;
  document.querySelector<HTMLElement>('.bar-menu button')?.focus();
}

function Folders() {
  const isOpen = drawer.value;
  useEffect(() => {
    if (isOpen) focusPane('folders');
  }, [isOpen]);
  return (
    <>
      <nav class="folders" aria-label={words.folders.label} data-open={isOpen ? '' : undefined}>
        <FolderPane onChoose={closeDrawer} />
      </nav>
      {isOpen && <div class="drawer-back" role="presentation" onClick={closeDrawer} />}
    </>
  );
}

/** What the address says, the list shows. */
function useSource(): void {
  const { list, mail } = useDesk();
  const here = route.value;
  const inbox = mail.records.mailboxWithRole('inbox')?.id ?? mail.records.mailboxes.value.keys().next().value;
  const folder = here.view === 'folder' ? (here.folder ?? inbox) : undefined;
  const query = here.view === 'search' ? here.query : '';
  const search = useSearch(query);
  useEffect(() => {
    if (folder !== undefined) list.show({ kind: 'folder', folder });
    else if (here.view === 'search' && search.filter !== undefined) {
      list.show({ kind: 'search', query, filter: search.filter, hasText: search.hasText });
      // Who has searched goes on in what was found.
      void list.loaded().then(() => {
        if (document.activeElement?.matches('[data-search]') === true && list.total() > 0) list.focus(0);
      });
    }
  }, [list, folder, query, here.view]);
}

/** "(12) Inbox – Posthorn": the title of the tab. */
function useTitle(): void {
  const { mail, list } = useDesk();
  const here = route.value;
  const folder =
    list.source.value?.kind === 'folder' ? mail.records.mailboxes.value.get(list.source.value.folder) : undefined;
  const unread = mail.records.mailboxWithRole('inbox')?.unreadEmails ?? 0;
  const place = here.view === 'folder' ? (folder === undefined ? '' : folderName(folder)) : placeName(here.view);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${place === '' ? '' : `${place} – `}${words.common.app}`;
  }, [place, unread]);
}

function placeName(view: Exclude<Route['view'], 'folder'>): string {
  if (view === 'search') return words.search.label;
  if (view === 'accounts') return words.accounts.title;
  return view === 'outbox' ? words.folders.outbox : words.settings.title;
}
