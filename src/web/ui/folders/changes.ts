/** Making, renaming, moving and deleting folders (RFC 8621 §2.5). Each answers why not, as a sentence, or undefined. */
import { MethodError } from '../jmap/trouble.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Mail } from '../jmap/mail.ts';
import type { Id, SetError, SetResult } from '../jmap/types.ts';
import { words } from '../words/index.ts';

const say = words.folders;

export async function createFolder(mail: Mail, name: string, parentId: Id | null): Promise<string | undefined> {
  if (isTaken(mail, name.trim(), parentId)) return say.nameTaken(name.trim());
  return change(mail, { create: { new: { name: name.trim(), parentId } } }, name.trim());
}

export async function renameFolder(mail: Mail, id: Id, name: string): Promise<string | undefined> {
  const parentId = mail.records.mailboxes.peek().get(id)?.parentId ?? null;
  if (isTaken(mail, name.trim(), parentId, id)) return say.nameTaken(name.trim());
  return change(mail, { update: { [id]: { name: name.trim() } } }, name.trim());
}

export async function moveFolder(mail: Mail, id: Id, parentId: Id | null): Promise<string | undefined> {
  const name = mail.records.mailboxes.peek().get(id)?.name ?? '';
  return change(mail, { update: { [id]: { parentId } } }, name);
}

/** With everything in it that lies nowhere else. */
export async function removeFolder(mail: Mail, id: Id): Promise<string | undefined> {
  return change(mail, { destroy: [id], onDestroyRemoveEmails: true }, '');
}

/** RFC 8621 §2: among siblings a name stands once. */
const isTaken = (mail: Mail, name: string, parentId: Id | null, except?: Id): boolean =>
  [...mail.records.mailboxes.peek().values()].some(
    (one) => one.id !== except && one.parentId === parentId && one.name === name,
  );

async function change(mail: Mail, args: object, name: string): Promise<string | undefined> {
  try {
    const result = await mail.api.call<SetResult>('Mailbox/set', args);
    const refused = [result.notCreated, result.notUpdated, result.notDestroyed].flatMap((some) =>
      Object.values(some ?? {}),
    );
    await mail.sync().catch(() => undefined);
    return refused[0] === undefined ? undefined : sentenceOf(refused[0], name);
  } catch (error) {
    const trouble = asTrouble(error);
    return trouble instanceof MethodError
      ? (trouble.said ?? trouble.type)
      : words.trouble[trouble.kind === 'busy' ? 'tooMany' : trouble.kind].what;
  }
}

/** What the standard has a name for, in our words; else the server's. */
function sentenceOf(error: SetError & { readonly properties?: readonly string[] }, name: string): string {
  if (error.type === 'alreadyExists' || (error.type === 'invalidProperties' && (error.description ?? null) === null)) {
    return say.nameTaken(name);
  }
  if (error.type === 'mailboxHasChild') return say.removeChildren;
  return error.description ?? error.type;
}
