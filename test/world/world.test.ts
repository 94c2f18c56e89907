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
import { CONNECTIONS } from './scenarios/connections.ts';
import { CROWDS } from './scenarios/crowds.ts';
import { EXPLANATIONS } from './scenarios/explanations.ts';
import { HOSTS } from './scenarios/hosts.ts';
import { KEEPER } from './scenarios/keeper.ts';
import { OFFERS } from './scenarios/offers.ts';
import { REPORTS } from './scenarios/reports.ts';
import { RETRIES } from './scenarios/retries.ts';
import { ROUTES } from './scenarios/routes.ts';
import { SILENCES } from './scenarios/silences.ts';
import { SUPPRESSION } from './scenarios/suppression.ts';
import { TAKING_BACK } from './scenarios/taking-back.ts';
import { TLS_AND_LOGIN } from './scenarios/tls-and-login.ts';
import {
  attemptsOf,
  crowdInWords,
  heardInShort,
  journeyOf,
  reportInShort,
  reportsOf,
  statesOf,
  statesOfCrowd,
} from './telling.ts';
import { happen } from './world.ts';
import type { Happened } from './world.ts';

const ALL: readonly Scenarios[] = [
  HOSTS,
  SILENCES,
  ANSWERS,
  OFFERS,
  TLS_AND_LOGIN,
  CONNECTIONS,
  ROUTES,
  RETRIES,
  CROWDS,
  REPORTS,
  EXPLANATIONS,
  SUPPRESSION,
  TAKING_BACK,
  KEEPER,
];
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
  const heard = happened.heard.map(heardInShort);
  assert.deepEqual(heard, scenario.heard ?? heard);
  assert.deepEqual(seen.reports.map(reportInShort), scenario.reports ?? []);
  assert.deepEqual(
    happened.pages.flatMap(({ short }) => short),
    scenario.told ?? [],
  );
  scenario.check?.(seen);
  compareWithFile(name, seen.journey);
}

type Looked = Seen & { readonly states: readonly string[]; readonly attempts: readonly string[] };

async function lookAt(happened: Happened, { clause }: Scenario): Promise<Looked> {
  const { store, ids, crowd, pages, heard, dialled } = happened;
  const all = <T>(ask: (id: string) => Promise<readonly T[]>): Promise<readonly T[]> =>
    Promise.all(ids.map(ask)).then((lists) => lists.flat());
  const ofCrowd = await statesOfCrowd(store, crowd);
  return {
    states: [...(await all((id) => statesOf(store, id))), ...ofCrowd],
    attempts: await all((id) => attemptsOf(store, id)),
    reports: (await all((id) => reportsOf(happened, id))).map(({ text }) => text),
    lines: heard.map(({ lines }) => lines),
    groups: heard.map(({ groups }) => groups),
    texts: heard.map(({ texts }) => texts),
    dialled,
    journey: `# ${clause}.\n\n${await journeyOf(happened, ids, [...pages, ...crowdInWords(ofCrowd)])}`,
  };
}
