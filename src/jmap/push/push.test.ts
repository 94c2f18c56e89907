import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../store/testing.ts';
import { testJmap } from '../testing.ts';
import type { Answered, TestJmap } from '../testing.ts';
import { PAUSES } from './course.ts';
import type { PushOutcome, PushParts } from './post.ts';

const KEYS = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};
const URL_OF_PHONE = 'https://push.b.test/phone';
const HOUR = 60 * 60_000;

interface Service extends PushParts {
  /** What was posted to it, the newest last. */
  readonly posted: { readonly url: string; readonly json: Answered; readonly isEncrypted: boolean }[];
  /** What it says next; then it takes everything. */
  readonly answers: PushOutcome[];
}

function service(more: Partial<PushParts> = {}): Service {
  const [posted, answers]: [Service['posted'], PushOutcome[]] = [[], []];
  return {
    posted,
    answers,
    post({ url, octets, isEncrypted }) {
      const json = isEncrypted ? {} : (JSON.parse(Buffer.from(octets).toString()) as Answered);
      posted.push({ url, json, isEncrypted });
      return Promise.resolve(answers.shift() ?? { kind: 'taken' });
    },
    isPostable: (url) => !url.includes('127.0.0.1'),
    mayPost: () => Promise.resolve(true),
    ...more,
  };
}

async function set(jmap: TestJmap, args: Answered): Promise<Answered> {
  const { methodResponses } = await jmap.calls([['PushSubscription/set', args, 'c']]);
  assert.equal(methodResponses[0][0], 'PushSubscription/set', JSON.stringify(methodResponses));
  return methodResponses[0][1] as Answered;
}

async function get(jmap: TestJmap, args: Answered = {}): Promise<Answered> {
  const { methodResponses } = await jmap.calls([['PushSubscription/get', args, 'c']]);
  return methodResponses[0][1] as Answered;
}

async function made(jmap: TestJmap, more: Answered = {}): Promise<Answered> {
  const { created, notCreated } = await set(jmap, {
    create: { k: { deviceClientId: 'phone', url: URL_OF_PHONE, ...more } },
  });
  assert.ok(created?.k !== undefined, JSON.stringify(notCreated));
  return created.k as Answered;
}

/** Subscribed, and the code brought back. */
async function verified(jmap: TestJmap, push: Service, more: Answered = {}): Promise<string> {
  const { id } = await made(jmap, more);
  await eventually(() => push.posted.length > 0);
  const verificationCode = push.posted.at(-1)?.json['verificationCode'] as string;
  const { updated } = await set(jmap, { update: { [id]: { verificationCode } } });
  assert.deepEqual(updated, { [id]: null });
  return id as string;
}

const makeMailbox = (jmap: TestJmap, name: string): Promise<Answered> =>
  jmap.ok('Mailbox/set', { create: { k: { name } } });

test('[8620-7.2-verification] a code is posted first, and nothing else before it was brought back', async (t) => {
  const push = service();
  const jmap = await testJmap(t, { push });
  const { id, ...more } = await made(jmap);
  const expires = new Date(jmap.clock.now() + 7 * 24 * HOUR).toISOString().replace(/\.\d+Z/, 'Z');
  assert.deepEqual(more, { keys: null, types: null, verificationCode: null, expires });
  await eventually(() => push.posted.length === 1);
  const [{ url, json } = { url: '', json: {} as Answered }] = push.posted;
  const code = json['verificationCode'] as string;
  assert.match(code, /^[\w-]{20,}$/);
  assert.deepEqual(json, { '@type': 'PushVerification', pushSubscriptionId: id, verificationCode: code });
  assert.equal(url, URL_OF_PHONE);
  await makeMailbox(jmap, 'before');
  const wrong = await set(jmap, { update: { [id]: { verificationCode: 'x' } } });
  assert.deepEqual(
    [wrong['notUpdated'][id].type, wrong['notUpdated'][id].properties],
    ['invalidProperties', ['verificationCode']],
  );
  await jmap.clock.advance(2_000);
  assert.equal(push.posted.length, 1);
  await set(jmap, { update: { [id]: { verificationCode: code } } });
  assert.equal((await get(jmap))['list'][0].verificationCode, code);
  await makeMailbox(jmap, 'behind');
  await eventually(() => push.posted.length === 2);
  const changed = { Mailbox: (await jmap.ok('Mailbox/get', { ids: [] }))['state'] as string };
  assert.deepEqual(push.posted[1]?.json, { '@type': 'StateChange', changed: { [jmap.account.id]: changed } });
});

