/**
 * kill -9 with one message at each step of an attempt, all caught by the same kill: each of them stands
 * still where its next server keeps it waiting. What comes of it stands in points.ts, and in
 * docs/crash-points.md.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { findStories, inWords } from '../../src/journey/index.ts';
import { temporaryStore } from '../../src/store/testing.ts';
import { idIn, sendMail } from '../conversation.ts';
import { eventually, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { POINTS } from './points.ts';
import type { CrashPoint } from './points.ts';
import { SilentNames, StoppingServer } from './stopping-servers.ts';

const domainOf = ({ name }: CrashPoint): string => `${name}.test`;
/** More than sockets hold while nobody reads. */
const LONG = `${'A long line. '.repeat(70)}\n`.repeat(13_000);

class Scene {
  readonly servers: readonly StoppingServer[];
  readonly #names: SilentNames;
  readonly #t: TestContext;
  /** Message id by the point's name. */
  readonly ids = new Map<string, string>();

  private constructor(t: TestContext, servers: readonly StoppingServer[], names: SilentNames) {
    this.#t = t;
    this.servers = servers;
    this.#names = names;
  }

  static async open(t: TestContext): Promise<Scene> {
    const servers = await Promise.all(POINTS.map((point) => StoppingServer.open(t, point)));
    const lookedUp = POINTS.find(({ lookingUp }) => lookingUp === true) as CrashPoint;
    return new Scene(t, servers, await SilentNames.open(t, domainOf(lookedUp)));
  }

  start(state?: string): Promise<RunningHost> {
    const routes = this.servers
      .filter(({ point }) => point.lookingUp !== true)
      .map(({ point, port }) => `[[route]]\ndomain = "${domainOf(point)}"\nhost = "127.0.0.1"\nport = ${port}`);
    const lookedUp = this.servers.find(({ point }) => point.lookingUp === true);
    const tables = [
      '[relay]\nnetworks = ["127.0.0.1/32"]',
      '[queue]\nretry = ["200ms"]',
      `[dns]\nservers = ["${this.#names.server}"]`,
      `[outbound]\nport = ${lookedUp?.port}\nallow_private = true`,
      ...routes,
    ].join('\n');
    return startHost(this.#t, state === undefined ? { tables, accounts: ['alice@a.test'] } : { tables, state });
  }

  async send(host: RunningHost): Promise<void> {
    for (const { point } of this.servers) {
      const text = `Subject: ${point.name}\n\n${point.had === 'the beginning' ? LONG : 'Hello\n'}`;
      const mail = { from: 'alice@a.test', to: [`bob@${domainOf(point)}`], text };
      this.ids.set(point.name, idIn(await sendMail(host.port('smtp'), mail)));
    }
  }

  /** Every attempt has come to its point; what ends before the kill has ended. */
  async allStand(host: RunningHost): Promise<void> {
    for (const server of this.servers) {
      const { point } = server;
      await eventually(`${point.name} is reached`, async () => this.#isReached(server));
      if (point.left === 'relayed') await eventually(`${point.name} is recorded`, () => this.isRecorded(host, point));
    }
  }

  async #isReached(server: StoppingServer): Promise<boolean> {
    return server.stands && (server.point.lookingUp !== true || this.#names.wasAsked(domainOf(server.point)));
  }

  async isRecorded(host: RunningHost, point: CrashPoint): Promise<boolean> {
    return (await states(host)).get(this.ids.get(point.name) ?? '') === 'relayed';
  }

  /** Stopped first, so that last words come to a process that can't read them any more. */
  async kill(host: RunningHost): Promise<void> {
    process.kill(host.pid, 'SIGSTOP');
    await eventually('the process has stopped', async () =>
      / T /.test(await readFile(`/proc/${host.pid}/stat`, 'latin1')),
    );
    for (const server of this.servers) await server.sayLastWords();
    await host.kill();
    for (const { point } of this.servers) if (point.lookingUp === true) this.#names.speak(domainOf(point));
  }
}

/** By message id, those that have ended too. Works on the state that a dead program left. */
async function states(host: RunningHost): Promise<ReadonlyMap<string, string>> {
  const listed = await host.cli(['queue', 'list', '--ended', '--json']);
  assert.equal(listed.code, 0, listed.stderr);
  const entries = JSON.parse(listed.stdout) as { message: string; delivery: { state: string } }[];
  return new Map(entries.map(({ message, delivery }) => [message, delivery.state]));
}

/** What `posthorn journey` prints, without a process for each. */
async function openJourneys(t: TestContext, state: string): Promise<(id: string) => Promise<string>> {
  const store = await temporaryStore(t, { directory: state });
  return async (id) => (await findStories(store, id)).flatMap(inWords).join('\n');
}

test('[5321-4.5.4.1-retry] kill -9 at each step of an attempt: nothing is lost, and nothing comes twice outside the one window', async (t) => {
  const scene = await Scene.open(t);
  const first = await scene.start();
  await scene.send(first);
  await scene.allStand(first);
  await scene.kill(first);
  const left = await states(first);

  const second = await scene.start(first.state);
  await eventually('everything is handed on', async () =>
    [...(await states(second)).values()].every((state) => state === 'relayed'),
  );
  assert.equal(await second.stop(), 0);
  const journeys = await openJourneys(t, second.state);
  for (const { point, got } of scene.servers) {
    await t.test(`killed ${point.when}: the next server got it ${point.got === 1 ? 'once' : 'twice'}`, async () => {
      const id = scene.ids.get(point.name) ?? '';
      assert.equal(left.get(id), point.left);
      assert.equal(got, point.got);
      const journey = await journeys(id);
      const cutOff = /Try 1 at \S+ was cut off: our process ended before the answer was recorded[^]*Try 2: we became/;
      if (point.left === 'sending') assert.match(journey, cutOff);
      else assert.doesNotMatch(journey, /cut off|Try 2/);
      assert.match(journey, /→ Handed on to /);
    });
  }
});

test('the window is where the next server has the whole message and our store does not know it, and nowhere else', () => {
  for (const { name, had, left, got } of POINTS)
    assert.equal(got === 2, had === 'the whole message' && left === 'sending', name);
});
