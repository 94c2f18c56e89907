/**
 * Sending: the final letter, its submission, where it then lies, and the end of the draft, in one request, so that
 * nothing is stranded between Drafts and Outbox. The server holds it for a while; until then it can be taken back.
 */
import { clock } from '../clock.ts';
import { notices } from '../components/notices.ts';
import type { Api } from '../jmap/api.ts';
import { asTrouble, fromSetError, MethodError } from '../jmap/trouble.ts';
import type { Id, SetError, SetResult } from '../jmap/types.ts';
import { theDesk } from '../shell/app.ts';
import { longDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import { attachedWord } from './attached-word.ts';
import { entriesOf, FIELDS, letterOf, peopleIn, unclearIn } from './content.ts';
import type { Content } from './content.ts';
import type { Draft, Obstacle } from './draft.ts';
import { emailOf, submissionOf } from './letter.ts';
import type { Hold } from './letter.ts';
import { finish, openDraft, write } from './open.ts';
import { writing } from './options.ts';
import { outboxOf } from '../outbox/outbox.ts';
import { creationName } from './store-draft.ts';

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
  if (draft.obstacle.peek() !== undefined) return;
  draft.sending.value = true;
  await draft.stop();
  try {
    const hold: Hold = later === undefined ? { seconds: writing.peek().undoSeconds } : { until: later };
    const sent = await submit(theDesk().api, draft, hold);
    await finish(draft);
    tell(draft, sent, later);
    void markOriginal(draft.content.peek(), true);
  } catch (error) {
    draft.isUnanswered = ['gone', 'offline'].includes(asTrouble(error).kind);
    draft.restart();
    draft.saveAnew();
    draft.obstacle.value = error instanceof Refused ? error.obstacle : refusal(error);
  }
  draft.sending.value = false;
  void theDesk()
    .mail.sync()
    .catch(() => undefined);
  void outboxOf(theDesk()).refresh();
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

async function submit(api: Api, draft: Draft, hold: Hold): Promise<Sent> {
  const content = draft.content.peek();
  const letter = letterOf(content);
  const { mailboxes } = boxes();
  const [email, submission] = [creationName(), creationName()];
  const [made, sent] = (await api.settled([
    [
      'Email/set',
      {
        create: {
          [email]: {
            ...emailOf(letter),
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

/** Says that it goes, and until when it can be taken back. */
function tell(draft: Draft, sent: Sent, later: Date | undefined): void {
  const back = (): void => void takeBack(sent, draft);
  if (later !== undefined) {
    notices.say(say.scheduled(longDate(later.getTime())), back);
    return;
  }
  const seconds = writing.peek().undoSeconds;
  if (!sent.isPending || seconds <= 0) {
    notices.say(say.sent);
    return;
  }
  const until = clock.now() + seconds * 1000;
  const id = notices.say(say.goesIn(seconds), back, seconds * 1000 + 500);
  const tick = (): void => {
    const left = Math.ceil((until - clock.now()) / 1000);
    if (!notices.isShown(id)) return;
    if (left <= 0) {
      notices.dismiss(id);
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
  const content = draft.content.peek();
  void markOriginal(content, false);
  const again = await openDraft({ content, key: draft.key, serverId: sent.email });
  again.saveAnew();
  notices.speak(say.takenBack);
}

/** In words, why it can't be taken back any more. */
async function cancel(submission: Id): Promise<string | undefined> {
  const { api, mail } = theDesk();
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
    void mail.sync().catch(() => undefined);
    void outboxOf(theDesk()).refresh();
  }
}

/** From the outbox: all of it is taken back, and it is a draft again. */
export const backToDraft = (submission: Id, email: Id): Promise<void> => takeBack({ submission, email }, undefined);

/** The letter that was answered or handed on says so. */
async function markOriginal({ original }: Content, on: boolean): Promise<void> {
  if (original === undefined) return;
  const { mail, api } = theDesk();
  await api
    .call('Email/set', { update: { [original.email]: { [`keywords/${original.mark}`]: on ? true : null } } })
    .catch(() => undefined);
  void mail.sync().catch(() => undefined);
}
