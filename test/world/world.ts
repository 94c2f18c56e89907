/**
 * A world in one process: our program whole (SMTP server, store, intake, queue, outbound), make-believe
 * DNS, servers that misbehave, and a clock that only the scenario moves. Nothing waits in real time.
 */
import type { TestContext } from 'node:test';
import { settle, FakeClock } from '../../src/base/testing.ts';
import { memoryDial } from '../../src/outbound/testing.ts';
import type { Heard } from '../../src/outbound/testing.ts';
import { EVERY_STATE, summariseQueue } from '../../src/queue/index.ts';
import type { Store } from '../../src/store/index.ts';
import { temporaryDirectory, temporaryStore } from '../../src/store/testing.ts';
import { ALICE, startProgram } from './program.ts';
import type { Program, Surroundings } from './program.ts';
import { HOUR } from './scenario.ts';
import type { Letter, Move, Scenario } from './scenario.ts';
import { queueInWords, refusedAtRcpt, takenBack } from './telling.ts';
import type { Page } from './telling.ts';
import { Work } from './watched-store.ts';

/** What came of a scenario; the store is still open. */
export interface Happened {
  readonly store: Store;
  /** The letters that were handed in, in order; those of crowds apart. */
  readonly ids: readonly string[];
  readonly crowd: ReadonlySet<string>;
  /** What people were told meanwhile, in order. */
  readonly pages: readonly Page[];
  readonly heard: readonly Heard[];
  /** Milliseconds from the beginning to each connection. */
  readonly dialled: readonly number[];
}

/** Lets it all happen. The program has ended when it resolves, and no timer of anybody is left. */
export async function happen(t: TestContext, scenario: Scenario): Promise<Happened> {
  const world = await World.open(t, scenario);
  try {
    await world.live();
  } catch (error) {
    await world.end().catch(() => undefined);
    throw error;
  }
  await world.end();
  return world;
}

class World implements Happened {
  readonly ids: string[] = [];
  readonly crowd = new Set<string>();
  readonly pages: Page[] = [];
  readonly heard: Heard[] = [];
  readonly dialled: number[] = [];
  readonly #clock = new FakeClock();
  readonly #work = new Work();
  readonly #scenario: Scenario;
  readonly #open: () => Promise<Store>;
  readonly #dial: Surroundings['dial'];
  readonly #order: () => number;
  #store!: Store;
  #program!: Program;
  #runs = 0;

  private constructor(scenario: Scenario, open: () => Promise<Store>) {
    this.#scenario = scenario;
    this.#open = open;
    const { servers = {}, order = [0] } = scenario;
    const dial = memoryDial({ servers }, this.#clock, this.heard);
    this.#dial = (options) => {
      this.dialled.push(this.#clock.ticks());
      return dial(options);
    };
    let drawn = 0;
    this.#order = () => order[drawn++ % order.length] ?? 0;
  }

  static async open(t: TestContext, scenario: Scenario): Promise<World> {
    const directory = await temporaryDirectory(t);
    // The store's own clock stands still: it looks for other processes every 100 ms, and there are none.
    const world = new World(scenario, () => temporaryStore(t, { directory, durability: 'normal' }));
    world.#store = await world.#open();
    await world.#furnish();
    world.#start();
    return world;
  }

  get store(): Store {
    return this.#store;
  }

  async live(): Promise<void> {
    const { letters = [{}], moves = [['wait', HOUR]] } = this.#scenario;
    for (const letter of letters) await this.#handIn(letter);
    for (const move of moves) await this.#make(move);
  }

  async end(): Promise<void> {
    await this.#whileTimeGoesOn(this.#program.stop());
    if (this.#clock.pending > 0) throw new Error(`${this.#clock.pending} timers are left`);
  }

  async #furnish(): Promise<void> {
    const at = this.#clock.now();
    await this.#store.write('addAccount', { id: ALICE, local: 'alice', domain: 'a.test', credentials: [], at });
    for (const [address, targets] of Object.entries(this.#scenario.aliases ?? {})) {
      const [local = '', domain = ''] = address.split('@');
      await this.#store.write('putAlias', { local, domain, targets, at, replace: false });
    }
  }

  #start(): void {
    const surroundings: Surroundings = {
      scenario: this.#scenario,
      store: this.#store,
      work: this.#work,
      clock: this.#clock,
      dial: this.#dial,
      order: this.#order,
    };
    this.#runs += 1;
    this.#program = startProgram(surroundings, this.#runs);
  }

  async #make(move: Move): Promise<void> {
    switch (move[0]) {
      case 'wait':
        return this.#wait(move[1]);
      case 'jump':
        await this.#work.rest();
        return this.#clock.jump(move[1]);
      case 'order':
        await this.#work.rest();
        await this.#program.order(move[1]);
        return this.#work.rest();
      case 'take-back':
        await this.#work.rest();
        for (const id of this.ids) this.pages.push(takenBack(await this.#program.takeBack(id)));
        return this.#work.rest();
      case 'list':
        await this.#work.rest();
        this.pages.push(queueInWords(await summariseQueue(this.#store, { states: EVERY_STATE }), this.#clock.now()));
        return;
      case 'letter':
        return this.#handIn(move[1]);
      case 'restart':
        await this.#whileTimeGoesOn(this.#program.stop());
        return this.#startAgain();
      case 'kill':
        await this.#work.rest();
        this.#program.kill();
        return this.#startAgain();
    }
  }

  async #handIn(letter: Letter): Promise<void> {
    for (let i = 0; i < (letter.crowd ?? 1); i += 1) {
      const { id, refused } = await this.#program.submit(letter);
      this.pages.push(...refused.map(refusedAtRcpt));
      if (id !== undefined && letter.crowd === undefined) this.ids.push(id);
      else if (id !== undefined) this.crowd.add(id);
      if (letter.every !== undefined) await this.#wait(letter.every);
    }
    // So that one letter's first try is over before the next letter comes.
    await this.#wait(100);
  }

  /** On the same disk; what the run before it held is freed, as app/core.ts does at a start. */
  async #startAgain(): Promise<void> {
    const { identity } = this.#program;
    await settle();
    await this.#store.close();
    this.#store = await this.#open();
    await this.#store.write('freeProcesses', { gone: [identity], at: this.#clock.now() });
    this.#start();
  }

  /** From timer to timer, each time waiting until all that follows has happened. */
  async #wait(ms: number): Promise<void> {
    const end = this.#clock.ticks() + ms;
    for (;;) {
      await this.#work.rest();
      const left = end - this.#clock.ticks();
      const next = this.#clock.untilNext ?? Number.POSITIVE_INFINITY;
      await this.#clock.advance(Math.min(next, left));
      if (next > left) return this.#work.rest();
    }
  }

  async #whileTimeGoesOn(ending: Promise<void>): Promise<void> {
    let ended = false;
    const watched = ending.finally(() => {
      ended = true;
    });
    watched.catch(() => undefined);
    for (;;) {
      await this.#work.rest();
      if (ended) return watched;
      const next = this.#clock.untilNext;
      if (next !== undefined) await this.#clock.advance(next);
    }
  }
}
