/** Everything that can be done from the keyboard and the palette, in one table. */
import { computed } from '@preact/signals';
import { notices } from '../components/notices.ts';
import { composeCommands } from '../compose/index.ts';
import { question } from '../folders/question.ts';
import { folderName } from '../folders/name.ts';
import { asking } from '../folders/asking.ts';
import type { Act } from '../list/acts.ts';
import { chooseMessageFile } from '../reader/opened.ts';
import { panel } from '../reader/panels.ts';
import { unfolded } from '../reader/unfolded.ts';
import { darkNow } from '../settings/dark.ts';
import { choices, look } from '../settings/device.ts';
import { words } from '../words/index.ts';
import { logOut, theDesk } from './app.ts';
import type { Command } from './command.ts';
import { withKeys } from './command.ts';
import { overlay } from './overlays.ts';
import { cyclePanes, focusSearch } from './panes.ts';
import { go, open, openEmail, route } from './route.ts';

const say = words.commands;

const inList = (): boolean => ['folder', 'search'].includes(route.peek().view);
const hasRow = (): boolean => inList() && theDesk().list.total() > 0;
const isReading = (): boolean => openEmail(route.peek()) !== undefined;

/** The open conversation follows the focus of the list, where one is open. */
function step(by: 1 | -1): void {
  const { list } = theDesk();
  list.focus(list.active.peek() + by);
  const id = list.idAt(list.active.peek());
  if (isReading() && id !== undefined) open(id, true);
}

const act = (does: Act) => (): void => void theDesk().acts.do(does);

function inTrash(): boolean {
  const { list, mail } = theDesk();
  return list.folder !== undefined && mail.records.mailboxes.peek().get(list.folder)?.role === 'trash';
}

function toRole(role: string): void {
  const folder = theDesk().mail.records.mailboxWithRole(role);
  if (folder !== undefined) go({ view: 'folder', folder: folder.id });
}

const hasRole = (role: string) => (): boolean => theDesk().mail.records.mailboxWithRole(role) !== undefined;

/** In the open conversation: the next message, unfolded and brought into view. */
function inThread(by: 1 | -1): void {
  const messages = [...document.querySelectorAll<HTMLElement>('[data-message]')];
  const at = messages.findIndex((one) => one.contains(document.activeElement));
  const next = messages[at < 0 ? (by === 1 ? 0 : messages.length - 1) : at + by];
  if (next === undefined) return;
  unfolded.value = new Set([...unfolded.peek(), next.dataset['message'] ?? '']);
  next.scrollIntoView({ block: 'start' });
  next.querySelector<HTMLElement>('button')?.focus();
}

function show(kind: 'journey' | 'source'): void {
  const email = openEmail(route.peek()) ?? theDesk().list.activeEmail()?.id;
  if (email !== undefined) panel.value = { kind, email };
}

const LIST: readonly Command[] = [
  {
    id: 'next',
    name: say.next,
    group: 'list',
    keys: ['j', 'ArrowDown'],
    keyOnly: true,
    can: hasRow,
    run: () => {
      step(1);
    },
  },
  {
    id: 'previous',
    name: say.previous,
    group: 'list',
    keys: ['k', 'ArrowUp'],
    keyOnly: true,
    can: hasRow,
    run: () => {
      step(-1);
    },
  },
  {
    id: 'open',
    name: say.open,
    group: 'list',
    keys: ['Enter', 'o'],
    icon: 'mailOpen',
    can: hasRow,
    run: () => {
      const { list } = theDesk();
      const id = list.idAt(list.active.peek());
      if (id !== undefined) open(id);
    },
  },
  {
    id: 'close',
    name: say.close,
    group: 'list',
    keys: ['u', 'Escape'],
    icon: 'back',
    can: () => isReading() || (inList() && theDesk().list.selected.peek() > 0),
    run: () => {
      if (!isReading()) return theDesk().list.selectNothing();
      open(undefined);
      theDesk().list.wantsFocus.value += 1;
    },
  },
  {
    id: 'select',
    name: say.select,
    group: 'list',
    keys: ['x'],
    icon: 'check',
    can: hasRow,
    run: () => {
      theDesk().list.toggleAt(theDesk().list.active.peek());
    },
  },
  {
    id: 'select-all',
    name: say.selectAll,
    group: 'list',
    keys: ['* a'],
    icon: 'checks',
    can: hasRow,
    run: () => {
      theDesk().list.selectEverything();
    },
  },
  {
    id: 'select-none',
    name: say.selectNone,
    group: 'list',
    keys: ['* n'],
    can: () => inList() && theDesk().list.selected.peek() > 0,
    run: () => {
      theDesk().list.selectNothing();
    },
  },
];

