/**
 * kill -9, again and again, while somebody writes, sends and takes back in the browser: afterwards every letter is in
 * Drafts, or in Sent with a submission, never in both or neither; what was taken back has not left; what was sent has
 * come to the next server once, or its sender is asked.
 *
 *   SUBMIT_ROUNDS=30 CRASH_SEED=4711 node --test test/crash/submitting.test.ts
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { MailClient } from '../mail-client.ts';
import type { Answered } from '../mail-client.ts';
import { eventually, pause, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { Random } from './random.ts';
import { Sink } from './sink.ts';

const ROUNDS = Number(process.env['SUBMIT_ROUNDS'] ?? 3);
const SEED = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
/** Letters begun in a round before the kill, at most. */
const CLIENTS = 3;

interface Letter {
  readonly subject: string;
  /** The program said that the draft is kept. */
  saved: boolean;
  canceled: boolean;
}

class Ordeal {
  readonly random = new Random(SEED);
  readonly sink = new Sink(this.random.fork());
  readonly letters: Letter[] = [];
  readonly #t: TestContext;
  #port = 0;
  #state: string | undefined;

  constructor(t: TestContext) {
    this.#t = t;
  }

  async start(): Promise<RunningHost> {
    if (this.#port === 0) {
      this.#port = await this.sink.listen();
      this.#t.after(() => this.sink.close());
    }
    const tables = `[queue]\nretry = ["200ms"]\n[[route]]\ndomain = "out.test"\nhost = "127.0.0.1"\nport = ${this.#port}\n`;
    const again = this.#state === undefined ? { accounts: ['one@a.test'] } : { state: this.#state };
    const host = await startHost(this.#t, { tables, ...again });
    this.#state = host.state;
    return host;
  }

  /** Writes, sends, and now and then takes back, until the connection breaks. */
  async write(client: MailClient, alive: () => boolean): Promise<void> {
    while (alive()) {
      const letter = { subject: `letter ${this.letters.length}`, saved: false, canceled: false };
      this.letters.push(letter);
      const wish = this.random.between(0, 2);
      const to = ['x@out.test'];
      try {
        const draft = await client.draft({ to, subject: letter.subject });
        letter.saved = true;
        const [answer] = await client.calls([
          client.submission(draft, to, wish === 0 ? undefined : wish === 1 ? 1 : 3_600),
        ]);
        const id = answer?.['created'].s.id as string;
        if (wish === 0) continue;
        const { updated } = await client.cancel(id);
        letter.canceled = updated !== null;
      } catch (error) {
        if (alive()) throw error;
      }
    }
  }

  /** Where each letter is, once nothing is held for a short time or being sent any more. */
  async check(host: RunningHost): Promise<void> {
    const client = await MailClient.logIn(host.port('web'), 'one@a.test');
    await eventually('nothing is on its way', async () => (await this.#restless(client)).length === 0, 30_000);
    const [drafts, sent] = [await client.list('drafts'), await client.list('sent')];
    const submissions = await client.submissions();
    const outbox = (await client.ok('Outbox/get', { ids: submissions.map(({ id }) => id as string) }))[
      'list'
    ] as Answered[];
    for (const { subject, saved, canceled } of this.letters) {
      const inDrafts = drafts.filter((one) => one['subject'] === subject);
      const inSent = sent.filter((one) => one['subject'] === subject);
      const places = inDrafts.length + inSent.length;
      const email = inDrafts[0] ?? inSent[0];
      const own = outbox.filter(({ emailId }) => emailId === email?.['id']);
      const states = own.map(({ state }) => state as string);
      const got = this.#taken(subject);
      const least = saved || got > 0 ? 1 : 0;
      assert.ok(places >= least && places <= 1, `${subject} lies in ${places} places`);
      if (inSent.length === 1) assert.equal(own.length, 1, `${subject} is in Sent, and was not sent`);
      if (inDrafts.length === 1) {
        assert.deepEqual(
          states.filter((state) => state !== 'canceled'),
          [],
          `${subject} is in Drafts, and was sent`,
        );
        assert.equal(got, 0, `${subject} is in Drafts, and came`);
      }
      if (canceled) assert.deepEqual([inDrafts.length, got], [1, 0], `${subject} was taken back`);
      if (states.includes('sent')) assert.equal(got, 1, `${subject} was sent, and came ${got} times`);
      if (states.includes('unsure')) assert.ok(got <= 1, `${subject} is unsure, and came ${got} times`);
    }
  }

  async #restless(client: MailClient): Promise<readonly Answered[]> {
    const { list } = await client.ok('Outbox/get', { ids: null });
    const soon = Date.now() + 60_000;
    return (list as Answered[]).filter(
      ({ state, sendAt }) =>
        state === 'waiting' || state === 'sending' || (state === 'held' && Date.parse(sendAt as string) < soon),
    );
  }

  #taken(subject: string): number {
    return this.sink.taken.filter(({ octets }) => octets.toString('latin1').includes(`\r\nSubject: ${subject}\r\n`))
      .length;
  }
}

test(`a letter is a draft or sent, whenever the program dies (seed ${SEED})`, async (t) => {
  const ordeal = new Ordeal(t);
  let host = await ordeal.start();
  for (let round = 0; round < ROUNDS; round++) {
    let running = true;
    const client = await MailClient.logIn(host.port('web'), 'one@a.test');
    const clients = Array.from({ length: CLIENTS }, () => ordeal.write(client, () => running));
    await pause(ordeal.random.between(200, 900));
    running = false;
    await host.kill();
    await Promise.all(clients);
    host = await ordeal.start();
    await ordeal.check(host);
  }
  const sent = ordeal.sink.taken.length;
  assert.ok(ordeal.letters.length > ROUNDS && sent > 0, `${ordeal.letters.length} letters, ${sent} came`);
  assert.equal(await host.stop(), 0);
});
