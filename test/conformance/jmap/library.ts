/** Emails that are searched by many cases (RFC 8621 §4.4). */
import { fresh, message, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';

/** Emails by a letter each, in a mailbox of their own, and a second mailbox that some lie in too. */
export interface Library {
  readonly box: string;
  readonly other: string;
  readonly ids: Readonly<Record<string, string>>;
}

const libraries = new WeakMap<User, Promise<Library>>();

/** The same for all that only read. */
export function library(ann: User): Promise<Library> {
  const known = libraries.get(ann) ?? makeLibrary(ann);
  libraries.set(ann, known);
  return known;
}

async function makeLibrary(ann: User): Promise<Library> {
  const [box, other] = [await ann.mailbox(), await ann.mailbox()];
  const root = `${fresh('thread')}@a.test`;
  const day = (n: number): string => `2026-01-0${String(n)}T10:00:00Z`;
  const both = { [box]: true, [other]: true };
  const a = await ann.letter(
    box,
    message(
      [
        'From: Zoe <zoe@a.test>',
        'To: Adam <adam@b.test>',
        'Subject: Apples',
        `Message-ID: <${root}>`,
        'Date: Fri, 9 Jan 2026 10:00:00 +0000',
      ],
      'Red quokka fruit',
    ),
    { receivedAt: day(1), keywords: { $seen: true } },
  );
  const b = await ann.letter(
    box,
    message(
      [
        'From: adam@b.test',
        'To: Zoe <zoe@a.test>',
        'Cc: carla@c.test',
        'Subject: Re: Apples',
        `In-Reply-To: <${root}>`,
        `References: <${root}>`,
      ],
      'Green ones',
    ),
    { receivedAt: day(2), keywords: { $flagged: true } },
  );
  const c = await ann.letter(
    box,
    message(
      [
        'From: =?utf-8?q?J=C3=BCrgen?= <j@d.test>',
        'To: ann@a.test',
        'Bcc: secret@a.test',
        'Subject: Bananas',
        'X-Mark: yellow sign',
      ],
      'y'.repeat(5_000),
    ),
    { receivedAt: day(3), mailboxIds: both, keywords: { $seen: true, $flagged: true, extra: true } },
  );
  const html = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'];
  const d = await ann.letter(
    box,
    message(
      ['From: Bert <bert@d.test>', 'To: Team: x@a.test;', 'Subject: =?utf-8?q?Crêpes?=', ...html].map((one) =>
        Buffer.from(one).toString('latin1'),
      ),
      '--b\nContent-Type: text/html\n\n<p>They <b>wombat</b> along</p>\n--b\nContent-Type: application/pdf; name=menu.pdf\nContent-Disposition: attachment\n\nx\n--b--',
    ),
    { receivedAt: day(4) },
  );
  return { box, other, ids: { a, b, c, d } };
}

/** Which of the library are found, as letters in order. */
async function found({ ann }: JmapServer, query: (all: Library) => Answered): Promise<string> {
  const all = await library(ann);
  const { filter = {}, ...more } = query(all);
  const within = { operator: 'AND', conditions: [{ inMailbox: all.box }, filter] };
  const ids = await ann.search(within, { sort: [{ property: 'receivedAt' }], ...more });
  return ids.map((id) => Object.keys(all.ids).find((key) => all.ids[key] === id) ?? '?').join('');
}

export const finds =
  (query: Answered | ((all: Library) => Answered), expected: string) =>
  async (server: JmapServer): Promise<void> =>
    same(
      await found(server, typeof query === 'function' ? (query as (all: Library) => Answered) : () => query),
      expected,
      'emails',
    );

export const filtered = (
  filter: Answered | ((all: Library) => Answered),
  expected: string,
): ((server: JmapServer) => Promise<void>) =>
  finds(
    (all) => ({ filter: typeof filter === 'function' ? (filter as (all: Library) => Answered)(all) : filter }),
    expected,
  );

export const sorted = (sort: readonly Answered[], expected: string): ((server: JmapServer) => Promise<void>) =>
  finds({ sort }, expected);

export const fails =
  (type: string, args: Answered) =>
  async ({ ann }: JmapServer): Promise<void> =>
    ann.refused(type, 'Email/query', args);

export const up = (property: string, more: Answered = {}): readonly Answered[] => [
  { property, isAscending: true, ...more },
];
export const down = (property: string, more: Answered = {}): readonly Answered[] => [
  { property, isAscending: false, ...more },
];
export const operator = (name: string, ...conditions: readonly Answered[]): Answered => ({
  operator: name,
  conditions,
});
