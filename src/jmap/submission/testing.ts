/** A house that sends, for tests of this folder: accounts, the door, and a queue whose next servers say what a test wants. */
import assert from 'node:assert/strict';
import { testDirectory } from '../../accounts/testing.ts';
import type { TestDirectory } from '../../accounts/testing.ts';
import { newId, newTicket, silentLog, thisProcess } from '../../base/index.ts';
import { openComposer, openHeldMail, openIntake } from '../../intake/index.ts';
import { reply } from '../../mail/index.ts';
import type { AttemptResult, Outbound, RecipientOutcome } from '../../outbound/index.ts';
import { startRunner } from '../../queue/index.ts';
import type { Runner } from '../../queue/index.ts';
import { Sending, Suppressed } from '../../servers/index.ts';
import type { SendingLimits } from '../../servers/index.ts';
import { contentOf, eventually, textOf } from '../../store/testing.ts';
import { openJmap } from '../index.ts';
import type { Jmap, JmapAccount } from '../index.ts';
import type { Answered, Args } from '../testing.ts';
import type { SendingParts } from './submit.ts';

export const USING = [
  'urn:ietf:params:jmap:core',
  'urn:ietf:params:jmap:mail',
  'urn:ietf:params:jmap:submission',
  'urn:posthorn:outbox',
];

interface Context {
  after(fn: () => Promise<void>): void;
}

/** What the next server says to each recipient; what it got is kept. */
export class FakeNextServer implements Outbound {
  readonly got: { readonly to: readonly string[]; readonly text: string }[] = [];
  answer: (
    to: string,
  ) => Pick<RecipientOutcome, 'outcome' | 'reply'> | Promise<Pick<RecipientOutcome, 'outcome' | 'reply'>> = () => TAKEN;

  async attempt({ message, recipients }: Parameters<Outbound['attempt']>[0]): Promise<AttemptResult> {
    const text = await textOf(message.content());
    const outcomes = [];
    for (const { n, address } of recipients) {
      const to = address;
      const said = await this.answer(to);
      if (said.outcome === 'relayed') this.got.push({ to: [to], text });
      outcomes.push({ n, ...said, stage: said.outcome === 'unsure' ? 'dot' : 'rcpt', remote: true } as const);
    }
    return { considered: [], tries: [], outcomes };
  }

