/** Drafts for cases (RFC 8621 §4.6). */
import { holds, like, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';

/** A draft with a text; null takes a property out. */
export function draft(ann: User, more: Answered = {}): Answered {
  const whole = {
    mailboxIds: { [ann.boxes['drafts'] ?? '']: true },
    keywords: { $draft: true },
    from: [{ name: 'Ann', email: ann.name }],
    to: [{ name: null, email: 'bob@a.test' }],
    subject: 'A draft',
    textBody: [{ partId: 't' }],
    bodyValues: { t: { value: 'Hello' } },
    ...more,
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
}

export const NO_BODY = { textBody: undefined, bodyValues: undefined };

/** What a draft came to. */
export async function drafted(
  ann: User,
  more: Answered,
  properties: readonly string[],
  args: Answered = {},
): Promise<Answered> {
  const { id } = await ann.made('Email', draft(ann, more));
  return ann.email(id as string, properties, args);
}

export const written =
  (more: Answered, expected: Answered, args: Answered = {}) =>
  async ({ ann }: JmapServer): Promise<void> =>
    like(await drafted(ann, more, Object.keys(expected), args), expected, 'email');

export const refused =
  (more: Answered, named?: RegExp) =>
  async ({ ann }: JmapServer): Promise<void> => {
    const error = await ann.notMade('Email', draft(ann, more));
    same(error['type'], 'invalidProperties', 'error');
    if (named !== undefined)
      holds(
        (error['properties'] as string[]).some((one) => named.test(one)),
        `properties: ${String(named)}`,
        error,
      );
  };

/** A field as it stands in the message. */
export const field =
  (more: Answered, name: string, expected: unknown) =>
  async ({ ann }: JmapServer): Promise<void> =>
    like((await drafted(ann, more, [`header:${name}:all`]))[`header:${name}:all`], expected, name);

export const TEXT = { partId: 't' };
