/** Cases for /get and /changes of all types (RFC 8620 §5.1, §5.2), shown on mailboxes. */
import { CORE, group, holds, like, message, same } from './client.ts';
import type { Answered, User } from './client.ts';

async function changesSince(ann: User, state: string): Promise<Answered> {
  const { created, updated, destroyed, hasMoreChanges } = await ann.since('Mailbox', state);
  return { created, updated, destroyed, hasMoreChanges };
}

const NOTHING = { created: [], updated: [], destroyed: [], hasMoreChanges: false };

export const GET = group('/get', [
  [
    '8620-5.1-all',
    'must',
    'ids null gives all',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const { list, notFound } = await ann.ok('Mailbox/get', { ids: null });
      holds(
        list.some((one: Answered) => one['id'] === id),
        'the mailbox',
        list.length,
      );
      same(notFound, [], 'notFound');
    },
  ],
  [
    '8620-5.1-response',
    'must',
    'The response names account, state, list and notFound',
    async ({ ann }) => {
      const got = await ann.ok('Mailbox/get', { ids: [] });
      like(got, { accountId: ann.account, state: /./, list: [], notFound: [] }, 'response');
    },
  ],
  [
    '8620-5.1-not-found',
    'must',
    'What is not there stands in notFound',
    async ({ ann }) => {
      const got = await ann.ok('Mailbox/get', { ids: ['none', ann.boxes['inbox']] });
      like([got['list'].length, got['notFound']], [1, ['none']], 'list and notFound');
    },
  ],
  [
    '8620-5.1-twice',
    'must',
    'An id asked for twice is answered once',
    async ({ ann }) => {
      const { list, notFound } = await ann.ok('Mailbox/get', {
        ids: [ann.boxes['inbox'], ann.boxes['inbox'], 'x', 'x'],
      });
      same([list.length, notFound.length], [1, 1], 'list and notFound');
    },
  ],
  [
    '8620-5.1-order',
    'house',
    'Objects come in the order in which they were asked for',
    async ({ ann }) => {
      const ids = [ann.boxes['sent'], ann.boxes['inbox'], ann.boxes['drafts']];
      const { list } = await ann.ok('Mailbox/get', { ids });
      same(
        (list as Answered[]).map(({ id }) => id as string),
        ids,
        'ids',
      );
    },
  ],
  [
    '8620-5.1-properties',
    'must',
    'Only the properties that were asked for are given, and the id',
    async ({ ann }) => {
      const got = await ann.one('Mailbox', ann.boxes['inbox'] ?? '', { properties: ['role'] });
      same(got, { id: ann.boxes['inbox'], role: 'inbox' }, 'mailbox');
      same(await ann.one('Mailbox', ann.boxes['inbox'] ?? '', { properties: [] }), { id: ann.boxes['inbox'] }, 'id');
    },
  ],
  [
    '8620-5.1-property-unknown',
    'must',
    'A property that there is not is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Mailbox/get', { ids: [], properties: ['colour'] }),
  ],
  [
    '8620-5.1-too-many',
    'must',
    'More ids than maxObjectsInGet are requestTooLarge',
    async ({ ann }) => {
      const most = ann.session['capabilities'][CORE].maxObjectsInGet as number;
      const ids = Array.from({ length: most + 1 }, (_, n) => `x${String(n)}`);
      for (const type of ['Mailbox', 'Email', 'Thread']) await ann.refused('requestTooLarge', `${type}/get`, { ids });
    },
  ],
  [
    '8620-5.1-state',
    'must',
    'The state is the same while nothing changes, and another when something did',
    async ({ ann }) => {
      const before = await ann.state('Mailbox');
      same(await ann.state('Mailbox'), before, 'state');
      await ann.mailbox();
      holds((await ann.state('Mailbox')) !== before, 'another state', before);
    },
  ],
]);

