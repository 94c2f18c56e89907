/** Cases for /set of all types (RFC 8620 §5.3), shown on mailboxes. */
import { CORE, fresh, group, holds, like, same } from './client.ts';

export const SET = group('/set', [
  [
    '8620-5.3-response',
    'must',
    'What nothing is in is null',
    async ({ ann }) => {
      const { oldState, newState, ...rest } = await ann.ok('Mailbox/set');
      const empty = {
        created: null,
        updated: null,
        destroyed: null,
        notCreated: null,
        notUpdated: null,
        notDestroyed: null,
      };
      same(rest, { accountId: ann.account, ...empty }, 'response');
      same(oldState, newState, 'states');
    },
  ],
  [
    '8620-5.3-states',
    'must',
    'The states are those before and after',
    async ({ ann }) => {
      const before = await ann.state('Mailbox');
      const { oldState, newState } = await ann.ok('Mailbox/set', { create: { k: { name: fresh('box') } } });
      same([oldState, newState], [before, await ann.state('Mailbox')], 'states');
      holds(oldState !== newState, 'another state', newState);
    },
  ],
  [
    '8620-5.3-if-in-state',
    'must',
    'ifInState of another state is stateMismatch, and nothing is done',
    async ({ ann }) => {
      const state = await ann.state('Mailbox');
      const name = fresh('box');
      await ann.refused('stateMismatch', 'Mailbox/set', { ifInState: 'other', create: { k: { name } } });
      same(await ann.state('Mailbox'), state, 'state');
      const set = await ann.ok('Mailbox/set', { ifInState: state, create: { k: { name } } });
      holds(set['created'] !== null, 'a mailbox', set);
    },
  ],
  [
    '8620-5.3-created',
    'must',
    'What was made is told with its id and what the server added',
    async ({ ann }) => {
      const made = await ann.made('Mailbox', { name: fresh('box'), sortOrder: 4 });
      like(
        made,
        { id: /^[A-Za-z0-9_-]+$/, totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0 },
        'made',
      );
      like(made, { parentId: null, role: null, isSubscribed: (value: unknown) => typeof value === 'boolean' }, 'made');
    },
  ],
  [
    '8620-5.3-go-on',
    'must',
    'One that fails does not stop the others',
    async ({ ann }) => {
      const create = { good: { name: fresh('box') }, bad: { name: '' } };
      const set = await ann.ok('Mailbox/set', { create, destroy: ['none'], update: { nobody: { name: 'x' } } });
      like(
        set,
        { created: { good: {} }, notCreated: { bad: { type: 'invalidProperties', properties: ['name'] } } },
        'set',
      );
      like(set, { notDestroyed: { none: { type: 'notFound' } }, notUpdated: { nobody: { type: 'notFound' } } }, 'set');
    },
  ],
  [
    '8620-5.3-reference-back',
    'must',
    'A creation id of the same call stands for what is made, in whatever order',
    async ({ ann }) => {
      const create = { c: { name: fresh('box'), parentId: '#p' }, p: { name: fresh('box') } };
      const { created } = await ann.ok('Mailbox/set', { create });
      same((await ann.one('Mailbox', created.c.id as string))['parentId'], created.p.id, 'parentId');
    },
  ],
  [
    '8620-5.3-reference-call',
    'must',
    'A creation id of an earlier call stands for what was made',
    async ({ ann }) => {
      const [first, second] = await ann.calls(
        ['Mailbox/set', { create: { p: { name: fresh('box') } } }, 'a'],
        [
          'Mailbox/set',
          { create: { c: { name: fresh('box'), parentId: '#p' } }, update: { '#p': { sortOrder: 9 } } },
          'b',
        ],
      );
      const parent = first?.[1]['created'].p.id as string;
      const child = await ann.one('Mailbox', second?.[1]['created'].c.id as string);
      same([child['parentId'], (await ann.one('Mailbox', parent))['sortOrder']], [parent, 9], 'parentId and sortOrder');
    },
  ],
  [
    '8620-3.3-created-ids',
    'must',
    'createdIds of the request stand for what was made before, and what is made joins them',
    async ({ ann }) => {
      const parent = await ann.mailbox();
      const create = { c: { name: fresh('box'), parentId: '#p' } };
      const call = ['Mailbox/set', { accountId: ann.account, create }, 'a'];
      const { json } = await ann.request([call], { createdIds: { p: parent } });
      same(json['createdIds'], { p: parent, c: json['methodResponses'][0][1].created.c.id }, 'createdIds');
    },
  ],
  [
    '8620-5.3-reference-to-nothing',
    'must',
    'A creation id that nobody made is invalidProperties',
    async ({ ann }) =>
      like(
        await ann.notMade('Mailbox', { name: fresh('box'), parentId: '#none' }),
        { type: 'invalidProperties', properties: ['parentId'] },
        'error',
      ),
  ],
  [
    '8620-5.3-reference-to-failed',
    'must',
    'What refers to an object that could not be made is not made',
    async ({ ann }) => {
      const create = { p: { name: '' }, c: { name: fresh('box'), parentId: '#p' } };
      const set = await ann.ok('Mailbox/set', { create });
      like(set, { created: null, notCreated: { p: {}, c: { type: 'invalidProperties' } } }, 'set');
    },
  ],
  [
    '8620-5.3-destroy-made',
    'must',
    'A creation id may be destroyed by a later call',
    async ({ ann }) => {
      const [first, second] = await ann.calls(
        ['Mailbox/set', { create: { p: { name: fresh('box') } } }, 'a'],
        ['Mailbox/set', { destroy: ['#p'] }, 'b'],
      );
      same(second?.[1]['destroyed'], [first?.[1]['created'].p.id], 'destroyed');
    },
  ],
  [
    '8620-5.3-whole',
    'must',
    'An update may bring the whole object: what the server sets may be sent back as it is',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const whole = await ann.one('Mailbox', id);
      await ann.changed('Mailbox', id, { ...whole, name: fresh('box') });
    },
  ],
  [
    '8620-5.3-server-set',
    'must',
    'What the server sets can not be changed, and all that is wrong is named',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const error = await ann.notChanged('Mailbox', id, { id: 'x', totalEmails: 5, unreadThreads: 2, sortOrder: 1 });
      same(
        [error['type'], error['properties'].toSorted()],
        ['invalidProperties', ['id', 'totalEmails', 'unreadThreads']],
        'error',
      );
      same((await ann.one('Mailbox', id))['sortOrder'], 0, 'sortOrder');
    },
  ],
  [
    '8620-5.3-create-server-set',
    'must',
    'A new object has no id of the client’s choice',
    async ({ ann }) =>
      like(
        await ann.notMade('Mailbox', { name: fresh('box'), id: 'm99999' }),
        { type: 'invalidProperties', properties: ['id'] },
        'error',
      ),
  ],
  [
    '8620-5.3-null',
    'must',
    'null is the default of a property',
    async ({ ann }) => {
      const id = await ann.mailbox({ parentId: await ann.mailbox(), sortOrder: 5 });
      await ann.changed('Mailbox', id, { parentId: null, sortOrder: null });
      like(await ann.one('Mailbox', id), { parentId: null, sortOrder: 0 }, 'mailbox');
    },
  ],
  [
    '8620-5.3-unknown-property',
    'must',
    'A property that there is not is invalidProperties',
    async ({ ann }) => {
      const wanted = { type: 'invalidProperties', properties: ['colour'] };
      like(await ann.notMade('Mailbox', { name: fresh('box'), colour: 'red' }), wanted, 'create');
      like(await ann.notChanged('Mailbox', await ann.mailbox(), { colour: 'red' }), wanted, 'update');
    },
  ],
  [
    '8620-5.3-pointers',
    'must',
    'A pointer may begin with no other of the same patch',
    async ({ ann }) =>
      same(
        (await ann.notChanged('Mailbox', await ann.mailbox(), { myRights: {}, 'myRights/mayRename': true }))['type'],
        'invalidPatch',
        'error',
      ),
  ],
  [
    '8620-5.3-pointer-into-nothing',
    'must',
    'A pointer into a property that there is not is invalidPatch',
    async ({ ann }) =>
      same(
        (await ann.notChanged('Mailbox', await ann.mailbox(), { 'colour/x': 'y' }))['type'],
        'invalidPatch',
        'error',
      ),
  ],
  [
    '8620-5.3-pointer-into-value',
    'must',
    'A pointer into what is no object is invalidPatch',
    async ({ ann }) =>
      same((await ann.notChanged('Mailbox', await ann.mailbox(), { 'name/x': 'y' }))['type'], 'invalidPatch', 'error'),
  ],
  [
    '8620-5.3-pointer-into-list',
    'must',
    'A pointer into a list is invalidPatch',
    async ({ ann }) => {
      const id = (await ann.made('Identity', { email: ann.name, replyTo: [{ name: null, email: 'x@b.test' }] }))['id'];
      same(
        (await ann.notChanged('Identity', id as string, { 'replyTo/0/name': 'y' }))['type'],
        'invalidPatch',
        'error',
      );
      await ann.destroyed('Identity', [id as string]);
    },
  ],
  [
    '6901-3-patch',
    'must',
    '~ before anything but 0 and 1 is no pointer: invalidPatch',
    async ({ ann }) =>
      same(
        (await ann.notChanged('Mailbox', await ann.mailbox(), { 'myRights/~2': true }))['type'],
        'invalidPatch',
        'error',
      ),
  ],
  [
    '8620-5.3-will-destroy',
    'must',
    'What the same call destroys is not changed',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const set = await ann.ok('Mailbox/set', { update: { [id]: { sortOrder: 1 } }, destroy: [id] });
      same(set['destroyed'], [id], 'destroyed');
      like(set['notUpdated'] ?? { [id]: { type: 'willDestroy' } }, { [id]: { type: 'willDestroy' } }, 'notUpdated');
    },
  ],
  [
    '8620-5.3-too-many',
    'must',
    'More objects than maxObjectsInSet are requestTooLarge, and nothing is done',
    async ({ ann }) => {
      const most = ann.session['capabilities'][CORE].maxObjectsInSet as number;
      const destroy = Array.from({ length: most }, (_, n) => `x${String(n)}`);
      const before = await ann.state('Mailbox');
      await ann.refused('requestTooLarge', 'Mailbox/set', { create: { k: { name: fresh('box') } }, destroy });
      same(await ann.state('Mailbox'), before, 'state');
    },
  ],
  [
    '8620-5.3-updated-null',
    'must',
    'An update that went as it was asked for is told as null',
    async ({ ann }) => same(await ann.changed('Mailbox', await ann.mailbox(), { sortOrder: 2 }), null, 'updated'),
  ],
  [
    '8620-5.3-swap',
    'must',
    'Only the end has to be valid: two may exchange their names',
    async ({ ann }) => {
      const names = [fresh('box'), fresh('box')];
      const [a, b] = [await ann.mailbox({ name: names[0] }), await ann.mailbox({ name: names[1] })];
      const { updated } = await ann.ok('Mailbox/set', { update: { [a]: { name: names[1] }, [b]: { name: names[0] } } });
      same(Object.keys((updated ?? {}) as object).toSorted(), [a, b].toSorted(), 'updated');
      same((await ann.one('Mailbox', a))['name'], names[1], 'name');
    },
  ],
  [
    '8620-5.3-two-clients',
    'must',
    'Of two clients that change the same object from the same state, one wins',
    async ({ ann }) => {
      const id = await ann.mailbox();
      const ifInState = await ann.state('Mailbox');
      const attempts = [1, 2, 3, 4].map((sortOrder) =>
        ann.calls(['Mailbox/set', { ifInState, update: { [id]: { sortOrder } } }, 'c']),
      );
      const outcomes = (await Promise.all(attempts)).map(
        ([first]) => (first?.[0] === 'error' ? first[1]['type'] : 'done') as string,
      );
      same(outcomes.toSorted(), ['done', 'stateMismatch', 'stateMismatch', 'stateMismatch'], 'outcomes');
    },
  ],
]);
