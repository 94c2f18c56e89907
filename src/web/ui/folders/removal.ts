/**
 * Deleting a folder. Its mail goes to Trash first, so that all of it can come back, or is deleted with it. What lies in
 * another folder too stays there in any case.
 */
import { standingOfAll, standingOfRows } from '../jmap/gather.ts';
import type { Course, Mail } from '../jmap/mail.ts';
import { move } from '../jmap/patch.ts';
import type { Patch, Standing } from '../jmap/patch.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Id, Mailbox } from '../jmap/types.ts';
import { words } from '../words/index.ts';
import { inSentence, setFolders } from './changes.ts';

const say = words.folders;

export interface Removal {
  /** Why the folder is still there. */
  readonly refused?: string;
  /** What takes an email back into the folder, by its id; of the folder that was there, whatever its id is now. */
  readonly moved: ReadonlyMap<Id, Patch>;
}

/** Mail may arrive between moving and deleting: then it is moved too. Past this somebody is filling it on purpose. */
const MOST_ROUNDS = 5;

/** Moves the mail to `trash`, then deletes the folder; never a folder that has mail. */
export async function removeToTrash(mail: Mail, folder: Id, trash: Id, course: Course = {}): Promise<Removal> {
  const moved = new Map<Id, Patch>();
  let refused: string | undefined;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    refused = await moveAll(mail, folder, trash, course, moved);
    if (refused !== undefined) break;
    refused = await setFolders(mail, { destroy: [folder], onDestroyRemoveEmails: false }, '');
    if (refused !== say.hasMail) break;
  }
  return refused === undefined ? { moved } : { refused, moved };
}

/** With everything in it that lies nowhere else. */
export async function removeForEver(mail: Mail, folder: Id): Promise<string | undefined> {
  return setFolders(mail, { destroy: [folder], onDestroyRemoveEmails: true }, '');
}

async function moveAll(
  mail: Mail,
  folder: Id,
  trash: Id,
  course: Course,
  moved: Map<Id, Patch>,
): Promise<string | undefined> {
  try {
    const inside = await standingOfAll(mail, { inMailbox: folder }, {});
    const { undo, refused } = await mail.change(inside, (email) => outOf(email, folder, trash), course);
    for (const [id, patch] of undo) moved.set(id, patch);
    const [first] = refused;
    if (first !== undefined) return inSentence(first);
    return course.isStopped?.() === true ? say.removeStopped : undefined;
  } catch (error) {
    return inSentence(asTrouble(error));
  }
}

function outOf(email: Standing, folder: Id, trash: Id): Patch {
  const liesElsewhere = Object.keys(email.mailboxIds).some((id) => id !== folder);
  return liesElsewhere ? { [`mailboxIds/${folder}`]: null } : move(email, folder, trash);
}

/** Makes the folder anew and puts its mail back; where it was not deleted, only its mail. */
export async function bringBack(
  mail: Mail,
  folder: Mailbox,
  { moved, refused: stayed }: Removal,
  course: Course = {},
): Promise<string | undefined> {
  const { id, name, parentId, sortOrder, isSubscribed } = folder;
  const created = new Map<string, Id>([['again', id]]);
  if (stayed === undefined) {
    const again = { name, parentId, sortOrder, isSubscribed };
    const trouble = await setFolders(mail, { create: { again } }, name, created);
    if (trouble !== undefined) return trouble;
  }
  const target = created.get('again') ?? id;
  try {
    const emails = await standingOfRows(mail, [...moved.keys()], undefined);
    const back = (email: Standing): Patch => intoAnother(moved.get(email.id) ?? {}, id, target);
    const [first] = (await mail.change(emails, back, course)).refused;
    return first === undefined ? undefined : inSentence(first);
  } catch (error) {
    return inSentence(asTrouble(error));
  }
}

const intoAnother = (patch: Patch, from: Id, to: Id): Patch =>
  Object.fromEntries(
    Object.entries(patch).map(([path, value]) => [path === `mailboxIds/${from}` ? `mailboxIds/${to}` : path, value]),
  );