test('[8620-7.2-types] only types that are wanted are told, and what came meanwhile is one message', async (t) => {
  const push = service();
  const jmap = await testJmap(t, { push });
  await verified(jmap, push, { types: ['Mailbox', 'Nothing'] });
  for (const name of ['a', 'b', 'c']) await makeMailbox(jmap, name);
  const { state } = await jmap.ok('Mailbox/get', { ids: [] });
  await eventually(async () => {
    await jmap.clock.advance(1_000);
    return push.posted.at(-1)?.json['changed']?.[jmap.account.id]?.Mailbox === state;
  });
  assert.ok(push.posted.length <= 3, 'two at most: one was under way');
  assert.ok(
    push.posted.slice(1).every(({ json }) => Object.keys(json['changed'][jmap.account.id]).join() === 'Mailbox'),
  );
});

test('[8620-7.2-secret] neither address nor keys are told to anybody, and what is posted is encrypted', async (t) => {
  const push = service();
  const jmap = await testJmap(t, { push });
  const { id } = await made(jmap, { keys: KEYS });
  await eventually(() => push.posted.length === 1);
  assert.equal(push.posted[0]?.isEncrypted, true);
  for (const name of ['url', 'keys']) assert.equal((await get(jmap, { properties: [name] }))['type'], 'forbidden');
  assert.deepEqual(Object.keys((await get(jmap))['list'][0]), [
    'id',
    'deviceClientId',
    'verificationCode',
    'expires',
    'types',
  ]);
  assert.deepEqual(await get(jmap, { ids: [id, 'x'], properties: ['types'] }), {
    list: [{ id, types: null }],
    notFound: ['x'],
  });
  assert.equal((await get(jmap, { properties: ['x'] }))['type'], 'invalidArguments');
});

test('[8620-7.2-immutable] address, device and keys stay; types and the end may change', async (t) => {
  const push = service();
  const jmap = await testJmap(t, { push });
  const { id } = await made(jmap);
  const refused = async (patch: Answered): Promise<Answered> =>
    (await set(jmap, { update: { [id]: patch } }))['notUpdated'][id] as Answered;
  for (const [name, value] of Object.entries({ url: `${URL_OF_PHONE}2`, keys: KEYS, deviceClientId: 'other', id: 'x' }))
    assert.deepEqual((await refused({ [name]: value }))['properties'], [name]);
  const at = (ms: number): string => new Date(jmap.clock.now() + ms).toISOString();
  assert.deepEqual((await refused({ expires: at(-1_000) }))['properties'], ['expires']);
  const { updated } = await set(jmap, { update: { [id]: { expires: at(90 * 24 * HOUR), types: ['Email'] } } });
  const [one] = (await get(jmap))['list'] as Answered[];
  assert.deepEqual(updated, { [id]: { expires: one?.['expires'] } }, 'what it was shortened to');
  assert.deepEqual(one?.['types'], ['Email']);
  const gone = await set(jmap, { update: { x: {}, [id]: {} }, destroy: [id, 'y'] });
  assert.deepEqual([gone['notUpdated'].x.type, gone['notUpdated'][id].type], ['notFound', 'willDestroy']);
  assert.deepEqual([gone['destroyed'], gone['notDestroyed'].y.type], [[id], 'notFound']);
});

test('[8620-7.2-expires] one that is over is gone and hears nothing', async (t) => {
  const push = service();
  const jmap = await testJmap(t, { push });
  await verified(jmap, push, { expires: new Date(jmap.clock.now() + HOUR).toISOString() });
  await jmap.clock.advance(HOUR);
  assert.deepEqual((await get(jmap))['list'], []);
  await eventually(async () => {
    await jmap.clock.advance(1_000);
    return (await jmap.store.read('pushSubscriptions', {})).length === 0;
  });
  await makeMailbox(jmap, 'a');
  assert.equal(push.posted.length, 1);
});

