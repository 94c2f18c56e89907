/**
 * Foo/set (RFC 8620 §5.3). Creates, updates and destroys are tried in passes: what waits for another change of the
 * same call (a parent that is still to be made, a name that is still taken) is tried again as long as anything
 * succeeds, so that only the state at the end has to be valid.
 */
import { describeError } from '../../base/index.ts';
import { idOrCreation, id, listOf, mapOf, nullable, object, text } from '../arguments.ts';
import type { ArgumentsOf, Shape } from '../arguments.ts';
import { invalidProperties, MethodError, SetError } from '../errors.ts';
import { equals, own } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { parsePointer } from '../references.ts';
import { method, objectOrNull } from '../method.ts';
import type { Answer, Call, Method, MethodResponse, Properties } from '../method.ts';
import { applyPatch, readPatch } from './patch.ts';
import type { PatchEntry } from './patch.ts';
import { checkCreation, checkUpdate, resolveCreation, resolvePatch, ruleOf } from './properties.ts';
import type { Rules } from './properties.ts';

/** One call, as a type sees it. */
export interface SetCall<S extends Shape> {
  readonly account: string;
  readonly ifInState: string | null;
  /** The arguments that this type has besides the standard ones. */
  readonly more: ArgumentsOf<S>;
  readonly call: Call;
}

export interface Creation {
  readonly creationId: string;
  /** With its defaults, checked by the rules, creation ids replaced. */
  readonly properties: JsonObject;
  /** What the client sent of it. */
  readonly given: JsonObject;
}

export interface Update {
  readonly id: string;
  readonly current: JsonObject;
  /** What it is to be; checked by the rules. */
  readonly patched: JsonObject;
  /** What the client asked for: a type that can change single entries of a set does it by these. */
  readonly patch: readonly PatchEntry[];
}

export interface SetType<S extends Shape> {
  readonly type: string;
  readonly capability: string;
  readonly takes: S;
  readonly rules: Rules;
  state(account: string): Promise<string>;
  /**
   * The objects as clients see them, as far as rules and patches look at them: `touched` are the properties that are to
   * be changed, or sent along as they are. Those that are not there are left out.
   */
  read(ids: readonly string[], set: SetCall<S>, touched: ReadonlySet<string>): Promise<ReadonlyMap<string, JsonObject>>;
  /** The object made, whole: the frame leaves out what the client knows. Absent: it can't be created. */
  create?(creation: Creation, set: SetCall<S>): Promise<(Properties & { readonly id: string }) | SetError>;
  /** For each, in order: what changed besides what was asked for, or null; or why not. */
  update?(updates: readonly Update[], set: SetCall<S>): Promise<readonly (Properties | null | SetError)[]>;
  /** For each that exists, in order: undefined, or why not. */
  destroy?(ids: readonly string[], set: SetCall<S>): Promise<readonly (SetError | undefined)[]>;
  /**
   * Whether, after a state, objects besides these have changed, by others or as a consequence. The client is then not
   * told an `oldState`: one that took `newState` for its own would miss them (RFC 8620 §5.3).
   */
  othersChanged?(since: string, own: ReadonlySet<string>, set: SetCall<S>): Promise<boolean>;
  /** Implicit calls that follow (RFC 8621 §7.5). `done` is what the client is told. */
  after?(done: SetDone, set: SetCall<S>): Promise<readonly MethodResponse[]>;
}

export interface SetDone {
  /** By creation id. */
  readonly created: ReadonlyMap<string, Properties & { readonly id: string }>;
  readonly updated: ReadonlyMap<string, Properties | null>;
  readonly destroyed: readonly string[];
}

export function setMethod<S extends Shape>(type: SetType<S>): Method {
  return method({
    name: `${type.type}/set`,
    capability: type.capability,
    takes: {
      ifInState: nullable(text),
      create: nullable(mapOf(id, object)),
      update: nullable(mapOf(idOrCreation, object)),
      destroy: nullable(listOf(idOrCreation)),
    },
    more: type.takes,
    async run(args, call, more): Promise<Answer> {
      const { ifInState, create, update, destroy } = args;
      const count = (create?.size ?? 0) + (update?.size ?? 0) + (destroy?.length ?? 0);
      if (count > LIMITS.maxObjectsInSet) {
        throw new MethodError('requestTooLarge', `One call may change ${LIMITS.maxObjectsInSet} objects.`);
      }
      const account = call.account.id;
      const set: SetCall<S> = { account, ifInState, more, call };
      const run = new SetRun(type, set, {
        create: create ?? new Map(),
        update: update ?? new Map(),
        destroy: destroy ?? [],
      });
      const states = await call.turns.take(account, ifInState !== null, () => changed(type, run, set));
      const answer = { accountId: account, ...states, ...run.answer() };
      // Implicit calls take turns of their own.
      const after = await type.after?.(run, set);
      return after === undefined ? answer : [{ name: `${type.type}/set`, arguments: answer }, ...after];
    },
  });
}

