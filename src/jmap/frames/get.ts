/** Foo/get (RFC 8620 §5.1): everything but where the objects come from. */
import { idOrCreation, listOf, nullable, text } from '../arguments.ts';
import type { ArgumentsOf, Shape } from '../arguments.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { method } from '../method.ts';
import type { Call, Method, Properties } from '../method.ts';

export interface Wanted<S extends Shape> {
  readonly account: string;
  /** Each once; null: all there are. */
  readonly ids: readonly string[] | null;
  /** Names asked for, `id` among them. */
  readonly properties: ReadonlySet<string>;
  /** The arguments that this type has besides the standard ones. */
  readonly more: ArgumentsOf<S>;
  readonly call: Call;
}

export interface Found {
  /** Read before the objects, or together with them: a client that is behind asks again, one that is ahead loses. */
  readonly state: string;
  /** In any order, with `id`; those that are not there are left out. More properties than were asked for are dropped. */
  readonly list: readonly (Properties & { readonly id: string })[];
}

export interface GetType<S extends Shape> {
  readonly type: string;
  readonly capability: string;
  /** What is given when the client names no properties. */
  readonly properties: readonly string[];
  /** Names besides these that may be asked for. */
  isProperty?(name: string): boolean;
  /** Arguments besides the standard ones. */
  readonly takes: S;
  /** `ids: null` is refused: there may be too many. */
  readonly notAll?: true;
  find(wanted: Wanted<S>): Promise<Found>;
}

export function getMethod<S extends Shape>(type: GetType<S>): Method {
  return method({
    name: `${type.type}/get`,
    capability: type.capability,
    takes: { ids: nullable(listOf(idOrCreation)), properties: nullable(listOf(text)) },
    more: type.takes,
    async run(args, call, more) {
      const properties = propertiesOf(type, args.properties);
      const asked = args.ids === null ? null : askedIds(args.ids, call);
      if (asked === null && type.notAll === true) throw tooMany();
      const account = call.account.id;
      const { state, list } = await type.find({ account, ids: asked && [...asked.keys()], properties, more, call });
      if (list.length > LIMITS.maxObjectsInGet) throw tooMany();
      return {
        accountId: account,
        state,
        list: inOrder(list, asked).map((object) => only(object, properties)),
        notFound: missing(asked, list),
      };
    },
  });
}

/** Real id → as the client wrote it: once each, creation ids replaced (RFC 8620 §5.1, §5.3). */
function askedIds(ids: readonly string[], { createdIds }: Call): ReadonlyMap<string, string> {
  if (ids.length > LIMITS.maxObjectsInGet) throw tooMany();
  return new Map(ids.map((id) => [id.startsWith('#') ? (createdIds.get(id.slice(1)) ?? id) : id, id]));
}

function tooMany(): MethodError {
  return new MethodError(
    'requestTooLarge',
    `One call may ask for ${LIMITS.maxObjectsInGet} objects; name them in \`ids\`.`,
  );
}

function propertiesOf<S extends Shape>(type: GetType<S>, asked: readonly string[] | null): ReadonlySet<string> {
  const unknown = asked?.find((name) => !type.properties.includes(name) && type.isProperty?.(name) !== true);
  if (unknown !== undefined) throw invalidArguments(`${type.type} has no property ${JSON.stringify(unknown)}.`);
  return new Set(['id', ...(asked ?? type.properties)]);
}

/** RFC 8620 §5.1 leaves it open; clients that take the first for the one they asked for are right here. */
function inOrder(list: Found['list'], asked: ReadonlyMap<string, string> | null): Found['list'] {
  if (asked === null) return list;
  const places = new Map([...asked.keys()].map((id, place) => [id, place]));
  return list.toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}

function only(object: Properties, properties: ReadonlySet<string>): Properties {
  return Object.fromEntries(Object.entries(object).filter(([name]) => properties.has(name)));
}

function missing(asked: ReadonlyMap<string, string> | null, list: Found['list']): readonly string[] {
  if (asked === null) return [];
  const found = new Set(list.map(({ id }) => id));
  return [...asked].filter(([id]) => !found.has(id)).map(([, written]) => written);
}
