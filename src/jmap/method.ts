/** What a method is, and what a call of it gets: the terms of the registry. */
import type { Logger } from '../base/index.ts';
import { readArguments, id } from './arguments.ts';
import type { ArgumentsOf, Shape } from './arguments.ts';
import { invalidArguments, MethodError } from './errors.ts';
import { own } from './json.ts';
import type { JsonObject } from './json.ts';
import type { Turns } from './turns.ts';

/** Who is logged in: the one account that a login can reach. */
export interface JmapAccount {
  readonly id: string;
  /** Its address, for people; the session's `username` too. */
  readonly name: string;
  /** Logged in for a while, in a browser, and not with the password of each request. */
  readonly isSession?: true;
}

/** Arguments of a response, ready to be written as JSON. */
export type Properties = Readonly<Record<string, unknown>>;

/** An argument of a response that is a map, and null when there is nothing in it. */
export function objectOrNull<T>(map: ReadonlyMap<string, T>): Readonly<Record<string, T>> | null {
  return map.size === 0 ? null : Object.fromEntries(map);
}

/** A response without the client's call id. */
export interface MethodResponse {
  readonly name: string;
  readonly arguments: Properties;
}

/** Creation ids of this request and what became of them (RFC 8620 §3.3, §5.3); one map for all types. */
export interface CreatedIds {
  get(creationId: string): string | undefined;
  set(creationId: string, id: string): void;
}

/** What a method is told of the request that it is part of. */
export interface Call {
  readonly account: JmapAccount;
  readonly createdIds: CreatedIds;
  readonly log: Logger;
  /** For what changes the account. */
  readonly turns: Turns;
  /** Makes an implicit call (RFC 8620 §3.2) and gives its responses, an `error` included. Never rejects. */
  call(name: string, args: JsonObject): Promise<readonly MethodResponse[]>;
}

/** The arguments of the response with the method's own name, or several responses (after implicit calls). */
export type Answer = Properties | readonly MethodResponse[];

export interface Method {
  /** "Mailbox/get" */
  readonly name: string;
  /** Must stand in the request's `using`, else the method is unknown (RFC 8620 §3.3). */
  readonly capability: string;
  /** Throws a {@link MethodError}; whatever else it throws is answered as serverFail and logged. */
  run(args: JsonObject, call: Call): Promise<Answer>;
}

export interface MethodOf<S extends Shape, M extends Shape> {
  readonly name: string;
  readonly capability: string;
  /** Without `accountId`, which every method of this kind takes. */
  readonly takes: S;
  /** What a type adds to a standard method. */
  readonly more?: M;
  run(args: ArgumentsOf<S>, call: Call, more: ArgumentsOf<M>): Promise<Answer>;
}

/** A method that works on an account: `accountId` is checked, then the arguments. */
export function method<S extends Shape, M extends Shape = Record<never, never>>(of: MethodOf<S, M>): Method {
  const { name, capability, takes, more, run } = of;
  const shape = { ...takes, ...more };
  return {
    name,
    capability,
    run(given, call) {
      checkAccount(given, call);
      const { accountId: _, ...others } = given;
      const args = readArguments(shape, others);
      return run(args as unknown as ArgumentsOf<S>, call, args as unknown as ArgumentsOf<M>);
    },
  };
}

/** RFC 8620 §3.6.2: an id that is none is a wrong argument; any other account is not there for this login. */
function checkAccount(given: JsonObject, { account }: Call): void {
  const accountId = own(given, 'accountId');
  if (accountId === undefined) throw invalidArguments('The argument `accountId` is missing.');
  if (id.read(accountId) === undefined) throw invalidArguments(`The argument \`accountId\` must be ${id.is}.`);
  if (accountId !== account.id) throw new MethodError('accountNotFound');
}
