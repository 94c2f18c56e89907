/**
 * One attempt (HOUSE, outbound): walks the hosts of a destination, IPv6 and IPv4 addresses alike,
 * until every recipient has an outcome that no other host could better. What each failure means,
 * trouble.ts says; here the walk itself, and the record of every connection for the journey.
 */
import { describeError } from '../base/index.ts';
import type { Clock } from '../base/index.ts';
import type { Resolver } from '../dns/index.ts';
import { isAscii, isPositive } from '../mail/index.ts';
import type { Reply } from '../mail/index.ts';
import { socketPath } from '../net/index.ts';
import type { Answer, RecipientAnswer, SmtpClientSession, Transaction } from '../smtp/index.ts';
import { nameOf, open } from './connection.ts';
import type { Dial, Facts, Target } from './connection.ts';
import { findHosts } from './hosts.ts';
import type { WhereTo } from './hosts.ts';
import type { Connection, IdleConnections } from './idle.ts';
import { ContentLook, renderFor, unsayable, wireAddress } from './needs.ts';
import type { Rendering } from './needs.ts';
import type { AttemptResult, Job, OutboundRecipient, OutboundSettings, RecipientOutcome, Try } from './outbound.ts';
import { describeRoute } from './routes.ts';
import { brokenAt, cutShort, prefer, verdictOn } from './trouble.ts';
import type { Verdict } from './trouble.ts';

export interface AttemptContext {
  readonly settings: OutboundSettings;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly dial: Dial;
  readonly random: () => number;
  readonly localAddresses: readonly string[];
  readonly signal: AbortSignal;
  /** Servers ("address:port") that offer CHUNKING and turned out not to understand BDAT: they get DATA. */
  readonly dataOnly: Set<string>;
  /** Connections that are open from messages before. */
  readonly idle: IdleConnections;
  /** Takes a connection that is done with: says QUIT, or just ends it. */
  readonly farewell: (client: SmtpClientSession) => void;
}

/** Connections of one attempt, and those of them that got as far as EHLO: a destination with many sick hosts waits for the next attempt. */
const MOST_CONNECTIONS = 12;
const MOST_SESSIONS = 5;
/** Recipients of one transaction where the server tells no limit: every server takes 100 (RFC 5321 §4.5.3.1.8). */
const MOST_RECIPIENTS = 100;

/** What is known of a recipient: `open` while another host may do better. */
type Fate =
  | { readonly kind: 'relayed'; readonly reply: Reply; readonly try: number }
  | { readonly kind: 'open' | 'ended'; readonly verdict: Verdict; readonly try?: number };

/** How a connection ended, for its Try. */
type End = Pick<Try, 'stage' | 'reply' | 'problem' | 'reencoded'>;

/** Rejects only when the resolver or the clock does: the caller makes that an outcome. */
export async function attempt(context: AttemptContext, job: Job): Promise<AttemptResult> {
  const walk = new Walk(context, job);
  const { mailFrom, submitted, account } = job.message;
  const sender = submitted ? { sender: mailFrom, ...(account === undefined ? {} : { account }) } : {};
  const where = await findHosts({ ...context, destination: job.destination, ...sender });
  if (where.kind === 'nowhere') walk.endAll(where.verdict);
  else await walk.along(where);
  return walk.result(where);
}

class Walk {
  readonly #context: AttemptContext;
  readonly #job: Job;
  readonly #tries: Try[] = [];
  readonly #fates = new Map<number, Fate>();
  #sessions = 0;
  /** Recipients whom the last connection had no transaction left for (LIMITS MAILMAX of RFC 9422). */
  #leftOver: ReadonlySet<number> = new Set();
  /** The recipients a visit is for; undefined: all. */
  #only: ReadonlySet<number> | undefined;
  readonly #look: ContentLook;

  constructor(context: AttemptContext, job: Job) {
    this.#context = context;
    this.#job = job;
    this.#look = new ContentLook(job.message);
  }

