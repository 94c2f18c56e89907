/**
 * Messages that lie in files (.eml): uploaded, read by the server, shown like any other, and kept nowhere until somebody
 * puts them into a folder. They come by a command, or from the system where the page is installed.
 */
import { notices } from '../components/notices.ts';
import { upload } from '../compose/upload.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import { theDesk } from '../shell/app.ts';
import { size, words } from '../words/index.ts';
import { panel } from './panels.ts';

const say = words.reader.inner;

/** What systems call such a file. */
const ACCEPTED = '.eml,message/rfc822,message/global';

/** Octets above which an upload is not begun: no server would take them as a message. */
const LARGEST = 150_000_000;

async function openMessageFile(file: File): Promise<void> {
  if (file.size > LARGEST) {
    notices.say(say.notOpened(file.name, say.tooLarge(size(LARGEST))));
    return;
  }
  const message = new Blob([file], { type: 'message/rfc822' });
  try {
    const { blobId } = await upload(theDesk().api, message, () => undefined).done;
    panel.value = { kind: 'inner', blob: blobId, file: file.name };
  } catch (error) {
    notices.say(say.notOpened(file.name, whyNot(asTrouble(error))));
  }
}

const whyNot = ({ kind, said }: Trouble): string => said ?? words.trouble[kind === 'busy' ? 'tooMany' : kind].what;

/** Asks for a file. */
export function chooseMessageFile(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = ACCEPTED;
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file !== undefined) void openMessageFile(file);
  };
  input.click();
}

/** Of the system, where the page is installed and its manifest's file_handlers count. */
interface LaunchQueue {
  setConsumer(take: (launched: { readonly files: readonly { getFile(): Promise<File> }[] }) => void): void;
}

export function followMessageFiles(): void {
  (globalThis as { launchQueue?: LaunchQueue }).launchQueue?.setConsumer(({ files: [first, ...others] }) => {
    void first?.getFile().then(openMessageFile);
    if (others.length > 0) notices.say(say.oneOnly);
  });
}
