import { ProgressChip } from '../accounts/index.ts';
import { Icon, IconButton, MenuButton } from '../components/index.ts';
import { waiting } from '../outbox/index.ts';
import { SearchBox } from '../search/box.tsx';
import { darkNow } from '../settings/dark.ts';
import { look } from '../settings/device.ts';
import { words } from '../words/index.ts';
import { logOut } from './app.ts';
import { useDesk } from './desk.ts';
import { Mark } from './mark.tsx';
import { drawer, overlay } from './overlays.ts';
import { go } from './route.ts';

/** The account there has no address and no password: the program itself lets its person in. */
export const isOwnComputer = (login: string): boolean => login.endsWith('.invalid');

/** The bar above everything: the name, the search, and what concerns the whole page. */
export function Bar() {
  const { login } = useDesk();
  return (
    <header class="bar">
      <span class="bar-menu">
        <IconButton
          icon="menu"
          name={words.folders.label}
          expanded={drawer.value}
          onClick={() => (drawer.value = !drawer.value)}
        />
      </span>
      <a
        class="bar-home"
        href="#/f"
        onClick={(event) => {
          event.preventDefault();
          go({ view: 'folder' });
        }}
      >
        <Mark />
      </a>
      <SearchBox />
      <div class="bar-tools">
        <ProgressChip />
        {waiting.value > 0 && (
          <button
            class="chip"
            type="button"
            onClick={() => {
              go({ view: 'outbox' });
            }}
          >
            <Icon name="clock" />
            {words.folders.waiting(waiting.value)}
          </button>
        )}
        <span class="bar-help">
          <IconButton icon="help" name={words.commands.keys} shortcut="?" onClick={() => (overlay.value = 'keys')} />
        </span>
        <MenuButton
          icon="settings"
          name={isOwnComputer(login) ? words.accounts.thisComputer : words.session.loggedInAs(login)}
          items={() => [
            {
              text: words.commands.settings,
              icon: 'sliders',
              run: () => {
                go({ view: 'settings' });
              },
            },
            {
              text: words.commands.theme,
              icon: darkNow.peek() ? 'sun' : 'moon',
              run: () => (look.value = { ...look.peek(), theme: darkNow.peek() ? 'light' : 'dark' }),
            },
            { text: words.commands.palette, icon: 'search', run: () => (overlay.value = 'palette') },
            { text: words.commands.keys, icon: 'keyboard', run: () => (overlay.value = 'keys') },
            'line',
            {
              text: isOwnComputer(login) ? words.session.logOut : words.session.logOutOf(login),
              icon: 'logOut',
              run: () => void logOut(),
            },
          ]}
        />
      </div>
    </header>
  );
}
