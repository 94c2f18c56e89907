import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button, Confirm, Dialog, Field, notices } from '../components/index.ts';
import { standingOfAll } from '../jmap/gather.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Id, Mailbox } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { createFolder, inSentence, moveFolder, renameFolder } from './changes.ts';
import { FolderPicker } from './move-dialog.tsx';
import { folderName } from './name.ts';
import { question } from './question.ts';
import type { Question } from './question.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { pathOf, treeRows, within } from './tree.ts';

const say = words.folders;

/** What is being asked about a folder. It stands beside the panes: a drawer that is closed would hide it. */
export function FolderQuestions() {
  const asked = question.value;
  return asked === undefined ? null : <FolderQuestion asked={asked} close={() => (question.value = undefined)} />;
}

function FolderQuestion({ asked, close }: { readonly asked: Question; readonly close: () => void }) {
  const { mail } = useDesk();
  if (asked.kind === 'create') return <NameDialog parent={asked.parent} close={close} />;
  const folder = mail.records.mailboxes.value.get(asked.folder);
  if (folder === undefined) return null;
  switch (asked.kind) {
    case 'rename':
      return <NameDialog folder={folder} close={close} />;
    case 'move':
      return <PlaceDialog folder={folder} close={close} />;
    case 'remove':
      return <RemoveDialog folder={folder} close={close} />;
    case 'empty':
      return <EmptyDialog folder={folder} close={close} />;
    case 'read':
      return <MarkRead folder={folder} close={close} />;
  }
}

interface Asked {
  readonly folder: Mailbox;
  readonly close: () => void;
}

/** Says that something is as it was, or why it isn't. */
async function takeBack(undo: () => Promise<string | undefined>): Promise<void> {
  notices.say((await undo()) ?? words.list.undone);
}

/** Where it fails, that is said. */
function attempt(work: Promise<void>): void {
  work.catch((error: unknown) => notices.say(inSentence(asTrouble(error))));
}

/** A new folder, or a new name for one. */
function NameDialog({
  folder,
  parent = null,
  close,
}: {
  readonly folder?: Mailbox;
  readonly parent?: Id | null;
  readonly close: () => void;
}) {
  const { mail } = useDesk();
  const name = useSignal(folder?.name ?? '');
  const error = useSignal<string | undefined>(undefined);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const wanted = name.value.trim();
    error.value =
      folder === undefined ? await createFolder(mail, wanted, parent) : await renameFolder(mail, folder.id, wanted);
    if (error.value !== undefined) return;
    if (folder === undefined) notices.say(say.created(wanted));
    else notices.say(say.renamed(wanted), () => void takeBack(() => renameFolder(mail, folder.id, folder.name)));
    close();
  };
  return (
    <Dialog title={folder === undefined ? (parent === null ? say.create : say.createInside) : say.rename} close={close}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Field label={say.name} value={name.value} error={error.value} onInput={(value) => (name.value = value)} />
        <div class="dialog-foot">
          <Button onClick={close}>{words.common.cancel}</Button>
          <Button kind="primary" type="submit">
            {folder === undefined ? say.createDo : say.renameDo}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Where to: into another folder, or to the top. */
function PlaceDialog({ folder, close }: Asked) {
  const { mail } = useDesk();
  const error = useSignal<string | undefined>(undefined);
  const mailboxes = mail.records.mailboxes.value;
  const inside = within(mailboxes, folder.id);
  const top: Mailbox = { ...folder, id: '', name: say.topLevel, role: null, parentId: null };
  const places = treeRows(mailboxes, [])
    .map(({ mailbox }) => mailbox)
    .filter(({ id }) => !inside.has(id) && id !== folder.parentId);
  const choose = async (place: Mailbox): Promise<void> => {
    error.value = await moveFolder(mail, folder.id, place.id === '' ? null : place.id);
    if (error.value !== undefined) return;
    const text = place.id === '' ? say.movedTop(folderName(folder)) : say.moved(folderName(folder), folderName(place));
    notices.say(text, () => void takeBack(() => moveFolder(mail, folder.id, folder.parentId)));
    close();
  };
  return (
    <Dialog title={say.move} close={close}>
      {error.value !== undefined && <p class="field-error">{error.value}</p>}
      <FolderPicker
        folders={folder.parentId === null ? places : [top, ...places]}
        nameOf={(mailbox) => (mailbox.id === '' ? say.topLevel : pathOf(mailboxes, mailbox, folderName))}
        choose={(place) => void choose(place)}
      />
    </Dialog>
  );
}

function EmptyDialog({ folder, close }: Asked) {
  const { mail, acts } = useDesk();
  const empty = (): void => {
    attempt(standingOfAll(mail, { inMailbox: folder.id }, {}).then((all) => acts.destroy(all)));
  };
  return (
    <Confirm
      title={say.emptyTitle(folderName(folder))}
      text={say.emptyText(folder.totalEmails)}
      doIt={say.emptyDo}
      close={close}
      run={empty}
    />
  );
}

/** Asks nothing: it can be undone. */
function MarkRead({ folder, close }: Asked) {
  const { mail, acts } = useDesk();
  useEffect(() => {
    close();
    const filter = { operator: 'AND' as const, conditions: [{ inMailbox: folder.id }, { notKeyword: '$seen' }] };
    attempt(standingOfAll(mail, filter, {}).then((all) => acts.mark('read', all)));
  }, []);
  return null;
}