  goesBySender(): boolean {
    return false;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export const TAKEN = { outcome: 'relayed', reply: reply(250, '2.0.0', 'Taken') } as const;
export const NOBODY = { outcome: 'failed', reply: reply(550, '5.1.1', 'No such user here') } as const;
export const LATER = { outcome: 'deferred', reply: reply(450, '4.7.1', 'Greylisted, come back later') } as const;
export const LOST = { outcome: 'unsure', reply: reply(451, '4.4.2', 'The line broke') } as const;

export class SendingHouse {
  readonly house: TestDirectory;
  readonly next = new FakeNextServer();
  readonly account: JmapAccount;
  readonly #jmap: Jmap;
  readonly #parts: SendingParts;
  limits: SendingLimits | undefined;
  maxMessage = 100_000;
  #runner: Runner | undefined;
  readonly #others: SendingHouse[] = [];

  private constructor(house: TestDirectory, account: JmapAccount) {
    this.house = house;
    this.account = account;
    const { store, clock, router } = house;
    const hostname = (): string => 'mx.a.test';
    const composer = openComposer({ store, router, clock });
    this.#parts = {
      store,
      clock,
      router,
      hostname,
      intake: openIntake({ store, clock, log: silentLog, hostname, composer }),
      settings: () => ({ networks: [], domains: [], open: false }),
      sending: new Sending({ store, clock, limits: () => this.limits }),
      suppressed: new Suppressed({ store, clock, warns: () => true }),
      limits: () => ({ longestHold: 86_400_000, maxMessage: this.maxMessage, recipients: 5, giveUp: 432_000_000 }),
    };
    this.#jmap = openJmap({
      store,
      clock,
      log: silentLog,
      maxMessage: this.maxMessage,
      hostname,
      sending: this.#parts,
    });
  }

  /** alice@a.test is who sends; bob@a.test and carol@a.test are here too, b.test is elsewhere. */
  static async open(t: Context): Promise<SendingHouse> {
    // Hooks run in the order in which they were set: the queue ends before its store does.
    const queue: SendingHouse[] = [];
    t.after(async () => queue[0]?.close());
    const house = await testDirectory(t);
    const account = { id: await house.account('alice@a.test'), name: 'alice@a.test' };
    await house.account('bob@a.test');
    await house.account('carol@a.test');
    const opened = new SendingHouse(house, account);
    queue.push(opened);
    return opened;
  }

  /** The same house for another of its people. */
  as(address: string, id: string): SendingHouse {
    const other = new SendingHouse(this.house, { id, name: address });
    this.#others.push(other);
    return other;
  }

  async calls(
    methodCalls: readonly (readonly [string, Args, string])[],
  ): Promise<readonly (readonly [string, Answered, string])[]> {
    const body = Buffer.from(JSON.stringify({ using: USING, methodCalls }));
    const answer = await this.#jmap.request(this.account, body);
    assert.ok('response' in answer, JSON.stringify(answer));
    return answer.response.methodResponses as unknown as readonly (readonly [string, Answered, string])[];
  }

  /** The first response, which must have the method's name. */
  async ok(name: string, args: Args): Promise<Answered> {
    const [first] = await this.calls([[name, { accountId: this.account.id, ...args }, 'c']]);
    assert.equal(first?.[0], name, JSON.stringify(first));
    return first[1];
  }

  async mailbox(role: string): Promise<string> {
    const boxes = await this.house.store.read('listMailboxes', { account: this.account.id });
    const found = boxes.find((box) => box.role === role);
    assert.ok(found, `there is no ${role}`);
    return `m${found.id}`;
  }

  /** A draft of this text (CRLF line ends), in Drafts; its id. */
  async draft(text: string): Promise<string> {
    const { store, clock } = this.house;
    const id = newId(clock.now());
    const drafts = Number((await this.mailbox('drafts')).slice(1));
    const done = await store.write('append', {
      account: this.account.id,
      message: {
        id,
        content: await contentOf(store, text),
        prefix: Buffer.alloc(0),
        mailFrom: '',
        body: '8bitmime',
        smtputf8: false,
        receivedAt: clock.now(),
        source: 'composed',
      },
      email: {
        id: `${id}-1`,
        uidl: newTicket(),
        mailboxes: [drafts],
        keywords: ['$draft', '$seen'],
        receivedAt: clock.now(),
      },
    });
    assert.ok(typeof done === 'object', JSON.stringify(done));
    return `${id}-1`;
  }

  /** Sends a draft: the created submission, or the SetError. */
  async submit(emailId: string, properties: Args = {}, more: Args = {}): Promise<Answered> {
    const create = { k: { identityId: 'own', emailId, ...properties } };
    const answer = await this.ok('EmailSubmission/set', { create, ...more });
    return (answer['created']?.k ?? answer['notCreated']?.k) as Answered;
  }

  async submission(id: string): Promise<Answered> {
    return (await this.ok('EmailSubmission/get', { ids: [id] }))['list'][0] as Answered;
  }

  async outbox(id: string): Promise<Answered> {
    return (await this.ok('Outbox/get', { ids: [id] }))['list'][0] as Answered;
  }

  /** Where an email lies, by role, and its keywords. */
  async where(email: string): Promise<{ readonly in: readonly string[]; readonly keywords: readonly string[] }> {
    const { store } = this.house;
    const [row] = await store.read('emailRows', { account: this.account.id, ids: [email] });
    const boxes = await store.read('listMailboxes', { account: this.account.id });
    const roles = (row?.mailboxes ?? []).map((one) => boxes.find(({ id }) => id === one)?.role ?? '?');
    return { in: roles, keywords: [...(row?.keywords ?? [])].toSorted() };
  }

  /** Emails in a mailbox of an account, newest first: id and text. */
  async lettersOf(account: string, role = 'inbox'): Promise<readonly { readonly id: string; readonly text: string }[]> {
    const { store } = this.house;
    const boxes = await store.read('listMailboxes', { account });
    const box = boxes.find((one) => one.role === role);
    if (box === undefined) return [];
    const { ids } = (await store.read('queryEmails', {
      account,
      filter: { inMailbox: box.id },
      sort: [{ property: 'receivedAt', isAscending: false }],
      collapseThreads: false,
      position: 0,
      limit: 100,
      calculateTotal: false,
    })) as { readonly ids: readonly string[] };
    const letters = [];
    for (const id of ids) {
      const email = await store.read('email', { id });
      assert.ok(email);
      letters.push({
        id,
        text: `${Buffer.from(email.prefix).toString()}${await textOf(store.content.read(email.content))}`,
      });
    }
    return letters;
  }

  startQueue(): void {
    const { store, clock, router } = this.house;
    this.#runner = startRunner({
      store,
      outbound: this.next,
      composer: openComposer({ store, router, clock }),
      held: openHeldMail({ router }),
      clock,
      log: silentLog,
      process: thisProcess(),
      hostname: () => 'mx.a.test',
      settings: () => ({
        retry: [60_000, 300_000],
        giveUp: 432_000_000,
        delayNotice: 14_400_000,
        most: 10,
        mostPerDestination: 5,
        suppress: 86_400_000,
      }),
      random: () => 0.5,
    });
  }

  async close(): Promise<void> {
    await this.#runner?.stop(0);
    for (const other of this.#others) await other.close();
    await this.#jmap.close();
  }

  /** Time goes on, and then until something has come of it: the queue rests a little between its looks. */
  async pass(ms: number, until: () => Promise<boolean>): Promise<void> {
    await this.house.clock.advance(ms);
    await eventually(async () => {
      await this.house.clock.advance(1);
      return until();
    });
  }
}

export function letter(to: string, fields: readonly string[] = [], from = 'alice@a.test'): string {
  return [`From: ${from}`, `To: ${to}`, 'Subject: Lunch', ...fields, '', 'Shall we?', ''].join('\r\n');
}
