import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import { useAccounts } from '../accounts/index.ts';
import { Button, Icon, IconButton, Menu, notices } from '../components/index.ts';
import type { MenuEntry } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { write } from '../compose/index.ts';
import { waiting } from '../outbox/index.ts';
import type { Id, Mailbox } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { go, route } from '../shell/route.ts';
import { number, words } from '../words/index.ts';
import { question } from './question.ts';
import type { Question } from './question.ts';
import { folderName } from './name.ts';
import { iconOf, treeRows } from './tree.ts';
import type { TreeRow } from './tree.ts';

const say = words.folders;

/** The left pane. `onChoose` closes it where it lies over the others. */
export function FolderPane({ onChoose }: { readonly onChoose: () => void }) {
  const { mail, kept } = useDesk();
  const accounts = useAccounts();
  const rows = treeRows(mail.records.mailboxes.value, kept.value.closedFolders);
  const tree = useRef<HTMLDivElement>(null);
  /** The row that has focus, or a part of it. */
  const focused = useSignal<Id | undefined>(undefined);
  const menuOf = useSignal<Id | undefined>(undefined);
  const menuFolder = menuOf.value === undefined ? undefined : mail.records.mailboxes.value.get(menuOf.value);
  const menuButton = (id: Id): HTMLElement | null =>
    tree.current?.querySelector(`[data-folder="${CSS.escape(id)}"] .folder-menu button`) ?? null;
  const here = route.value;
  const shown = here.view === 'folder' ? (here.folder ?? mail.records.mailboxWithRole('inbox')?.id) : undefined;
  return (
    <>
      <div class="write-button">
        <Button
          kind="primary"
          icon="write"
          shortcut="c"
          onClick={() => {
            onChoose();
            write({ kind: 'new' });
          }}
        >
          {words.commands.write}
        </Button>
      </div>
      <div
        ref={tree}
        class="tree"
        role="tree"
        aria-label={say.label}
        onKeyDown={onTreeKey}
        onFocusIn={(event) => {
          focused.value = (event.target as Element).closest<HTMLElement>('[data-folder]')?.dataset['folder'];
        }}
        onFocusOut={(event) => {
          if (tree.current?.contains(event.relatedTarget as Node | null) !== true) focused.value = undefined;
        }}
      >
        {rows.map((row) => (
          <FolderRow
            key={row.mailbox.id}
            row={row}
            isShown={row.mailbox.id === shown}
            isStop={isStop(row)}
            hasMenu={menuOf.value === row.mailbox.id}
            openMenu={() => (menuOf.value = row.mailbox.id)}
            onChoose={onChoose}
          />
        ))}
      </div>
      {/* Beside the tree: within a row it would be read as a part of the row's text. */}
      {menuFolder !== undefined && (
        <Menu
          key={menuFolder.id}
          name={say.menuOf(folderName(menuFolder))}
          anchor={() => menuButton(menuFolder.id)}
          items={folderItems(menuFolder)}
          close={() => (menuOf.value = undefined)}
        />
      )}
      <div class="folders-more">
        <button
          class="folder"
          type="button"
          aria-current={here.view === 'outbox' ? 'page' : undefined}
          onClick={() => {
            onChoose();
            go({ view: 'outbox' });
          }}
        >
          <Icon name="clock" />
          <span class="folder-name">{say.outbox}</span>
          {waiting.value > 0 && <span class="folder-count">{number(waiting.value)}</span>}
        </button>
        {accounts.isOffered && (
          <button
            class="folder"
            type="button"
            aria-current={here.view === 'accounts' ? 'page' : undefined}
            onClick={() => {
              onChoose();
              go({ view: 'accounts' });
            }}
          >
            <Icon name="sliders" />
            <span class="folder-name">{words.accounts.title}</span>
          </button>
        )}
        <button
          class="folder folder-new"
          type="button"
          onClick={() => {
            question.value = { kind: 'create', parent: null };
          }}
        >
          <Icon name="newFolder" />
          <span class="folder-name">{say.create}</span>
        </button>
      </div>
    </>
  );

  /** One tab stop in the tree: what has focus, what is shown, or the first. */
  function isStop({ mailbox }: TreeRow): boolean {
    const stop = [focused.value, shown].find((id) => rows.some((row) => row.mailbox.id === id));
    return mailbox.id === (stop ?? rows[0]?.mailbox.id);
  }

  function onTreeKey(event: KeyboardEvent): void {
    const items = [...(tree.current?.querySelectorAll<HTMLElement>('[role=treeitem]') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const row = rows[at];
    if (row === undefined) return;
    if (isMenuKey(event)) {
      menuOf.value = row.mailbox.id;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const to = treeTarget(event.key, at, items.length);
    if (to !== undefined) items[to]?.focus();
    else if (event.key === 'ArrowRight' && row.hasChildren) setOpen(row.mailbox, true);
    else if (event.key === 'ArrowLeft' && row.isOpen) setOpen(row.mailbox, false);
    else if (event.key === 'ArrowLeft')
      items[rows.findIndex(({ mailbox }) => mailbox.id === row.mailbox.parentId)]?.focus();
    else if (event.key === 'Enter' || event.key === ' ') items[at]?.click();
    else if (event.key === 'F2' || event.key === 'Delete') runShortcut(row.mailbox, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function setOpen({ id }: Mailbox, isOpen: boolean): void {
    const closed = kept.peek().closedFolders.filter((one) => one !== id);
    kept.value = { ...kept.peek(), closedFolders: isOpen ? closed : [...closed, id] };
  }
}

/** What opens a menu everywhere: its own key, or Shift+F10. */
const isMenuKey = ({ key, shiftKey }: KeyboardEvent): boolean => key === 'ContextMenu' || (key === 'F10' && shiftKey);

/** Where the folder is not to be renamed or deleted, the reason is said. */
function runShortcut(mailbox: Mailbox, key: string): void {
  const item = folderItems(mailbox).find((one) => one !== 'line' && one.shortcut === key);
  if (item === undefined || item === 'line') return;
  if (item.why === undefined) item.run();
  else notices.say(item.why);
}

function treeTarget(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(at + 1, count - 1);
    case 'ArrowUp':
      return Math.max(at - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

interface FolderRowProps {
  readonly row: TreeRow;
  readonly isShown: boolean;
  readonly isStop: boolean;
  readonly hasMenu: boolean;
  readonly openMenu: () => void;
  readonly onChoose: () => void;
}

function FolderRow({ row, isShown, isStop, hasMenu, openMenu, onChoose }: FolderRowProps) {
  const { kept } = useDesk();
  const { mailbox, level, hasChildren, isOpen } = row;
  const name = folderName(mailbox);
  const counts = countOf(mailbox);
  const id = useId();
  return (
    <div
      class="folder"
      role="treeitem"
      aria-level={level}
      aria-setsize={row.siblings}
      aria-posinset={row.position}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-selected={isShown}
      aria-labelledby={counts === undefined ? `${id}-name` : `${id}-name ${id}-count`}
      tabIndex={isStop ? 0 : -1}
      data-focus-inside=""
      data-folder={mailbox.id}
      style={{ paddingInlineStart: `${20 + (level - 1) * 16}px` }}
      onClick={() => {
        onChoose();
        go({ view: 'folder', folder: mailbox.id });
      }}
    >
      {hasChildren && (
        <span class="folder-twist" data-open={isOpen ? '' : undefined}>
          <IconButton
            icon="right"
            name={isOpen ? say.collapse(name) : say.expand(name)}
            tabIndex={-1}
            onClick={(event) => {
              event.stopPropagation();
              const closed = kept.peek().closedFolders.filter((one) => one !== mailbox.id);
              kept.value = { ...kept.peek(), closedFolders: isOpen ? [...closed, mailbox.id] : closed };
            }}
          />
        </span>
      )}
      <Icon name={iconOf(mailbox)} />
      <span class="folder-name" id={`${id}-name`}>
        <Foreign text={name} />
      </span>{' '}
      {counts !== undefined && (
        <span class="folder-count" id={`${id}-count`}>
          {number(counts.n)} <span class="unseen">{counts.what}</span>
        </span>
      )}
      <span
        class="folder-menu"
        role="presentation"
        onClick={(event) => {
          event.stopPropagation();
        }}
      >
        <IconButton
          icon="more"
          name={say.menuOf(name)}
          tabIndex={isStop ? 0 : -1}
          popup="menu"
          expanded={hasMenu}
          onClick={openMenu}
        />
      </span>
    </div>
  );
}

/** Drafts are counted, elsewhere what is not read. */
function countOf({
  role,
  unreadEmails,
  totalEmails,
}: Mailbox): { readonly n: number; readonly what: string } | undefined {
  if (role === 'drafts') return totalEmails === 0 ? undefined : { n: totalEmails, what: say.drafts };
  return unreadEmails === 0 || role === 'trash' ? undefined : { n: unreadEmails, what: say.unread };
}

function folderItems(mailbox: Mailbox): readonly MenuEntry[] {
  const { myRights, role, id } = mailbox;
  const ask = (kind: Question['kind']) => () => {
    question.value = kind === 'create' ? { kind, parent: id } : { kind, folder: id };
  };
  const may = (right: string): boolean => myRights[right] !== false;
  const fixed = role === null ? undefined : role === 'inbox' ? say.fixedInbox : say.fixedRole;
  const name = role === 'inbox' || !may('mayRename') ? (fixed ?? say.notYours) : undefined;
  const place = fixed ?? (may('mayRename') ? undefined : say.notYours);
  const life = fixed ?? (may('mayDelete') ? undefined : say.notYours);
  const inside = may('mayCreateChild') ? undefined : say.notYours;
  return [
    { text: say.markAllRead, icon: 'checks', run: ask('read') },
    { text: say.createInside, icon: 'newFolder', why: inside, run: ask('create') },
    'line',
    { text: say.rename, icon: 'pencil', shortcut: 'F2', why: name, run: ask('rename') },
    { text: say.move, icon: 'move', why: place, run: ask('move') },
    ...(role === 'trash' || role === 'junk'
      ? [{ text: say.empty, icon: 'trash' as const, danger: true, run: ask('empty') }]
      : []),
    { text: say.remove, icon: 'trash', danger: true, shortcut: 'Delete', why: life, run: ask('remove') },
  ];
}
