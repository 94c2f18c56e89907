import { useSignal } from '@preact/signals';
import { Button, Dialog, notices } from '../components/index.ts';
import { write } from '../compose/index.ts';
import { FolderPicker } from '../folders/move-dialog.tsx';
import { folderName } from '../folders/name.ts';
import { pathOf, treeRows } from '../folders/tree.ts';
import type { Api } from '../jmap/api.ts';
import { asTrouble, fromSetError } from '../jmap/trouble.ts';
import type { Id, Mailbox, SetResult } from '../jmap/types.ts';
import { theDesk } from '../shell/app.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { panel } from './panels.ts';

const say = words.reader.inner;

/** What can be done with a message that lies in no mailbox: answered, handed on, and put into a folder. */
export function InnerTools({ blob }: { readonly blob: Id }) {
  const choosing = useSignal(false);
  const about = (kind: 'reply' | 'reply-all' | 'forward') => () => {
    panel.value = undefined;
    write({ kind, blob });
  };
  return (
    <div class="message-foot">
      <Button icon="reply" onClick={about('reply')}>
        {words.commands.reply}
      </Button>
      <Button icon="replyAll" onClick={about('reply-all')}>
        {words.commands.replyAll}
      </Button>
      <Button icon="forward" onClick={about('forward')}>
        {words.commands.forward}
      </Button>
      <Button icon="move" onClick={() => (choosing.value = true)}>
        {say.keep}
      </Button>
      {choosing.value && <KeepDialog blob={blob} close={() => (choosing.value = false)} />}
    </div>
  );
}

function KeepDialog({ blob, close }: { readonly blob: Id; readonly close: () => void }) {
  const { mail } = useDesk();
  const mailboxes = mail.records.mailboxes.value;
  const folders = treeRows(mailboxes, [])
    .map(({ mailbox }) => mailbox)
    .filter(({ myRights }) => myRights['mayAddItems'] !== false);
  const choose = (mailbox: Mailbox): void => {
    close();
    void keep(blob, mailbox);
  };
  return (
    <Dialog title={say.keepTitle} close={close}>
      <FolderPicker folders={folders} nameOf={(mailbox) => pathOf(mailboxes, mailbox, folderName)} choose={choose} />
    </Dialog>
  );
}

/** It becomes a message of the mailbox (Email/import, RFC 8621 §4.8); for a while that can be taken back. */
async function keep(blob: Id, mailbox: Mailbox): Promise<void> {
  const { api, mail } = theDesk();
  try {
    const id = await importInto(api, blob, mailbox.id);
    panel.value = undefined;
    notices.say(say.kept(folderName(mailbox)), () => {
      void api
        .call<SetResult>('Email/set', { destroy: [id] })
        .then(() => mail.sync())
        .catch(() => undefined);
    });
  } catch (error) {
    notices.say(say.notKept(asTrouble(error).said ?? ''));
  }
  void mail.sync().catch(() => undefined);
}

async function importInto(api: Api, blobId: Id, mailbox: Id): Promise<Id> {
  const { created, notCreated } = await api.call<SetResult>('Email/import', {
    emails: { kept: { blobId, mailboxIds: { [mailbox]: true }, keywords: { $seen: true } } },
  });
  const id = created?.['kept']?.id;
  if (id === undefined) throw fromSetError(notCreated?.['kept'] ?? { type: 'serverFail' });
  return id;
}
