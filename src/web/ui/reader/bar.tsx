import { IconButton, MenuButton } from '../components/index.ts';
import type { MenuEntry } from '../components/index.ts';
import { asking } from '../folders/asking.ts';
import { isUnread } from '../jmap/patch.ts';
import type { Email } from '../jmap/types.ts';
import type { Act } from '../list/acts.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { BackButton } from './back.tsx';
import { panel } from './panels.ts';

const say = words.commands;

/** What can be done with the open conversation. */
export function ReaderBar({ conversation }: { readonly conversation: readonly Email[] }) {
  const { acts, list, mail } = useDesk();
  const last = conversation.at(-1);
  const flagged = conversation.some(({ keywords }) => keywords['$flagged'] === true);
  const unread = conversation.some(({ keywords }) => isUnread(keywords));
  const inTrash = list.folder !== undefined && mail.records.mailboxes.value.get(list.folder)?.role === 'trash';
  /** The keys and this bar mean the open conversation, whatever is selected in the list. */
  const does = (act: Act) => () => {
    if (last !== undefined) list.focusId(last.id);
    void acts.do(act);
  };
  return (
    <div class="reader-bar" role="toolbar" aria-label={words.reader.actions.more}>
      <BackButton />
      {acts.can('archive') && <IconButton icon="archive" name={say.archive} shortcut="e" onClick={does('archive')} />}
      <IconButton
        icon="move"
        name={say.move}
        shortcut="v"
        onClick={() => {
          asking.value = 'move';
        }}
      />
      {acts.can('junk') ? (
        <IconButton icon="junk" name={say.junk} shortcut="!" onClick={does('junk')} />
      ) : (
        <IconButton icon="notJunk" name={say.notJunk} onClick={does('notJunk')} />
      )}
      <IconButton
        icon="trash"
        name={inTrash ? say.destroy : say.trash}
        shortcut="#"
        onClick={() => {
          if (inTrash) asking.value = 'destroy';
          else void acts.do('trash');
        }}
      />
      <span class="grow" />
      <IconButton
        icon="flag"
        filled={flagged}
        pressed={flagged}
        name={flagged ? say.unflag : say.flag}
        shortcut="s"
        onClick={does(flagged ? 'unflag' : 'flag')}
      />
      <MenuButton icon="more" name={words.reader.actions.more} items={items} />
    </div>
  );

  function items(): readonly MenuEntry[] {
    const about = (kind: 'source' | 'headers' | 'journey') => () => {
      if (last !== undefined) panel.value = { kind, email: last.id };
    };
    return [
      {
        text: unread ? say.read : say.unread,
        icon: unread ? 'mailOpen' : 'mail',
        run: does(unread ? 'read' : 'unread'),
      },
      {
        text: say.print,
        icon: 'print',
        run: () => {
          print();
        },
      },
      'line',
      { text: words.reader.actions.journey, icon: 'route', shortcut: 'w', run: about('journey') },
      { text: words.reader.actions.headers, icon: 'text', run: about('headers') },
      { text: words.reader.actions.source, icon: 'source', run: about('source') },
    ];
  }
}