const MESSAGE: readonly Command[] = [
  {
    id: 'archive',
    name: say.archive,
    group: 'message',
    keys: ['e'],
    icon: 'archive',
    can: () => hasRow() && theDesk().acts.can('archive'),
    run: act('archive'),
  },
  {
    id: 'trash',
    name: say.trash,
    group: 'message',
    keys: ['#', 'Delete'],
    icon: 'trash',
    can: () => hasRow() && !inTrash(),
    run: act('trash'),
  },
  {
    id: 'destroy',
    name: say.destroy,
    group: 'message',
    keys: ['#', 'Delete'],
    icon: 'trash',
    can: () => hasRow() && inTrash(),
    run: () => (asking.value = 'destroy'),
  },
  {
    id: 'junk',
    name: say.junk,
    group: 'message',
    keys: ['!'],
    icon: 'junk',
    can: () => hasRow() && theDesk().acts.can('junk'),
    run: act('junk'),
  },
  {
    id: 'not-junk',
    name: say.notJunk,
    group: 'message',
    keys: ['!'],
    icon: 'notJunk',
    can: () => hasRow() && !theDesk().acts.can('junk'),
    run: act('notJunk'),
  },
  {
    id: 'flag',
    name: say.flag,
    group: 'message',
    keys: ['s'],
    icon: 'flag',
    can: hasRow,
    run: () => void theDesk().acts.toggleFlag(),
  },
  { id: 'read', name: say.read, group: 'message', keys: ['Shift+i'], icon: 'mailOpen', can: hasRow, run: act('read') },
  {
    id: 'unread',
    name: say.unread,
    group: 'message',
    keys: ['Shift+u'],
    icon: 'mail',
    can: hasRow,
    run: act('unread'),
  },
  {
    id: 'move',
    name: say.move,
    group: 'message',
    keys: ['v'],
    icon: 'move',
    can: hasRow,
    run: () => (asking.value = 'move'),
  },
  {
    id: 'undo',
    name: say.undo,
    group: 'message',
    keys: ['z'],
    icon: 'undo',
    run: () =>
      void theDesk()
        .acts.settled()
        .then(() => notices.undoLast()),
  },
  {
    id: 'thread-next',
    name: say.nextInThread,
    group: 'message',
    keys: ['n'],
    keyOnly: true,
    can: isReading,
    run: () => {
      inThread(1);
    },
  },
  {
    id: 'thread-previous',
    name: say.previousInThread,
    group: 'message',
    keys: ['p'],
    keyOnly: true,
    can: isReading,
    run: () => {
      inThread(-1);
    },
  },
  {
    id: 'journey',
    name: say.journey,
    group: 'message',
    keys: ['w'],
    icon: 'route',
    can: hasRow,
    run: () => {
      show('journey');
    },
  },
  {
    id: 'source',
    name: say.source,
    group: 'message',
    keys: [],
    icon: 'source',
    can: hasRow,
    run: () => {
      show('source');
    },
  },
  {
    id: 'print',
    name: say.print,
    group: 'message',
    keys: [],
    icon: 'print',
    can: isReading,
    run: () => {
      print();
    },
  },
];

