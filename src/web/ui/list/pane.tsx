import { useMemo } from 'preact/hooks';
import { Bone, Button, EmptyState, ErrorCard, MenuButton, Waiting } from '../components/index.ts';
import type { MenuEntry } from '../components/index.ts';
import { write } from '../compose/index.ts';
import { iconOf } from '../folders/tree.ts';
import { folderName } from '../folders/name.ts';
import type { Trouble } from '../jmap/trouble.ts';
import { useDesk } from '../shell/desk.ts';
import { choices } from '../settings/device.ts';
import { words } from '../words/index.ts';
import { BulkBar } from './bulk-bar.tsx';
import { Grid } from './grid.tsx';
import { possibleSorts } from './orders.ts';
import type { Quick, Sort } from './orders.ts';
import { SnippetContext } from './snippets.tsx';
import { Snippets } from './snippet-store.ts';

const say = words.list;

/** The middle pane: what is in a folder, or what a search has found. */
export function ListPane() {
  const { list, api } = useDesk();
  const query = list.query.value;
  const source = list.source.value;
  const snippets = useMemo(
    () => (source?.kind === 'search' && source.hasText ? new Snippets(api, source.filter) : undefined),
    [api, source],
  );
  const selected = list.selected.value;
  return (
    <>
      {selected > 0 ? <BulkBar count={selected} /> : <ListHead />}
      <SnippetContext.Provider value={snippets}>{query !== undefined && <ListBody />}</SnippetContext.Provider>
      <JobBar />
    </>
  );
}

function ListHead() {
  const { list, mail, api } = useDesk();
  const source = list.source.value;
  const total = list.query.value?.total.value;
  const folder = source?.kind === 'folder' ? mail.records.mailboxes.value.get(source.folder) : undefined;
  const title = source?.kind === 'search' ? words.search.results : folder === undefined ? '' : folderName(folder);
  const grouped = list.collapses;
  const count =
    total === undefined
      ? ''
      : source?.kind === 'search'
        ? words.search.found(total)
        : grouped
          ? say.countThreads(total)
          : say.count(total);
  return (
    <header class="list-head">
      <div class="list-title">
        <h1>{title}</h1>
        <span class="muted" role={source?.kind === 'search' ? 'status' : undefined}>
          {count}
        </span>
      </div>
      <div class="list-tools">
        <div class="quick" role="group" aria-label={say.filterLabel}>
          {(Object.entries(say.filters) as readonly (readonly [Quick, string])[]).map(([one, text]) => (
            <button
              key={one}
              class="chip"
              type="button"
              aria-pressed={list.quick.value.has(one)}
              onClick={() => {
                list.toggleQuick(one);
              }}
            >
              {text}
            </button>
          ))}
        </div>
        <MenuButton
          icon="sort"
          name={`${say.sort}: ${say.sorts[list.sort.value]}`}
          items={() => sortItems(sortOptions())}
        />
      </div>
    </header>
  );

  function sortOptions(): readonly string[] | undefined {
    const mailOf = api.session.accounts[api.account]?.accountCapabilities['urn:ietf:params:jmap:mail'];
    return mailOf?.['emailQuerySortOptions'] as readonly string[] | undefined;
  }

  function sortItems(options: readonly string[] | undefined): readonly MenuEntry[] {
    const sorts = possibleSorts(options).map((sort: Sort) => ({
      text: say.sorts[sort],
      checked: sort === list.sort.peek(),
      run: () => {
        list.sortBy(sort);
      },
    }));
    const group = {
      text: say.grouped,
      checked: choices.peek().grouped,
      run: () => {
        choices.value = { ...choices.peek(), grouped: !choices.peek().grouped };
        list.reload();
      },
    };
    return [...sorts, 'line', group];
  }
}

function ListBody() {
  const { list, line } = useDesk();
  const query = list.query.value;
  if (query === undefined) return null;
  const trouble = query.trouble.value;
  const total = query.total.value;
  if (total === undefined)
    return trouble === undefined ? (
      <Waiting>
        <ListSkeleton />
      </Waiting>
    ) : (
      <ListTrouble trouble={trouble} />
    );
  return (
    <>
      {trouble !== undefined && line.state.value === 'up' && <ListTrouble trouble={trouble} />}
      {total === 0 ? <NothingHere /> : <Grid query={query} />}
    </>
  );
}

function ListSkeleton() {
  return (
    <div class="list-skeleton" aria-hidden="true">
      {Array.from({ length: 8 }, (_, n) => (
        <div key={n} class="list-skeleton-row">
          <Bone width={`${30 + ((n * 7) % 30)}%`} />
          <Bone width={`${60 + ((n * 11) % 35)}%`} />
        </div>
      ))}
    </div>
  );
}

function ListTrouble({ trouble }: { readonly trouble: Trouble }) {
  const { list } = useDesk();
  const about = words.trouble[trouble.kind === 'busy' ? 'tooMany' : trouble.kind];
  return (
    <div class="list-trouble">
      <ErrorCard
        what={about.what}
        why={about.why}
        weWill={about.will}
        said={trouble.said}
        youCan={<Button onClick={() => void list.query.peek()?.refresh()}>{words.common.tryAgain}</Button>}
      />
    </div>
  );
}

function NothingHere() {
  const { list, mail } = useDesk();
  const source = list.source.value;
  if (list.quick.value.size > 0) {
    return (
      <EmptyState icon="filter" {...say.empty.filtered}>
        <Button
          onClick={() => {
            list.clearQuick();
          }}
        >
          {say.clearFilter}
        </Button>
      </EmptyState>
    );
  }
  if (source?.kind !== 'folder') return <EmptyState icon="search" {...say.empty.search} />;
  const mailbox = mail.records.mailboxes.value.get(source.folder);
  const known = say.empty as Readonly<Record<string, { readonly title: string; readonly text: string } | undefined>>;
  return (
    <EmptyState
      icon={mailbox === undefined ? 'folder' : iconOf(mailbox)}
      {...(known[mailbox?.role ?? ''] ?? say.empty.folder)}
    >
      {mailbox?.role === 'inbox' && (
        <Button
          kind="primary"
          icon="write"
          onClick={() => {
            write({ kind: 'new' });
          }}
        >
          {say.write}
        </Button>
      )}
    </EmptyState>
  );
}

/** How far something that takes a while is. */
function JobBar() {
  const { acts } = useDesk();
  const job = acts.job.value;
  if (job === undefined) return null;
  return (
    <div class="job" role="status">
      <progress max={job.of} value={job.done} aria-label={job.text} />
      <span>{job.text}</span>
      <Button kind="quiet" onClick={job.stop}>
        {words.common.stop}
      </Button>
    </div>
  );
}