  /** Goes to each address of each host, as long as that can still do somebody good. */
  async along(where: Extract<WhereTo, { kind: 'hosts' }>): Promise<void> {
    const { route, port } = where;
    const tls = route?.tls ?? 'opportunistic';
    for (const { name, addresses } of where.hosts) {
      for (const address of addresses) {
        await this.#stopForTakenBack();
        const target = { name, address, port, tls, ...(route === undefined ? {} : { route }) };
        const tlsBroke = await this.#visitAgain(target);
        if (tlsBroke) await this.#visitAgain({ ...target, tls: 'never' });
      }
    }
    if (this.#context.signal.aborted) this.endAll(cutShort('connect'));
  }

  /** Whoever took the message back must not see it leave because another host was there to be tried. */
  async #stopForTakenBack(): Promise<void> {
    const { takenBack } = this.#job;
    if (takenBack === undefined || this.#tries.length === 0 || this.#pending().length === 0) return;
    const stopped = await takenBack();
    for (const [n, fate] of this.#fates)
      if (fate.kind === 'open' && stopped.has(n)) this.#fates.set(n, { ...fate, kind: 'ended' });
  }

  endAll(verdict: Verdict): void {
    for (const { n } of this.#pending()) this.#fates.set(n, { kind: 'ended', verdict });
  }

  result(where: WhereTo): AttemptResult {
    const outcomes = this.#job.recipients.map(({ n }) => outcomeOf(n, this.#fates.get(n)));
    const considered = where.kind === 'hosts' ? where.hosts.map(({ name }) => name) : [];
    const route = where.route === undefined ? {} : { route: describeRoute(where.route) };
    const bySender = where.route?.sender === undefined ? {} : { bySender: true as const };
    return { ...route, ...bySender, considered, tries: this.#tries, outcomes };
  }

  #pending(): readonly OutboundRecipient[] {
    const isMeant = (n: number): boolean => this.#only?.has(n) ?? true;
    return this.#job.recipients.filter(({ n }) => isMeant(n) && (this.#fates.get(n)?.kind ?? 'open') === 'open');
  }

  /** @param more connections that are not among the tries yet */
  #tired(more = 0): boolean {
    return (
      this.#tries.length + more >= MOST_CONNECTIONS || this.#sessions >= MOST_SESSIONS || this.#context.signal.aborted
    );
  }

  /**
   * A server that turned out not to understand BDAT is visited once more: it may well take the message behind DATA.
   * One that takes so many transactions over one connection gets the others over the next.
   */
  async #visitAgain(target: Target): Promise<boolean> {
    const { dataOnly } = this.#context;
    const known = dataOnly.has(endpointOf(target));
    let tlsBroke = await this.#visit(target);
    if (!known && dataOnly.has(endpointOf(target))) tlsBroke = await this.#visit(target);
    while (this.#leftOver.size > 0) {
      this.#only = this.#leftOver;
      // One that has done its work is no sign of a sick host.
      this.#sessions -= 1;
      tlsBroke = await this.#visit(target);
    }
    this.#only = undefined;
    return tlsBroke;
  }

  /** Goes to one address. True: its TLS broke, and the same address may be tried without. */
  async #visit(target: Target): Promise<boolean> {
    this.#leftOver = new Set();
    if (this.#tired() || this.#pending().length === 0) return false;
    const { idle, settings, clock, signal } = this.#context;
    const startedAt = clock.now();
    const connection = idle.take(settings, target);
    if (connection !== undefined && (await this.#useAgain(target, connection, startedAt))) return false;
    return signal.aborted ? false : await this.#useNew(target, startedAt);
  }

  /**
   * Over a connection that is open from a message before. False: it turned out to be dead or unwilling
   * before anything of this message was sent, which says nothing about the message; a new one must tell.
   */
  async #useAgain(target: Target, connection: Connection, startedAt: number): Promise<boolean> {
    const { client, facts } = connection;
    const end = await this.#cuttable(
      () => client,
      async () => {
        if (connection.needsReset && !isTaken(await client.rset())) return undefined;
        return await this.#deliver(client, target, true);
      },
    );
    if (end === undefined) {
      this.#context.farewell(client);
      return false;
    }
    this.#sessions += 1;
    this.#record(target, { ...facts, reused: true }, end, startedAt);
    this.#keep(target, connection, end);
    return true;
  }

  async #useNew(target: Target, startedAt: number): Promise<boolean> {
    let client: SmtpClientSession | undefined;
    const openedAt = this.#context.clock.ticks();
    return await this.#cuttable(
      () => client,
      async () => {
        const opened = await open(this.#context, target, (session) => {
          client = session;
        });
        const { facts } = opened;
        if (facts.protocol !== undefined) this.#sessions += 1;
        if (opened.kind === 'open') {
          const end = (await this.#deliver(opened.client, target)) as End;
          this.#record(target, facts, end, startedAt);
          this.#keep(target, { client: opened.client, facts, openedAt, needsReset: false }, end);
          return false;
        }
        // What the same address says in clear is its word: that its TLS broke says nothing of the message.
        const again = opened.tryInClear && !this.#tired(1);
        const end = again ? endOf(opened.verdict) : this.#note(this.#pending(), opened.verdict);
        this.#record(target, facts, end, startedAt);
        if (opened.client !== undefined) this.#context.farewell(opened.client);
        return again;
      },
    );
  }

  /** Runs a step that ends, with its connection, when the attempt is cut off. */
  async #cuttable<Result>(client: () => SmtpClientSession | undefined, step: () => Promise<Result>): Promise<Result> {
    const { signal } = this.#context;
    const cut = (): void => client()?.destroy();
    signal.addEventListener('abort', cut, { once: true });
    try {
      return await step();
    } catch (error) {
      cut();
      throw error;
    } finally {
      signal.removeEventListener('abort', cut);
    }
  }

  #record(target: Target, facts: Facts & Pick<Try, 'reused'>, end: End, startedAt: number): void {
    const { name: host, address: ip, port } = target;
    // A socket of this machine has a name only.
    const endpoint = socketPath(ip) === undefined ? { ip, port } : {};
    this.#tries.push({ host, ...endpoint, ...facts, ...end, startedAt, endedAt: this.#context.clock.now() });
  }

  /** The next message may follow at once; a server that refuses senders is left alone. */
  #keep(target: Target, connection: Connection, { stage, reply }: End): void {
    const { idle, settings, farewell } = this.#context;
    const taken = stage === 'dot' && reply !== undefined && isPositive(reply);
    if (stage === 'mail') farewell(connection.client);
    else idle.keep(settings, target, { ...connection, needsReset: !taken });
  }

  /** What this server can't take is said first; everybody else gets the message as it can. Undefined: `again`, and it takes no further message. */
  async #deliver(client: SmtpClientSession, target: Target, again = false): Promise<End | undefined> {
    const where = nameOf(target);
    const rendering = await this.#render(client, where);
    if ('outcome' in rendering) return this.#note(this.#pending(), rendering);
    let end: End | undefined = { stage: 'mail' };
    const waiting: OutboundRecipient[] = [];
    for (const recipient of this.#pending()) {
      const verdict = unsayable(recipient.address, client.capabilities, where);
      if (verdict === undefined) waiting.push(recipient);
      else end = this.#note([recipient], verdict);
    }
    if (waiting.length > 0) end = await this.#transactAll(client, target, { rendering, again }, waiting);
    if (end === undefined) return undefined;
    return { ...end, ...(rendering.reencoded === undefined ? {} : { reencoded: rendering.reencoded }) };
  }

  /** All who wait, in as many transactions as the server's limits need. */
  async #transactAll(
    client: SmtpClientSession,
    target: Target,
    { rendering, again }: { readonly rendering: Rendering; readonly again: boolean },
    recipients: readonly OutboundRecipient[],
  ): Promise<End | undefined> {
    const { rcptMax = MOST_RECIPIENTS, mailMax = Infinity } = client.capabilities.limits;
    const { dataOnly } = this.#context;
    const endpoint = endpointOf(target);
    let waiting = recipients;
    let isFirst = true;
    let end: End = { stage: 'mail' };
    while (waiting.length > 0) {
      const batch = waiting.slice(0, rcptMax);
      const results = await client.send({ ...this.#transaction(batch, rendering), chunking: !dataOnly.has(endpoint) });
      if (again && isFirst && results.some(isRefusedFirst)) return undefined;
      isFirst = false;
      if (results.some(({ state }) => state === 'bdat')) dataOnly.add(endpoint);
      end = this.#take(batch, results, nameOf(target));
      const relayed = batch.some(({ n }) => this.#fates.get(n)?.kind === 'relayed');
      // Too many at once: the others follow, as long as each transaction got somebody through (RFC 5321 §4.5.3.1.10).
      const others = relayed ? batch.filter((_, i) => isTooMany(results[i] as RecipientAnswer)) : [];
      waiting = [...others, ...waiting.slice(rcptMax)];
      if (client.usable && client.transactions >= mailMax) {
        this.#leftOver = new Set(waiting.map(({ n }) => n));
        break;
      }
      if (waiting.length > 0 && !relayed) await client.rset();
    }
    return end;
  }

  #transaction(batch: readonly OutboundRecipient[], { octets: size, body, content }: Rendering): Transaction {
    const { mailFrom: sender, smtputf8: announced, ret, envid } = this.#job.message;
    const mailFrom = wireAddress(sender);
    const recipients = batch.map((recipient) => ({ ...recipient, address: wireAddress(recipient.address) }));
    const smtputf8 = announced || ![mailFrom, ...recipients.map(({ address }) => address)].every(isAscii);
    const { beforeEnd } = this.#job;
    const dsn = { ...(ret === undefined ? {} : { ret }), ...(envid === undefined ? {} : { envid }) };
    const parameters = { size, body, smtputf8, ...dsn };
    return { mailFrom, recipients, parameters, content, ...(beforeEnd === undefined ? {} : { beforeEnd }) };
  }

  async #render(client: SmtpClientSession, where: string): Promise<Rendering | Verdict> {
    try {
      return await renderFor(this.#job.message, this.#look, client.capabilities, where);
    } catch (error) {
      const problem = `The message could not be read here: ${describeError(error)}`;
      return brokenAt('ehlo', { what: 'content', problem }, where);
    }
  }

  /** Writes down what each recipient of a transaction was told. */
  #take(batch: readonly OutboundRecipient[], results: readonly RecipientAnswer[], where: string): End {
    let end: End = { stage: 'mail' };
    for (const [i, result] of results.entries()) {
      const recipient = batch[i] as OutboundRecipient;
      const verdict = verdictOn(result, where);
      if (verdict !== undefined) {
        const told = this.#note([recipient], verdict);
        if (!this.#isRelayed(batch)) end = told;
      } else if (result.answer.kind === 'reply') {
        this.#fates.set(recipient.n, { kind: 'relayed', reply: result.answer.reply, try: this.#tries.length });
        end = { stage: 'dot', reply: result.answer.reply };
      }
    }
    return end;
  }

  #isRelayed(batch: readonly OutboundRecipient[]): boolean {
    return batch.some(({ n }) => this.#fates.get(n)?.kind === 'relayed');
  }

  /** The verdict of the connection under way on these recipients. */
  #note(recipients: readonly OutboundRecipient[], verdict: Verdict): End {
    for (const { n } of recipients) {
      const known = this.#fates.get(n);
      const before = known === undefined || known.kind === 'relayed' ? undefined : known.verdict;
      if (prefer(before, verdict) !== verdict) continue;
      this.#fates.set(n, { kind: verdict.settled ? 'ended' : 'open', verdict, try: this.#tries.length });
    }
    return endOf(verdict);
  }
}

