/** JMAP as a client meets it, for tests of this room and those above. */
import assert from 'node:assert/strict';
import { silentLog } from '../base/index.ts';
import type { Logger } from '../base/index.ts';
import { FakeClock } from '../base/testing.ts';
import type { Store } from '../store/index.ts';
import { addAccount, temporaryStore } from '../store/testing.ts';
import { openJmap } from './index.ts';
import type { Jmap, JmapAccount, JmapParts, Problem } from './index.ts';

export type Args = Readonly<Record<string, unknown>>;
/** A response's arguments, looked at freely. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Answered = Record<string, any>;

export interface TestJmap {
  readonly jmap: Jmap;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly account: JmapAccount;
  /** The name and arguments of the response to one call; `accountId` is added where it is not given. */
  call(name: string, args?: Args): Promise<readonly [name: string, args: Answered]>;
  /** The arguments of a response that must be no error. */
  ok(name: string, args?: Args): Promise<Answered>;
  /** The arguments of a response that must be an error. */
  error(name: string, args?: Args): Promise<Answered>;
  /** Several calls in one request; `more` are further properties of it. */
  calls(calls: readonly (readonly [string, Args, string])[], more?: Args): Promise<Answered>;
  problem(body: string | Uint8Array): Promise<Problem>;
  /** Opens JMAP once more over the same store, as after a restart; calls go there from then on. */
  again(options: Pick<TestOptions, 'push'>): void;
}

export const USING = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'];

interface Context {
  after(fn: () => Promise<void>): void;
}

interface TestOptions {
  readonly log?: Logger;
  /** What stands between JMAP and the store. */
  readonly between?: (store: Store) => Store;
  readonly push?: JmapParts['push'];
}

/** An account with its mailboxes in a store of its own. */
export async function testJmap(t: Context, options: TestOptions = {}): Promise<TestJmap> {
  const { log = silentLog, between = (same) => same } = options;
  const clock = new FakeClock();
  const opened: Jmap[] = [];
  // Before the store is closed.
  t.after(async () => {
    for (const one of opened) await one.close();
  });
  const store = await temporaryStore(t, { clock });
  const account = { id: await addAccount(store), name: 'bob@b.test' };
  const parts = { store: between(store), clock, log, maxMessage: 1_000_000, hostname: () => 'mx.b.test' };
  const open = ({ push }: Pick<TestOptions, 'push'>): Jmap => {
    const one = openJmap({ ...parts, ...(push === undefined ? {} : { push }) });
    opened.push(one);
    return one;
  };
  let jmap = open(options);
  const send = (body: string | Uint8Array): ReturnType<Jmap['request']> => jmap.request(account, Buffer.from(body));
  const calls: TestJmap['calls'] = async (methodCalls, more = {}) => {
    const answer = await send(JSON.stringify({ using: USING, methodCalls, ...more }));
    assert.ok('response' in answer, JSON.stringify(answer));
    return answer.response;
  };
  const call: TestJmap['call'] = async (name, args = {}) => {
    const { methodResponses } = await calls([[name, { accountId: account.id, ...args }, 'c']]);
    assert.equal(methodResponses.length, 1);
    return [methodResponses[0][0], methodResponses[0][1]];
  };
  const answered = async (expected: string, name: string, args?: Args): Promise<Answered> => {
    const [responded, answer] = await call(name, args);
    assert.equal(responded, expected, JSON.stringify(answer));
    return answer;
  };
  return {
    get jmap() {
      return jmap;
    },
    again(more) {
      jmap = open(more);
    },
    store,
    clock,
    account,
    calls,
    call,
    ok: (name, args) => answered(name, name, args),
    error: (name, args) => answered('error', name, args),
    async problem(body) {
      const answer = await send(body);
      assert.ok('problem' in answer, JSON.stringify(answer));
      return answer.problem;
    },
  };
}
