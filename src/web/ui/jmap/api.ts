/**
 * Calls of JMAP methods (RFC 8620 §3). What is asked for in the same moment goes out in one request; a group keeps its
 * calls together, so that later ones can refer back to earlier ones (§3.7).
 */
import { MethodError, Trouble } from './trouble.ts';
import type { Args, Invocation, Session } from './types.ts';

const CORE = 'urn:ietf:params:jmap:core';
const MAIL = 'urn:ietf:params:jmap:mail';

/** A reference to what an earlier call of the same group answers. */
export const ref = (resultOf: string, name: string, path: string): object => ({ resultOf, name, path });

interface Group {
  readonly calls: readonly Invocation[];
  readonly done: (results: readonly (Args | MethodError)[]) => void;
  readonly failed: (error: unknown) => void;
}

export interface Limits {
  /** Emails in one get, and in one set. */
  readonly inGet: number;
  readonly inSet: number;
}

export class Api {
  readonly session: Session;
  /** The account that all calls are about. */
  readonly account: string;
  readonly limits: Limits;
  private readonly post: (url: string, body: object) => Promise<unknown>;
  private readonly mostCalls: number;
  private waiting: Group[] = [];

  constructor(session: Session, post: (url: string, body: object) => Promise<unknown>) {
    this.session = session;
    this.post = post;
    this.account = session.primaryAccounts[MAIL] ?? Object.keys(session.accounts)[0] ?? '';
    const core = session.capabilities[CORE] ?? {};
    this.mostCalls = limit(core['maxCallsInRequest'], 16);
    this.limits = { inGet: limit(core['maxObjectsInGet'], 500), inSet: limit(core['maxObjectsInSet'], 500) };
  }

  /** One call; throws MethodError where the server refuses it. */
  async call<Result>(method: string, args: object): Promise<Result> {
    const [result] = await this.group([[method, args, '0']]);
    return result as Result;
  }

  /** Calls in order, answered in order; throws the first error. */
  async group(calls: readonly Invocation[]): Promise<readonly Args[]> {
    const results = await this.settled(calls);
    return results.map((result) => {
      if (result instanceof MethodError) throw result;
      return result;
    });
  }

  /** The same; an error stands where its call's answer would. */
  settled(calls: readonly Invocation[]): Promise<readonly (Args | MethodError)[]> {
    return new Promise((done, failed) => {
      this.waiting.push({ calls, done, failed });
      if (this.waiting.length === 1) queueMicrotask(() => void this.flush());
    });
  }

  /** Whether the server speaks an extension. */
  speaks(capability: string): boolean {
    return this.session.capabilities[capability] !== undefined;
  }

  private async flush(): Promise<void> {
    const groups = this.waiting;
    this.waiting = [];
    await Promise.all(inRequests(groups, this.mostCalls).map((some) => this.send(some)));
  }

  private async send(groups: readonly Group[]): Promise<void> {
    try {
      const methodCalls = groups.flatMap(({ calls }, n) => calls.map((call) => this.prepared(call, n)));
      const answer = await this.post(this.session.apiUrl, { using: this.using(), methodCalls });
      const { methodResponses } = answer as { readonly methodResponses: readonly Invocation[] };
      groups.forEach((group, n) => {
        group.done(group.calls.map(([, , call]) => resultOf(methodResponses, `${n}.${call}`)));
      });
    } catch (error) {
      for (const { failed } of groups) failed(error);
    }
  }

  /** The group's number goes in front of the names of its calls, in references too. */
  private prepared([method, args, call]: Invocation, group: number): Invocation {
    const own = Object.fromEntries(
      Object.entries(args).map(([key, value]) =>
        key.startsWith('#')
          ? [key, { ...(value as object), resultOf: `${group}.${(value as { resultOf: string }).resultOf}` }]
          : [key, value as unknown],
      ),
    );
    return [method, method === 'Core/echo' ? own : { accountId: this.account, ...own }, `${group}.${call}`];
  }

  private using(): readonly string[] {
    return Object.keys(this.session.capabilities);
  }
}

/** Whole groups, so many calls at most in one request; a group that is longer goes alone. */
function inRequests(groups: readonly Group[], most: number): readonly (readonly Group[])[] {
  const requests: Group[][] = [];
  let room = 0;
  for (const group of groups) {
    if (group.calls.length > room || requests.length === 0) {
      requests.push([]);
      room = most;
    }
    requests.at(-1)?.push(group);
    room -= group.calls.length;
  }
  return requests;
}

/** A method may answer more than once (RFC 8620 §3.4); the first answer is the one to its name. */
function resultOf(responses: readonly Invocation[], call: string): Args | MethodError {
  const found = responses.find(([, , id]) => id === call);
  if (found === undefined) return new MethodError('serverFail');
  const [name, args] = found;
  if (name !== 'error') return args as Args;
  const { type, description } = args as { readonly type: string; readonly description?: string };
  return new MethodError(type, description);
}

const limit = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && value > 0 ? value : otherwise;

/** Where a blob can be fetched (RFC 8620 §6.2). */
export function downloadUrl(session: Session, account: string, blob: string, name: string, type: string): string {
  const values: Readonly<Record<string, string>> = { accountId: account, blobId: blob, name, type };
  return session.downloadUrl.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? ''));
}

/** Where several parts of a message can be fetched as one file (docs/jmap.md); undefined: the server has no such thing. */
export function archiveUrl(
  session: Session,
  account: string,
  { blob, name, parts }: { readonly blob: string; readonly name: string; readonly parts: readonly string[] },
): string | undefined {
  const url = session.capabilities['urn:posthorn:archive']?.['url'];
  if (typeof url !== 'string') return undefined;
  const values: Readonly<Record<string, string>> = { accountId: account, blobId: blob, name, parts: parts.join(',') };
  return url.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? ''));
}

/** Throws Trouble('notFound') where a get found nothing. */
export function only<Thing>(list: readonly Thing[]): Thing {
  const [first] = list;
  if (first === undefined) throw new Trouble('notFound');
  return first;
}
