/** What tests of other rooms may import from here, and product code may not: a maildrop and a policy in memory. */
import { silentLog } from '../base/index.ts';
import { FakeClock } from '../base/testing.ts';
import type { LoginClaim, LoginVerdict, PasswordLogin, ProofAttempt } from '../sasl/index.ts';
import { scramVerifier } from '../sasl/testing.ts';
import type { Maildrop, Pop3Client, Pop3Login, Pop3Policy, Pop3Refusal, Pop3ServerSettings } from './server/policy.ts';
import type { Pop3ServerContext } from './server/state.ts';

export interface FakeMessage {
  readonly uidl: string;
  /** CRLF line ends; ends with CRLF. */
  readonly content: Buffer;
  /** The source breaks after so many octets. */
  readonly breaksAt?: number;
  /** LIST says this instead of the truth. */
  readonly listedAs?: number;
}

export function fakeMessage(content: string | Buffer, uidl: string): FakeMessage {
  return { uidl, content: typeof content === 'string' ? Buffer.from(content, 'latin1') : content };
}

/** One person's maildrop, which outlives sessions; at most one session has it. */
export class FakeMailbox {
  messages: FakeMessage[];
  locked = false;
  abandoned = 0;
  readonly retrieved: string[] = [];
  /** What the next QUIT does instead of its work. */
  onQuit: Pop3Refusal | Error | undefined;
  /** The largest piece that `read` gives. */
  piece = 4_096;

  constructor(messages: readonly FakeMessage[]) {
    this.messages = [...messages];
  }

  open(): Maildrop {
    this.locked = true;
    return new FakeMaildrop(this, [...this.messages]);
  }
}

class FakeMaildrop implements Maildrop {
  readonly #mailbox: FakeMailbox;
  readonly #messages: readonly FakeMessage[];

  constructor(mailbox: FakeMailbox, messages: readonly FakeMessage[]) {
    this.#mailbox = mailbox;
    this.#messages = messages;
  }

  get count(): number {
    return this.#messages.length;
  }

  octets(index: number): number {
    const message = this.#at(index);
    return message.listedAs ?? message.content.length;
  }

  uidl(index: number): string {
    return this.#at(index).uidl;
  }

  async *read(index: number): AsyncIterable<Buffer> {
    const { content, breaksAt } = this.#at(index);
    await Promise.resolve();
    const end = Math.min(breaksAt ?? Infinity, content.length);
    const { piece } = this.#mailbox;
    // A copy each: a buffer that is written belongs to the wire from then on.
    for (let at = 0; at < end; at += piece) yield Buffer.from(content.subarray(at, Math.min(end, at + piece)));
    if (breaksAt !== undefined) throw new Error('the disk has gone');
  }

  retrieved(index: number, how: 'retr' | 'top'): void {
    this.#mailbox.retrieved.push(`${how} ${this.uidl(index)}`);
  }

  quit(marked: readonly number[]): Promise<Pop3Refusal | undefined> {
    const { onQuit } = this.#mailbox;
    if (onQuit instanceof Error) return Promise.reject(onQuit);
    this.#mailbox.locked = false;
    if (onQuit !== undefined) return Promise.resolve(onQuit);
    const gone = new Set(marked.map((index) => this.uidl(index)));
    this.#mailbox.messages = this.#mailbox.messages.filter((message) => !gone.has(message.uidl));
    return Promise.resolve(undefined);
  }

  abandon(): Promise<void> {
    this.#mailbox.locked = false;
    this.#mailbox.abandoned++;
    return Promise.resolve();
  }

  #at(index: number): FakeMessage {
    const message = this.#messages[index];
    if (message === undefined) throw new RangeError(`there is no message ${index}`);
    return message;
  }
}

/**
 * Knows alice with the password "pa ss word" and her mailbox. The login names "busy", "broken" and "closed" (with
 * any password) give a busy verdict, an error, and an error when the maildrop is opened.
 */
export class FakePolicy implements Pop3Policy {
  readonly mailbox: FakeMailbox;
  readonly refusals: string[] = [];
  readonly logins: PasswordLogin[] = [];
  readonly ends: string[] = [];
  readonly clients: Pop3Client[] = [];
  /** What the next connection is told. */
  atTheDoor: Pop3Refusal | Error | undefined;

  constructor(mailbox: FakeMailbox) {
    this.mailbox = mailbox;
  }

  connected(): Promise<Pop3Refusal | undefined> {
    const { atTheDoor } = this;
    return atTheDoor instanceof Error ? Promise.reject(atTheDoor) : Promise.resolve(atTheDoor);
  }

  open(client: Pop3Client, login: Pop3Login): Promise<Maildrop | Pop3Refusal> {
    this.clients.push(client);
    if (login.name === 'closed') return Promise.reject(new Error('the store is closed'));
    if (!this.mailbox.locked) return Promise.resolve(this.mailbox.open());
    return Promise.resolve({ code: 'IN-USE', text: 'Another session has it since 12:00', rule: 'maildrop-in-use' });
  }

  refused(_client: Pop3Client, verb: string, refusal: Pop3Refusal): void {
    this.refusals.push(`${verb} ${refusal.rule}`);
  }

  closed(_client: Pop3Client, why: string): void {
    this.ends.push(why);
  }

  verify(login: PasswordLogin): Promise<LoginVerdict<Pop3Login>> {
    this.logins.push(login);
    const { name, mechanism } = login;
    if (name === 'broken') return Promise.reject(new Error('the directory is gone'));
    if (name === 'busy') return Promise.resolve({ kind: 'busy', rule: 'login-busy', text: 'Too many logins just now' });
    if (name === 'closed' || (name === 'alice' && login.password === 'pa ss word')) {
      return Promise.resolve({ kind: 'accepted', login: { account: 'a1', name, mechanism } });
    }
    return Promise.resolve({ kind: 'refused', rule: 'login-refused', text: 'Wrong name or password' });
  }

  /** The same people; a name that begins with "late-" is one of them only when the proof has come. */
  async prove(claim: LoginClaim): Promise<ProofAttempt<Pop3Login>> {
    if (claim.name === 'broken') throw new Error('the directory is gone');
    if (claim.name === 'busy') return { kind: 'busy', rule: 'login-busy', text: 'Too many logins just now' };
    const name = claim.name.replace(/^late-/, '');
    const conclude = (proven: boolean): Promise<LoginVerdict<Pop3Login>> =>
      this.verify({ ...claim, name, password: proven ? 'pa ss word' : '' });
    return { kind: 'verifier', verifier: scramVerifier('pa ss word'), conclude };
  }
}

export interface FakeContext extends Pop3ServerContext {
  readonly clock: FakeClock;
  readonly policy: FakePolicy;
}

export function fakeContext(
  policy: FakePolicy,
  settings: Partial<Pop3ServerSettings> = {},
  clock: FakeClock = new FakeClock(),
): FakeContext {
  return {
    clock,
    policy,
    log: silentLog,
    settings: {
      hostname: 'mx.a.test',
      idleTimeout: 600_000,
      loginTimeout: 120_000,
      maxLoginFailures: 3,
      maxErrors: 10,
      sasl: { password: (login) => policy.verify(login) },
      plainLogin: () => true,
      ...settings,
    },
  };
}
