/** The letters that are being written: opening, leaving, throwing away, and what was left behind when a tab died. */
import { signal } from '@preact/signals';
import { notices } from '../components/notices.ts';
import { asTrouble, Trouble } from '../jmap/trouble.ts';
import { parseLetter } from '../reader/letters.ts';
import { theDesk } from '../shell/app.ts';
import { words } from '../words/index.ts';
import type { Content } from './content.ts';
import { Draft } from './draft.ts';
import type { Place } from './draft.ts';
import { prepare } from './html.ts';
import type { Identity } from './identities.ts';
import { isEmpty } from './letter.ts';
import { letterOf, unclearIn } from './content.ts';
import { holdDraft, isHeldElsewhere, releaseDraft } from './locks.ts';
import { readMailto } from './mailto.ts';
import { mirrored, unmirror } from './mirror.ts';
import { writing } from './options.ts';
import {
  ANSWER_FIELDS,
  answerContent,
  attachContent,
  blindTo,
  draftContent,
  emptyContent,
  forwardContent,
  loadLetter,
  MOST_TEXT,
  newKey,
} from './start.ts';
import type { Begun, Loaded, Prefill } from './start.ts';
import { destroyDraft, latestVersion, trashDraft } from './store-draft.ts';
import { writers } from './writers.ts';

export type Writing =
  | { readonly kind: 'new'; readonly to?: string }
  | { readonly kind: 'reply' | 'reply-all' | 'forward' | 'forward-attached' | 'draft'; readonly email: string }
  /** About a message that lies in no mailbox. */
  | { readonly kind: 'reply' | 'reply-all' | 'forward'; readonly blob: string };

/** A composer that has no letter yet: it is being fetched, or that failed. */
export interface Opening {
  readonly id: number;
  readonly wish: Writing;
  /** Where focus was before. */
  readonly from: Element | null;
  readonly trouble: Trouble | undefined;
}

export const drafts = signal<readonly Draft[]>([]);
export const openings = signal<readonly Opening[]>([]);
/** A draft that another window writes: to be taken over, or left there. */
export const contested = signal<{ readonly begun: Begun } | undefined>(undefined);

let count = 0;
/** Where focus was before each composer. */
const cameFrom = new Map<string, Element | null>();

const say = words.compose;

export async function write(wish: Writing): Promise<void> {
  const same = wish.kind === 'draft' ? drafts.peek().find(({ serverId }) => serverId === wish.email) : undefined;
  if (same !== undefined) return show(same);
  const from = document.activeElement;
  const opening: Opening = { id: (count += 1), wish, from, trouble: undefined };
  openings.value = [...openings.peek(), opening];
  try {
    const begun = await begin(wish);
    const isElsewhere = await isHeldElsewhere(begun.key);
    // Somebody may have thought better of it meanwhile.
    if (!openings.peek().some(({ id }) => id === opening.id)) return;
    if (isElsewhere) contested.value = { begun };
    else await openDraft(begun, from);
    closeOpening(opening.id);
  } catch (error) {
    const trouble = asTrouble(error);
    openings.value = openings.peek().map((one) => (one.id === opening.id ? { ...one, trouble } : one));
  }
}

function closeOpening(id: number): void {
  openings.value = openings.peek().filter((one) => one.id !== id);
}

/** It is not opened after all. */
export function giveUp({ id, from }: Opening): void {
  closeOpening(id);
  focusAgain(from);
}

export function again({ id, wish }: Opening): void {
  closeOpening(id);
  void write(wish);
}

async function begin(wish: Writing): Promise<Begun> {
  const { api } = theDesk();
  const [identities] = await Promise.all([writers().identities.load(), prepare()]);
  const [first] = identities;
  if (first === undefined) throw new Trouble('refused', say.noIdentity);
  const wishes = writing.peek();
  const fresh = (content: Content): Begun => ({ content, key: newKey(), serverId: undefined });
  if (wish.kind === 'new') return fresh(emptyContent(first, wishes, prefillOf(wish.to)));
  if ('blob' in wish) {
    const unfiled = await parseLetter(api, wish.blob, { maxBodyValueBytes: MOST_TEXT, more: ANSWER_FIELDS });
    const begun =
      wish.kind === 'forward'
        ? fresh(forwardContent(unfiled, identities, wishes))
        : await answer(unfiled, wish.kind === 'reply-all', identities);
    return { ...begun, content: { ...begun.content, original: undefined } };
  }
  const letter = await loadLetter(api, wish.email);
  switch (wish.kind) {
    case 'draft':
      return draftContent(letter, identities);
    case 'forward':
      return fresh(forwardContent(letter, identities, wishes));
    case 'forward-attached':
      return fresh(attachContent(letter, identities, wishes));
    default:
      return answer(letter, wish.kind === 'reply-all', identities);
  }
}

