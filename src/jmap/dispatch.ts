/** A request from its octets to its response (RFC 8620 §3): methods in order, each failing for itself. */
import { describeError } from '../base/index.ts';
import type { Logger } from '../base/index.ts';
import { StoreError } from '../store/index.ts';
import { id } from './arguments.ts';
import { MethodError, notJson, notRequest, overLimit, unknownCapability } from './errors.ts';
import type { Problem } from './errors.ts';
import { isObject, own, parseJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import type { Answer, Call, JmapAccount, Method, MethodResponse } from './method.ts';
import { resolveReferences } from './references.ts';
import type { Invocation } from './references.ts';
import type { Turns } from './turns.ts';

/** The Response object (RFC 8620 §3.4). */
export interface JmapResponse {
  readonly methodResponses: readonly Invocation[];
  readonly createdIds?: Readonly<Record<string, string>>;
  readonly sessionState: string;
}

export interface Dispatcher {
  readonly methods: ReadonlyMap<string, Method>;
  /** URIs that a request may use. */
  readonly capabilities: ReadonlySet<string>;
  readonly log: Logger;
  readonly turns: Turns;
}

interface Request {
  readonly using: ReadonlySet<string>;
  readonly calls: readonly Invocation[];
  readonly createdIds: ReadonlyMap<string, string> | undefined;
}

/** The answer without `sessionState`, or the problem for which nothing was done. Never rejects. */
export async function dispatch(
  dispatcher: Dispatcher,
  account: JmapAccount,
  octets: Uint8Array,
): Promise<{ readonly response: Omit<JmapResponse, 'sessionState'> } | { readonly problem: Problem }> {
  if (octets.length > LIMITS.maxSizeRequest) {
    const detail = `A request may have ${LIMITS.maxSizeRequest} octets.`;
    return { problem: overLimit('maxSizeRequest', detail) };
  }
  const parsed = parseJson(octets);
  if ('wrong' in parsed) return { problem: notJson(parsed.wrong) };
  const request = readRequest(parsed.value, dispatcher.capabilities);
  if ('problem' in request) return request;
  return { response: await new Run(dispatcher, account, request).all() };
}

/** RFC 8620 §3.3; properties that are not known are passed over. */
function readRequest(value: Json, capabilities: ReadonlySet<string>): Request | { readonly problem: Problem } {
  const wrong = (detail: string): { readonly problem: Problem } => ({ problem: notRequest(detail) });
  if (!isObject(value)) return wrong('The request must be an object.');
  const using = own(value, 'using');
  const calls = own(value, 'methodCalls');
  const createdIds = own(value, 'createdIds');
  if (!isListOf(using, (one) => typeof one === 'string')) return wrong('`using` must be a list of strings.');
  if (!isListOf(calls, isInvocation)) {
    return wrong('`methodCalls` must be a list of calls, each [name, arguments, call id].');
  }
  if (createdIds !== undefined && !isIdMap(createdIds)) return wrong('`createdIds` must map ids to ids.');
  const unknown = (using as readonly string[]).find((one) => !capabilities.has(one));
  if (unknown !== undefined) {
    return { problem: unknownCapability(`This server does not have the capability ${JSON.stringify(unknown)}.`) };
  }
  if (calls.length > LIMITS.maxCallsInRequest) {
    const detail = `A request may have ${LIMITS.maxCallsInRequest} method calls.`;
    return { problem: overLimit('maxCallsInRequest', detail) };
  }
  return {
    using: new Set(using as readonly string[]),
    calls: calls as unknown as readonly Invocation[],
    createdIds: createdIds === undefined ? undefined : new Map(Object.entries(createdIds as Record<string, string>)),
  };
}

function isListOf(value: Json | undefined, fits: (item: Json) => boolean): value is readonly Json[] {
  return Array.isArray(value) && value.every(fits);
}

function isInvocation(value: Json): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [name, args, callId] = value as readonly Json[];
  return typeof name === 'string' && isObject(args) && typeof callId === 'string';
}

function isIdMap(value: Json): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([key, one]) => id.read(key) !== undefined && id.read(one) !== undefined);
}

/** One request on its way. */
class Run {
  readonly #dispatcher: Dispatcher;
  readonly #account: JmapAccount;
  readonly #request: Request;
  readonly #createdIds: Map<string, string>;
  readonly #responses: Invocation[] = [];
  readonly #room = { left: LIMITS.maxSizeRequest };

  constructor(dispatcher: Dispatcher, account: JmapAccount, request: Request) {
    this.#dispatcher = dispatcher;
    this.#account = account;
    this.#request = request;
    this.#createdIds = new Map(request.createdIds);
  }

  async all(): Promise<Omit<JmapResponse, 'sessionState'>> {
    for (const [name, args, callId] of this.#request.calls) {
      for (const response of await this.#asked(name, args)) {
        this.#responses.push([response.name, plain(response.arguments), callId]);
      }
    }
    const methodResponses = this.#responses;
    if (this.#request.createdIds === undefined) return { methodResponses };
    return { methodResponses, createdIds: Object.fromEntries(this.#createdIds) };
  }

  #asked(name: string, args: JsonObject): Promise<readonly MethodResponse[]> {
    const method = this.#dispatcher.methods.get(name);
    const used = method !== undefined && this.#request.using.has(method.capability) ? method : undefined;
    return this.#call(name, used, () => resolveReferences(args, this.#responses, this.#room));
  }

  async #call(name: string, method: Method | undefined, args: () => JsonObject): Promise<readonly MethodResponse[]> {
    try {
      if (method === undefined) throw new MethodError('unknownMethod');
      return responsesOf(name, await method.run(args(), this.#context()));
    } catch (error) {
      return [{ name: 'error', arguments: this.#errorOf(name, error) }];
    }
  }

  #context(): Call {
    return {
      account: this.#account,
      createdIds: this.#createdIds,
      log: this.#dispatcher.log,
      turns: this.#dispatcher.turns,
      // What a method does in its turn is its own: the client need not use that capability.
      call: (name, args) => this.#call(name, this.#dispatcher.methods.get(name), () => args),
    };
  }

  #errorOf(method: string, error: unknown): Readonly<Record<string, unknown>> {
    if (error instanceof MethodError) return { type: error.type, ...error.more };
    this.#dispatcher.log.error('A JMAP method failed', {
      method,
      account: this.#account.id,
      cause: describeError(error),
    });
    if (error instanceof StoreError) {
      return { type: 'serverUnavailable', description: 'The server can not store or read this now. Try again later.' };
    }
    return { type: 'serverFail', description: 'Something went wrong on the server; its log has the cause.' };
  }
}

function responsesOf(name: string, answer: Answer): readonly MethodResponse[] {
  return Array.isArray(answer)
    ? (answer as readonly MethodResponse[])
    : [{ name, arguments: answer as MethodResponse['arguments'] }];
}

/** As the client will read it, which is also what references point into: errors become JSON, undefined goes. */
function plain(args: MethodResponse['arguments']): JsonObject {
  return JSON.parse(JSON.stringify(args)) as JsonObject;
}
