/** Cases for threads (RFC 8621 §3). */
import { fresh, group, holds, like, message, same } from './client.ts';
import type { User } from './client.ts';

async function threadOf(ann: User, id: string): Promise<string> {
  return (await ann.email(id, ['threadId']))['threadId'] as string;
}

export const THREADS = group('Threads', [
  [
    '8621-3-replies',
    'must',
    'A letter and its answers are a thread, by time',
    async ({ ann }) => {
      const [box, root] = [await ann.mailbox(), `${fresh('t')}@a.test`];
      const last = await ann.letter(
        box,
        message(['Subject: Re: Re: pears', `In-Reply-To: <b.${root}>`, `References: <a.${root}> <b.${root}>`]),
        { receivedAt: '2026-03-03T00:00:00Z' },
      );
      const first = await ann.letter(box, message(['Subject: pears', `Message-ID: <a.${root}>`]), {
        receivedAt: '2026-03-01T00:00:00Z',
      });
      const second = await ann.letter(
        box,
        message(['Subject: Re: pears', `Message-ID: <b.${root}>`, `In-Reply-To: <a.${root}>`]),
        { receivedAt: '2026-03-02T00:00:00Z' },
      );
      const id = await threadOf(ann, first);
      same((await ann.ok('Thread/get', { ids: [id] }))['list'], [{ id, emailIds: [first, second, last] }], 'list');
    },
  ],
  [
    '8621-3-alone',
    'must',
    'A letter that answers nothing is a thread of its own',
    async ({ ann }) => {
      const box = await ann.mailbox();
      const [a, b] = [
        await ann.letter(box, message(['Subject: same'])),
        await ann.letter(box, message(['Subject: same'])),
      ];
      holds((await threadOf(ann, a)) !== (await threadOf(ann, b)), 'two threads', a);
    },
  ],
  [
    '8621-3.1-not-found',
    'must',
    'A thread that is not there stands in notFound',
    async ({ ann }) =>
      like(await ann.ok('Thread/get', { ids: ['none'] }), { list: [], notFound: ['none'] }, 'response'),
  ],
  [
    '8621-3.1-all',
    'must',
    'ids null gives all threads, or requestTooLarge',
    async ({ ann }) => {
      const [first] = await ann.calls(['Thread/get', { ids: null }, 'c']);
      if (first?.[0] === 'error') same(first[1]['type'], 'requestTooLarge', 'error');
      else holds(first?.[1]['list'].length > 0, 'threads', first);
    },
  ],
  [
    '8621-3.2-changes',
    'must',
    'Threads are made, changed and destroyed with their emails',
    async ({ ann }) => {
      const [box, root] = [await ann.mailbox(), `${fresh('t')}@a.test`];
      const first = await ann.letter(box, message(['Subject: pears', `Message-ID: <${root}>`]));
      const lone = await ann.letter(box, message(['Subject: lone']));
      const [grown, gone] = [await threadOf(ann, first), await threadOf(ann, lone)];
      const state = await ann.state('Thread');
      await ann.letter(box, message(['Subject: Re: pears', `In-Reply-To: <${root}>`]));
      await ann.destroyed('Email', [lone]);
      const made = await threadOf(ann, await ann.letter(box, message(['Subject: new'])));
      like(await ann.since('Thread', state), { created: [made], updated: [grown], destroyed: [gone] }, 'changes');
    },
  ],
  [
    '8621-3.2-keywords',
    'must',
    'A keyword changes no thread',
    async ({ ann }) => {
      const id = await ann.letter(await ann.mailbox(), message([]));
      const state = await ann.state('Thread');
      await ann.changed('Email', id, { 'keywords/$seen': true });
      like(await ann.since('Thread', state), { created: [], updated: [], destroyed: [] }, 'changes');
    },
  ],
]);
