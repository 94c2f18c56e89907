/**
 * Servers that misbehave on purpose, for tests of the way out: each stage answers what its script
 * says, drops the connection, or stays silent; what the client said is written down. They are
 * connected in memory (`testWorld`) or serve any Wire, so also a real socket (`playServer`).
 */
import { isIPv6 } from 'node:net';
import { silentLog } from '../base/index.ts';
import type { Clock, Logger } from '../base/index.ts';
import { FakeClock, settle } from '../base/testing.ts';
import { fakeResolver } from '../dns/testing.ts';
import type { Zones } from '../dns/testing.ts';
import { memoryWirePair, WireError } from '../net/index.ts';
import type { TlsServerContext, Wire } from '../net/index.ts';
import type { Dial } from './connection.ts';
import { openOutbound } from './open.ts';
import type { AttemptResult, OutboundMessage, OutboundRecipient, OutboundSettings } from './outbound.ts';

/**
 * What a server does at a stage: a reply (raw, CRLF between lines, the last CRLF added), `drop`,
 * `silence` (until the client leaves), or a reply and then a drop.
 */
export type Act = string | { readonly drop: true; readonly reply?: string };

export const DROP: Act = { drop: true };
/** Says nothing and waits for the client to leave. */
export const SILENCE: Act = 'silence';
/** Reads nothing any more. */
export const STALL: Act = 'stall';

export interface ServerScript {
  readonly greeting?: Act;
  readonly ehlo?: Act;
  readonly helo?: Act;
  readonly starttls?: Act;
  /** After the 220 to STARTTLS: a handshake (default), something that is none, or a drop. */
  readonly handshake?: 'good' | 'garbage' | 'drop';
  /** EHLO under TLS; default as `ehlo`. */
  readonly ehloInTls?: Act;
  readonly implicitTls?: boolean;
  /** For each line of the exchange in turn. */
  readonly auth?: readonly Act[];
  /** One, or one for each MAIL in turn (the last is repeated). */
  readonly mail?: Act | readonly Act[];
  /** By address, else '*'; default "250 2.1.5 ok". */
  readonly rcpt?: Readonly<Record<string, Act>>;
  readonly data?: Act;
  /** To each BDAT, before its octets are read; default: they are read, and taken with 250, or as `dot` says behind LAST. */
  readonly bdat?: Act;
  /** Octets of text after which the server acts, in the middle of the message. */
  readonly text?: { readonly after: number; readonly act: Act };
  /** The answers to the final dot, one after the other in one go (LMTP has several); the last one is repeated for later messages. */
  readonly dot?: Act;
  readonly rset?: Act;
  readonly quit?: Act;
}

/** What one connection heard. */
export interface Heard {
  readonly address: string;
  /** Command lines and text lines without CRLF, in the order they came, as Latin-1. */
  readonly lines: string[];
  /** The same commands by what came together: pipelined ones stand in one entry. The text is left out. */
  readonly groups: string[][];
  /** The text of each message as it came: behind DATA its dots doubled, its dot line included; in chunks bare. */
  readonly texts: string[];
  /** The client said QUIT. */
  quit: boolean;
}

const ALL_OFFERED = 'PIPELINING|SIZE 50000000|8BITMIME|SMTPUTF8|DSN|ENHANCEDSTATUSCODES';

