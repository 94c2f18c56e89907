import { useSignal } from '@preact/signals';
import { clock } from '../clock.ts';
import { Button, Choice, Dialog, notices } from '../components/index.ts';
import type { Mailbox } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import type { Desk } from '../shell/desk.ts';
import { go, route } from '../shell/route.ts';
import { words } from '../words/index.ts';
import { folderName } from './name.ts';
import { bringBack, removeForEver, removeToTrash } from './removal.ts';
import type { Removal } from './removal.ts';
import { focusNear } from './row.ts';

const say = words.folders;

interface RemoveProps {
  readonly folder: Mailbox;
  readonly close: () => void;
}

/** Whether a folder goes, and what becomes of its mail. */
export function RemoveDialog({ folder, close }: RemoveProps) {
  const desk = useDesk();
  const { mail } = desk;
  const hasChildren = [...mail.records.mailboxes.value.values()].some(({ parentId }) => parentId === folder.id);
  const trash = mail.records.mailboxWithRole('trash');
  const how = useSignal<'trash' | 'forEver'>(trash === undefined ? 'forEver' : 'trash');
  const isFull = folder.totalEmails > 0;
  const forEver = isFull && how.value === 'forEver';
  const remove = (): void => {
    close();
    // Mail that comes in the meantime is asked about by nobody: it goes to Trash, unless there is none.
    const target = forEver ? undefined : trash;
    void desk.acts.follow(target === undefined ? destroy(desk, folder) : putAway(desk, folder, target));
  };
  return (
    <Dialog title={say.removeTitle(folderName(folder))} close={close}>
      <p>{hasChildren ? say.removeChildren : isFull ? say.removeFull(folder.totalEmails) : say.removeEmpty}</p>
      {isFull && !hasChildren && trash !== undefined && (
        <Choice label={say.removeMail} value={how.value} of={say.removeHow} choose={(value) => (how.value = value)} />
      )}
      {isFull && !hasChildren && trash === undefined && <p>{say.removeHow.forEver}.</p>}
      <div class="dialog-foot">
        <Button startsHere onClick={close}>
          {words.common.cancel}
        </Button>
        <Button kind="danger" disabled={hasChildren} onClick={remove}>
          {forEver ? say.removeForEverDo : say.removeDo}
        </Button>
      </div>
    </Dialog>
  );
}

async function putAway(desk: Desk, folder: Mailbox, trash: Mailbox): Promise<void> {
  const { mail, acts } = desk;
  const leave = leaving(desk, folder);
  const removal = await acts.asJob('trash', folder.totalEmails, (course) =>
    removeToTrash(mail, folder.id, trash.id, course),
  );
  const { refused, moved } = removal;
  const name = folderName(folder);
  if (refused === undefined) leave();
  const text =
    refused !== undefined
      ? say.notRemoved(name, refused)
      : moved.size > 0
        ? say.removedToTrash(name, moved.size)
        : say.removed(name);
  const nothingDone = refused !== undefined && moved.size === 0;
  notices.say(text, nothingDone ? undefined : () => void takeBack(desk, folder, removal));
}

async function takeBack({ mail, acts }: Desk, folder: Mailbox, removal: Removal): Promise<void> {
  const refused = await acts.asJob('undo', removal.moved.size, (course) => bringBack(mail, folder, removal, course));
  const name = folderName(folder);
  notices.say(refused === undefined ? say.back(name) : say.notBack(name, refused));
}

async function destroy(desk: Desk, folder: Mailbox): Promise<void> {
  const leave = leaving(desk, folder);
  const refused = await removeForEver(desk.mail, folder.id);
  const name = folderName(folder);
  if (refused === undefined) leave();
  notices.say(refused === undefined ? say.removed(name) : say.notRemoved(name, refused));
}

/** Nobody is left in a folder that is gone: the Inbox is shown, and focus is on what stood beside it. */
function leaving({ mail, kept }: Desk, folder: Mailbox): () => void {
  const focus = focusNear(mail.records.mailboxes.peek(), kept.peek().closedFolders, folder.id);
  return () => {
    const here = route.peek();
    if (here.view === 'folder' && here.folder === folder.id) go({ view: 'folder' }, true);
    // When the tree is drawn without it.
    clock.after(0, focus);
  };
}
