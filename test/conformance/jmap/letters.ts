/** Letters that are sent by cases (RFC 8621 §7). */
import { eventually } from '../../program.ts';
import { fresh, like, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';
import { ownIdentity } from './identities.ts';

export interface Sent {
  readonly emailId: string;
  readonly identityId: string;
  readonly subject: string;
}

export async function written(ann: User, to: string, more: Answered = {}): Promise<Sent> {
  const subject = fresh('letter');
  const { id } = await ann.made('Email', {
    mailboxIds: { [ann.boxes['drafts'] ?? '']: true },
    keywords: { $draft: true, $seen: true },
    from: [{ name: null, email: ann.name }],
    to: [{ name: null, email: to }],
    subject,
    textBody: [{ partId: 't' }],
    bodyValues: { t: { value: 'Hello' } },
    ...more,
  });
  return { emailId: id as string, identityId: (await ownIdentity(ann))['id'] as string, subject };
}

export const envelope = (from: string, to: readonly string[], parameters: Answered | null = null): Answered => ({
  mailFrom: { email: from, parameters },
  rcptTo: to.map((email) => ({ email, parameters: null })),
});

export async function arrived(bob: User, subject: string): Promise<Answered> {
  return eventually(`"${subject}" is there`, async () => {
    const [id] = await bob.search({ inMailbox: bob.boxes['inbox'], subject });
    return id === undefined
      ? undefined
      : bob.email(id, ['subject', 'from', 'to', 'bcc', 'keywords', 'messageId', 'headers']);
  });
}

/** A draft that can't be sent so. */
export const refused =
  (draft: Answered, submission: Answered, type: string, more: Answered = {}) =>
  async ({ ann, bob }: JmapServer): Promise<void> => {
    const { emailId, identityId } = await written(ann, bob.name, draft);
    const error = await ann.notMade('EmailSubmission', { emailId, identityId, ...submission });
    like(error, { type, ...more }, 'error');
  };

const HELD = 'HOLDFOR';

export async function held(ann: User, to: string, seconds = '3600'): Promise<Sent & { readonly id: string }> {
  const sent = await written(ann, to);
  const { emailId, identityId } = sent;
  const { id, undoStatus } = await ann.made('EmailSubmission', {
    emailId,
    identityId,
    envelope: envelope(ann.name, [to], { [HELD]: seconds }),
  });
  same(undoStatus, 'pending', 'undoStatus');
  return { ...sent, id: id as string };
}