test('[8620-7.2-retries] a service that takes nothing is tried later and later, then the subscription is gone', async (t) => {
  const push = service();
  const jmap = await testJmap(t, { push });
  await verified(jmap, push, { expires: new Date(jmap.clock.now() + 7 * 24 * HOUR - 1_000).toISOString() });
  const begun = jmap.clock.now();
  push.answers.push({ kind: 'failed', why: 'busy', retryAfter: 2 * HOUR });
  await makeMailbox(jmap, 'a');
  const count = (): number => push.posted.length;
  await eventually(async () => {
    await jmap.clock.advance(1_000);
    return count() === 2;
  });
  const row = async (): Promise<Answered | undefined> => (await jmap.store.read('pushSubscriptions', {}))[0];
  await eventually(async () => (await row())?.['failures'] === 1);
  assert.ok(((await row())?.['dueAt'] as number) >= begun + 2 * HOUR, 'as long as it asked for');
  await makeMailbox(jmap, 'b');
  assert.equal(count(), 2, 'not before');
  for (const [n, pause] of PAUSES.entries()) {
    push.answers.push({ kind: 'failed', why: 'busy' });
    await jmap.clock.advance(n === 0 ? 2 * HOUR : pause);
    await eventually(async () => {
      await jmap.clock.advance(1_000);
      return count() === n + 3;
    });
    if (n < PAUSES.length - 1) await eventually(async () => (await row())?.['failures'] === n + 2);
  }
  await eventually(async () => (await row()) === undefined);
});

test('[8620-7.2-retries] what the service does not know any more is gone at once; who is back in time is told all', async (t) => {
  const push = service();
  const jmap = await testJmap(t, { push });
  await verified(jmap, push, { types: ['Mailbox'] });
  push.answers.push({ kind: 'failed', why: 'busy' });
  await makeMailbox(jmap, 'a');
  await eventually(async () => {
    await jmap.clock.advance(1_000);
    return push.posted.length === 2;
  });
  await eventually(async () => (await jmap.store.read('pushSubscriptions', {}))[0]?.failures === 1);
  await makeMailbox(jmap, 'b');
  await jmap.clock.advance(PAUSES[0] ?? 0);
  await eventually(async () => {
    await jmap.clock.advance(1_000);
    return push.posted.length === 3;
  });
  const { state } = await jmap.ok('Mailbox/get', { ids: [] });
  assert.deepEqual(push.posted[2]?.json['changed'], { [jmap.account.id]: { Mailbox: state } });
  await eventually(async () => (await jmap.store.read('pushSubscriptions', {}))[0]?.failures === 0);
  push.answers.push({ kind: 'gone' });
  await makeMailbox(jmap, 'c');
  await eventually(async () => {
    await jmap.clock.advance(1_000);
    return (await get(jmap))['list'].length === 0;
  });
});

test('a pause that a wrong clock made does not keep a subscription waiting', async (t) => {
  const push = service();
  const jmap = await testJmap(t, { push });
  const id = await verified(jmap, push, { types: ['Mailbox'] });
  await jmap.jmap.close();
  await jmap.store.write('notePush', { id, failures: 0, dueAt: jmap.clock.now() + 48 * HOUR });
  await makeMailbox(jmap, 'a');
  jmap.again({ push });
  await eventually(() => push.posted.length === 2);
});

test('[8620-7.2-survives] a restart tells what it missed, by the one process that posts', async (t) => {
  const [first, second] = [service(), service()];
  const jmap = await testJmap(t, { push: first });
  await verified(jmap, first, { types: ['Mailbox'] });
  await jmap.jmap.close();
  await makeMailbox(jmap, 'meanwhile');
  assert.equal(first.posted.length, 1);
  let mayPost = false;
  jmap.again({ push: { ...second, mayPost: () => Promise.resolve(mayPost) } });
  await jmap.clock.advance(1_000);
  assert.equal(second.posted.length, 0, 'another one posts');
  mayPost = true;
  await eventually(async () => {
    await jmap.clock.advance(15_000);
    return second.posted.length > 0;
  });
  const { state } = await jmap.ok('Mailbox/get', { ids: [] });
  assert.deepEqual(second.posted[0]?.json['changed'], { [jmap.account.id]: { Mailbox: state } });
});

