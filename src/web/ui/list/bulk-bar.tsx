import { Button, Confirm, IconButton } from '../components/index.ts';
import { asking } from '../folders/asking.ts';
import { MoveDialog } from '../folders/move-dialog.tsx';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import type { Act } from './acts.ts';

const say = words.list;

/** What can be done with the rows that are selected. */
export function BulkBar({ count }: { readonly count: number }) {
  const { list, acts, mail } = useDesk();
  const total = list.total();
  const isEverything = list.selection.value.of === 'all';
  const inTrash = isTrash();
  const does = (act: Act) => () => void acts.do(act);
  return (
    <div class="bulk" role="toolbar" aria-label={say.bulk}>
      <div class="bulk-tools">
        <IconButton
          icon="close"
          name={say.selectNone}
          onClick={() => {
            list.selectNothing();
          }}
        />
        <span class="bulk-count">
          {isEverything && count === total ? say.everythingSelected(total) : say.selected(count)}
        </span>
        {!isEverything && count < total && (
          <Button
            kind="quiet"
            onClick={() => {
              list.selectEverything();
            }}
          >
            {say.selectEverything(total)}
          </Button>
        )}
      </div>
      <div class="bulk-tools">
        {acts.can('archive') && (
          <IconButton icon="archive" name={words.commands.archive} shortcut="e" onClick={does('archive')} />
        )}
        <IconButton
          icon="move"
          name={words.commands.move}
          shortcut="v"
          onClick={() => {
            asking.value = 'move';
          }}
        />
        {acts.can('junk') ? (
          <IconButton icon="junk" name={words.commands.junk} shortcut="!" onClick={does('junk')} />
        ) : (
          <IconButton icon="notJunk" name={words.commands.notJunk} onClick={does('notJunk')} />
        )}
        <IconButton
          icon="trash"
          name={inTrash ? words.commands.destroy : words.commands.trash}
          shortcut="#"
          onClick={() => {
            if (inTrash) asking.value = 'destroy';
            else void acts.do('trash');
          }}
        />
        <IconButton icon="mailOpen" name={words.commands.read} shortcut="Shift+I" onClick={does('read')} />
        <IconButton icon="mail" name={words.commands.unread} shortcut="Shift+U" onClick={does('unread')} />
        <IconButton icon="flag" name={words.commands.flag} shortcut="s" onClick={does('flag')} />
      </div>
    </div>
  );

  function isTrash(): boolean {
    return list.folder !== undefined && mail.records.mailboxes.value.get(list.folder)?.role === 'trash';
  }
}

/** The questions that some actions ask first. */
export function Questions() {
  const { acts } = useDesk();
  const asks = asking.value;
  const close = (): void => {
    asking.value = undefined;
  };
  if (asks === 'move') return <MoveDialog close={close} />;
  if (asks !== 'destroy') return null;
  return (
    <Confirm
      title={say.destroyTitle(acts.count())}
      text={say.destroyText}
      doIt={say.destroyDo}
      close={close}
      run={() => void acts.destroy()}
    />
  );
}
