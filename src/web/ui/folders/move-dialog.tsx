import { useSignal } from '@preact/signals';
import { Dialog, Icon } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import type { Mailbox } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { folderName } from './name.ts';
import { iconOf, pathOf, treeRows } from './tree.ts';

/** Where to? Typing narrows the folders down, Enter takes the one that is marked. */
export function MoveDialog({ close }: { readonly close: () => void }) {
  const { mail, acts, list } = useDesk();
  const mailboxes = mail.records.mailboxes.value;
  const all = treeRows(mailboxes, [])
    .map(({ mailbox }) => mailbox)
    .filter(({ id, myRights }) => id !== list.folder && myRights['mayAddItems'] !== false);
  const choose = (mailbox: Mailbox): void => {
    close();
    void acts.moveTo(mailbox.id, 'move');
  };
  return (
    <Dialog title={words.list.moveTo} close={close}>
      <FolderPicker folders={all} nameOf={(mailbox) => pathOf(mailboxes, mailbox, folderName)} choose={choose} />
    </Dialog>
  );
}

interface PickerProps {
  readonly folders: readonly Mailbox[];
  readonly nameOf: (mailbox: Mailbox) => string;
  readonly choose: (mailbox: Mailbox) => void;
}

/** A combobox whose list is always open. */
export function FolderPicker({ folders, nameOf, choose }: PickerProps) {
  const text = useSignal('');
  const marked = useSignal(0);
  const named = (part: string): readonly Mailbox[] =>
    folders.filter((mailbox) => nameOf(mailbox).toLowerCase().includes(part.trim().toLowerCase()));
  const found = named(text.value);
  const at = Math.min(marked.value, Math.max(0, found.length - 1));
  const onKeyDown = (event: KeyboardEvent): void => {
    // Who types fast and presses Enter is ahead of what is drawn.
    const chosen = named(text.peek())[marked.peek()];
    if (event.key === 'ArrowDown') marked.value = Math.min(at + 1, found.length - 1);
    else if (event.key === 'ArrowUp') marked.value = Math.max(at - 1, 0);
    else if (event.key === 'Enter' && chosen !== undefined && !event.isComposing) choose(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <div class="picker">
      <input
        class="input"
        type="text"
        role="combobox"
        aria-label={words.list.moveFilter}
        placeholder={words.list.moveFilter}
        aria-expanded="true"
        aria-controls="picker-list"
        aria-activedescendant={found.length === 0 ? undefined : `picker-${at}`}
        autoComplete="off"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          marked.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <div id="picker-list" class="picker-list" role="listbox" aria-label={words.folders.label}>
        {found.map((mailbox, n) => (
          <div
            key={mailbox.id}
            id={`picker-${n}`}
            class="picker-option"
            role="option"
            tabIndex={-1}
            aria-selected={n === at}
            onClick={() => {
              choose(mailbox);
            }}
          >
            <Icon name={iconOf(mailbox)} />
            <Foreign text={nameOf(mailbox)} />
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p class="muted" role="status">
          {words.list.moveNone}
        </p>
      )}
    </div>
  );
}
