/** Cases for SearchSnippet/get (RFC 8621 §5). */
import { group, holds, like, message, same } from './client.ts';
import type { Answered, User } from './client.ts';
import { library, operator } from './library.ts';

async function snippet(ann: User, key: string, filter: Answered | null): Promise<Answered> {
  const { ids } = await library(ann);
  const { list } = await ann.ok('SearchSnippet/get', { filter, emailIds: [ids[key]] });
  same(list[0]?.emailId, ids[key], 'emailId');
  return { subject: list[0].subject, preview: list[0].preview };
}

export const SNIPPETS = group('Snippets', [
  [
    '8621-5-subject',
    'must',
    'The words are marked in the subject',
    async ({ ann }) =>
      same(
        await snippet(ann, 'a', { subject: 'apples' }),
        { subject: '<mark>Apples</mark>', preview: null },
        'snippet',
      ),
  ],
  [
    '8621-5-body',
    'must',
    'The words are marked in the text',
    async ({ ann }) =>
      same(
        await snippet(ann, 'a', { body: 'quokka' }),
        { subject: null, preview: 'Red <mark>quokka</mark> fruit' },
        'snippet',
      ),
  ],
  [
    '8621-5-text',
    'must',
    'text is looked for in both',
    async ({ ann }) =>
      like(
        await snippet(ann, 'd', { text: 'wombat' }),
        { subject: null, preview: /They <mark>wombat<\/mark> along/ },
        'snippet',
      ),
  ],
  [
    '8621-5-none',
    'must',
    'Where no words are, both are null',
    async ({ ann }) => {
      same(await snippet(ann, 'a', { text: 'kangaroo' }), { subject: null, preview: null }, 'other words');
      same(await snippet(ann, 'a', { hasKeyword: '$seen' }), { subject: null, preview: null }, 'no words');
      same(await snippet(ann, 'a', null), { subject: null, preview: null }, 'no filter');
    },
  ],
  [
    '8621-5-operators',
    'must',
    'Words of operators are marked, too',
    async ({ ann }) =>
      same(
        await snippet(ann, 'a', operator('OR', { body: 'quokka' }, { subject: 'bananas' })),
        { subject: null, preview: 'Red <mark>quokka</mark> fruit' },
        'snippet',
      ),
  ],
  [
    '8621-5-escaped',
    'must',
    'What HTML would take for its own is escaped',
    async ({ ann }) => {
      const id = await ann.letter(await ann.mailbox(), message(['Subject: a < b & platypus'], '1 < 2 & platypus > 0'));
      const { list } = await ann.ok('SearchSnippet/get', { filter: { text: 'platypus' }, emailIds: [id] });
      like(
        list,
        [
          {
            subject: 'a &lt; b &amp; <mark>platypus</mark>',
            preview: /^1 &lt; 2 &amp; <mark>platypus<\/mark> (?:&gt;|>) 0/,
          },
        ],
        'list',
      );
    },
  ],
  [
    '8621-5-length',
    'must',
    'A preview has 255 octets at most',
    async ({ ann }) => {
      const id = await ann.letter(await ann.mailbox(), message([], `${'ü '.repeat(300)} numbat ${'ü '.repeat(300)}`));
      const { list } = await ann.ok('SearchSnippet/get', { filter: { body: 'numbat' }, emailIds: [id] });
      holds(
        Buffer.byteLength(list[0].preview as string) <= 255 && /<mark>numbat<\/mark>/.test(list[0].preview as string),
        'preview',
        list[0].preview,
      );
    },
  ],
  [
    '8621-5.1-not-found',
    'must',
    'What is not there stands in notFound, which is null where all is',
    async ({ ann }) => {
      const { ids } = await library(ann);
      like(
        await ann.ok('SearchSnippet/get', { filter: { text: 'x' }, emailIds: ['none'] }),
        { list: [], notFound: ['none'] },
        'response',
      );
      like(
        await ann.ok('SearchSnippet/get', { filter: { text: 'x' }, emailIds: [ids['a']] }),
        { accountId: ann.account, notFound: null },
        'response',
      );
    },
  ],
  [
    '8621-5.1-filter',
    'must',
    'A filter that there is not is refused as by a query',
    async ({ ann }) =>
      ann.refused('unsupportedFilter', 'SearchSnippet/get', { filter: { colour: 'red' }, emailIds: [] }),
  ],
]);
