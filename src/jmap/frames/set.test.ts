import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/index.ts';
import { flag, id, nullable, optional, setOf, text, unsigned } from '../arguments.ts';
import { MethodError, SetError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { LIMITS } from '../limits.ts';
import type { Call, Method } from '../method.ts';
import type { Answered } from '../testing.ts';
import type { Rules } from './properties.ts';
import { setMethod } from './set.ts';
import { Turns } from '../turns.ts';

/** Notes in a box: `name` is unique, `in` refers to another, `tags` to several; `full` is the server's. */
const RULES: Rules = {
  properties: {
    id: { by: 'server', kind: id },
    name: { by: 'client', kind: text },
    in: { by: 'client', kind: nullable(id), default: null, refers: 'id' },
    tags: { by: 'client', kind: setOf(id), default: {}, refers: 'ids' },
    kind: { by: 'creator', kind: text, default: 'plain' },
    size: { by: 'server', kind: unsigned, default: 0 },
    done: { by: 'client', kind: flag, optional: true },
  },
};

interface Box {
  readonly notes: Map<string, JsonObject>;
  readonly createdIds: Map<string, string>;
  failing: boolean;
  set(args: JsonObject): Promise<Answered>;
}

function box(): Box {
  const notes = new Map<string, JsonObject>();
  const createdIds = new Map<string, string>();
  let [state, made] = [0, 0];
  const taken = (name: unknown, except?: string): boolean =>
    [...notes].some(([key, note]) => key !== except && note['name'] === name);
  const nameTaken = new SetError('invalidProperties', 'taken', { properties: ['name'], passing: true });
  const method: Method = setMethod({
    type: 'Note',
    capability: 'x',
    takes: { force: optional(flag, false) },
    rules: RULES,
    state: () => Promise.resolve(String(state)),
    read: (ids) => Promise.resolve(new Map([...notes].filter(([key]) => ids.includes(key)))),
    create({ properties }) {
      if (self.failing && made > 0) throw new Error('the disk is full');
      if (taken(properties['name'])) return Promise.resolve(nameTaken);
      const note = { ...properties, id: `n${++made}`, size: 0 };
      notes.set(note.id, note);
      state++;
      return Promise.resolve(note);
    },
    update: (updates) =>
      Promise.resolve(
        updates.map(({ id: key, patched }) => {
          if (taken(patched['name'], key)) return nameTaken;
          notes.set(key, patched);
          state++;
          return null;
        }),
      ),
    destroy: (ids) =>
      Promise.resolve(
        ids.map((key) => {
          const holds = [...notes.values()].some((note) => note['in'] === key);
          if (holds) return new SetError('mailboxHasChild', 'full', { passing: true });
          notes.delete(key);
          state++;
          return undefined;
        }),
      ),
  });
  const call: Call = {
    account: { id: 'a', name: 'a' },
    createdIds,
    log: silentLog,
    turns: new Turns(),
    call: () => Promise.resolve([]),
  };
  const self: Box = {
    notes,
    createdIds,
    failing: false,
    set: async (args) => JSON.parse(JSON.stringify(await method.run({ accountId: 'a', ...args }, call))) as Answered,
  };
  return self;
}

test('what was made is told without what the client sent; nothing of a kind is null [8620-5.3-create] [8620-5.3-null]', async () => {
  const { set, createdIds } = box();
  assert.deepEqual(await set({ create: { k1: { name: 'x', done: true, size: 0 } } }), {
    accountId: 'a',
    oldState: '0',
    newState: '1',
    created: { k1: { id: 'n1', in: null, tags: {}, kind: 'plain' } },
    updated: null,
    destroyed: null,
    notCreated: null,
    notUpdated: null,
    notDestroyed: null,
  });
  assert.equal(createdIds.get('k1'), 'n1');
  const empty = await set({});
  assert.deepEqual([empty['oldState'], empty['newState'], empty['created']], ['1', '1', null]);
});

test('an object that breaks the rules is refused with all properties that are wrong, the others go on [8620-5.3-invalid-properties] [8620-5.3-go-on]', async () => {
  const { set } = box();
  const { created, notCreated } = await set({
    create: {
      a: { name: 1, in: 'not an id', size: 7, id: 'n9', other: 1 },
      b: { in: '#nobody', name: 'b' },
      c: {},
      d: { name: 'd' },
      e: { name: 'e', tags: { '#nobody': true } },
      f: { name: 'f', done: null },
    },
  });
  assert.deepEqual(Object.keys(created), ['d']);
  const wrong = Object.entries(notCreated as Answered).map(([key, error]) => [key, new Set(error.properties)]);
  assert.deepEqual(Object.fromEntries(wrong), {
    a: new Set(['id', 'in', 'name', 'other', 'size']),
    b: new Set(['in']),
    c: new Set(['name']),
    e: new Set(['tags']),
    f: new Set(['done']),
  });
  for (const { type } of Object.values(notCreated as Answered)) assert.equal(type, 'invalidProperties');
});

test('creation ids stand for what was made, in any order, as values, in sets, in pointers and as ids [8620-5.3-creation-ids]', async () => {
  const { set, notes } = box();
  const { created, updated, notCreated } = await set({
    create: {
      child: { name: 'child', in: '#parent' },
      parent: { name: 'parent', tags: { '#tag': true } },
      tag: { name: 'tag' },
      own: { name: 'own', in: '#own' },
    },
    update: { '#tag': { 'tags/#parent': true, in: '#child' } },
  });
  assert.deepEqual(Object.keys(created).toSorted(), ['child', 'parent', 'tag']);
  const [child, parent, tag] = ['child', 'parent', 'tag'].map((key) => created[key].id as string);
  assert.equal(notes.get(child!)?.['in'], parent);
  assert.deepEqual(notes.get(parent!)?.['tags'], { [tag!]: true });
  assert.deepEqual(updated, { [tag!]: null });
  assert.deepEqual([notes.get(tag!)?.['tags'], notes.get(tag!)?.['in']], [{ [parent!]: true }, child]);
  assert.equal(notCreated.own.type, 'invalidProperties');
  const later = await set({ create: { k: { name: 'k', in: '#parent' } }, destroy: ['#tag', '#unknown'] });
  assert.equal(notes.get(later['created'].k.id)?.['in'], parent);
  assert.deepEqual(later['destroyed'], [tag]);
  assert.deepEqual(later['notDestroyed'], { '#unknown': { type: 'notFound' } });
});

test('what the server sets may be sent as it is, and not otherwise [8620-5.3-server-set]', async () => {
  const { set, notes } = box();
  await set({ create: { k: { name: 'x' } } });
  const whole = notes.get('n1')!;
  assert.deepEqual((await set({ update: { n1: { ...whole, name: 'y' } } }))['updated'], { n1: null });
  const { notUpdated } = await set({ update: { n1: { size: 1, id: 'n2', kind: 'odd', name: null, unknown: 1 } } });
  assert.equal(notUpdated.n1.type, 'invalidProperties');
  assert.deepEqual(notUpdated.n1.properties, ['unknown']);
  const second = await set({ update: { n1: { size: 1, id: 'n2', kind: 'odd', name: null } } });
  assert.deepEqual(second['notUpdated'].n1.properties, ['size', 'id', 'kind', 'name']);
  assert.equal(notes.get('n1')?.['name'], 'y');
});

test('only the end has to be valid: names free themselves, the inner goes first [8620-5.3-final-state]', async () => {
  const { set, notes } = box();
  await set({ create: { a: { name: 'a' }, b: { name: 'b', in: '#a' }, c: { name: 'c', in: '#b' } } });
  const moved = await set({ create: { new: { name: 'a' } }, update: { n1: { name: 'b' }, n2: { name: 'z' } } });
  assert.equal(moved['notCreated'], null);
  assert.equal(moved['notUpdated'], null);
  const gone = await set({ destroy: ['n1', 'n2', 'n3', 'n3'] });
  assert.deepEqual(gone['destroyed'], ['n3', 'n2', 'n1']);
  assert.equal(gone['notDestroyed'], null);
  assert.equal(notes.size, 1);
});

test('ids that are not there, and what is destroyed in the same call [8620-5.3-not-found] [8620-5.3-will-destroy]', async () => {
  const { set } = box();
  await set({ create: { '9': { name: 'a' } } });
  assert.deepEqual((await set({ update: { n1: { name: 'z' } }, destroy: ['x9'] }))['updated'], { n1: null });
  const answer = await set({ update: { n1: { name: 'b' }, n9: { name: 'x' } }, destroy: ['n1', 'n8'] });
  assert.deepEqual(answer['notUpdated'], { n1: { type: 'willDestroy' }, n9: { type: 'notFound' } });
  assert.deepEqual(answer['destroyed'], ['n1']);
  assert.deepEqual(answer['notDestroyed'], { n8: { type: 'notFound' } });
});

test('a state that is not the one of now, and too many objects, change nothing [8620-5.3-state-mismatch] [8620-5.3-too-large]', async () => {
  const { set, notes } = box();
  const fails = async (args: JsonObject, type: string): Promise<void> => {
    await assert.rejects(set(args), (error) => error instanceof MethodError && error.type === type);
  };
  await fails({ ifInState: '7', create: { a: { name: 'a' } } }, 'stateMismatch');
  assert.equal(notes.size, 0);
  await set({ ifInState: '0', create: { a: { name: 'a' } } });
  const many = Array.from({ length: LIMITS.maxObjectsInSet }, (_, i) => `x${i}`);
  await set({ destroy: many });
  await fails({ destroy: many, update: { n1: {} } }, 'requestTooLarge');
});

test('a failure before anything was done fails the method, one half-way says so [8620-3.6.2-partial]', async () => {
  const world = box();
  world.failing = true;
  const create = { a: { name: 'a' }, b: { name: 'b' } };
  await assert.rejects(
    world.set({ create }),
    (error) => error instanceof MethodError && error.type === 'serverPartialFail',
  );
  await assert.rejects(world.set({ create }), /disk/);
});
