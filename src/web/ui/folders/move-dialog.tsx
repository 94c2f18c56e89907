import { useSignal } from '@preact/signals';
import { Dialog, Icon, notices } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import type { Id, Mailbox } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { createFolder } from './changes.ts';
import { folderName } from './name.ts';
import { iconOf, pathOf, treeRows } from './tree.ts';

/** Where to? Typing narrows the folders down, Enter takes the one that is marked; a name that none has makes one. */
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
  const create = async (name: string): Promise<void> => {
    const created = new Map<string, Id>();
    const refused = await createFolder(mail, name, null, created);
    const id = created.get('new');
    if (refused !== undefined || id === undefined) return void notices.say(refused ?? words.trouble.refused.what);
    close();
    void acts.moveTo(id, 'move');
  };
  return (
    <Dialog title={words.list.moveTo} close={close}>
      <FolderPicker
        folders={all}
        nameOf={(mailbox) => pathOf(mailboxes, mailbox, folderName)}
        choose={choose}
        create={(name) => void create(name)}
      />
    </Dialog>
  );
}

interface PickerProps {
  readonly folders: readonly Mailbox[];
  readonly nameOf: (mailbox: Mailbox) => string;
  readonly choose: (mailbox: Mailbox) => void;
  /** Makes a folder of the name that was typed. */
  readonly create?: (name: string) => void;
}

/** A combobox whose list is always open. */
export function FolderPicker({ folders, nameOf, choose, create }: PickerProps) {
  const text = useSignal('');
  const marked = useSignal(0);
  /** What may be chosen for a text, and the name of what may be made of it. */
  const offer = (typed: string): { readonly found: readonly Mailbox[]; readonly fresh: string | undefined } => {
    const wanted = typed.trim().toLowerCase();
    const isKnown = folders.some((mailbox) => nameOf(mailbox).toLowerCase() === wanted);
    return {
      found: folders.filter((mailbox) => nameOf(mailbox).toLowerCase().includes(wanted)),
      fresh: create === undefined || wanted === '' || isKnown ? undefined : typed.trim(),
    };
  };
  const { found, fresh } = offer(text.value);
  const count = found.length + (fresh === undefined ? 0 : 1);
  const at = Math.min(marked.value, Math.max(0, count - 1));
  const take = (): void => {
    // Who types fast and presses Enter is ahead of what is drawn.
    const now = offer(text.peek());
    const chosen = now.found[marked.peek()];
    if (chosen !== undefined) choose(chosen);
    else if (now.fresh !== undefined) create?.(now.fresh);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') marked.value = Math.min(at + 1, count - 1);
    else if (event.key === 'ArrowUp') marked.value = Math.max(at - 1, 0);
    else if (event.key === 'Enter' && !event.isComposing) take();
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
        aria-activedescendant={count === 0 ? undefined : `picker-${at}`}
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
        {fresh !== undefined && (
          <div
            id={`picker-${found.length}`}
            class="picker-option"
            role="option"
            tabIndex={-1}
            aria-selected={at === found.length}
            onClick={() => create?.(fresh)}
          >
            <Icon name="newFolder" />
            <Foreign text={words.list.moveCreate(fresh)} />
          </div>
        )}
      </div>
      {count === 0 && (
        <p class="muted" role="status">
          {words.list.moveNone}
        </p>
      )}
    </div>
  );
}
