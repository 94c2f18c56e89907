/** Cases for emails that are changed and destroyed (RFC 8621 §4.3, §4.6). */
import { fresh, group, holds, like, message, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';

async function letterIn(ann: User, more: Answered = {}): Promise<{ readonly id: string; readonly box: string }> {
  const box = await ann.mailbox();
  return { box, id: await ann.letter(box, message(['Subject: there']), more) };
}

const changes =
  (before: Answered, patch: Answered, after: Answered) =>
  async ({ ann }: JmapServer): Promise<void> => {
    const { id } = await letterIn(ann, { keywords: before });
    await ann.changed('Email', id, patch);
    same((await ann.email(id, ['keywords']))['keywords'], after, 'keywords');
  };

const keeps =
  (patch: Answered, type: string, named?: string) =>
  async ({ ann }: JmapServer): Promise<void> => {
    const { id } = await letterIn(ann);
    const error = await ann.notChanged('Email', id, patch);
    like(error, { type, ...(named === undefined ? {} : { properties: [named] }) }, 'error');
  };

export const UPDATES = group('Emails changed', [
  [
    '8621-4.6-add-keyword',
    'must',
    'A keyword is added',
    changes({ $seen: true }, { 'keywords/$flagged': true }, { $seen: true, $flagged: true }),
  ],
  [
    '8621-4.6-remove-keyword',
    'must',
    'A keyword is taken out',
    changes({ $seen: true, a: true }, { 'keywords/$seen': null }, { a: true }),
  ],
  [
    '8621-4.6-remove-none',
    'must',
    'A keyword that is not there may be taken out',
    changes({ a: true }, { 'keywords/b': null }, { a: true }),
  ],
  [
    '8621-4.6-all-keywords',
    'must',
    'All keywords are replaced',
    changes({ $seen: true }, { keywords: { x: true } }, { x: true }),
  ],
  ['8621-4.6-no-keywords', 'must', 'null is no keywords', changes({ $seen: true }, { keywords: null }, {})],
  [
    '8621-4.6-keyword-case',
    'must',
    'A keyword is the same in any case',
    changes({ mine: true }, { 'keywords/MINE': null }, {}),
  ],
  [
    '6901-3-keyword',
    'must',
    '~1 and ~0 of a pointer are / and ~',
    changes({}, { 'keywords/a~1b~0c': true }, { 'a/b~c': true }),
  ],
  [
    '8621-4.6-keyword-false',
    'must',
    'false is no value of a keyword',
    keeps({ 'keywords/$seen': false }, 'invalidProperties', 'keywords'),
  ],
  [
    '8621-4.6-keyword-wrong',
    'must',
    'A keyword that can not be is refused',
    keeps({ 'keywords/a b': true }, 'invalidProperties', 'keywords'),
  ],
  [
    '8620-5.3-keyword-deeper',
    'must',
    'A pointer leads no deeper than there are objects',
    keeps({ 'keywords/$seen/x': true }, 'invalidPatch'),
  ],
  [
    '8620-5.3-keyword-both',
    'must',
    'A property is not given whole and in part',
    keeps({ keywords: {}, 'keywords/$seen': true }, 'invalidPatch'),
  ],
  [
    '8621-4.6-many-keywords',
    'must',
    'More keywords than the server takes are tooManyKeywords, or taken',
    async ({ ann }) => {
      const { id } = await letterIn(ann);
      const keywords = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`k${String(n)}`, true]));
      const { updated, notUpdated } = await ann.ok('Email/set', { update: { [id]: { keywords } } });
      if (updated === null) same(notUpdated[id].type, 'tooManyKeywords', 'error');
    },
  ],
  [
    '8621-4.6-move',
    'must',
    'An email is moved',
    async ({ ann }) => {
      const [{ id }, to] = [await letterIn(ann), await ann.mailbox()];
      await ann.changed('Email', id, { mailboxIds: { [to]: true } });
      same((await ann.email(id, ['mailboxIds']))['mailboxIds'], { [to]: true }, 'mailboxIds');
    },
  ],
  [
    '8621-4.6-move-pointers',
    'must',
    'An email is moved by pointers',
    async ({ ann }) => {
      const [{ id, box }, to] = [await letterIn(ann), await ann.mailbox()];
      await ann.changed('Email', id, { [`mailboxIds/${box}`]: null, [`mailboxIds/${to}`]: true });
      same((await ann.email(id, ['mailboxIds']))['mailboxIds'], { [to]: true }, 'mailboxIds');
    },
  ],
  [
    '8621-4.6-nowhere',
    'must',
    'An email stays in one mailbox at least',
    async ({ ann }) => {
      const { id, box } = await letterIn(ann);
      for (const patch of [{ mailboxIds: {} }, { [`mailboxIds/${box}`]: null }, { mailboxIds: null }])
        like(
          await ann.notChanged('Email', id, patch),
          { type: 'invalidProperties', properties: ['mailboxIds'] },
          'error',
        );
      same((await ann.email(id, ['mailboxIds']))['mailboxIds'], { [box]: true }, 'mailboxIds');
    },
  ],
  [
    '8621-4.6-move-unknown',
    'must',
    'An email is not moved to where nothing is',
    keeps({ 'mailboxIds/m999999': true }, 'invalidProperties', 'mailboxIds'),
  ],
  [
    '8620-5.3-email-immutable',
    'must',
    'What is fixed is not changed',
    keeps({ subject: 'other' }, 'invalidProperties', 'subject'),
  ],
  [
    '8620-5.3-email-server-set',
    'must',
    'What the server sets is not changed',
    keeps({ size: 1 }, 'invalidProperties', 'size'),
  ],
  [
    '8620-5.3-email-unknown',
    'must',
    'A property that there is not is refused',
    keeps({ colour: 'red' }, 'invalidProperties', 'colour'),
  ],
  [
    '8620-5.3-email-same',
    'must',
    'What the server set may be sent back as it is',
    async ({ ann }) => {
      const { id } = await letterIn(ann);
      const { blobId, threadId, size, receivedAt } = await ann.one('Email', id);
      await ann.changed('Email', id, { id, blobId, threadId, size, receivedAt, 'keywords/$seen': true });
    },
  ],
  [
    '8620-5.3-email-whole',
    'must',
    'A whole email may be sent back as it is',
    async ({ ann }) => {
      const { id } = await letterIn(ann);
      const whole = await ann.one('Email', id);
      await ann.changed('Email', id, { ...whole, keywords: { $seen: true } });
      same((await ann.email(id, ['keywords']))['keywords'], { $seen: true }, 'keywords');
    },
  ],
  [
    '8620-5.3-email-not-found',
    'must',
    'What is not there is notFound',
    async ({ ann, bob }) => {
      const his = await bob.letter(bob.boxes['inbox'] ?? '', message([]));
      for (const id of ['none', his]) {
        same((await ann.notChanged('Email', id, { 'keywords/$seen': true }))['type'], 'notFound', 'update');
        same((await ann.notDestroyed('Email', id))['type'], 'notFound', 'destroy');
      }
    },
  ],
  [
    '8621-4.6-destroyed',
    'must',
    'What is destroyed is gone, from all mailboxes',
    async ({ ann }) => {
      const { id, box } = await letterIn(ann);
      await ann.destroyed('Email', [id]);
      same((await ann.ok('Email/get', { ids: [id] }))['notFound'], [id], 'notFound');
      same(await ann.search({ inMailbox: box }), [], 'ids');
    },
  ],
  [
    '8621-4.3-changes',
    'must',
    'Email/changes tells what came, changed and went',
    async ({ ann }) => {
      const [{ id: changed }, { id: gone }] = [await letterIn(ann), await letterIn(ann)];
      const state = await ann.state('Email');
      const { id: made } = await letterIn(ann);
      await ann.changed('Email', changed, { 'keywords/$seen': true });
      await ann.destroyed('Email', [gone]);
      like(
        await ann.since('Email', state),
        { created: [made], updated: [changed], destroyed: [gone], hasMoreChanges: false },
        'changes',
      );
    },
  ],
  [
    '8621-4.3-max-changes',
    'must',
    'Email/changes with maxChanges 1 tells one by one',
    async ({ ann }) => {
      const { id: gone } = await letterIn(ann);
      let state = await ann.state('Email');
      const made = [(await letterIn(ann)).id, (await letterIn(ann)).id];
      await ann.destroyed('Email', [gone]);
      const told: string[] = [];
      for (let more = true; more && told.length < 9;) {
        const page = await ann.since('Email', state, { maxChanges: 1 });
        const ids = [...page['created'], ...page['updated'], ...page['destroyed']] as string[];
        holds(ids.length <= 1, 'one at most', ids);
        told.push(...ids);
        [state, more] = [page['newState'] as string, page['hasMoreChanges'] as boolean];
      }
      same(told.toSorted(), [...made, gone].toSorted(), 'ids');
    },
  ],
  [
    '8621-4.3-mailbox-only',
    'must',
    'A mailbox that is renamed changes no email',
    async ({ ann }) => {
      const { box } = await letterIn(ann);
      const state = await ann.state('Email');
      await ann.changed('Mailbox', box, { name: fresh('box') });
      like(await ann.since('Email', state), { created: [], updated: [], destroyed: [] }, 'changes');
    },
  ],
  [
    '8620-5.3-email-two-clients',
    'must',
    'Two clients that change other things do not undo each other',
    async ({ ann }) => {
      const { id } = await letterIn(ann);
      const patches = ['a', 'b', 'c', 'd', 'e', 'f'].map((keyword) => ({ [`keywords/${keyword}`]: true }));
      await Promise.all(patches.map((patch) => ann.changed('Email', id, patch)));
      same(
        (await ann.email(id, ['keywords']))['keywords'],
        { a: true, b: true, c: true, d: true, e: true, f: true },
        'keywords',
      );
    },
  ],
  [
    '8620-5.3-email-if-in-state',
    'must',
    'Of clients that change from the same state, one wins',
    async ({ ann }) => {
      const { id } = await letterIn(ann);
      const ifInState = await ann.state('Email');
      const calls = ['a', 'b', 'c'].map((keyword) =>
        ann.calls(['Email/set', { ifInState, update: { [id]: { [`keywords/${keyword}`]: true } } }, 'c']),
      );
      const outcomes = (await Promise.all(calls)).map(
        ([first]) => (first?.[0] === 'error' ? first[1]['type'] : 'done') as string,
      );
      same(outcomes.toSorted(), ['done', 'stateMismatch', 'stateMismatch'], 'outcomes');
    },
  ],
]);
