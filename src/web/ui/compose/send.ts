/**
 * Sending: the final letter, its submission, where it then lies, and the end of the draft, in one request, so that
 * nothing is stranded between Drafts and Outbox. The server holds it for a while; until then it can be taken back.
 */
import { clock } from '../clock.ts';
import { notices } from '../components/notices.ts';
import { only } from '../jmap/api.ts';
import type { Api } from '../jmap/api.ts';
import { asTrouble, fromSetError, MethodError, Trouble } from '../jmap/trouble.ts';
import type { GetResult, Id, SetError, SetResult } from '../jmap/types.ts';
import { theDesk } from '../shell/app.ts';
import { longDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import { attachedWord } from './attached-word.ts';
import { findLetter, isUnanswered, newMessageId } from './attempt.ts';
import type { Attempt, Whereabouts } from './attempt.ts';
import { entriesOf, FIELDS, isSame, letterOf, peopleIn, unclearIn, usedFiles, withoutBlobs } from './content.ts';
import type { Content } from './content.ts';
import type { Draft, Obstacle } from './draft.ts';
import { emailOf, heldUntil, submissionOf } from './letter.ts';
import type { Envelope, Hold } from './letter.ts';
import { drafts, finish, openDraft, write } from './open.ts';
import { writing } from './options.ts';
import { outboxOf } from '../outbox/outbox.ts';
import { creationName, withFilesOf } from './store-draft.ts';

const say = words.compose;

/** What has to be settled first; undefined: it can go. */
function obstacleOf(draft: Draft): Obstacle | undefined {
  const content = draft.content.peek();
  const unclear = FIELDS.find((field) => unclearIn(entriesOf(content, field)).length > 0);
  if (unclear !== undefined) return { is: 'unclear', field: unclear };
  if (FIELDS.every((field) => peopleIn(entriesOf(content, field)).length === 0)) return { is: 'nobody' };
  if (draft.isUploading) return { is: 'files', wish: 'send' };
  if (content.subject.trim() === '' && !draft.answered.has('subject')) return { is: 'subject' };
  const word = missingFile(content);
  if (word !== undefined && !draft.answered.has('attachment')) return { is: 'attachment', word };
  return undefined;
}

/** The word that speaks of a file where there is none. */
export function missingFile(content: Content): string | undefined {
  if (content.files.some(({ cid }) => cid === undefined)) return undefined;
  return attachedWord(`${content.subject}\n${content.text}`);
}

/** Sends it, now or later. What is in the way is shown in the composer, and nothing is lost. */
export async function send(draft: Draft, later?: Date): Promise<void> {
  if (draft.sending.peek()) return;
  draft.pending?.();
  draft.obstacle.value = obstacleOf(draft);
  draft.whenUploaded = () => void send(draft, later);
  if (draft.obstacle.peek() !== undefined) return;
  draft.sending.value = true;
  await draft.stop();
  const attempt = beginAttempt(draft, later);
  try {
    // A page that ends before the answer comes finds out when it is opened again.
    await draft.mirrorNow();
    const hold: Hold = later === undefined ? { seconds: writing.peek().undoSeconds } : { until: later };
    const sent = await submit(theDesk().api, draft, { hold, attempt });
    await finish(draft);
    tell(draft, sent, later);
    void markOriginal(attempt.content, true);
  } catch (error) {
    if (isUnanswered(error)) await findOut(draft);
    else await stay(draft, error instanceof Refused ? error.obstacle : refusal(error));
  }
  draft.sending.value = false;
  lookAgain();
}

function beginAttempt(draft: Draft, later: Date | undefined): Attempt {
  const content = draft.content.peek();
  const messageId = newMessageId(content.from.email, location.hostname);
  const attempt = { messageId, content, until: later?.getTime() };
  draft.attempt = attempt;
  return attempt;
}

/** It was not sent: it is a draft, to be saved. What was made to be sent is its newest version. */
async function stay(draft: Draft, obstacle: Obstacle): Promise<void> {
  draft.attempt = undefined;
  if (draft.serverId !== undefined) await draft.filesAreIn(draft.serverId);
  draft.obstacle.value = obstacle;
  writeOn(draft);
}

function writeOn(draft: Draft): void {
  draft.restart();
  draft.saveAnew();
}

/** No answer came: as soon as the server can be asked, what became of the letter is shown. Until then it is not sent again. */
export async function findOut(draft: Draft): Promise<void> {
  const { attempt } = draft;
  if (attempt === undefined) return;
  draft.isDoubtful.value = true;
  draft.sending.value = true;
  // Kept in this browser meanwhile.
  writeOn(draft);
  const { api, line } = theDesk();
  const isWanted = (): boolean => drafts.peek().includes(draft);
  const found = await findLetter({ api, line, drafts: boxes().mailboxes.drafts }, attempt.messageId, isWanted);
  if (found !== undefined) {
    draft.isDoubtful.value = false;
    draft.attempt = undefined;
    if (found.is === 'sent') await sentAfterAll(draft, found, attempt);
    else await notSent(draft, found);
    lookAgain();
  }
  draft.sending.value = false;
}

async function sentAfterAll(draft: Draft, sent: Sent, { content, until }: Attempt): Promise<void> {
  void markOriginal(content, true);
  draft.pending?.();
  if (isSame(withoutBlobs(draft.content.peek()), withoutBlobs(content))) {
    await finish(draft);
    const text = until === undefined ? say.sentAfterAll : say.scheduled(longDate(until));
    const back = sent.isPending ? () => void takeBack(sent, draft) : undefined;
    told.set(sent.submission, notices.say(text, back));
    return;
  }
  draft.serverId = undefined;
  await draft.filesAreIn(sent.email);
  draft.wasSent.value = true;
  writeOn(draft);
}

async function notSent(draft: Draft, found: Exclude<Whereabouts, { is: 'sent' }>): Promise<void> {
  if (found.is === 'draft') draft.serverId = found.email;
  await stay(draft, { is: 'refused', type: 'notGone', trouble: new Trouble('refused'), addresses: [] });
}

/** What was done shows at once. */
function lookAgain(): void {
  const desk = theDesk();
  void desk.mail.sync().catch(() => undefined);
  void outboxOf(desk).refresh();
}

class Refused extends Error {
  readonly obstacle: Obstacle;
  constructor(error: SetError) {
    super(error.description ?? error.type);
    const { invalidRecipients } = error as { readonly invalidRecipients?: readonly string[] };
    this.obstacle = {
      is: 'refused',
      type: error.type,
      trouble: fromSetError(error),
      addresses: invalidRecipients ?? [],
    };
  }
}

const refusal = (error: unknown): Obstacle => ({
  is: 'refused',
  type: error instanceof MethodError ? error.type : 'trouble',
  trouble: asTrouble(error),
  addresses: [],
});

interface Sent {
  readonly submission: Id;
  readonly email: Id;
  readonly isPending: boolean;
}

async function submit(
  api: Api,
  draft: Draft,
  { hold, attempt: { content, messageId } }: { readonly hold: Hold; readonly attempt: Attempt },
): Promise<Sent> {
  const letter = letterOf({ ...content, files: usedFiles(content) });
  const { mailboxes } = boxes();
  const [email, submission] = [creationName(), creationName()];
  const [made, sent] = (await api.settled([
    [
      'Email/set',
      {
        create: {
          [email]: {
            ...emailOf(letter),
            messageId: [messageId],
            mailboxIds: { [mailboxes.drafts]: true },
            keywords: { $draft: true, $seen: true },
          },
        },
        ...(draft.serverId === undefined ? {} : { destroy: [draft.serverId] }),
      },
      'make',
    ],
    [
      'EmailSubmission/set',
      {
        create: {
          [submission]: submissionOf({ letter, identityId: content.identity, emailId: `#${email}`, hold }),
        },
        onSuccessUpdateEmail: { [`#${submission}`]: toSent(mailboxes) },
      },
      'send',
    ],
  ])) as readonly (SetResult | MethodError)[];
  if (made instanceof MethodError) throw made;
  const refusedEmail = made?.notCreated?.[email];
  if (refusedEmail !== undefined) throw new Refused(refusedEmail);
  const id = made?.created?.[email]?.id;
  // Sent or not, this is now the version of the draft that the server has.
  if (id !== undefined) draft.serverId = id;
  if (sent instanceof MethodError) throw sent;
  const refused = sent?.notCreated?.[submission];
  if (refused !== undefined) throw new Refused(refused);
  const created = sent?.created?.[submission] as { readonly id: Id; readonly undoStatus?: string } | undefined;
  if (created === undefined || id === undefined) throw new MethodError('serverFail');
  return { submission: created.id, email: id, isPending: created.undoStatus !== 'final' };
}

interface Boxes {
  readonly drafts: Id;
  readonly sent: Id;
}

function boxes(): { readonly mailboxes: Boxes } {
  const { records } = theDesk().mail;
  const drafts = records.mailboxWithRole('drafts')?.id ?? '';
  return { mailboxes: { drafts, sent: records.mailboxWithRole('sent')?.id ?? drafts } };
}

const toSent = ({ drafts, sent }: Boxes): object =>
  drafts === sent
    ? { 'keywords/$draft': null }
    : { [`mailboxIds/${drafts}`]: null, [`mailboxIds/${sent}`]: true, 'keywords/$draft': null, 'keywords/$seen': true };

const toDrafts = ({ drafts, sent }: Boxes): object =>
  drafts === sent
    ? { 'keywords/$draft': true }
    : { [`mailboxIds/${sent}`]: null, [`mailboxIds/${drafts}`]: true, 'keywords/$draft': true };

/** The notices with Undo, by submission. */
const told = new Map<Id, number>();

/** Says that it goes, and until when it can be taken back. */
function tell(draft: Draft, sent: Sent, later: Date | undefined): void {
  const back = (): void => void takeBack(sent, draft);
  if (later !== undefined) {
    told.set(sent.submission, notices.say(say.scheduled(longDate(later.getTime())), back));
    return;
  }
  const seconds = writing.peek().undoSeconds;
  if (!sent.isPending || seconds <= 0) {
    notices.say(say.sent);
    return;
  }
  const until = clock.now() + seconds * 1000;
  const id = notices.say(say.goesIn(seconds), back, seconds * 1000 + 500);
  told.set(sent.submission, id);
  const tick = (): void => {
    const left = Math.ceil((until - clock.now()) / 1000);
    if (!notices.isShown(id)) return;
    if (left <= 0) {
      notices.dismiss(id);
      told.delete(sent.submission);
      notices.speak(say.sent);
      return;
    }
    notices.change(id, say.goesIn(left));
    clock.after(1000, tick);
  };
  clock.after(1000, tick);
}

/** Nothing goes out, and the letter is open again as it was. */
async function takeBack(sent: Pick<Sent, 'submission' | 'email'>, draft: Draft | undefined): Promise<void> {
  const refused = await cancel(sent.submission);
  if (refused !== undefined) {
    notices.say(refused);
    return;
  }
  if (draft === undefined) {
    await write({ kind: 'draft', email: sent.email });
    return;
  }
  const content = await withFilesOf(theDesk().api, sent.email, draft.content.peek());
  void markOriginal(content, false);
  const again = await openDraft({ content, key: draft.key, serverId: sent.email });
  again.saveAnew();
  notices.speak(say.takenBack);
}

/** In words, why it can't be taken back any more. What is taken back once is not taken back by its notice again. */
async function cancel(submission: Id): Promise<string | undefined> {
  const { api } = theDesk();
  notices.dismiss(told.get(submission) ?? 0);
  told.delete(submission);
  try {
    const { notUpdated } = await api.call<SetResult>('EmailSubmission/set', {
      update: { [submission]: { undoStatus: 'canceled' } },
      onSuccessUpdateEmail: { [submission]: toDrafts(boxes().mailboxes) },
    });
    const refused = notUpdated?.[submission];
    return refused === undefined ? undefined : (refused.description ?? say.tooLate);
  } catch (error) {
    return say.notTakenBack(asTrouble(error).said ?? '');
  } finally {
    lookAgain();
  }
}

/** From the outbox: all of it is taken back, and it is a draft again. */
export const backToDraft = (submission: Id, email: Id): Promise<void> => takeBack({ submission, email }, undefined);

interface Submission {
  readonly identityId: Id;
  readonly envelope: Envelope;
}

/** From the outbox: taken back first, so that nothing leaves meanwhile, and sent anew to go at another time. */
export async function sendAtOtherTime(submission: Id, email: Id, until: Date): Promise<void> {
  const { api } = theDesk();
  const asked = api.call<GetResult<Submission>>('EmailSubmission/get', {
    ids: [submission],
    properties: ['identityId', 'envelope'],
  });
  const sent = await asked.then(({ list }) => only(list)).catch(asTrouble);
  const refused = sent instanceof Trouble ? say.notTakenBack(sent.said ?? '') : await cancel(submission);
  if (sent instanceof Trouble || refused !== undefined) {
    notices.say(refused ?? say.tooLate);
    return;
  }
  const { identityId, envelope } = sent;
  const again = { identityId, envelope: heldUntil(envelope, until), emailId: email };
  await submitHeld(api, again).then(
    () => notices.say(say.scheduled(longDate(until.getTime()))),
    (error: unknown) => notices.say(say.notThen(asTrouble(error).said ?? '')),
  );
  lookAgain();
}

async function submitHeld(api: Api, submission: Submission & { readonly emailId: Id }): Promise<void> {
  const name = creationName();
  const { created, notCreated } = await api.call<SetResult>('EmailSubmission/set', {
    create: { [name]: submission },
    onSuccessUpdateEmail: { [`#${name}`]: toSent(boxes().mailboxes) },
  });
  if (created?.[name] === undefined) throw fromSetError(notCreated?.[name] ?? { type: 'serverFail' });
}

/** The letter that was answered or handed on says so. */
async function markOriginal({ original }: Content, on: boolean): Promise<void> {
  if (original === undefined) return;
  const { mail, api } = theDesk();
  await api
    .call('Email/set', { update: { [original.email]: { [`keywords/${original.mark}`]: on ? true : null } } })
    .catch(() => undefined);
  void mail.sync().catch(() => undefined);
}