async function answer(letter: Loaded, all: boolean, identities: readonly Identity[]): Promise<Begun> {
  const content = answerContent(letter, { all, identities, wishes: writing.peek() });
  const alone = all ? await blindTo(theDesk().api, letter, identities) : undefined;
  const begun = { content, key: newKey(), serverId: undefined };
  return alone === undefined ? begun : { ...begun, blindTo: alone };
}

/** An address, or a whole mailto: link (RFC 6068). */
const prefillOf = (to: string | undefined): Prefill => (to === undefined ? {} : readMailto(to));

/** Puts a letter on the screen. */
export async function openDraft(begun: Begun, from: Element | null = null, steal = false): Promise<Draft> {
  const draft = makeDraft(begun, isNarrow() ? 'full' : 'docked');
  cameFrom.set(draft.key, from);
  await holdDraft(draft.key, () => void lost(draft), steal);
  show(draft);
  return draft;
}

function makeDraft({ content, key, serverId, blindTo: alone }: Begun, place: Place): Draft {
  const { api, mail } = theDesk();
  const draft = new Draft({
    api,
    drafts: mail.records.mailboxWithRole('drafts')?.id ?? '',
    key,
    content,
    serverId,
    place,
    onSaved: () => void mail.sync().catch(() => undefined),
  });
  draft.blindTo.value = alone;
  return draft;
}

/** Another window took it over: what is not saved here is there too, by the mirror. */
async function lost(draft: Draft): Promise<void> {
  await draft.stop();
  drop(draft);
  notices.say(say.takenOver);
}

/** Brings a letter to the front; the others are folded where there is no room. */
export function show(draft: Draft): void {
  const others = drafts.peek().filter((one) => one !== draft);
  for (const one of others) if (one.place.peek() !== 'folded') one.place.value = 'folded';
  if (draft.place.peek() === 'folded') draft.place.value = isNarrow() ? 'full' : 'docked';
  drafts.value = [...others, draft];
}

const isNarrow = (): boolean => innerWidth < 900;

/** Folds it after saving: Esc, and the bar's button. */
export function fold(draft: Draft): void {
  draft.place.value = 'folded';
  void draft.flush().catch(() => undefined);
  returnFocus(draft);
}

/** Closes it; the draft stays where drafts are. What can't be saved, a file that is not there yet too, is not closed. */
export async function leave(draft: Draft): Promise<void> {
  if (isBlank(draft.content.peek())) {
    // A save of what was there before may be under way.
    await draft.stop();
    if (draft.serverId !== undefined) await destroyDraft(theDesk().api, draft.serverId).catch(() => undefined);
    return finish(draft);
  }
  if (draft.isUploading) {
    draft.obstacle.value = { is: 'files', wish: 'close' };
    if (draft.place.peek() === 'folded') show(draft);
    return;
  }
  try {
    await draft.flush();
  } catch {
    // Why stands beside the save state, and it is tried again.
    return;
  }
  await finish(draft);
  notices.speak(say.keptAsDraft);
}

/** Throws the letter away, into the Trash: its files stay until it is sure. That can be taken back for a while. */
export async function discard(draft: Draft): Promise<void> {
  const { key } = draft;
  await finish(draft);
  const content = draft.content.peek();
  const { serverId } = draft;
  const { api, mail } = theDesk();
  if (serverId !== undefined) {
    const trash = mail.records.mailboxWithRole('trash')?.id;
    const isKept = trash !== undefined && !isBlank(content);
    await (isKept ? trashDraft(api, serverId, trash) : destroyDraft(api, serverId)).catch(() => undefined);
  }
  void mail.sync().catch(() => undefined);
  if (isBlank(content)) return;
  notices.say(say.discarded, () => {
    void openDraft({ content, key, serverId }).then((again) => {
      again.restoreFiles(content.files.flatMap((file) => blobOf(draft, file.key)));
      again.saveAnew();
    });
  });
}