/** Everything done that can be, and the states before and after. */
async function changed<S extends Shape>(
  type: SetType<S>,
  run: SetRun<S>,
  set: SetCall<S>,
): Promise<{ readonly oldState: string | null; readonly newState: string }> {
  const { account, ifInState } = set;
  const oldState = await type.state(account);
  if (ifInState !== null && ifInState !== oldState) throw new MethodError('stateMismatch');
  await run.all();
  const newState = await type.state(account);
  const missed = newState !== oldState && (await type.othersChanged?.(oldState, run.ids(), set)) === true;
  return { oldState: missed ? null : oldState, newState };
}

interface Asked {
  readonly create: ReadonlyMap<string, JsonObject>;
  readonly update: ReadonlyMap<string, JsonObject>;
  readonly destroy: readonly string[];
}

type Refusals = Map<string, SetError>;

class SetRun<S extends Shape> implements SetDone {
  readonly created = new Map<string, Properties & { readonly id: string }>();
  readonly updated = new Map<string, Properties | null>();
  readonly destroyed: string[] = [];

  readonly #type: SetType<S>;
  readonly #set: SetCall<S>;
  /** Not decided yet. */
  readonly #create: Map<string, JsonObject>;
  readonly #update: Map<string, JsonObject>;
  readonly #destroy: Set<string>;
  readonly #refused: { readonly create: Refusals; readonly update: Refusals; readonly destroy: Refusals };

  constructor(type: SetType<S>, set: SetCall<S>, asked: Asked) {
    this.#type = type;
    this.#set = set;
    this.#create = new Map(asked.create);
    this.#update = new Map(asked.update);
    this.#destroy = new Set(asked.destroy);
    this.#refused = { create: new Map(), update: new Map(), destroy: new Map() };
  }

