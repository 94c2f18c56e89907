/** A POP3 client's end of a session with a process, for tests, and what a model knows of that session. */
import assert from 'node:assert/strict';
import { silentLog } from '../base/index.ts';
import type { FakeClock } from '../base/testing.ts';
import { memoryWirePair } from '../net/index.ts';
import type { Wire } from '../net/index.ts';
import { servePop3 } from '../pop3/index.ts';
import type { Pop3ServerSettings } from '../pop3/index.ts';
import type { FakeProcess } from './fake-process.ts';

/** Anybody who says so owns the account. */
const SETTINGS: Pop3ServerSettings = {
  hostname: 'pop.a.test',
  idleTimeout: 1e9,
  loginTimeout: 1e9,
  maxLoginFailures: 1e6,
  maxErrors: 1e6,
  sasl: {
    password: ({ name, mechanism }) =>
      Promise.resolve({ kind: 'accepted', login: { account: name, name, mechanism } } as const),
  },
  plainLogin: () => true,
};

/** What UIDL and LIST say of a message. */
export interface Listed {
  readonly uidl: string;
  readonly octets: number;
}

/** A message in the maildrop; `text` as it was handed in. */
export interface Item extends Listed {
  readonly uid: number;
  readonly text: string;
}

/** A connection and, after a login, what it must go on saying. */
export class FakeSession {
  readonly process: FakeProcess;
  snapshot: readonly Item[] | undefined;
  readonly marks = new Set<number>();
  readonly server: Wire;
  readonly client: Wire;
  readonly done: Promise<void>;

  constructor(process: FakeProcess, clock: FakeClock) {
    this.process = process;
    const { client, server } = memoryWirePair({ clock, timeout: 1e9 });
    [this.client, this.server] = [client, server];
    const { policy, stopping } = process;
    this.done = servePop3(server, { settings: SETTINGS, policy, log: silentLog, clock, shutdown: stopping.signal });
  }

  async send(text: string): Promise<void> {
    this.client.write(text);
    await this.client.flush();
  }

  async status(): Promise<string> {
    const line = await this.client.readLine(1_000);
    assert.ok(line.kind === 'line', 'a command has no answer');
    return line.bytes.toString('latin1');
  }

  /** What follows a +OK, without its byte-stuffing. */
  async text(): Promise<string> {
    const pieces: Buffer[] = [];
    await this.client.readDotted(1_000_000, (piece) => void pieces.push(Buffer.from(piece)));
    return Buffer.concat(pieces).toString('latin1');
  }

  /** The numbers that are not marked, with what stands behind each. */
  get left(): readonly (Item & { readonly number: number })[] {
    const all = (this.snapshot ?? []).map((item, index) => ({ ...item, number: index + 1 }));
    return all.filter((item) => !this.marks.has(item.number));
  }

  /** What QUIT is to remove. */
  get marked(): readonly Item[] {
    return (this.snapshot ?? []).filter((_item, index) => this.marks.has(index + 1));
  }

  /** Ended from outside; what was not read stays unread. */
  async cut(): Promise<void> {
    this.client.destroy();
    await this.done;
  }
}