function endOf({ stage, remote, reply, problem }: Verdict): End {
  return { stage, ...(remote ? { reply } : {}), ...(problem === undefined ? {} : { problem }) };
}

function isTaken(answer: Answer): boolean {
  return answer.kind === 'reply' && isPositive(answer.reply);
}

/**
 * What a connection that has had its turn is told, or does not live to be told: MAIL was not taken, so
 * nothing of the message was sent. Servers say it with a 421, but also with 4xx and 5xx of their own.
 */
function isRefusedFirst({ state, answer }: RecipientAnswer): boolean {
  return state === 'mail' && !(answer.kind === 'trouble' && answer.what === 'content');
}

/** 452 is what RFC 5321 says, 552 what it said before (§4.5.3.1.10); an enhanced code other than X.5.3 means something else, a full mailbox say. */
function isTooMany({ state, answer }: RecipientAnswer): boolean {
  if (state !== 'rcpt' || answer.kind !== 'reply') return false;
  const { code, enhanced } = answer.reply;
  return (code === 452 || code === 552) && (enhanced === undefined || enhanced.endsWith('.5.3'));
}

function endpointOf({ address, port }: Target): string {
  return `${address}:${port}`;
}

function outcomeOf(n: number, fate: Fate | undefined): RecipientOutcome {
  if (fate?.kind === 'relayed')
    return { n, outcome: 'relayed', stage: 'dot', reply: fate.reply, remote: true, try: fate.try };
  const { outcome, stage, reply, remote } = fate?.verdict ?? cutShort('connect');
  return { n, outcome, stage, reply, remote, ...(fate?.try === undefined ? {} : { try: fate.try }) };
}
