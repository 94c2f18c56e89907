/**
 * Two POP3 sessions of one account, deliveries, an owner who tidies up elsewhere, and crashes interleaved at random, held against a model that is a list:
 * no number changes within a session, nothing is lost, nothing comes back (RFC 1939 §4 to §8). Two processes share
 * one state directory; what a kill does in the middle of a commit is shown with the built program (test/crash).
 * FUZZ_RUNS sets how much is tried.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../base/testing.ts';
import type { Account, EmailChange, Store } from '../store/index.ts';
import { temporaryDirectory } from '../store/testing.ts';
import { FakeProcess } from './fake-process.ts';
import { FakeSession } from './fake-session.ts';
import type { Item, Listed } from './fake-session.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 100);

const which = fc.constantFrom(0 as const, 1 as const);
const number = fc.constantFrom(1, 1, 1, 2, 2, 3, 4, 0, 9);
const command = fc.oneof(
  fc.constantFrom('STAT', 'LIST', 'UIDL', 'NOOP', 'RSET'),
  fc.tuple(fc.constantFrom('LIST', 'UIDL', 'RETR', 'DELE', 'DELE', 'DELE'), number).map((words) => words.join(' ')),
  number.map((n) => `TOP ${n} 0`),
);
/** Messages that arrive at the same time, for the step to have company. */
const arrivals = fc.constantFrom(0, 0, 1, 2);

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('log in' as const), session: which, process: which, arrivals }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      session: which,
      commands: fc.array(command, { minLength: 1, maxLength: 6 }),
      arrivals,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('quit' as const), session: which, successor: fc.boolean(), arrivals }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('leave' as const),
      session: which,
      how: fc.constantFrom('closes', 'is cut', 'QUI', 'RETR 1\r\n', 'QUIT\r\n'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deliver' as const), process: which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('race' as const), processes: fc.tuple(which, which) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      process: which,
      quits: fc.boolean(),
      arrivals,
      changes: fc.nat(3),
      noticed: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('tidy' as const),
      process: which,
      pick: fc.nat(3),
      how: fc.constantFrom('remove', 'move out', 'move out and remove', 'move out and back', 'mark'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stop' as const), process: which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('break' as const), process: which, successor: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type StepOf<Kind extends Step['kind']> = Extract<Step, { readonly kind: Kind }>;

/** What chance meets seldom, tried each time; before it so many messages are there. */
const ALWAYS: [messages: number, steps: Step[]][] = [
  // The holder dies; who comes next finds that out.
  [
    3,
    [
      { kind: 'log in', session: 0, process: 0, arrivals: 0 },
      { kind: 'crash', process: 0, quits: false, arrivals: 1, changes: 0, noticed: false },
      { kind: 'log in', session: 1, process: 1, arrivals: 0 },
    ],
  ],
  // The holder loses its lock to another; then both say QUIT.
  [
    3,
    [
      { kind: 'log in', session: 0, process: 0, arrivals: 0 },
      { kind: 'break', process: 0, successor: true },
      { kind: 'quit', session: 0, successor: false, arrivals: 0 },
      { kind: 'say', session: 1, commands: ['RETR 1', 'DELE 2', 'LIST'], arrivals: 1 },
      { kind: 'quit', session: 1, successor: false, arrivals: 0 },
    ],
  ],
  // The owner removes, and moves away and back, what a session has listed: it reads them all, and removes neither.
  [
    4,
    [
      { kind: 'log in', session: 0, process: 0, arrivals: 0 },
      { kind: 'tidy', process: 1, pick: 0, how: 'remove' },
      { kind: 'tidy', process: 0, pick: 0, how: 'move out and back' },
      { kind: 'say', session: 0, commands: ['RETR 1', 'RETR 2', 'LIST', 'DELE 1', 'DELE 2', 'DELE 3'], arrivals: 1 },
      { kind: 'quit', session: 0, successor: true, arrivals: 0 },
    ],
  ],
  // One has lost its lock and does not know; the owner removes what it had listed, and who came after can still read.
  [
    3,
    [
      { kind: 'log in', session: 0, process: 0, arrivals: 0 },
      { kind: 'break', process: 0, successor: true },
      { kind: 'tidy', process: 0, pick: 2, how: 'remove' },
      { kind: 'say', session: 0, commands: ['RETR 3', 'LIST'], arrivals: 1 },
      { kind: 'say', session: 1, commands: ['RETR 3', 'UIDL'], arrivals: 0 },
    ],
  ],
  // What was moved out and back is removed by who came after: the one who lost the lock can't read it any more.
  [
    3,
    [
      { kind: 'tidy', process: 0, pick: 0, how: 'move out and back' },
      { kind: 'log in', session: 0, process: 0, arrivals: 0 },
      { kind: 'break', process: 0, successor: true },
      { kind: 'say', session: 1, commands: ['DELE 3'], arrivals: 0 },
      { kind: 'quit', session: 1, successor: false, arrivals: 0 },
      { kind: 'say', session: 0, commands: ['RETR 3'], arrivals: 0 },
    ],
  ],
  // The holder loses its lock, and the one who came after is done before it looks again.
  [
    3,
    [
      { kind: 'log in', session: 0, process: 0, arrivals: 0 },
      { kind: 'break', process: 0, successor: true },
      { kind: 'say', session: 1, commands: ['DELE 3'], arrivals: 0 },
      { kind: 'quit', session: 1, successor: false, arrivals: 1 },
      { kind: 'say', session: 0, commands: ['RETR 3', 'LIST', 'RSET', 'UIDL', 'RETR 3'], arrivals: 0 },
      { kind: 'leave', session: 0, how: 'is cut' },
    ],
  ],
];

const clock = new FakeClock();

/** What a step may have done to the maildrop. */
interface Outcome {
  /** These went in any case, or went together or not at all. */
  readonly removed?: ReadonlySet<string>;
  readonly mayBeRemoved?: ReadonlySet<string>;
  readonly delivered?: Delivered;
}

/** Texts in the order of arrival: the first `acknowledged` of them got their 250, of the others nothing is known. */
interface Delivered {
  readonly texts: readonly string[];
  readonly acknowledged: number;
}

let directory: string;
const processes: FakeProcess[] = [];
const closing: (() => Promise<void>)[] = [];
/** UIDLs of all messages ever seen. */
const seen = new Set<string>();
let made = 0;

class World {
  readonly #account: Account;
  readonly #mailbox: number;
  readonly #sessions: [FakeSession | undefined, FakeSession | undefined] = [undefined, undefined];
  /** Who has the lock. */
  #holder: FakeSession | undefined;
  #stored: readonly Item[] = [];
  /** What the owner took away while the holder had listed it: removed, or lying elsewhere. */
  readonly #tookAway = new Map<string, 'removed' | 'elsewhere'>();
  #looks = 0;

  private constructor(account: Account, mailbox: number) {
    this.#account = account;
    this.#mailbox = mailbox;
  }

  static async create(): Promise<World> {
    const local = `box${made++}`;
    const { store, identity } = at(processes, 0);
    await store.write('addAccount', { id: local, local, domain: 'a.test', credentials: [], at: clock.now() });
    const account = await store.read('account', { id: local });
    const holding = { account: local, token: 'setting up', at: clock.now() };
    const locked = await store.write('lockMaildrop', { ...holding, process: identity, peer: '' });
    assert.ok(account !== undefined && locked.kind === 'locked');
    await store.write('quitMaildrop', { ...holding, sessionId: '', remove: [], events: [] });
    return new World(account, locked.mailbox);
  }

  async take(one: Step): Promise<void> {
    clock.jump(1_000);
    switch (one.kind) {
      case 'log in':
        return this.#comes(one);
      case 'say':
        return this.#says(one);
      case 'quit':
        return this.#quits(one);
      case 'leave':
        return this.#leaves(one);
      case 'deliver':
        return this.#look({ delivered: await this.#deliver(one.process, 1) });
      case 'race':
        return this.#race(one);
      case 'crash':
        return this.#crashes(one);
      case 'tidy':
        return this.#tidies(one);
      case 'stop':
        return this.#stops(one);
      case 'break':
        return this.#isBroken(one);
    }
  }

  /** Whatever happened: what is in the maildrop comes out of it, octet by octet. */
  async end(): Promise<void> {
    for (const session of [0, 1] as const) await this.#leaves({ kind: 'leave', session, how: 'is cut' });
    await this.#comes({ kind: 'log in', session: 0, process: 0, arrivals: 0 });
    const commands = this.#stored.map((_item, index) => `RETR ${index + 1}`);
    await this.#says({ kind: 'say', session: 0, commands, arrivals: 0 });
    await this.#quits({ kind: 'quit', session: 0, successor: false, arrivals: 0 });
  }

  /** After a failure the next run must be able to begin. */
  async abandon(): Promise<void> {
    for (const session of this.#sessions) await session?.cut();
  }

  async #comes({ session: n, process, arrivals: count }: StepOf<'log in'>): Promise<void> {
    const slot = this.#sessions[n]?.snapshot === undefined ? n : other(n);
    const session = await this.#connected(slot, process);
    if (session.snapshot !== undefined) return;
    const [listing, delivered] = await Promise.all([this.#logIn(session), this.#deliver(process, count)]);
    assert.equal(listing !== undefined, this.#holder === undefined, 'one session at a time has the maildrop');
    await this.#entered(session, listing, { delivered });
  }

  async #race({ processes: chosen }: StepOf<'race'>): Promise<void> {
    const free = this.#holder === undefined;
    const both = [await this.#connected(0, chosen[0]), await this.#connected(1, chosen[1])] as const;
    if (both.some(({ snapshot }) => snapshot !== undefined)) return;
    const [first, second] = await Promise.all(both.map((session) => this.#logIn(session)));
    assert.equal([first, second].filter((listing) => listing !== undefined).length, free ? 1 : 0);
    await this.#entered(both[0], first, {});
    await this.#entered(both[1], second, {});
  }

  async #says({ session: n, commands, arrivals: count }: StepOf<'say'>): Promise<void> {
    const session = this.#sessions[this.#loggedIn(n)];
    if (session?.snapshot === undefined) return;
    const delivering = this.#deliver(n, count);
    await session.send(commands.map((line) => `${line}\r\n`).join(''));
    for (const line of commands) await this.#hears(session, line);
    await this.#look({ delivered: await delivering });
  }

  async #quits({ session: wanted, successor, arrivals: count }: StepOf<'quit'>): Promise<void> {
    const n = this.#loggedIn(wanted);
    const session = this.#sessions[n];
    if (session === undefined) return;
    const holds = this.#holder === session;
    const next = successor ? this.#sessions[other(n)] : undefined;
    const comes = next !== undefined && next.snapshot === undefined ? next : undefined;
    const delivering = this.#deliver(n, count);
    await session.send('QUIT\r\n');
    const listing = comes === undefined ? undefined : await this.#logIn(comes);
    const answer = await session.status();
    await session.cut();
    this.#sessions[n] = undefined;
    if (session.snapshot === undefined) assert.match(answer, /^\+OK/);
    else assert.match(answer, holds ? goodBye(session.marks.size) : /^-ERR \[SYS\/PERM\] Nothing was removed: .*lost/);
    if (holds) this.#holder = undefined;
    const outcome = { removed: holds ? this.#goes(session) : new Set<string>(), delivered: await delivering };
    if (comes === undefined) return this.#look(outcome);
    if (!holds) assert.equal(listing !== undefined, this.#holder === undefined, 'one session at a time');
    await this.#entered(comes, listing, outcome);
  }

  async #leaves({ session: wanted, how }: StepOf<'leave'>): Promise<void> {
    const n = this.#loggedIn(wanted);
    const session = this.#sessions[n];
    if (session === undefined) return;
    const holds = this.#holder === session;
    if (how === 'QUIT\r\n') await this.#marks(session);
    const says = session.snapshot === undefined ? loginOf(this.#account) : how;
    if (how === 'closes') await session.client.close();
    else if (how !== 'is cut') await session.send(says);
    await session.cut();
    this.#sessions[n] = undefined;
    if (holds) this.#holder = undefined;
    await this.#look(holds && how === 'QUIT\r\n' ? { mayBeRemoved: this.#goes(session) } : {});
  }

  /** It comes when more is to be changed than `changes`, and at the latest when nothing is under way any more. */
  async #crashes({ process, quits, arrivals: count, changes, noticed }: StepOf<'crash'>): Promise<void> {
    const p = this.#aimed(process);
    const dying = at(processes, p);
    const quitting = quits && this.#holder?.process === dying ? this.#holder : undefined;
    if (quitting !== undefined) await this.#marks(quitting);
    dying.dieAfter(changes);
    let quit = '';
    const quitted = quitting?.send('QUIT\r\n').then(async () => (quit = await quitting.status()));
    const delivering = this.#deliver(p, count);
    await Promise.race([dying.died, Promise.all([quitted, delivering])]);
    dying.die();
    await this.#lose(dying, (session) => {
      session.server.destroy();
    });
    await quitted?.catch(() => undefined);
    const delivered = await delivering;
    const next = await replace(p);
    if (noticed) await next.store.write('freeProcesses', { gone: [dying.identity], at: clock.now() });
    const went = quitting === undefined ? new Set<string>() : this.#goes(quitting);
    await this.#look(quit.startsWith('+OK') ? { removed: went, delivered } : { mayBeRemoved: went, delivered });
  }

  /** SIGTERM: each session is told, and loses nothing. */
  async #stops({ process: p }: StepOf<'stop'>): Promise<void> {
    const stopping = at(processes, p);
    const inside = this.#sessions.filter((session) => session?.process === stopping);
    stopping.stopping.abort();
    for (const session of inside) assert.match((await session?.status()) ?? '', /^-ERR \[SYS\/TEMP\] .*stopping/);
    await this.#lose(stopping, () => undefined);
    await replace(p);
    await this.#look({});
  }

  async #lose(process: FakeProcess, end: (session: FakeSession) => void): Promise<void> {
    for (const [n, session] of this.#sessions.entries()) {
      if (session?.process !== process) continue;
      end(session);
      await session.cut();
      this.#sessions[n] = undefined;
      if (this.#holder === session) this.#holder = undefined;
    }
  }

  /** It is taken for dead although it lives: its sessions lose their lock, and don't know; another may come at once. */
  async #isBroken({ process, successor }: StepOf<'break'>): Promise<void> {
    const p = this.#aimed(process);
    const loser = this.#holder?.process === processes[p] ? this.#holder : undefined;
    if (loser !== undefined) await this.#marks(loser);
    const gone = [at(processes, p).identity];
    const freed = await at(processes, other(p)).store.write('freeProcesses', { gone, at: clock.now() });
    assert.equal(freed.maildrops, loser === undefined ? 0 : 1);
    if (loser !== undefined) this.#holder = undefined;
    await this.#look({});
    if (successor) await this.#comes({ kind: 'log in', session: 0, process, arrivals: 0 });
  }

  /** The process of the session that has the maildrop, where there is one: there a crash hurts. */
  #aimed(otherwise: 0 | 1): 0 | 1 {
    if (this.#holder === undefined) return otherwise;
    return this.#holder.process === processes[0] ? 0 : 1;
  }

  /** This session, or the other one if only that is logged in. */
  #loggedIn(n: 0 | 1): 0 | 1 {
    if (this.#sessions[n]?.snapshot !== undefined) return n;
    return this.#sessions[other(n)]?.snapshot === undefined ? n : other(n);
  }

  /** Two more messages are to go. */
  async #marks(session: FakeSession): Promise<void> {
    for (const item of session.left.slice(0, 2)) {
      await session.send(`DELE ${item.number}\r\n`);
      await this.#hears(session, `DELE ${item.number}`);
    }
  }

  async #connected(n: 0 | 1, process: number): Promise<FakeSession> {
    const there = this.#sessions[n];
    if (there !== undefined) return there;
    const session = new FakeSession(at(processes, process), clock);
    this.#sessions[n] = session;
    assert.match(await session.status(), /^\+OK/);
    return session;
  }

  /** What the session lists right after the login; undefined when another has the maildrop. */
  async #logIn(session: FakeSession): Promise<readonly Listed[] | undefined> {
    await session.send(`${loginOf(this.#account)}UIDL\r\nLIST\r\n`);
    assert.match(await session.status(), /^\+OK/);
    const answer = await session.status();
    const listings: string[][] = [];
    for (const _ of ['UIDL', 'LIST'])
      if ((await session.status()).startsWith('+OK')) listings.push(linesOf(await session.text()));
    if (answer.startsWith('-ERR')) {
      assert.match(
        answer,
        /^-ERR \[IN-USE\] Another session from 127\.0\.0\.1 .* since 2026-\d\d-\d\d \d\d:\d\d:\d\d UTC/,
      );
      return undefined;
    }
    const [uidls = [], sizes = []] = listings;
    assert.match(answer, new RegExp(`^\\+OK Logged in; the maildrop has ${sizes.length} message`));
    assert.equal(uidls.length, sizes.length);
    return uidls.map((line, i) => {
      assert.equal(line.split(' ')[0], String(i + 1));
      assert.equal(sizes[i]?.split(' ')[0], String(i + 1));
      return { uidl: line.split(' ')[1] ?? '', octets: Number(sizes[i]?.split(' ')[1]) };
    });
  }

  /** Its numbers stand for what was there: all from before the step, and perhaps some that arrived meanwhile. */
  async #entered(session: FakeSession, listing: readonly Listed[] | undefined, outcome: Outcome): Promise<void> {
    const { removed = new Set() } = outcome;
    const before = this.#stored.filter(({ uidl }) => !removed.has(uidl)).length;
    await this.#look(outcome);
    if (listing === undefined) return;
    assert.ok(listing.length >= before, 'a session sees all that was there');
    session.snapshot = this.#stored.slice(0, listing.length);
    session.marks.clear();
    assert.deepEqual(listing, session.snapshot.map(listed));
    this.#holder = session;
  }

  async #hears(session: FakeSession, line: string): Promise<void> {
    const { left } = session;
    const [verb = '', argument] = line.split(' ');
    const one = left.find((item) => item.number === Number(argument));
    const status = await session.status();
    if (argument !== undefined && one === undefined) {
      assert.match(status, /^-ERR/, line);
      return undefined;
    }
    if (one !== undefined && (verb === 'RETR' || verb === 'TOP')) return this.#reads(session, one, { verb, status });
    if (verb === 'DELE') session.marks.add(Number(argument));
    if (verb === 'RSET') session.marks.clear();
    const listing = new Map([
      ['LIST', left.map((item) => `${item.number} ${item.octets}`)],
      ['UIDL', left.map((item) => `${item.number} ${item.uidl}`)],
    ]).get(verb);
    if (verb === 'STAT') assert.equal(status, `+OK ${left.length} ${sum(left)}`);
    else if (listing === undefined) assert.match(status, /^\+OK/, line);
    else if (one !== undefined) assert.equal(status, `+OK ${listing[left.indexOf(one)] ?? ''}`);
    else assert.deepEqual(linesOf(await session.text()), listing, line);
  }

  /** The octets of the message with this number; or, where another session took it away after ours lost its lock, an error. */
  async #reads(
    session: FakeSession,
    one: Item,
    said: { readonly verb: string; readonly status: string },
  ): Promise<void> {
    if (!this.#stored.some(({ uidl }) => uidl === one.uidl) && !this.#isReadable(session, one)) {
      assert.notEqual(session, this.#holder, 'what a session that holds the lock has listed stays there');
      // What an owner removed may still be there, for the sake of the session that came after.
      const lingers = this.#tookAway.get(one.uidl) === 'removed' && said.status.startsWith('+OK');
      if (!lingers) {
        assert.match(said.status, /^-ERR \[SYS\/TEMP\]/);
        return;
      }
    }
    assert.match(said.status, /^\+OK/);
    const text = await session.text();
    const header = one.text.slice(0, one.text.indexOf('\r\n\r\n') + 4);
    assert.ok(text.endsWith(said.verb === 'TOP' ? header : one.text), 'another message stands under this number');
    if (said.verb === 'RETR') assert.equal(text.length, one.octets);
  }

  /** What QUIT removes of what is marked: not what its owner moved meanwhile, be it back again. */
  #goes(session: FakeSession): ReadonlySet<string> {
    const listed = new Set(this.#stored.map(({ uid }) => uid));
    return new Set(session.marked.filter(({ uid }) => listed.has(uid)).map(({ uidl }) => uidl));
  }

  /** Elsewhere it is there for everybody; removed by its owner it is there for the session that had listed it. */
  #isReadable(session: FakeSession, { uidl }: Item): boolean {
    const fate = this.#tookAway.get(uidl);
    return fate === 'elsewhere' || (fate === 'removed' && session === this.#holder);
  }

  /** What an owner does in another client, at the side of whatever session is open. */
  async #tidies({ process, pick, how }: StepOf<'tidy'>): Promise<void> {
    const { store } = at(processes, process);
    const item = this.#stored[pick];
    if (item === undefined) return this.#look({});
    const slice = await store.read('maildropSlice', { mailbox: this.#mailbox, afterUid: item.uid - 1, limit: 1 });
    const [inbox = 0, archive = 0] = await this.#mailboxes(store);
    const change = async (what: Omit<EmailChange, 'email'> | 'destroy'): Promise<void> => {
      const [email = ''] = slice.emails;
      const [changes, destroy] = what === 'destroy' ? [[], [email]] : [[{ email, ...what }], []];
      const done = await store.write('changeEmails', { account: this.#account.id, changes, destroy, at: clock.now() });
      assert.ok(done !== 'state-mismatch' && done.troubles.length === 0);
    };
    if (how === 'mark') {
      await change({ keywords: { add: ['$seen', `mark${String(pick)}`], remove: ['$flagged'] } });
      return this.#look({});
    }
    await change(how === 'remove' ? 'destroy' : { mailboxes: { is: [archive] } });
    if (how === 'move out and remove') await change('destroy');
    this.#stored = this.#stored.filter(({ uidl }) => uidl !== item.uidl);
    this.#tookAway.set(item.uidl, how === 'remove' || how === 'move out and remove' ? 'removed' : 'elsewhere');
    if (how === 'move out and back') {
      await change({ mailboxes: { is: [inbox] } });
      const last = this.#stored.at(-1)?.uid ?? 0;
      const back = await store.read('maildropSlice', { mailbox: this.#mailbox, afterUid: last, limit: 2 });
      assert.deepEqual(back.uidls, [item.uidl], 'it comes back under the same ticket, behind all others');
      this.#stored = [...this.#stored, { ...item, uid: at(back.uids, 0) }];
      this.#tookAway.delete(item.uidl);
    }
    await this.#look({});
  }

  async #mailboxes(store: Store): Promise<readonly number[]> {
    const boxes = await store.read('listMailboxes', { account: this.#account.id });
    return (['inbox', 'archive'] as const).map((role) => boxes.find((box) => box.role === role)?.id ?? 0);
  }

  /** One after the other, through one process; it ends with the first that is not taken. */
  async #deliver(process: number, count: number): Promise<Delivered> {
    const texts: string[] = [];
    for (let acknowledged = 0; acknowledged < count; acknowledged++) {
      // Every third is too large to lie in the database.
      const body = `.${made++}\r\n${made % 3 === 0 ? `${'x'.repeat(900)}\r\n`.repeat(20) : ''}`;
      const text = `Subject: ${made}\r\n\r\n${body}`;
      texts.push(text);
      if (!(await at(processes, process).deliver(this.#account, text))) return { texts, acknowledged };
    }
    return { texts, acknowledged: count };
  }

  /** What lies in the store must be what the model has, with what the step did to it; asked of both processes in turn. */
  async #look({ removed = new Set(), mayBeRemoved = new Set(), delivered }: Outcome): Promise<void> {
    const { store } = at(processes, this.#looks++ % 2);
    const slice = await store.read('maildropSlice', { mailbox: this.#mailbox, afterUid: 0, limit: 1_000 });
    const there = slice.uids.map((uid, i) => ({ uid, uidl: at(slice.uidls, i), octets: at(slice.octets, i) }));
    const went = there.some(({ uidl }) => mayBeRemoved.has(uidl)) ? removed : new Set([...removed, ...mayBeRemoved]);
    const kept = this.#stored.filter(({ uidl }) => !went.has(uidl));
    assert.deepEqual(
      there.slice(0, kept.length),
      kept.map(({ uid, uidl, octets }) => ({ uid, uidl, octets })),
      'nothing is lost, nothing changes',
    );
    const { texts, acknowledged } = delivered ?? { texts: [], acknowledged: 0 };
    const arrived = there.slice(kept.length);
    assert.ok(arrived.length >= acknowledged, 'what was acknowledged is there');
    assert.ok(arrived.length <= texts.length, 'nothing comes back');
    for (const { uidl } of arrived) assert.ok(!seen.has(uidl), 'no UIDL is given twice');
    for (const { uidl } of arrived) seen.add(uidl);
    this.#stored = [...kept, ...arrived.map((item, i) => ({ ...item, text: at(texts, i) }))];
  }
}

async function replace(p: 0 | 1): Promise<FakeProcess> {
  await at(processes, p).end();
  return (processes[p] = await FakeProcess.start(directory, clock));
}

const other = (n: 0 | 1): 0 | 1 => (n === 0 ? 1 : 0);

const loginOf = ({ id }: Account): string => `USER ${id}\r\nPASS any\r\n`;

const goodBye = (count: number): RegExp =>
  count === 0 ? /^\+OK Good bye$/ : new RegExp(`^\\+OK Good bye; ${count} messages? removed$`);

const listed = ({ uidl, octets }: Item): Listed => ({ uidl, octets });

const sum = (items: readonly Listed[]): number => items.reduce((octets, item) => octets + item.octets, 0);

const linesOf = (text: string): string[] => text.split('\r\n').slice(0, -1);

function at<T>(list: readonly T[], index: number): T {
  assert.ok(index < list.length);
  return list[index] as T;
}

before(async () => {
  directory = await temporaryDirectory({ after: (close) => void closing.push(close) });
  processes.push(await FakeProcess.start(directory, clock), await FakeProcess.start(directory, clock));
});

after(async () => {
  for (const process of processes) await process.end();
  for (const close of closing) await close();
});

test('two sessions, deliveries and crashes in any order: no number changes, nothing is lost, nothing comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(4), fc.array(step, { minLength: 1, maxLength: 30, size: 'max' }), async (before, steps) => {
      const world = await World.create();
      try {
        for (let n = 0; n < before; n++) await world.take({ kind: 'deliver', process: 0 });
        for (const one of steps) await world.take(one);
        await world.end();
      } finally {
        await world.abandon();
      }
    }),
    { examples: ALWAYS, numRuns: ALWAYS.length + Math.ceil(RUNS / 80) },
  );
});
