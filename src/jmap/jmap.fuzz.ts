/** Requests of every kind: whatever comes in, a well-formed answer goes out. FUZZ_RUNS says how many. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJson } from './json.ts';
import { testJmap } from './testing.ts';
import type { Answered, TestJmap } from './testing.ts';

const numRuns = Math.max(100, Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 100) / 4));

const NAMES = ['accountId', 'ids', '#ids', 'properties', 'create', 'update', 'destroy', 'filter', 'sort', 'sinceState', 'maxChanges', 'position', 'anchor', 'limit', 'name', 'parentId', 'role', 'operator', 'conditions', 'resultOf', 'path', 'k1', 'm1', 'name/x', 'myRights/mayDelete', '__proto__', 'constructor', '', 'ifInState', 'onDestroyRemoveEmails', 'sinceQueryState', 'fromAccountId', 'blobIds', 'property', 'isSubscribed', 'sortOrder']; // prettier-ignore
const TEXTS = ['m1', 'm2', '#k1', 'k1', 'a', '', 'inbox', 'AND', 'NOT', 'name', 'sortOrder', '/list/*/id', '/ids', '/~2', 'Mailbox/get', 'Mailbox/set', '0', '1-1', '1-99', 'u-1', 'x'.repeat(300), '\u0000', 'é', '__proto__']; // prettier-ignore
const METHODS = ['Core/echo', 'Blob/copy', 'Mailbox/get', 'Mailbox/changes', 'Mailbox/query', 'Mailbox/queryChanges', 'Mailbox/set', 'Thread/get', 'Thread/changes', 'Foo/get', '__proto__']; // prettier-ignore

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...TEXTS),
    fc.constantFrom(null, true, false, 0, 1, -1, 1.5, 2 ** 31, 2 ** 53, 1e300),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const args = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 5, noNullPrototype: true });

/** Arguments near what a method takes: values of the wrong kind stand where they hurt. */
const near = fc.record(
  {
    ids: fc.oneof(value, fc.array(fc.constantFrom(...TEXTS), { maxLength: 3 })),
    create: fc.dictionary(fc.constantFrom('k1', 'k2', '__proto__'), args, { maxKeys: 3, noNullPrototype: true }),
    update: fc.dictionary(fc.constantFrom('m1', 'm7', '#k1', '__proto__'), args, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    destroy: fc.array(fc.constantFrom('m7', '#k1', 'm8'), { maxLength: 3 }),
    filter: value,
    sort: fc.oneof(value, fc.array(args, { maxLength: 2 })),
    sinceState: fc.constantFrom(...TEXTS),
    sinceQueryState: fc.constantFrom(...TEXTS),
    '#properties': fc.record({ resultOf: value, name: value, path: value }),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const call = fc.tuple(fc.constantFrom(...METHODS), fc.oneof(args, near), fc.constantFrom('a', 'b'));

/** What RFC 8620 §3.4 and §3.6.2 make of every response. */
function wellFormed({ methodResponses, sessionState }: Answered, calls: number): void {
  assert.equal(typeof sessionState, 'string');
  assert.equal(methodResponses.length, calls);
  for (const response of methodResponses as readonly unknown[][]) {
    const [name, answer, callId] = response as [string, Answered, string];
    assert.equal(response.length, 3);
    assert.equal(typeof callId, 'string');
    assert.ok(name === 'error' ? typeof answer['type'] === 'string' : METHODS.includes(name), name);
    assert.notEqual(answer['type'], 'serverFail', JSON.stringify(response));
    assert.notEqual(answer['type'], 'serverPartialFail');
  }
}

/** Only the arguments a method takes: else nearly all calls end at the first stranger. */
function fitting(name: string, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const takes: Readonly<Record<string, readonly string[]>> = {
    get: ['ids', '#properties', 'properties'],
    set: ['create', 'update', 'destroy', 'onDestroyRemoveEmails'],
    query: ['filter', 'sort', 'position', 'anchor', 'limit'],
    queryChanges: ['filter', 'sort', 'sinceQueryState', 'maxChanges'],
    changes: ['sinceState', 'maxChanges'],
  };
  const names = takes[name.split('/')[1] ?? ''];
  return Object.fromEntries(Object.entries(given).filter(([one]) => names?.includes(one) ?? true));
}

test('no request breaks the dispatcher, and every call gets its answer', async (t) => {
  const { calls, account } = await testJmap(t);
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 6 }), fc.boolean(), async (made, strict) => {
      const methodCalls = made.map(([name, given, id]) => {
        const fit = strict ? given : fitting(name, given);
        return [name, strict ? fit : { accountId: account.id, ...fit }, id] as const;
      });
      wellFormed(await calls(methodCalls), methodCalls.length);
    }),
    { numRuns },
  );
});