const blobOf = (draft: Draft, key: string): readonly (readonly [string, Blob])[] => {
  const blob = draft.blobOf(key);
  return blob === undefined ? [] : [[key, blob]];
};

/** It is over: sent, thrown away, or left in Drafts. */
export async function finish(draft: Draft): Promise<void> {
  await draft.stop();
  await draft.unmirror();
  drop(draft);
}

function drop(draft: Draft): void {
  releaseDraft(draft.key);
  drafts.value = drafts.peek().filter((one) => one !== draft);
  returnFocus(draft);
}

function returnFocus(draft: Draft): void {
  focusAgain(cameFrom.get(draft.key) ?? null);
}

function focusAgain(from: Element | null): void {
  if (from instanceof HTMLElement && from.isConnected && from.checkVisibility()) from.focus();
  else theDesk().list.wantsFocus.value += 1;
}

const isBlank = (content: Content): boolean =>
  content.quote === undefined &&
  content.original === undefined &&
  isEmpty({ ...letterOf(content), text: ownText(content), html: '' }) &&
  content.files.length === 0 &&
  unclearIn([...content.to, ...content.cc, ...content.bcc]).length === 0;

/** Without the signature, which nobody typed. */
const ownText = ({ text }: Content): string => text.replace(/(?:^|\n)-- \n[\s\S]*$/u, '');

/** What was left when the tab, the browser or the server died, is there again. */
export async function restoreLeft(): Promise<void> {
  const { api } = theDesk();
  const left = await mirrored(api.account).catch(() => []);
  if (left.length === 0) return;
  await Promise.all([writers().identities.load(), prepare()]);
  let restored = 0;
  for (const { key, content, serverId, files, attempt } of left) {
    if (drafts.peek().some((one) => one.key === key) || (await isHeldElsewhere(key))) continue;
    if (isBlank(content)) {
      await unmirror(api.account, key).catch(() => undefined);
      continue;
    }
    const draft = await openDraft(await upToDate({ content, key, serverId }));
    draft.restoreFiles(files);
    draft.isRestored.value = true;
    draft.attempt = attempt;
    draft.saveAnew();
    restored += 1;
  }
  if (restored > 0) notices.speak(say.restored(restored));
}

/** A save may have ended after the page that began it was gone: then the server has a newer version than it knew. */
async function upToDate(begun: Begun): Promise<Begun> {
  const { api, mail } = theDesk();
  const mailbox = mail.records.mailboxWithRole('drafts')?.id ?? '';
  const latest = await latestVersion(api, { drafts: mailbox, key: begun.key, content: begun.content }).catch(
    () => undefined,
  );
  if (latest === undefined) return begun;
  const files = begun.content.files.map((file) => ({ ...file, blobId: latest.blobs.get(file.key) ?? file.blobId }));
  return { ...begun, serverId: latest.id, content: { ...begun.content, files } };
}

/** Before the log-out, which takes away what this browser keeps: false where something is nowhere else, which is said. */
export async function saveAll(): Promise<boolean> {
  const all = drafts.peek();
  const areKept = await Promise.all(all.map(isKept));
  const only = all.filter((_, n) => areKept[n] === false);
  for (const draft of only) show(draft);
  if (only.length > 0) notices.say(say.notLoggedOut(only.length));
  return only.length === 0;
}

async function isKept(draft: Draft): Promise<boolean> {
  if (isBlank(draft.content.peek())) return true;
  if (draft.isUploading) draft.obstacle.value = { is: 'files', wish: 'close' };
  const isSaved = await draft.flush().then(
    () => true,
    () => false,
  );
  return isSaved && !draft.isUploading;
}

/** The browser asks before it closes a window in which something is not saved. */
export function guardUnsaved(): () => void {
  const guard = (event: BeforeUnloadEvent): void => {
    const open = drafts.peek().filter((draft) => !draft.isSaved);
    if (open.length === 0) return;
    for (const draft of open) void draft.mirrorNow();
    event.preventDefault();
  };
  addEventListener('beforeunload', guard);
  return () => {
    removeEventListener('beforeunload', guard);
  };
}
