/**
 * Every clause of what an Internet mail system owes a message on its way out, each shown by a world in
 * which it matters: the queue, the attempts and their times, what each server heard, what the sender
 * was told, and the journey as people read it (journeys/, one file a scenario).
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { compareWithFile, goldenNames } from './golden.ts';
import type { Scenario, Scenarios, Seen } from './scenario.ts';
import { ANSWERS } from './scenarios/answers.ts';
import { HOSTS } from './scenarios/hosts.ts';
import { KEEPER } from './scenarios/keeper.ts';
import { OFFERS } from './scenarios/offers.ts';
import { REPORTS } from './scenarios/reports.ts';
import { RETRIES } from './scenarios/retries.ts';
import { SILENCES } from './scenarios/silences.ts';
import { TLS_AND_LOGIN } from './scenarios/tls-and-login.ts';
import { attemptsOf, heardInShort, journeyOf, reportInShort, reportsOf, statesOf } from './telling.ts';
import { happen } from './world.ts';
import type { Happened } from './world.ts';

const ALL: readonly Scenarios[] = [HOSTS, SILENCES, ANSWERS, OFFERS, TLS_AND_LOGIN, RETRIES, REPORTS, KEEPER];
const NAMES = ALL.flatMap((part) => Object.keys(part));

/** Worlds know nothing of each other: while one waits for its store, another goes on. */
describe('a world in one process', { concurrency: 3 }, () => {
  for (const part of ALL) {
    for (const [name, scenario] of Object.entries(part)) {
      const rules = (scenario.rules ?? []).map((id) => `[${id}] `).join('');
      test(`${rules}${name}: ${scenario.clause}`, (t) => play(t, name, scenario));
    }
  }
});

test('each scenario has a name and a journey of its own', () => {
  assert.ok(NAMES.length >= 60, `only ${NAMES.length} scenarios`);
  assert.deepEqual(goldenNames(), NAMES.toSorted());
});

async function play(t: TestContext, name: string, scenario: Scenario): Promise<void> {
  const happened = await happen(t, scenario);
  const seen = await lookAt(happened, scenario);
  assert.deepEqual(seen.states, scenario.states);
  assert.deepEqual(seen.attempts, scenario.attempts);
  assert.deepEqual(happened.heard.map(heardInShort), scenario.heard);
  assert.deepEqual(seen.reports.map(reportInShort), scenario.reports ?? []);
  scenario.check?.(seen);
  compareWithFile(name, seen.journey);
}

type Looked = Seen & { readonly states: readonly string[]; readonly attempts: readonly string[] };

async function lookAt(happened: Happened, { clause }: Scenario): Promise<Looked> {
  const { store, ids, heard, dialled } = happened;
  const all = <T>(ask: (id: string) => Promise<readonly T[]>): Promise<readonly T[]> =>
    Promise.all(ids.map(ask)).then((lists) => lists.flat());
  return {
    states: await all((id) => statesOf(store, id)),
    attempts: await all((id) => attemptsOf(store, id)),
    reports: (await all((id) => reportsOf(happened, id))).map(({ text }) => text),
    lines: heard.map(({ lines }) => lines),
    texts: heard.map(({ texts }) => texts),
    dialled,
    journey: `# ${clause}.\n\n${await journeyOf(happened, ids)}`,
  };
}
