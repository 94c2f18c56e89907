/** Making, renaming and moving folders (RFC 8621 §2.5). Each answers why not, as a sentence, or undefined. */
import { asTrouble, MethodError } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import type { Mail } from '../jmap/mail.ts';
import type { Id, SetError, SetResult } from '../jmap/types.ts';
import { words } from '../words/index.ts';

const say = words.folders;
const MAIL = 'urn:ietf:params:jmap:mail';

/** `created` takes its id, under "new". */
export async function createFolder(
  mail: Mail,
  name: string,
  parentId: Id | null,
  created?: Map<string, Id>,
): Promise<string | undefined> {
  const wanted = name.trim();
  const args = { create: { new: { name: wanted, parentId } } };
  return whyNot(mail, wanted, parentId) ?? setFolders(mail, args, wanted, created);
}

export async function renameFolder(mail: Mail, id: Id, name: string): Promise<string | undefined> {
  const wanted = name.trim();
  const parentId = mail.records.mailboxes.peek().get(id)?.parentId ?? null;
  return whyNot(mail, wanted, parentId, id) ?? setFolders(mail, { update: { [id]: { name: wanted } } }, wanted);
}

export async function moveFolder(mail: Mail, id: Id, parentId: Id | null): Promise<string | undefined> {
  const name = mail.records.mailboxes.peek().get(id)?.name ?? '';
  return setFolders(mail, { update: { [id]: { parentId } } }, name);
}

/** What the server would refuse, said before it is asked (RFC 8621 §2: among siblings a name stands once). */
function whyNot(mail: Mail, name: string, parentId: Id | null, except?: Id): string | undefined {
  if (name === '') return say.needName;
  // RFC 5198, which RFC 8621 §2 wants names to follow.
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return say.nameHidden;
  const { api, records } = mail;
  const longest = api.session.accounts[api.account]?.accountCapabilities[MAIL]?.['maxSizeMailboxName'];
  const octets = new TextEncoder().encode(name.normalize('NFC')).length;
  if (typeof longest === 'number' && octets > longest) return say.nameLong(longest, octets);
  const isTaken = [...records.mailboxes.peek().values()].some(
    (one) => one.id !== except && one.parentId === parentId && one.name === name.normalize('NFC'),
  );
  return isTaken ? say.nameTaken(name) : undefined;
}

/** One Mailbox/set; `created` takes the ids of what it made. */
export async function setFolders(
  mail: Mail,
  args: object,
  name: string,
  created = new Map<string, Id>(),
): Promise<string | undefined> {
  try {
    const result = await mail.api.call<SetResult>('Mailbox/set', args);
    for (const [key, { id }] of Object.entries(result.created ?? {})) created.set(key, id);
    const refused = [result.notCreated, result.notUpdated, result.notDestroyed].flatMap((some) =>
      Object.values(some ?? {}),
    );
    await mail.sync().catch(() => undefined);
    return refused[0] === undefined ? undefined : sentenceOf(refused[0], name);
  } catch (error) {
    return inSentence(asTrouble(error));
  }
}

export function inSentence(trouble: Trouble): string {
  if (trouble.kind === 'refused') return trouble.said ?? (trouble instanceof MethodError ? trouble.type : '');
  return words.trouble[trouble.kind === 'busy' ? 'tooMany' : trouble.kind].what;
}

/** Ours says whose name it is; another server at most that something of it is wrong. */
function isAboutName({ type, existingId, description }: SetError): boolean {
  return type === 'invalidProperties' && (existingId !== undefined || (description ?? null) === null);
}

/** What the standard has a name for, in our words; else the server's. */
function sentenceOf(error: SetError, name: string): string {
  if (error.type === 'alreadyExists' || isAboutName(error)) return say.nameTaken(name);
  if (error.type === 'mailboxHasChild') return say.removeChildren;
  if (error.type === 'mailboxHasEmail') return say.hasMail;
  return error.description ?? error.type;
}
