/** SearchSnippet/get (RFC 8621 §5.1): where the words of a search stand in emails. */
import { bodyLists, wordsOf } from '../../mime/index.ts';
import type { BodyPiece } from '../../mime/index.ts';
import { phrasesIn } from '../../store/index.ts';
import type { EmailFilter, EmailRow, Phrase } from '../../store/index.ts';
import { anything, id, listOf, nullable } from '../arguments.ts';
import { MAIL } from '../capabilities.ts';
import { MethodError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { method } from '../method.ts';
import type { Method } from '../method.ts';
import { bodyValue } from './body-values.ts';
import { parseFilter } from './filter.ts';
import { messageOf } from './get.ts';
import { rootOf } from './message.ts';
import type { Message } from './message.ts';
import type { EmailParts } from './parts.ts';
import { excerpt, marked } from './snippet.ts';

/** Octets of each text of an email, and characters of all of them, that are looked at. */
const MOST_OF_A_TEXT = 131_072;
const MOST_OF_ALL = 262_144;

interface Snippet {
  readonly emailId: string;
  readonly subject: string | null;
  readonly preview: string | null;
}

export function snippetGet(parts: EmailParts): Method {
  return method({
    name: 'SearchSnippet/get',
    capability: MAIL,
    takes: { filter: nullable(anything), emailIds: listOf(id) },
    async run({ filter, emailIds }, { account }) {
      const ids = [...new Set(emailIds)];
      if (ids.length > LIMITS.maxObjectsInGet)
        throw new MethodError('requestTooLarge', `One call may ask for ${LIMITS.maxObjectsInGet} snippets.`);
      const wanted = phrasesOf(parseFilter(filter));
      const rows = await parts.store.read('emailRows', { account: account.id, ids });
      const byId = new Map(rows.map((row) => [row.id, row]));
      const list: Snippet[] = [];
      for (const one of ids) {
        const row = byId.get(one);
        if (row !== undefined) list.push(await snippetOf(parts, row, wanted));
      }
      const notFound = ids.filter((one) => !byId.has(one));
      return { accountId: account.id, list, notFound: notFound.length === 0 ? null : notFound };
    },
  });
}

/** What is looked for in the subject, and in the body. */
interface WantedPhrases {
  readonly subject: readonly Phrase[];
  readonly body: readonly Phrase[];
}

/** What must not be there is not marked. */
function phrasesOf(filter: EmailFilter | undefined): WantedPhrases {
  if (filter === undefined) return { subject: [], body: [] };
  if ('operator' in filter) {
    if (filter.operator === 'NOT') return { subject: [], body: [] };
    const all = filter.conditions.map(phrasesOf);
    return { subject: all.flatMap(({ subject }) => subject), body: all.flatMap(({ body }) => body) };
  }
  const { text = '', subject = '', body = '' } = filter;
  const anywhere = phrasesIn(text);
  return { subject: [...anywhere, ...phrasesIn(subject)], body: [...anywhere, ...phrasesIn(body)] };
}

async function snippetOf(parts: EmailParts, row: EmailRow, wanted: WantedPhrases): Promise<Snippet> {
  const nothing = { emailId: row.id, subject: null, preview: null };
  if (wanted.subject.length === 0 && wanted.body.length === 0) return nothing;
  const message = await messageOf(parts, row);
  if (message === undefined) return nothing;
  const subject = message.card.fields['subject'];
  return {
    emailId: row.id,
    subject: (typeof subject === 'string' ? marked(subject, wanted.subject) : undefined) ?? null,
    preview: (wanted.body.length === 0 ? undefined : excerpt(await textOf(message), wanted.body)) ?? null,
  };
}

/** What of it is shown as its body: the plain text where there is one. */
async function textOf(message: Message): Promise<string> {
  const pieces: BodyPiece[] = [];
  for (const part of bodyLists(rootOf(message)).textBody) {
    if (!part.type.startsWith('text/')) continue;
    const { value } = await bodyValue(message, part, MOST_OF_A_TEXT);
    pieces.push({ isHtml: part.type === 'text/html', text: value });
  }
  return wordsOf(pieces, MOST_OF_ALL);
}