/** An EHLO answer that offers these: "mx.b.test|PIPELINING|…". */
export function offering(keywords: string, name = 'mx.b.test'): string {
  const all = [name, ...keywords.split('|').filter((keyword) => keyword !== '')];
  return all.map((line, i) => `250${i === all.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
}

class Dropped extends Error {}

/** Plays the script on a server's wire until one side leaves. Never rejects. */
export async function playServer(
  wire: Wire,
  script: ServerScript,
  heard: Heard,
  context?: TlsServerContext,
): Promise<void> {
  try {
    await new Player(wire, script, heard, context).play();
  } catch (error) {
    if (!(error instanceof Dropped) && !(error instanceof WireError)) throw error;
  } finally {
    wire.destroy();
  }
}

export function newHeard(address: string): Heard {
  return { address, lines: [], groups: [], texts: [], quit: false };
}

class Player {
  readonly #wire: Wire;
  readonly #script: ServerScript;
  readonly #heard: Heard;
  readonly #context: TlsServerContext | undefined;
  #tls = false;
  #chunks = '';
  #mails = 0;

  constructor(wire: Wire, script: ServerScript, heard: Heard, context?: TlsServerContext) {
    this.#wire = wire;
    this.#script = script;
    this.#heard = heard;
    this.#context = context;
    wire.timeout = 3_600_000;
  }

  async play(): Promise<void> {
    if (this.#script.implicitTls === true) await this.#shakeHands();
    await this.#act(this.#script.greeting ?? '220 mx.b.test ESMTP');
    for (;;) {
      const fresh = this.#wire.buffered === 0;
      const line = await this.#line();
      if (fresh) this.#heard.groups.push([]);
      this.#heard.groups.at(-1)?.push(line);
      this.#heard.lines.push(line);
      if (await this.#command(line)) return;
    }
  }

  /** True: the conversation is over. */
  async #command(line: string): Promise<boolean> {
    const script = this.#script;
    const verb = line.split(' ')[0]?.toUpperCase() ?? '';
    switch (verb) {
      case 'EHLO':
      case 'LHLO':
        await this.#act((this.#tls ? script.ehloInTls : undefined) ?? script.ehlo ?? offering(ALL_OFFERED));
        return false;
      case 'HELO':
        await this.#act(script.helo ?? '250 mx.b.test');
        return false;
      case 'STARTTLS':
        await this.#startTls();
        return false;
      case 'AUTH':
        await this.#auth();
        return false;
      case 'MAIL':
        await this.#mail();
        return false;
      case 'RCPT':
        await this.#rcpt(line);
        return false;
      case 'DATA':
        await this.#data();
        return false;
      case 'BDAT':
        await this.#bdat(line);
        return false;
      case 'RSET':
        await this.#act(script.rset ?? '250 2.0.0 ok');
        return false;
      case 'QUIT':
        this.#heard.quit = true;
        await this.#act(script.quit ?? '221 2.0.0 bye');
        await this.#wire.flush();
        return true;
      default:
        await this.#act('500 5.5.2 what?');
        return false;
    }
  }

  async #startTls(): Promise<void> {
    const answer = this.#script.starttls ?? '220 2.0.0 go ahead';
    await this.#act(answer);
    if (typeof answer !== 'string' || !answer.startsWith('220')) return;
    if (this.#script.handshake === 'drop') throw new Dropped();
    if (this.#script.handshake === 'garbage') await this.#talkNonsense();
    await this.#shakeHands();
  }

  /** Answers the client's hello with something that is no TLS. */
  async #talkNonsense(): Promise<never> {
    await this.#wire.flush();
    // In memory there is no hello to wait for: the octets alone break the handshake there.
    if (this.#context !== undefined) await this.#wire.readBytes(1, () => undefined);
    await this.#act('this is not TLS');
    await this.#wire.flush();
    for (;;) await this.#wire.readBytes(1, () => undefined);
  }

  async #shakeHands(): Promise<void> {
    await this.#wire.flush();
    await this.#wire.startTls({
      role: 'server',
      context: this.#context ?? ({ secureContext: {} } as TlsServerContext),
    });
    this.#tls = true;
  }

  async #auth(): Promise<void> {
    const acts = this.#script.auth ?? ['235 2.7.0 welcome'];
    for (const [i, act] of acts.entries()) {
      await this.#act(act);
      if (i < acts.length - 1) this.#heard.lines.push(await this.#line());
    }
  }

  async #mail(): Promise<void> {
    const { mail = '250 2.1.0 ok' } = this.#script;
    const acts = Array.isArray(mail) ? (mail as readonly Act[]) : [mail as Act];
    await this.#act(acts[Math.min(this.#mails, acts.length - 1)] ?? DROP);
    this.#mails += 1;
  }

  async #rcpt(line: string): Promise<void> {
    const address = /<(.*)>/.exec(line)?.[1] ?? '';
    const acts = this.#script.rcpt ?? {};
    await this.#act(acts[address] ?? acts['*'] ?? '250 2.1.5 ok');
  }

  async #data(): Promise<void> {
    const answer = this.#script.data ?? '354 go ahead';
    await this.#act(answer);
    if (typeof answer !== 'string' || !answer.startsWith('3')) return;
    const lines: string[] = [];
    let octets = 0;
    do {
      const line = await this.#line();
      octets += line.length + 2;
      lines.push(line);
      const { text } = this.#script;
      if (text !== undefined && octets >= text.after) await this.#act(text.act);
    } while (lines.at(-1) !== '.');
    this.#heard.texts.push(lines.map((line) => `${line}\r\n`).join(''));
    await this.#act(this.#script.dot ?? '250 2.0.0 taken');
  }

  /** A server that knows BDAT: the octets are read first. One that doesn't goes on to read them as commands. */
  async #bdat(line: string): Promise<void> {
    if (this.#script.bdat !== undefined) {
      await this.#act(this.#script.bdat);
      return;
    }
    const [, octets = '', last] = line.split(' ');
    await this.#wire.readBytes(Number(octets), (piece) => {
      this.#chunks += piece.toString('latin1');
    });
    if (last === undefined) {
      await this.#act('250 2.0.0 ok');
      return;
    }
    this.#heard.texts.push(this.#chunks);
    this.#chunks = '';
    await this.#act(this.#script.dot ?? '250 2.0.0 taken');
  }

  async #act(act: Act): Promise<void> {
    if (act === SILENCE) {
      await this.#wire.flush();
      for (;;) await this.#line();
    }
    if (act === STALL) {
      await this.#wire.flush();
      await new Promise<never>(() => undefined);
    }
    const reply = typeof act === 'string' ? act : act.reply;
    if (reply !== undefined) this.#wire.write(`${reply}\r\n`);
    if (typeof act === 'string') return;
    await this.#wire.close();
    throw new Dropped();
  }

  async #line(): Promise<string> {
    const read = await this.#wire.readLine(1_000_000);
    if (read.kind !== 'line') throw new Dropped();
    return read.bytes.toString('latin1');
  }
}

export const TEST_SETTINGS: OutboundSettings = {
  hostname: 'mx.a.test',
  port: 25,
  allowPrivate: false,
  routes: [],
  ownEndpoints: [{ address: '203.0.113.1', port: 25 }],
  timeouts: { connect: 30_000, greeting: 300_000, command: 300_000, data: 120_000, block: 180_000, dot: 600_000 },
};

/** What stands at an address when somebody connects: a server with its script, or a way not to be there. */
export type Presence = ServerScript | 'refused' | 'unreachable' | 'no-answer';

/** One address: what stands there for each connection in turn (the last is repeated). */
export type TestServer = Presence | readonly Presence[];

export interface WorldOptions {
  readonly zones?: Zones;
  /** By IP address, in any port. */
  readonly servers?: Readonly<Record<string, TestServer>>;
  readonly settings?: Partial<OutboundSettings>;
  readonly random?: () => number;
  /** Default: it says nothing. */
  readonly log?: Logger;
  /** The largest piece the client's wire gets at once. */
  readonly chunk?: number;
}

/** b.test with one mail server. */
export const ONE_MX: Zones = { 'b.test': { mx: [[10, 'mx.b.test']] }, 'mx.b.test': { a: ['192.0.2.1'] } };
/** b.test with two, the second one less preferred. */
export const TWO_MX: Zones = {
  'b.test': {
    mx: [
      [10, 'mx1.b.test'],
      [20, 'mx2.b.test'],
    ],
  },
  'mx1.b.test': { a: ['192.0.2.1'] },
  'mx2.b.test': { a: ['192.0.2.2'] },
};

export interface TestJob {
  readonly destination?: string;
  readonly message?: Partial<OutboundMessage>;
  readonly text?: string | Buffer;
  readonly to?: readonly (string | Omit<OutboundRecipient, 'n'>)[];
  /** Recipients, by number, for whom the message is taken back while the first host is tried. */
  readonly takenBack?: readonly number[];
  /** Cut the attempt off after so many milliseconds. */
  readonly abortAfter?: number;
}

const TEXT = 'From: alice@a.test\r\nTo: bob@b.test\r\nSubject: hello\r\n\r\nHow are you?\r\n';

/** A make-believe Internet with its clock, and an Outbound that lives in it. */
export function testWorld(options: WorldOptions) {
  const clock = new FakeClock();
  const heard: Heard[] = [];
  const resolver = fakeResolver(options.zones ?? ONE_MX);
  const dial = memoryDial(options, clock, heard);
  const settings = (): OutboundSettings => ({ ...TEST_SETTINGS, ...options.settings });
  const outbound = openOutbound({
    settings,
    resolver,
    clock,
    log: options.log ?? silentLog,
    dial,
    random: options.random ?? (() => 0),
  });

  /** Makes the attempt, moving the clock on whenever everybody waits; then all connections must have ended. */
  async function send(job: TestJob = {}): Promise<AttemptResult> {
    const abort = new AbortController();
    const cancel =
      job.abortAfter === undefined
        ? undefined
        : clock.after(job.abortAfter, () => {
            abort.abort(new Error('stopping'));
          });
    const result = await untilDone(outbound.attempt(testJob(job), abort.signal), clock);
    cancel?.();
    await untilDone(outbound.close(), clock);
    await settle();
    return result;
  }

  return { clock, heard, resolver, dial, outbound, send };
}

export function testJob(job: TestJob): Parameters<ReturnType<typeof openOutbound>['attempt']>[0] {
  const octets = Buffer.from(job.text ?? TEXT);
  const message: OutboundMessage = {
    id: '01testmessage0000000000000',
    mailFrom: 'alice@a.test',
    submitted: true,
    body: '7bit',
    smtputf8: false,
    octets: octets.length,
    content: () => pieces(octets),
    ...job.message,
  };
  const recipients = (job.to ?? ['bob@b.test']).map((to, n) => ({
    n,
    ...(typeof to === 'string' ? { address: to } : to),
  }));
  const takenBack = (): Promise<ReadonlySet<number>> => Promise.resolve(new Set(job.takenBack));
  return { destination: job.destination ?? 'b.test', message, recipients, takenBack };
}

async function* pieces(octets: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length; at += 16_384) yield await Promise.resolve(octets.subarray(at, at + 16_384));
}

/** Connections in memory to the servers of this world; each that comes about is written down in `heard`. */
export function memoryDial(
  { servers = {}, chunk }: Pick<WorldOptions, 'servers' | 'chunk'>,
  clock: Clock,
  heard: Heard[],
): Dial {
  const visits = new Map<string, number>();
  return async ({ host, port, timeout, signal }) => {
    const visit = visits.get(host) ?? 0;
    visits.set(host, visit + 1);
    const where = isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
    const server = presenceAt(servers[host], visit);
    if (server === 'refused') throw new WireError('refused', `${where} refuses connections (ECONNREFUSED).`);
    if (server === 'unreachable') throw new WireError('unreachable', `${where} can't be reached (EHOSTUNREACH).`);
    if (server === 'no-answer') return await noAnswer(clock, timeout, signal, where);
    const pair = memoryWirePair({
      clock,
      server: { address: host, port },
      ...(chunk === undefined ? {} : { chunk }),
    });
    const record = newHeard(host);
    heard.push(record);
    void playServer(pair.server, server, record);
    return pair.client;
  };
}