  async all(): Promise<void> {
    try {
      let before: number;
      do {
        before = this.#done();
        await this.#creations();
        await this.#updates();
        await this.#destructions();
      } while (this.#done() > before && this.#create.size + this.#update.size + this.#destroy.size > 0);
    } catch (error) {
      if (this.#done() === 0) throw error;
      // What was done is done: the client must look (RFC 8620 §3.6.2).
      this.#set.call.log.error('A JMAP set failed half-way', { type: this.#type.type, cause: describeError(error) });
      throw new MethodError('serverPartialFail', 'Some of the changes were made, others not. Synchronise anew.');
    }
  }

  answer(): Properties {
    const { create, update, destroy } = this.#refused;
    return {
      created: objectOrNull(this.created),
      updated: objectOrNull(this.updated),
      destroyed: this.destroyed.length === 0 ? null : this.destroyed,
      notCreated: objectOrNull(create),
      notUpdated: objectOrNull(update),
      notDestroyed: objectOrNull(destroy),
    };
  }

  /** Of all that was changed. */
  ids(): ReadonlySet<string> {
    return new Set([...this.created.values()].map(({ id: one }) => one).concat(...this.updated.keys(), this.destroyed));
  }

  #done(): number {
    return this.created.size + this.updated.size + this.destroyed.length;
  }

  /** A refusal that may pass stands until the next try. */
  #refuse(kind: 'create' | 'update' | 'destroy', key: string, error: SetError): void {
    this.#refused[kind].set(key, error);
    const pending = { create: this.#create, update: this.#update, destroy: this.#destroy }[kind];
    if (!error.passing) pending.delete(key);
  }

  #lookUp = (creationId: string): string | null | undefined =>
    this.#create.has(creationId) ? null : this.#set.call.createdIds.get(creationId);

  // --- Creations ---

  async #creations(): Promise<void> {
    for (const [creationId, given] of this.#create) await this.#creation(creationId, given);
  }

  async #creation(creationId: string, given: JsonObject): Promise<void> {
    const { rules, create } = this.#type;
    if (create === undefined) {
      this.#refuse('create', creationId, new SetError('forbidden', 'Objects of this type are not made by clients.'));
      return;
    }
    const resolved = resolveCreation(rules, given, this.#lookUp);
    if (!('done' in resolved)) {
      this.#refuse('create', creationId, unresolved(resolved));
      return;
    }
    const properties = checkCreation(rules, resolved.done);
    const made =
      properties instanceof SetError
        ? properties
        : await create({ creationId, properties: properties, given: resolved.done }, this.#set);
    if (made instanceof SetError) {
      this.#refuse('create', creationId, made);
      return;
    }
    this.#create.delete(creationId);
    this.#refused.create.delete(creationId);
    this.#set.call.createdIds.set(creationId, made.id);
    this.created.set(creationId, news(made, resolved.done));
  }

  // --- Updates ---

  async #updates(): Promise<void> {
    const { update } = this.#type;
    const ids = new Map([...this.#update.keys()].flatMap((key) => this.#idOf('update', key)));
    const current = await this.#read([...ids.values()], touchedBy(this.#update.values()));
    const ready: (readonly [key: string, update: Update])[] = [];
    for (const [key, id] of ids) {
      const prepared = this.#prepare(id, own1(this.#update, key), current.get(id));
      if (prepared instanceof SetError) this.#refuse('update', key, prepared);
      else ready.push([key, prepared]);
    }
    if (ready.length === 0) return;
    const outcomes = await update?.(
      ready.map(([, one]) => one),
      this.#set,
    );
    for (const [i, [key, { id }]] of ready.entries()) {
      const outcome = outcomes === undefined ? forbidden() : (outcomes[i] ?? null);
      if (outcome instanceof SetError) {
        this.#refuse('update', key, outcome);
        continue;
      }
      this.#update.delete(key);
      this.#refused.update.delete(key);
      this.updated.set(id, outcome);
    }
  }

  #prepare(id: string, patch: JsonObject, current: JsonObject | undefined): Update | SetError {
    const { rules } = this.#type;
    if (current === undefined) return new SetError('notFound');
    if (this.#willDestroy(id)) return new SetError('willDestroy');
    const entries = readPatch(patch);
    if (entries instanceof SetError) return entries;
    const resolved = resolvePatch(rules, entries, this.#lookUp);
    if (!('done' in resolved)) return unresolved(resolved);
    const unknown = resolved.done.filter(({ path: [name = ''] }) => !ruleOf(rules, name));
    // RFC 8620 §5.3: what stands in front of a pointer's last part has to be there.
    if (unknown.some(({ path }) => path.length > 1))
      return new SetError('invalidPatch', 'A pointer leads into a property that there is not.');
    const strangers = unknown.map(({ path: [name = ''] }) => name);
    if (strangers.length > 0) {
      return invalidProperties(strangers, `${JSON.stringify(strangers[0])} is not a property of this type.`);
    }
    const patched = applyPatch(current, resolved.done, (name) => ruleOf(rules, name)?.default);
    if (patched instanceof SetError) return patched;
    return checkUpdate(rules, current, patched, resolved.done) ?? { id, current, patched, patch: resolved.done };
  }

  /** The object that a key of `update` or an item of `destroy` names; none while it is to be made, or never was. */
  #idOf(kind: 'update' | 'destroy', key: string): readonly (readonly [key: string, id: string])[] {
    const id = key.startsWith('#') ? this.#lookUp(key.slice(1)) : key;
    if (typeof id === 'string') return [[key, id]];
    this.#refuse(kind, key, new SetError('notFound', undefined, { passing: id === null }));
    return [];
  }

  #willDestroy(id: string): boolean {
    return [...this.#destroy].some((key) => (key.startsWith('#') ? this.#lookUp(key.slice(1)) : key) === id);
  }

  async #read(
    ids: readonly string[],
    touched: ReadonlySet<string> = new Set(),
  ): Promise<ReadonlyMap<string, JsonObject>> {
    return ids.length === 0 ? new Map() : await this.#type.read([...new Set(ids)], this.#set, touched);
  }

  // --- Destructions ---

  async #destructions(): Promise<void> {
    const ids = new Map([...this.#destroy].flatMap((key) => this.#idOf('destroy', key)));
    const current = await this.#read([...ids.values()]);
    const ready: (readonly [key: string, id: string])[] = [];
    for (const [key, id] of ids) {
      if (current.has(id)) ready.push([key, id]);
      else this.#refuse('destroy', key, new SetError('notFound'));
    }
    if (ready.length === 0) return;
    const outcomes = await this.#type.destroy?.(
      ready.map(([, id]) => id),
      this.#set,
    );
    for (const [i, [key, id]] of ready.entries()) {
      const outcome = outcomes === undefined ? forbidden() : outcomes[i];
      if (outcome !== undefined) {
        this.#refuse('destroy', key, outcome);
        continue;
      }
      this.#destroy.delete(key);
      this.#refused.destroy.delete(key);
      this.destroyed.push(id);
    }
  }
}

/** Properties that patches lead into. */
function touchedBy(patches: Iterable<JsonObject>): ReadonlySet<string> {
  const pointers = [...patches].flatMap((patch) => Object.keys(patch));
  return new Set(pointers.map((pointer) => parsePointer(pointer)?.[0] ?? pointer));
}

function own1(map: ReadonlyMap<string, JsonObject>, key: string): JsonObject {
  return map.get(key) ?? {};
}

function forbidden(): SetError {
  return new SetError('forbidden', 'Objects of this type are not changed so.');
}

function unresolved(why: { readonly pending: true } | { readonly unknown: readonly string[] }): SetError {
  if ('pending' in why) {
    return new SetError('invalidProperties', 'It refers to an object that was not created.', { passing: true });
  }
  return invalidProperties(why.unknown, 'It refers to an object that was not created.');
}

/** RFC 8620 §5.3: of what was made, only what the client did not send. */
function news(made: Properties & { readonly id: string }, given: JsonObject): Properties & { readonly id: string } {
  const entries = Object.entries(made).filter(([name, value]) => !equals(value, own(given, name)));
  return { ...Object.fromEntries(entries), id: made.id };
}