test('no octets break it', async (t) => {
  const { jmap, account } = await testJmap(t);
  const piece = fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', '\\u', 'd83d', '1', 'e9', '.', '-', 'null', 'true', '"using"', '"methodCalls"', ' ', '\ud83d\ude00', '\uffff', '"a"', '{"using":[],"methodCalls":[]}'); // prettier-ignore
  const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join('')));
  const octets = fc.oneof(texts, fc.uint8Array({ maxLength: 40 }), fc.json({ maxDepth: 4 }).map(Buffer.from));
  await fc.assert(
    fc.asyncProperty(octets, async (body) => {
      const answer = await jmap.request(account, body);
      if ('response' in answer) return;
      assert.match(answer.problem.type, /^urn:ietf:params:jmap:error:(notJSON|notRequest|unknownCapability)$/);
      assert.equal(answer.problem.status, 400);
    }),
    { numRuns },
  );
});

test('I-JSON is what JSON.parse takes, or refused', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const parsed = parseJson(Buffer.from(text));
      if ('value' in parsed) assert.deepEqual(parsed.value, JSON.parse(text));
      else assert.match(parsed.wrong, /surrogate|no character|deeper/);
    }),
    { numRuns },
  );
});

// --- A client that follows the changes ---

interface Known {
  readonly mailboxes: ReadonlyMap<string, Answered>;
  readonly state: string;
}

async function whole({ ok }: TestJmap): Promise<Known> {
  const { list, state } = await ok('Mailbox/get', { ids: null });
  return { mailboxes: new Map(list.map((one: Answered) => [one['id'], one])), state };
}

/** In steps of at most so many ids, each by one request with references, as RFC 8621 §2.6 shows. */
async function follow({ calls, account }: TestJmap, known: Known, maxChanges: number): Promise<Known> {
  const mailboxes = new Map(known.mailboxes);
  let { state } = known;
  for (let more = true; more;) {
    const at = (path: string): unknown => ({ resultOf: 'c', name: 'Mailbox/changes', path });
    const accountId = account.id;
    const { methodResponses } = await calls([
      ['Mailbox/changes', { accountId, sinceState: state, maxChanges }, 'c'],
      ['Mailbox/get', { accountId, '#ids': at('/created') }, 'n'],
      ['Mailbox/get', { accountId, '#ids': at('/updated'), '#properties': at('/updatedProperties') }, 'u'],
    ]);
    const [changes, made, changed] = methodResponses.map(([, answer]: [string, Answered]) => answer);
    assert.ok(changes.created.length + changes.updated.length + changes.destroyed.length <= maxChanges);
    for (const id of [...changes.destroyed, ...made.notFound, ...changed.notFound]) mailboxes.delete(id);
    for (const one of [...made.list, ...changed.list]) {
      mailboxes.set(one['id'], { ...mailboxes.get(one['id']), ...one });
    }
    ({ newState: state, hasMoreChanges: more } = changes);
  }
  return { mailboxes, state };
}

const change = fc.oneof(
  fc.record({ kind: fc.constant('create'), name: fc.constantFrom('a', 'b', 'c'), of: fc.nat(9) }),
  fc.record({ kind: fc.constant('rename'), name: fc.constantFrom('a', 'b', 'd'), of: fc.nat(9) }),
  fc.record({ kind: fc.constant('move'), name: fc.constant(''), of: fc.nat(9), to: fc.nat(9) }),
  fc.record({ kind: fc.constant('destroy'), name: fc.constant(''), of: fc.nat(9) }),
);

type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

/** Done or refused: what happens is the server's to say. */
async function carryOut({ ok }: TestJmap, one: Change, ids: readonly string[]): Promise<void> {
  const id = ids[one.of % ids.length] ?? 'm0';
  const other = 'to' in one ? (ids[(one.to as number) % ids.length] ?? null) : null;
  switch (one.kind) {
    case 'create':
      return void (await ok('Mailbox/set', { create: { k: { name: one.name, parentId: one.of % 2 ? id : null } } }));
    case 'rename':
      return void (await ok('Mailbox/set', { update: { [id]: { name: one.name } } }));
    case 'move':
      return void (await ok('Mailbox/set', { update: { [id]: { parentId: other } } }));
    default:
      return void (await ok('Mailbox/set', { destroy: [id] }));
  }
}

test('a client that follows the changes of mailboxes knows what a get tells, and so with the results of a query', async (t) => {
  const parts = await testJmap(t);
  const query = { sort: [{ property: 'name' }], sortAsTree: true };
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 8 }), fc.integer({ min: 1, max: 4 }), async (steps, maxChanges) => {
      const before = await whole(parts);
      const { queryState: sinceQueryState, ids } = await parts.ok('Mailbox/query', query);
      for (const one of steps) await carryOut(parts, one, [...(await whole(parts)).mailboxes.keys()]);
      const now = await whole(parts);
      const followed = await follow(parts, before, maxChanges);
      assert.deepEqual(followed, now);
      const { removed, added } = await parts.ok('Mailbox/queryChanges', { ...query, sinceQueryState });
      const results = (ids as readonly string[]).filter((id) => !removed.includes(id));
      for (const { id, index } of added) results.splice(index, 0, id);
      assert.deepEqual(results, (await parts.ok('Mailbox/query', query))['ids']);
    }),
    { numRuns: Math.ceil(numRuns / 5) },
  );
});
