import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SendingHouse } from '../submission/testing.ts';
import type { Answered } from '../testing.ts';

const all = async (house: SendingHouse): Promise<readonly Answered[]> =>
  (await house.ok('Identity/get', { ids: null }))['list'] as Answered[];

test('[8621-6-identity] an account has the identity of its own address, that can be changed and stays', async (t) => {
  const house = await SendingHouse.open(t);
  assert.deepEqual(await all(house), [
    {
      id: 'own',
      email: 'alice@a.test',
      name: '',
      replyTo: null,
      bcc: null,
      textSignature: '',
      htmlSignature: '',
      mayDelete: false,
    },
  ]);
  const patch = { name: 'Alice', replyTo: [{ name: null, email: 'list@b.test' }], textSignature: '-- \nAlice' };
  const set = await house.ok('Identity/set', { update: { own: patch }, destroy: ['own'] });
  assert.equal(set['notUpdated']?.own.type, 'willDestroy');
  assert.equal(set['notDestroyed'].own.type, 'forbidden');
  assert.deepEqual((await house.ok('Identity/set', { update: { own: patch } }))['updated'], { own: null });
  const [own] = await all(house);
  assert.deepEqual([own?.['name'], own?.['replyTo'], own?.['email']], ['Alice', patch.replyTo, 'alice@a.test']);
});

test('[8621-6-identity] others are made for addresses that are theirs, and for a domain that was granted', async (t) => {
  const house = await SendingHouse.open(t);
  const { store } = house.house;
  const account = house.account.id;
  const made = async (email: string): Promise<Answered> => {
    const answer = await house.ok('Identity/set', { create: { i: { email } } });
    return (answer['created']?.i ?? answer['notCreated'].i) as Answered;
  };
  await store.write('putAlias', { domain: 'a.test', local: 'al', targets: ['alice@a.test'], at: 1, replace: false });
  await store.write('putGrant', { account, domain: 'c.test', local: '*', at: 1 });
  for (const email of ['al@a.test', 'alice+x@a.test', '*@c.test', 'anybody@c.test']) {
    const { id, mayDelete } = await made(email);
    assert.deepEqual([typeof id, mayDelete], ['string', true], email);
  }
  assert.equal((await all(house)).length, 5);
});

test('[8621-6.3-errors] what is not theirs, and what is no address or too long, is refused', async (t) => {
  const house = await SendingHouse.open(t);
  const create = async (properties: object): Promise<Answered> =>
    (await house.ok('Identity/set', { create: { i: properties } }))['notCreated'].i as Answered;
  for (const email of ['bob@a.test', '*@a.test', 'alice@b.test'])
    assert.equal((await create({ email }))['type'], 'forbiddenFrom', email);
  const email = 'alice@a.test';
  for (const properties of [
    {},
    { email: 'alice' },
    { email, name: 'a\r\nBcc: x@b.test' },
    { email, replyTo: [{ email: 'nobody' }] },
    { email, textSignature: 'ü'.repeat(32_769) },
    { email, mayDelete: false },
  ])
    assert.equal((await create(properties))['type'], 'invalidProperties', JSON.stringify(properties).slice(0, 60));
  const answer = await house.ok('Identity/set', { update: { own: { email: 'bob@a.test' } } });
  assert.deepEqual(answer['notUpdated'].own.properties, ['email']);
});

test('[8621-6.2-changes] what was made, changed and destroyed since a state is told', async (t) => {
  const house = await SendingHouse.open(t);
  const { state } = await house.ok('Identity/get', { ids: [] });
  const create = { a: { email: 'alice@a.test' }, b: { email: 'alice@a.test', name: 'B' } };
  const { created } = await house.ok('Identity/set', { create });
  const [a, b] = [created.a.id as string, created.b.id as string];
  const between = (await house.ok('Identity/get', { ids: [] }))['state'] as string;
  await house.ok('Identity/set', { update: { own: { name: 'Alice' }, [a]: { name: 'A' } }, destroy: [b] });
  const since = async (sinceState: string, more: object = {}): Promise<Answered> =>
    house.ok('Identity/changes', { sinceState, ...more });
  const first = await since(state);
  assert.deepEqual([first['created'], first['updated'], first['destroyed']], [[a], ['own'], []]);
  const second = await since(between);
  assert.deepEqual(
    [second['created'], second['updated'].toSorted(), second['destroyed']],
    [[], [a, 'own'].toSorted(), [b]],
  );
  // In pieces the same comes together.
  const told: string[] = [];
  let at = between;
  for (let more = true; more;) {
    const piece = await since(at, { maxChanges: 1 });
    told.push(...piece['updated'], ...piece['destroyed']);
    at = piece['newState'] as string;
    more = piece['hasMoreChanges'] as boolean;
  }
  assert.deepEqual(told.toSorted(), [a, b, 'own'].toSorted());
});