function presenceAt(server: TestServer = 'refused', visit: number): Presence {
  const inTurn = Array.isArray(server) ? (server as readonly Presence[]) : [server as Presence];
  return inTurn[Math.min(visit, inTurn.length - 1)] ?? {};
}

function noAnswer(clock: Clock, timeout: number, signal: AbortSignal | undefined, where: string): Promise<Wire> {
  return new Promise((_, reject) => {
    const cancel = clock.after(timeout, () => {
      reject(new WireError('timeout', `${where} did not answer within ${timeout / 1000} s.`));
    });
    signal?.addEventListener('abort', () => {
      cancel();
      reject(signal.reason as Error);
    });
  });
}

/** A wire lets others have their turn after each 64 lines: time must not pass while thousands are on their way. */
const TURNS = 60;

/** Lets a promise run to its end in a world whose clock only we move: forward whenever all wait for it. */
export async function untilDone<Result>(promise: Promise<Result>, clock: FakeClock): Promise<Result> {
  let done = false;
  const watched = promise.finally(() => {
    done = true;
  });
  watched.catch(() => undefined);
  for (let idle = 0; !done && idle < 1000;) {
    await settle(TURNS);
    if (done) break;
    const next = clock.untilNext;
    if (next === undefined) idle += 1;
    else await clock.advance(next);
  }
  if (!done) throw new Error('The attempt hangs: nothing happens, and no timer waits.');
  return await watched;
}