const GO: readonly Command[] = [
  {
    id: 'go-inbox',
    name: say.goInbox,
    group: 'go',
    keys: ['g i'],
    icon: 'inbox',
    run: () => {
      toRole('inbox');
    },
  },
  {
    id: 'go-sent',
    name: say.goSent,
    group: 'go',
    keys: ['g s'],
    icon: 'send',
    can: hasRole('sent'),
    run: () => {
      toRole('sent');
    },
  },
  {
    id: 'go-drafts',
    name: say.goDrafts,
    group: 'go',
    keys: ['g d'],
    icon: 'pencil',
    can: hasRole('drafts'),
    run: () => {
      toRole('drafts');
    },
  },
  {
    id: 'go-outbox',
    name: say.goOutbox,
    group: 'go',
    keys: ['g o'],
    icon: 'clock',
    run: () => {
      go({ view: 'outbox' });
    },
  },
  {
    id: 'go-archive',
    name: say.goArchive,
    group: 'go',
    keys: ['g a'],
    icon: 'archive',
    can: hasRole('archive'),
    run: () => {
      toRole('archive');
    },
  },
  {
    id: 'go-trash',
    name: say.goTrash,
    group: 'go',
    keys: ['g t'],
    icon: 'trash',
    can: hasRole('trash'),
    run: () => {
      toRole('trash');
    },
  },
];

const APP: readonly Command[] = [
  { id: 'search', name: say.search, group: 'app', keys: ['/'], icon: 'search', run: focusSearch },
  {
    id: 'palette',
    name: say.palette,
    group: 'app',
    keys: ['Mod+k'],
    keyOnly: true,
    run: () => (overlay.value = 'palette'),
  },
  { id: 'keys', name: say.keys, group: 'app', keys: ['?'], icon: 'keyboard', run: () => (overlay.value = 'keys') },
  {
    id: 'pane-next',
    name: say.nextPane,
    group: 'app',
    keys: ['F6'],
    keyOnly: true,
    run: () => {
      cyclePanes(1);
    },
  },
  {
    id: 'pane-previous',
    name: say.previousPane,
    group: 'app',
    keys: ['Shift+F6'],
    keyOnly: true,
    run: () => {
      cyclePanes(-1);
    },
  },
  {
    id: 'refresh',
    name: say.refresh,
    group: 'app',
    keys: [],
    icon: 'refresh',
    run: () =>
      void theDesk()
        .mail.sync()
        .catch(() => undefined),
  },
  { id: 'open-file', name: say.openFile, group: 'app', keys: [], icon: 'file', run: chooseMessageFile },
  {
    id: 'new-folder',
    name: say.newFolder,
    group: 'app',
    keys: [],
    icon: 'newFolder',
    run: () => (question.value = { kind: 'create', parent: null }),
  },
  {
    id: 'theme',
    name: say.theme,
    group: 'app',
    keys: [],
    icon: 'moon',
    run: () => (look.value = { ...look.peek(), theme: darkNow.peek() ? 'light' : 'dark' }),
  },
  {
    id: 'settings',
    name: say.settings,
    group: 'app',
    keys: ['g ,'],
    icon: 'settings',
    run: () => {
      go({ view: 'settings' });
    },
  },
  { id: 'log-out', name: words.session.logOut, group: 'app', keys: [], icon: 'logOut', run: () => void logOut() },
];

/** With the keys as they were chosen. */
export const commands = computed(() =>
  withKeys([...composeCommands, ...LIST, ...MESSAGE, ...GO, ...APP], choices.value.keys),
);

/** Own folders, for the palette. */
export const folderCommands = (): readonly Command[] =>
  [...theDesk().mail.records.mailboxes.peek().values()]
    .filter(({ role }) => role === null)
    .map((mailbox) => ({
      id: `folder-${mailbox.id}`,
      name: say.goFolder(folderName(mailbox)),
      group: 'go',
      keys: [],
      icon: 'folder',
      run: () => {
        go({ view: 'folder', folder: mailbox.id });
      },
    }));

export const isMac = /Mac|iPhone|iPad/.test((globalThis as { navigator?: Navigator }).navigator?.platform ?? '');
