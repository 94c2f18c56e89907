/** Cases for identities (RFC 8621 §6). */
import { group, like, same } from './client.ts';
import type { Answered, User } from './client.ts';

export async function ownIdentity(ann: User): Promise<Answered> {
  const { list } = await ann.ok('Identity/get', { ids: null });
  return (list as Answered[]).find(({ email }) => email === ann.name) ?? {};
}

export const IDENTITIES = group('Identities', [
  [
    '8621-6-own',
    'must',
    'There is an identity with the address of the account, and all its properties',
    async ({ ann }) => {
      const own = await ownIdentity(ann);
      same(
        Object.keys(own).toSorted(),
        ['bcc', 'email', 'htmlSignature', 'id', 'mayDelete', 'name', 'replyTo', 'textSignature'],
        'properties',
      );
      same([typeof own['name'], own['bcc'], typeof own['mayDelete']], ['string', null, 'boolean'], 'identity');
    },
  ],
  [
    '8621-6.3-change',
    'must',
    'Its name, signatures and addresses may be changed',
    async ({ ann }) => {
      const { id } = await ownIdentity(ann);
      const values = {
        name: 'Änn',
        textSignature: '-- \nAnn',
        htmlSignature: '<b>Ann</b>',
        replyTo: [{ name: 'R', email: 'r@b.test' }],
        bcc: [{ name: null, email: 'b@b.test' }],
      };
      await ann.changed('Identity', id as string, values);
      like(await ann.one('Identity', id as string), values, 'identity');
      await ann.changed('Identity', id as string, {
        name: '',
        textSignature: '',
        htmlSignature: '',
        replyTo: null,
        bcc: null,
      });
    },
  ],
  [
    '8621-6.3-email',
    'must',
    'Its address stays',
    async ({ ann }) => {
      const { id } = await ownIdentity(ann);
      like(
        await ann.notChanged('Identity', id as string, { email: 'other@a.test' }),
        { type: 'invalidProperties', properties: ['email'] },
        'error',
      );
    },
  ],
  [
    '8621-6.3-make',
    'must',
    'Another with one’s own address can be made, told of, and destroyed',
    async ({ ann }) => {
      const state = await ann.state('Identity');
      const made = await ann.made('Identity', { email: ann.name, name: 'Other' });
      like(made, { id: /./, mayDelete: true, textSignature: '', htmlSignature: '', replyTo: null, bcc: null }, 'made');
      like(await ann.since('Identity', state), { created: [made['id']], updated: [], destroyed: [] }, 'changes');
      await ann.destroyed('Identity', [made['id'] as string]);
      same((await ann.ok('Identity/get', { ids: [made['id']] }))['notFound'], [made['id']], 'notFound');
    },
  ],
  [
    '8621-6.3-forbidden-from',
    'must',
    'One with the address of somebody else is forbiddenFrom',
    async ({ ann, bob }) =>
      same((await ann.notMade('Identity', { email: bob.name }))['type'], 'forbiddenFrom', 'error'),
  ],
  [
    '8621-6.3-no-address',
    'must',
    'One has an address',
    async ({ ann }) => {
      like(
        await ann.notMade('Identity', { name: 'x' }),
        { type: 'invalidProperties', properties: ['email'] },
        'without',
      );
      like(
        await ann.notMade('Identity', { email: 'none' }),
        { type: 'invalidProperties', properties: ['email'] },
        'none',
      );
    },
  ],
  [
    '8621-6.3-may-delete',
    'must',
    'What may not be deleted is forbidden',
    async ({ ann }) => {
      const { id, mayDelete } = await ownIdentity(ann);
      if (mayDelete === false) same((await ann.notDestroyed('Identity', id as string))['type'], 'forbidden', 'error');
    },
  ],
]);