test('what is wrong with a subscription is said, and an account makes so many', async (t) => {
  const jmap = await testJmap(t, { push: service() });
  const good = { deviceClientId: 'a', url: URL_OF_PHONE };
  const create = {
    clear: { ...good, url: 'http://push.b.test/x' },
    odd: { ...good, url: 'https://' },
    local: { ...good, url: 'https://127.0.0.1/x' },
    nameless: { url: good.url },
    code: { ...good, verificationCode: 'x' },
    keys: { ...good, keys: { ...KEYS, auth: 'short' } },
    over: { ...good, expires: '2001-01-01T00:00:00Z' },
    types: { ...good, types: 'Email' },
    long: { ...good, deviceClientId: 'x'.repeat(256), types: ['x'.repeat(256)] },
    many: { ...good, types: Array.from({ length: 101 }, () => 'Email') },
    more: { ...good, more: 1 },
  };
  const { notCreated } = await set(jmap, { create });
  const wrong = Object.fromEntries(
    Object.entries(notCreated as Answered).map(([key, { type, properties }]) => [key, [type, ...properties].join(' ')]),
  );
  assert.deepEqual(wrong, {
    clear: 'invalidProperties url',
    odd: 'invalidProperties url',
    local: 'invalidProperties url',
    nameless: 'invalidProperties deviceClientId',
    code: 'invalidProperties verificationCode',
    keys: 'invalidProperties keys',
    over: 'invalidProperties expires',
    types: 'invalidProperties types',
    long: 'invalidProperties deviceClientId types',
    many: 'invalidProperties types',
    more: 'invalidProperties more',
  });
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`k${String(n)}`, good]));
  assert.equal((await set(jmap, { create: many }))['notCreated'].k20.type, 'overQuota');
  const ids = (await get(jmap))['list'].map(({ id }: Answered) => id as string) as string[];
  await set(jmap, { destroy: ids });
  assert.equal((await set(jmap, { create: many }))['notCreated'].k20.type, 'rateLimit');
  const { methodResponses } = await jmap.calls([['PushSubscription/get', { accountId: 'x' }, 'c']]);
  assert.equal(methodResponses[0][1].type, 'invalidArguments');
});

test('where nothing is posted from, none is made', async (t) => {
  const { calls } = await testJmap(t);
  const create = { k: { deviceClientId: 'a', url: URL_OF_PHONE } };
  const { methodResponses } = await calls([['PushSubscription/set', { create }, 'c']]);
  assert.equal(methodResponses[0][1].notCreated.k.type, 'forbidden');
});

test('[8620-7.2-credentials] a login in a browser makes none and sees none', async (t) => {
  const push = service();
  const { jmap, account, ...others } = await testJmap(t, { push });
  const { id } = await made({ jmap, account, ...others });
  const url = 'https://push.b.test/browser';
  const methodCalls = [
    ['PushSubscription/get', { ids: [id] }, 'a'],
    [
      'PushSubscription/set',
      { create: { k: { deviceClientId: 'browser', url } }, update: { [id]: {} }, destroy: [id] },
      'b',
    ],
  ];
  const using = ['urn:ietf:params:jmap:core'];
  const answer = await jmap.request(
    { ...account, isSession: true },
    Buffer.from(JSON.stringify({ using, methodCalls })),
  );
  assert.ok('response' in answer);
  const [got, changed] = answer.response.methodResponses.map(([, args]) => args as Answered);
  assert.deepEqual(got, { list: [], notFound: [id] });
  assert.deepEqual(
    [changed?.['notCreated'].k.type, changed?.['notUpdated'][id].type, changed?.['notDestroyed'][id].type],
    ['forbidden', 'willDestroy', 'notFound'],
  );
  assert.equal(answer.response.sessionState, jmap.sessionState(account), 'the same session');
});