export const CHANGES = group('/changes', [
  [
    '8620-5.1-states',
    'should',
    'The state of a type stays when something else changed',
    async ({ ann }) => {
      const id = await ann.letter(await ann.mailbox(), message([]));
      const types = ['Mailbox', 'Thread', 'Identity', 'EmailSubmission'];
      const states = (): Promise<readonly string[]> => Promise.all(types.map((type) => ann.state(type)));
      const [before, email] = [await states(), await ann.state('Email')];
      await ann.changed('Email', id, { 'keywords/todo': true });
      same(await states(), before, types.join(', '));
      holds((await ann.state('Email')) !== email, 'another state of Email', email);
    },
  ],
  [
    '8620-5.2-nothing',
    'must',
    'Where nothing changed, the state stays and the lists are empty',
    async ({ ann }) => {
      const state = await ann.state('Mailbox');
      const changes = await ann.since('Mailbox', state);
      like(changes, { accountId: ann.account, oldState: state, newState: state, ...NOTHING }, 'changes');
    },
  ],
  [
    '8620-5.2-each',
    'must',
    'What was made, changed and destroyed is told once, each in its list',
    async ({ ann }) => {
      const [changed, gone] = [await ann.mailbox(), await ann.mailbox()];
      const state = await ann.state('Mailbox');
      const made = await ann.mailbox();
      await ann.changed('Mailbox', changed, { sortOrder: 7 });
      await ann.destroyed('Mailbox', [gone]);
      same(
        await changesSince(ann, state),
        { created: [made], updated: [changed], destroyed: [gone], hasMoreChanges: false },
        'changes',
      );
    },
  ],
  [
    '8620-5.2-made-and-changed',
    'should',
    'What was made and changed since is only made',
    async ({ ann }) => {
      const state = await ann.state('Mailbox');
      const made = await ann.mailbox();
      await ann.changed('Mailbox', made, { sortOrder: 3 });
      same(await changesSince(ann, state), { ...NOTHING, created: [made] }, 'changes');
    },
  ],
  [
    '8620-5.2-made-and-destroyed',
    'should',
    'What was made and destroyed since is left out',
    async ({ ann }) => {
      const state = await ann.state('Mailbox');
      await ann.destroyed('Mailbox', [await ann.mailbox()]);
      same(await changesSince(ann, state), NOTHING, 'changes');
    },
  ],
  [
    '8620-5.2-changed-and-destroyed',
    'should',
    'What was changed and destroyed since is only destroyed',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const state = await ann.state('Mailbox');
      await ann.changed('Mailbox', id, { sortOrder: 3 });
      await ann.destroyed('Mailbox', [id]);
      same(await changesSince(ann, state), { ...NOTHING, destroyed: [id] }, 'changes');
    },
  ],
  [
    '8620-5.2-max-changes',
    'must',
    'With maxChanges 1 all changes are told one by one, and the last page says so',
    async ({ ann }) => {
      const gone = await ann.mailbox();
      let state = await ann.state('Mailbox');
      const made = [await ann.mailbox(), await ann.mailbox(), await ann.mailbox()];
      await ann.destroyed('Mailbox', [gone]);
      const told: string[] = [];
      for (let more = true; more;) {
        const page = await ann.since('Mailbox', state, { maxChanges: 1 });
        const ids = [...page['created'], ...page['updated'], ...page['destroyed']] as string[];
        holds(ids.length <= 1, 'one change at most', ids);
        holds(told.length <= 10, 'an end', told);
        told.push(...ids);
        [state, more] = [page['newState'] as string, page['hasMoreChanges'] as boolean];
      }
      same(told.toSorted(), [...made, gone].toSorted(), 'ids');
      same(state, await ann.state('Mailbox'), 'the last state');
    },
  ],
  [
    '8620-5.2-max-zero',
    'must',
    'maxChanges 0 is invalidArguments',
    async ({ ann }) =>
      ann.refused('invalidArguments', 'Mailbox/changes', { sinceState: await ann.state('Mailbox'), maxChanges: 0 }),
  ],
  [
    '8620-5.2-no-state',
    'must',
    'No sinceState is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Mailbox/changes'),
  ],
  [
    '8620-5.2-cannot-calculate',
    'must',
    'A state that never was is cannotCalculateChanges',
    async ({ ann }) => {
      for (const type of ['Mailbox', 'Thread', 'Email', 'Identity', 'EmailSubmission'])
        for (const sinceState of ['', 'none', '0-999999'])
          await ann.refused('cannotCalculateChanges', `${type}/changes`, { sinceState });
    },
  ],
]);
