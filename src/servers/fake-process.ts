/**
 * A process on a state directory, for tests of what happens when one of several dies: a real store, the real intake
 * and POP3 policy. A crash is a store to which nothing gets through any more, and a process of the machine that really
 * is gone, so that whoever comes next can ask for it.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isGone, silentLog, thisProcess } from '../base/index.ts';
import type { ProcessIdentity } from '../base/index.ts';
import type { FakeClock } from '../base/testing.ts';
import { openIntake } from '../intake/index.ts';
import type { Arrival, Intake } from '../intake/index.ts';
import type { Pop3Policy } from '../pop3/index.ts';
import { openStore } from '../store/index.ts';
import type { Account, Store } from '../store/index.ts';
import { pop3Policy } from './pop3-policy.ts';
import { Refusals } from './refusals.ts';

interface Parts {
  readonly store: Store;
  readonly identity: ProcessIdentity;
  readonly stand: ChildProcess;
  readonly clock: FakeClock;
}

export class FakeProcess {
  readonly identity: ProcessIdentity;
  readonly store: Store;
  readonly policy: Pop3Policy;
  readonly #intake: Intake;
  readonly stopping = new AbortController();
  readonly #clock: FakeClock;
  readonly #stand: ChildProcess;
  /** Resolves when it has died. */
  readonly died: Promise<void>;
  #alive = true;
  /** Changes of the store it may still ask for. */
  #left = Infinity;
  #tellDeath: () => void = () => undefined;

  private constructor({ store, identity, stand, clock }: Parts) {
    this.#clock = clock;
    this.died = new Promise((resolve) => (this.#tellDeath = resolve));
    this.identity = identity;
    this.store = mortal(store, (count) => this.#lives(count));
    this.#stand = stand;
    const parts = { store: this.store, clock, log: silentLog };
    this.policy = pop3Policy({ ...parts, process: identity, refusals: new Refusals(parts) });
    const composer = { compose: () => Promise.resolve(undefined) };
    this.#intake = openIntake({ ...parts, composer, hostname: () => 'mx.a.test' });
  }

  static async start(directory: string, clock: FakeClock): Promise<FakeProcess> {
    // It lends its pid; it ends with its input, so also when this test is killed.
    const stand = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(stand, 'spawn');
    const pid = stand.pid as number;
    const identity = { ...thisProcess(), pid, start: startOf(pid) };
    const store = await openStore({ directory, process: identity, clock, log: silentLog });
    return new FakeProcess({ store, identity, stand, clock });
  }

  /** Whether it took responsibility for the message. */
  async deliver(account: Account, text: string): Promise<boolean> {
    const sink = this.#intake.accept(arrivalFor(account, this.#clock.now()));
    await sink.write(Buffer.from(text));
    const [answer] = [await sink.finish()].flat();
    return answer?.code === 250;
  }

  /** It dies when it asks for one more change of the store than these. */
  dieAfter(changes: number): void {
    this.#left = changes;
  }

  /** From now on nothing it asks for happens; what the store has taken already may happen still. */
  die(): void {
    this.#alive = false;
    this.#tellDeath();
  }

  #lives(count: number): boolean {
    this.#left -= count;
    if (this.#left < 0) this.die();
    return this.#alive;
  }

  /** The end of it for the machine. */
  async end(): Promise<void> {
    const ended = once(this.#stand, 'exit');
    this.#stand.kill('SIGKILL');
    await ended;
    await this.store.close();
    assert.ok(isGone(this.identity));
  }
}

/** As base/ reads it: field 22 of /proc/PID/stat; '' where there is none. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** `lives` is told how many changes are asked for, and says whether they are carried out. */
function mortal(store: Store, lives: (changes: number) => boolean): Store {
  const dead = (): Promise<never> => Promise.reject(new Error('this process is dead'));
  return {
    write: (name, params) => (lives(1) ? store.write(name, params) : dead()),
    read: (name, params) => (lives(0) ? store.read(name, params) : dead()),
    content: store.content,
    onChange: (listener) => store.onChange(listener),
    close: () => store.close(),
  };
}

function arrivalFor(account: Account, now: number): Arrival {
  const address = { local: account.local, domain: account.domain };
  const recipient = { address };
  return {
    service: 'smtp',
    sessionId: 'session',
    client: { ip: '192.0.2.1', port: 40_000 },
    server: { ip: '192.0.2.25', port: 25 },
    protocol: 'esmtp',
    connectedAt: now,
    startedAt: now,
    envelope: { mailFrom: null, recipients: [recipient], body: '7bit', smtputf8: false },
    recipients: [
      { recipient, rule: 'account', targets: [{ kind: 'account', account, address, rule: 'account', via: [] }] },
    ],
  };
}
